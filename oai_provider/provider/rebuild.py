"""Records made anew of the items that are stored: crosswalks or schemas changed.

Nothing is read from files, and an item's source, sets and tombstones stay as they
are. Only records that differ are written; what is refused stays as it was. An item
that somebody stores or deletes meanwhile is left to them. Whoever stops in the
middle and begins again finds the first part done.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, repeat
from math import inf
from typing import Final

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.own_xml import described_source
from oai_provider.provider.records import Made, RecordFault, RecordMaker
from oai_provider.store.base import ItemWrite, Outcome, Store

_BATCH: Final = 100
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """An item, the formats in which its records differ, and why some are refused."""

    identifier: str
    differing: frozenset[str] = frozenset()
    faults: tuple[RecordFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    identifier: str
    source: str
    release: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remade:
    stored: _Stored
    write: ItemWrite | None
    faults: tuple[RecordFault, ...]


class Pace:
    """At most so many items in any hour, `at_once` at a time; None for no limit."""

    def __init__(
        self,
        per_hour: int | None,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self.at_once = _BATCH
        self._seconds = 0.0
        if per_hour is not None:
            # So that there is a transaction a second, about, and not one an item.
            self.at_once = min(_BATCH, max(1, per_hour // _HOUR))
            # The last ones that an hour begins may all come at its end.
            self._seconds = _HOUR / (per_hour - self.at_once + 1)
        self._clock = clock
        self._sleep = sleep
        self._next = -inf

    def wait(self, items: int) -> None:
        """Wait until so many may be written."""
        early = self._next - self._clock()
        if early > 0:
            self._sleep(early)
        self._next = max(self._next, self._clock()) + items * self._seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """A rebuild of some formats; the others stay as they are."""

    store: Store
    maker: RecordMaker
    prefixes: frozenset[str]
    pace: Pace
    dry_run: bool = False

    def items(self) -> Iterator[Rebuilt]:
        """Make all records anew, and report on every item when it is done."""
        self.store.declare_formats(f.described for f in self.maker.formats.values())
        others = {f.metadata_prefix for f in self.store.formats()} - self.prefixes
        stored = _stored_items(self.store)
        while batch := list(islice(stored, _BATCH)):
            remade = [self._remade(item, frozenset(others)) for item in batch]
            yield from self._written(remade)

    def _remade(self, stored: _Stored, others: frozenset[str]) -> _Remade:
        try:
            described = described_source(stored.source, self.maker.formats)
        except ItemError as error:
            found = (RecordFault(reason=f.message, field=f.path) for f in error.faults)
            return _Remade(stored=stored, write=None, faults=tuple(found))
        item = self.maker.repository.journals.filled(described)
        made = self.maker.made(item, stored.identifier)
        write = _write(stored, made, others) if made.payloads else None
        faults = (f for f in made.faults if f.metadata_prefix not in others)
        return _Remade(stored=stored, write=write, faults=tuple(faults))

    def _written(self, remade: Sequence[_Remade]) -> Iterator[Rebuilt]:
        """Write what differs, and report on all of it."""
        writes = [one.write for one in remade if one.write]
        foreseen = zip(writes, self.store.foresee(writes), strict=True)
        moved = {write.identifier: told.moved for write, told in foreseen if told.moved}
        for one in remade:
            if one.stored.identifier not in moved:
                yield Rebuilt(identifier=one.stored.identifier, faults=one.faults)
        changed = (one for one in remade if one.stored.identifier in moved)
        while some := list(islice(changed, self.pace.at_once)):
            for one, is_written in zip(some, self._put(some), strict=True):
                identifier = one.stored.identifier
                differing = moved[identifier] if is_written else frozenset[str]()
                yield Rebuilt(
                    identifier=identifier, differing=differing, faults=one.faults
                )

    def _put(self, remade: Sequence[_Remade]) -> Iterator[bool]:
        """Write items, and tell of each whether it was there still to be written."""
        if self.dry_run:
            return repeat(True, len(remade))
        self.pace.wait(len(remade))
        outcomes = self.store.put(one.write for one in remade if one.write)
        return (outcome is not Outcome.UNCHANGED for outcome in outcomes)


def _write(stored: _Stored, made: Made, others: frozenset[str]) -> ItemWrite:
    refused = {fault.metadata_prefix or "" for fault in made.faults}
    return ItemWrite(
        identifier=stored.identifier,
        source=stored.source,
        payloads={p: xml for p, xml in made.payloads.items() if p not in others},
        about=made.about,
        release=stored.release,
        refused=others | refused,
        rebuilt=True,
    )


def _stored_items(store: Store) -> Iterator[_Stored]:
    """Yield every item that is not deleted.

    Those embargoed come first: one that is released meanwhile comes twice, not never.
    """
    store.now()
    for held in store.embargoed():
        yield _Stored(
            identifier=held.identifier, source=held.source, release=held.release
        )
    for item in store.items():
        if not item.header.deleted:
            yield _Stored(identifier=item.header.identifier, source=item.source)
