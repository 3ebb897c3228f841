"""Items come in: what is fit to be served is stored, all else is told.

Nothing that fails its schema enters the store. What is refused is reported with
its file, line, format, field and reason, and never keeps other items out.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import groupby, islice

from oai_provider.metadata.item import Item, item_json
from oai_provider.provider.doubts import doubts
from oai_provider.provider.harvested import (
    HarvestError,
    Harvests,
    restored,
    stored_item,
)
from oai_provider.provider.moving import Moving, MovingError
from oai_provider.provider.quarantine import Note, Quarantine
from oai_provider.provider.records import Made, RecordFault, RecordMaker
from oai_provider.provider.set_rules import SetRules
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.store.base import ItemWrite, Outcome, Quarantined, Store

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
    doubts: tuple[str, ...] = ()


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
    doubts: tuple[str, ...] = ()
    deletes: bool = False
    left_alone: frozenset[str] = frozenset()
    """The formats of which nothing was read, known from other harvests."""

    @property
    def action(self) -> _Action:
        if self.write:
            return _Action.PUT
        return _Action.DELETE if self.deletes else _Action.NOTHING

    @property
    def is_taken(self) -> bool:
        """Whether the store is told of the item."""
        return self.action is not _Action.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """The way into a store."""

    store: Store
    maker: RecordMaker
    set_rules: SetRules = field(default_factory=SetRules)

    def load(
        self,
        source: Iterable[Read],
        *,
        dry_run: bool = False,
        keep_datestamps: bool = False,
        seen: "Seen | None" = None,
    ) -> Iterator[Loaded | Refusal]:
        """Store what a source yields, and report on every item in order.

        A dry run does all but store: an item that would go in has no outcome. With
        `keep_datestamps`, harvested records move in: see `Moving`. An id that stands
        twice in a source, or was seen before it, is refused the second time, except
        in records that were harvested, of which the later one is the newer.
        """
        self.store.declare_formats(f.described for f in self.maker.formats.values())
        moving = Moving(self.store) if keep_datestamps else None
        quarantine = Quarantine(self.store)
        for results in self._batches(source, seen or Seen(), moving):
            outcomes = iter(()) if dry_run else self._store(results)
            yield from _reports(results, outcomes)
            if not dry_run:
                quarantine.note([self._note(result) for result in results])
        quarantine.finish()

    def foresee(self, source: Iterable[Read]) -> Iterator[Loaded | Refusal]:
        """Report on every item as `load` would; nothing is stored.

        Of an item that comes several times, each is seen as if it were the only one.
        """
        for results in self._batches(source, Seen(), None):
            prepared = (r for r in results if isinstance(r, _Prepared))
            wanted = (p.write or p.identifier for p in prepared if p.is_taken)
            outcomes = (foreseen.outcome for foreseen in self.store.foresee(wanted))
            yield from _reports(results, outcomes)

    def _batches(
        self, source: Iterable[Read], seen: "Seen", moving: Moving | None
    ) -> Iterator[list[_Prepared | Refusal]]:
        reads = iter(source)
        while batch := list(islice(reads, _BATCH)):
            harvests = Harvests(self.store, self.maker.formats)
            yield [self._prepared(read, seen, harvests, moving) for read in batch]

    def _store(self, results: Iterable[_Prepared | Refusal]) -> Iterator[Outcome]:
        prepared = (r for r in results if isinstance(r, _Prepared))
        for action, group in groupby(prepared, lambda p: p.action):
            if action is _Action.PUT:
                yield from self.store.put(p.write for p in group if p.write)
            elif action is _Action.DELETE:
                yield from self.store.delete(p.identifier for p in group)

    def _note(self, result: _Prepared | Refusal) -> Note:
        """Return what the quarantine must know; what is unread may name its item."""
        if isinstance(result, _Prepared):
            return Note(
                place=result.source.place,
                identifier=result.identifier,
                refused=tuple(map(_quarantined, result.refusals)),
                left_alone=result.left_alone,
            )
        name = result.identifier
        identifier = self.maker.repository.named(name) if name else None
        entry = replace(_quarantined(result), identifier=identifier, unread=True)
        return Note(place=result.place, identifier=identifier, refused=(entry,))

    def _prepared(
        self, read: Read, seen: "Seen", harvests: Harvests, moving: Moving | None
    ) -> _Prepared | Refusal:
        if isinstance(read, Unreadable):
            return Refusal(
                place=read.place,
                reason=read.reason,
                field=read.field,
                identifier=read.identifier,
            )
        item = read.item
        identifier = item.identifier or self.maker.repository.identifier(item.id)
        if seen.before(identifier) and not read.harvested:
            reason = "this id stands before in what is loaded: give each item its own"
            return _refused(read, identifier, reason, "id")
        try:
            read = moving.entered(read) if moving else read
            known = harvests.known(identifier) if read.harvested else None
        except HarvestError as error:
            return _refused(read, identifier, str(error), "identifier")
        except MovingError as error:
            return _refused(read, identifier, str(error), "datestamp")
        if moving is None:
            return self._made(read, identifier, harvests, known)
        result = self._made(read, identifier, harvests, known, is_native=True)
        return replace(result, write=moving.write(read, identifier, result.write))

    def _made(
        self,
        read: Sourced,
        identifier: str,
        harvests: Harvests,
        known: Item | None,
        *,
        is_native: bool = False,
    ) -> _Prepared:
        """Return an item's records; a harvested one's with all that is known of it.

        If it is to be `is_native` only those are made that it brings itself.
        """
        item = harvests.whole(read, known) if read.harvested else _alive(read)
        if item is None:
            harvests.met[identifier] = None
            return _Prepared(read, identifier, deletes=True)
        prefixes = item.native.keys() if is_native else None
        made = self.maker.made(item, identifier, prefixes)
        unfit = {f.metadata_prefix or "" for f in made.faults} & item.native.keys()
        refusals = tuple(_refusal(f, read.place, identifier) for f in made.faults)
        left_alone = frozenset(item.native.keys() - read.item.native.keys())
        if unfit and known:
            # What was harvested before stays as it was, in all formats.
            return _Prepared(read, identifier, None, refusals, left_alone=left_alone)
        if unfit:
            item = restored(item, unfit, self._stored(identifier))
        if read.harvested:
            harvests.met[identifier] = item
        # Where nothing is fit to be served, whatever is stored stays as it was.
        set_specs = self.set_rules.sets_of(item)
        write = _write(item, identifier, made, set_specs) if made.payloads else None
        found = tuple(doubts(item, made.payloads))
        return _Prepared(
            read, identifier, write, refusals, found, left_alone=left_alone
        )

    def _stored(self, identifier: str) -> Item | None:
        stored = self.store.item(identifier)
        return stored_item(stored) if stored else None


@dataclass(frozen=True, slots=True)
class Seen:
    """The identifiers met in a load, by their hashes: some 60 MB a million.

    Those met `below` count as met, too.
    """

    below: "Seen | None" = None
    hashes: set[int] = field(default_factory=set)

    def before(self, identifier: str) -> bool:
        """Tell whether an identifier was met before, and note that it is now."""
        key = hash(identifier)
        found = key in self.hashes or (
            self.below is not None and key in self.below.hashes
        )
        self.hashes.add(key)
        return found


def _alive(read: Sourced) -> Item | None:
    return None if read.deleted else read.item


def _write(
    item: Item, identifier: str, made: Made, set_specs: tuple[str, ...]
) -> ItemWrite:
    return ItemWrite(
        identifier=identifier,
        source=json.dumps(item_json(item), ensure_ascii=False),
        payloads=made.payloads,
        set_specs=set_specs,
        about=made.about,
        release=item.release,
        refused=frozenset(fault.metadata_prefix or "" for fault in made.faults),
    )


def _refused(read: Sourced, identifier: str, reason: str, field_: str) -> _Prepared:
    fault = RecordFault(reason=reason, field=field_)
    return _Prepared(read, identifier, None, (_refusal(fault, read.place, identifier),))


def _refusal(fault: RecordFault, place: Place, identifier: str) -> Refusal:
    return Refusal(
        place=place,
        reason=fault.reason,
        field=fault.field,
        identifier=identifier,
        metadata_prefix=fault.metadata_prefix,
    )


def _quarantined(refusal: Refusal) -> Quarantined:
    return Quarantined(
        file=str(refusal.place.file),
        line=refusal.place.line,
        reason=refusal.reason,
        field=refusal.field,
        identifier=refusal.identifier,
        metadata_prefix=refusal.metadata_prefix,
    )


def _reports(
    results: Iterable[_Prepared | Refusal], outcomes: Iterator[Outcome]
) -> Iterator[Loaded | Refusal]:
    for result in results:
        if isinstance(result, Refusal):
            yield result
            continue
        yield from result.refusals
        if result.is_taken:
            yield Loaded(
                place=result.source.place,
                identifier=result.identifier,
                item=result.source.item,
                outcome=next(outcomes, None),
                doubts=result.doubts,
            )
