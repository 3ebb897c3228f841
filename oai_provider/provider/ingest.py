"""Items come in: what is fit to be served is stored, all else is told.

Nothing that fails its schema enters the store. What is refused is reported with
its file, line, format, field and reason, and never keeps other items out.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import groupby, islice

from oai_provider.metadata.item import Item, item_json
from oai_provider.protocol.names import without_implied
from oai_provider.provider.harvested import Harvests, is_harvested
from oai_provider.provider.records import Made, RecordFault, RecordMaker
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.store.base import ItemWrite, Outcome, Store

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was kept out: a whole item, or an item in one format."""

    place: Place
    reason: str
    field: str = ""
    identifier: str | None = None
    metadata_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """An item that went in, and what became of it; None in a dry run."""

    place: Place
    identifier: str
    item: Item
    outcome: Outcome | None = None


class _Action(Enum):
    PUT = auto()
    DELETE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An item, what was refused of it, and what is to be stored if anything is."""

    source: Sourced
    identifier: str
    write: ItemWrite | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def action(self) -> _Action:
        if self.source.deleted:
            return _Action.DELETE
        return _Action.PUT if self.write else _Action.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """The way into a store."""

    store: Store
    maker: RecordMaker

    def load(
        self, source: Iterable[Read], *, dry_run: bool = False
    ) -> Iterator[Loaded | Refusal]:
        """Store what a source yields, and report on every item in order.

        A dry run does all but store: an item that would go in has no outcome. An id
        that stands twice in a source is refused the second time, except in records
        that were harvested, of which the later one is the newer.
        """
        self.store.declare_formats(f.described for f in self.maker.formats.values())
        reads, seen = iter(source), _Seen()
        while batch := list(islice(reads, _BATCH)):
            harvests = Harvests(self.store)
            whole = (harvests.joined(read) for read in batch)
            results = [self._prepared(read, seen) for read in whole]
            outcomes = iter(()) if dry_run else self._store(results)
            yield from _reports(results, outcomes)

    def _store(self, results: Iterable[_Prepared | Refusal]) -> Iterator[Outcome]:
        prepared = (r for r in results if isinstance(r, _Prepared))
        for action, group in groupby(prepared, lambda p: p.action):
            if action is _Action.PUT:
                yield from self.store.put(p.write for p in group if p.write)
            elif action is _Action.DELETE:
                yield from self.store.delete(p.identifier for p in group)

    def _prepared(self, read: Read, seen: "_Seen") -> _Prepared | Refusal:
        if isinstance(read, Unreadable):
            return Refusal(
                place=read.place,
                reason=read.reason,
                field=read.field,
                identifier=read.identifier,
            )
        item = read.item
        identifier = item.identifier or self.maker.repository.identifier(item.id)
        if seen.before(identifier) and not is_harvested(item):
            reason = "this id stands before in what is loaded: give each item its own"
            return Refusal(
                place=read.place, reason=reason, field="id", identifier=identifier
            )
        if read.deleted:
            return _Prepared(read, identifier)
        made = self.maker.made(item, identifier)
        refusals = tuple(_refusal(f, read.place, identifier) for f in made.faults)
        # Where nothing is fit to be served, whatever is stored stays as it was.
        write = _write(item, identifier, made) if made.payloads else None
        return _Prepared(read, identifier, write, refusals)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The identifiers met in a load, by their hashes: some 60 MB a million."""

    hashes: set[int] = field(default_factory=set)

    def before(self, identifier: str) -> bool:
        found = hash(identifier) in self.hashes
        self.hashes.add(hash(identifier))
        return found


def _write(item: Item, identifier: str, made: Made) -> ItemWrite:
    return ItemWrite(
        identifier=identifier,
        source=json.dumps(item_json(item), ensure_ascii=False),
        payloads=made.payloads,
        set_specs=without_implied(item.sets),
        about=made.about,
        refused=frozenset(fault.metadata_prefix or "" for fault in made.faults),
    )


def _refusal(fault: RecordFault, place: Place, identifier: str) -> Refusal:
    return Refusal(
        place=place,
        reason=fault.reason,
        field=fault.field,
        identifier=identifier,
        metadata_prefix=fault.metadata_prefix,
    )


def _reports(
    results: Iterable[_Prepared | Refusal], outcomes: Iterator[Outcome]
) -> Iterator[Loaded | Refusal]:
    for result in results:
        if isinstance(result, Refusal):
            yield result
            continue
        yield from result.refusals
        if result.action is not _Action.NOTHING:
            yield Loaded(
                place=result.source.place,
                identifier=result.identifier,
                item=result.source.item,
                outcome=next(outcomes, None),
            )
