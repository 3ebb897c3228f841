"""A store over dicts, for tests of what stands above stores: small, and correct.

It keeps the promises of `Store`: a datestamp moves exactly when what a harvester
would receive changes, never backwards; lists are chronological; sets hold what
their subsets hold. Nothing survives it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.model import Header, MetadataFormat, Record, Set
from oai_provider.protocol.names import with_ancestors
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.protocol.xml import Payload
from oai_provider.store.base import (
    Embargoed,
    Foreseen,
    HeaderPage,
    ItemWrite,
    Lines,
    Outcome,
    Page,
    Quarantined,
    StoredItem,
    Totals,
)


@dataclass(frozen=True)
class _Content:
    """What is served of a record, its datestamp aside; no metadata if deleted."""

    set_specs: tuple[str, ...]
    metadata: Payload | None = None
    about: tuple[Payload, ...] = ()


@dataclass
class _Item:
    """An item as kept: `key` counts items, `records` are by metadata prefix."""

    key: int
    created: datetime
    source: str
    set_specs: tuple[str, ...]
    deleted: bool = False
    records: dict[str, tuple[datetime, _Content]] = field(default_factory=dict)

    def newest(self) -> datetime:
        return max((stamp for stamp, _ in self.records.values()), default=self.created)


class MemoryStore:
    """A `Store` that forgets."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._items: dict[str, _Item] = {}
        self._formats: dict[str, MetadataFormat] = {}
        self._sets: dict[str, Set] = {}
        self._embargoed: dict[str, ItemWrite] = {}
        self._quarantine: list[Quarantined] = []

    # The clock.

    def now(self) -> datetime:
        now = self._clock()
        for write in [*self._embargoed.values()]:
            if write.release and write.release <= now:
                self._put(replace(write, release=None))
        return now

    # What Identify, ListMetadataFormats and ListSets ask.

    def earliest_datestamp(self) -> datetime | None:
        stamps = [s for i in self._items.values() for s, _ in i.records.values()]
        return min(stamps, default=None)

    def formats(self) -> tuple[MetadataFormat, ...]:
        return tuple(self._formats[prefix] for prefix in sorted(self._formats))

    def formats_of(self, identifier: str) -> tuple[MetadataFormat, ...] | None:
        item = self._items.get(identifier)
        if item is None:
            return None
        alive = {p for p, (_, content) in item.records.items() if content.metadata}
        return tuple(f for f in self.formats() if f.metadata_prefix in alive)

    def has_sets(self) -> bool:
        return bool(self._sets)

    def sets(self, *, after: str | None, limit: int) -> tuple[Set, ...]:
        specs = sorted(s for s in self._sets if after is None or s > after)
        return tuple(self._sets[spec] for spec in specs[:limit])

    def count_sets(self) -> int:
        return len(self._sets)

    # What GetRecord, ListIdentifiers and ListRecords ask.

    def record(self, identifier: str, metadata_prefix: str) -> Record | None:
        item = self._items.get(identifier)
        found = item and item.records.get(metadata_prefix)
        return _record(identifier, *found) if found else None

    def records(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> Page:
        found = self._after(selection, after)
        more = found[limit - 1][0] if len(found) > limit else None
        return Page(tuple(record for _, record in found[:limit]), more)

    def headers(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> HeaderPage:
        page = self.records(selection, after=after, limit=limit)
        return HeaderPage(tuple(record.header for record in page.records), page.after)

    def count(self, selection: Selection) -> int:
        return len(self._list(selection))

    def _after(
        self, selection: Selection, after: Position | None
    ) -> list[tuple[Position, Record]]:
        return [
            (position, record)
            for position, record in self._list(selection)
            if after is None or _order(position) > _order(after)
        ]

    def _list(self, selection: Selection) -> list[tuple[Position, Record]]:
        found = []
        for identifier, item in self._items.items():
            if selection.metadata_prefix in item.records:
                stamp, content = item.records[selection.metadata_prefix]
                if _selected(stamp, content, selection):
                    position = Position(datestamp=stamp, key=item.key)
                    found.append((position, _record(identifier, stamp, content)))
        return sorted(found, key=lambda pair: _order(pair[0]))

    # What people ask.

    def item(self, identifier: str) -> StoredItem | None:
        item = self._items.get(identifier)
        if item is None:
            return None
        header = Header(identifier, item.newest(), item.set_specs, item.deleted)
        return StoredItem(header=header, source=item.source, created=item.created)

    def known(self, identifiers: Collection[str]) -> frozenset[str]:
        return frozenset(self._items.keys() & set(identifiers))

    def items(self, *, after: str = "") -> Iterator[StoredItem]:
        for identifier in sorted(self._items):
            item = self.item(identifier) if identifier > after else None
            if item is not None:
                yield item

    def totals(self) -> Totals:
        deleted = sum(item.deleted for item in self._items.values())
        return Totals(items=len(self._items) - deleted, deleted=deleted)

    def embargoed(self) -> Iterator[Embargoed]:
        for identifier, write in sorted(self._embargoed.items()):
            assert write.release
            yield Embargoed(
                identifier=identifier, release=write.release, source=write.source
            )

    def quarantined(self) -> Iterator[Quarantined]:
        yield from self._quarantine

    def count_quarantined(self) -> int:
        return len(self._quarantine)

    # Writing.

    def declare_formats(self, formats: Iterable[MetadataFormat]) -> None:
        self._formats.update({f.metadata_prefix: f for f in formats})

    def declare_sets(self, sets: Iterable[Set]) -> None:
        for set_ in sets:
            self._know_sets([set_.spec])
            self._sets[set_.spec] = set_

    def _know_sets(self, specs: Iterable[str]) -> None:
        for spec in specs:
            for above in with_ancestors(spec):
                self._sets.setdefault(above, Set(spec=above, name=above))

    def put(self, items: Iterable[ItemWrite]) -> Iterator[Outcome]:
        for write in items:
            yield self._put(write)

    def _put(self, write: ItemWrite) -> Outcome:
        if write.rebuilt:
            stored = self._rebuilt(write)
            if stored is None:
                return Outcome.UNCHANGED
            write = stored
        before = self._embargoed.pop(write.identifier, None)
        if write.release and write.release > self._clock():
            self._delete(write.identifier)
            held = _with_refused(write, before) if before else write
            self._embargoed[write.identifier] = held
            is_same = before is not None and _served(held) == _served(before)
            return Outcome.UNCHANGED if is_same else Outcome.EMBARGOED
        self._know_sets(write.set_specs)
        known = self._items.get(write.identifier)
        item = known or _Item(
            len(self._items) + 1, self._clock(), write.source, write.set_specs
        )
        self._items[write.identifier] = item
        revived, item.deleted = item.deleted, False
        item.source, item.set_specs = write.source, write.set_specs
        changed = self._move(item, dict(_contents(item, write)))
        if known is None:
            return Outcome.ADDED
        if revived:
            return Outcome.REVIVED
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    def _rebuilt(self, write: ItemWrite) -> ItemWrite | None:
        held = self._embargoed.get(write.identifier)
        item = self._items.get(write.identifier)
        stored = held or (None if item is None or item.deleted else item)
        if stored is None or stored.source != write.source:
            return None
        again = _with_refused(write, held) if held else write
        return again if write.reassigned else replace(again, set_specs=stored.set_specs)

    def _move(self, item: _Item, contents: dict[str, _Content]) -> bool:
        """Stamp the records that change, and tell whether any did."""
        stamp = max(self._clock(), item.newest())
        moved = {
            prefix: (stamp, content)
            for prefix, content in contents.items()
            if prefix not in item.records or item.records[prefix][1] != content
        }
        item.records.update(moved)
        return bool(moved)

    def delete(self, identifiers: Iterable[str]) -> Iterator[Outcome]:
        for identifier in identifiers:
            self.quarantine((), identifiers=[identifier])
            yield self._delete(identifier)

    def _delete(self, identifier: str) -> Outcome:
        item = self._items.get(identifier)
        held = self._embargoed.pop(identifier, None)
        if item is None:
            return Outcome.DELETED if held else Outcome.UNKNOWN
        if item.deleted:
            return Outcome.UNCHANGED
        item.deleted = True
        self._move(item, {prefix: _Content(item.set_specs) for prefix in item.records})
        return Outcome.DELETED

    def change(self, items: Iterable[ItemWrite | str]) -> Iterator[Outcome]:
        for item in items:
            yield from (
                self.delete([item]) if isinstance(item, str) else self.put([item])
            )

    def foresee(self, items: Iterable[ItemWrite | str]) -> Iterator[Foreseen]:
        for item in items:
            identifier = item if isinstance(item, str) else item.identifier
            trial = self._with_only(identifier)
            before = trial.served_of(identifier)
            writing = [item] if isinstance(item, ItemWrite) else []
            done = trial.put(writing) if writing else trial.delete([identifier])
            (outcome,) = done
            after = trial.served_of(identifier)
            moved = {p for p in before | after if before.get(p) != after.get(p)}
            yield Foreseen(outcome=outcome, moved=frozenset(moved))

    def _with_only(self, identifier: str) -> "MemoryStore":
        """Return a store to try things out on, with one item of this one."""
        trial = MemoryStore(self._clock)
        if identifier in self._items:
            trial._items[identifier] = deepcopy(self._items[identifier])
        if identifier in self._embargoed:
            trial._embargoed[identifier] = self._embargoed[identifier]
        return trial

    def served_of(self, identifier: str) -> dict[str, object]:
        """Return what is served or will be, by format."""
        item, held = self._items.get(identifier), self._embargoed.get(identifier)
        seen = item.records.items() if item else ()
        return {p: content for p, (_, content) in seen} | (
            _served(held) if held else {}
        )

    def quarantine(
        self,
        refused: Collection[Quarantined],
        *,
        identifiers: Collection[str] = (),
        left_alone: Mapping[str, Collection[str]] = MappingProxyType({}),
        lines: Collection[Lines] = (),
    ) -> None:
        replaced = [
            entry
            for entry in self._quarantine
            if (
                entry.identifier in identifiers
                and entry.metadata_prefix
                not in left_alone.get(entry.identifier or "", ())
            )
            or (entry.unread and any(_is_among(entry, span) for span in lines))
        ]
        since = {_refusal(entry): entry.since for entry in reversed(replaced)}
        kept = [entry for entry in self._quarantine if entry not in replaced]
        now = self._clock()
        added = (replace(e, since=since.get(_refusal(e), now)) for e in refused)
        self._quarantine = [*kept, *added]

    # Lifetime.

    def token_keys(self) -> tuple[bytes, ...]:
        return (b"a key that every memory store has",)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def _is_among(entry: Quarantined, span: Lines) -> bool:
    return entry.file == span.file and span.after < entry.line <= span.until


def _refusal(entry: Quarantined) -> tuple[str | None, ...]:
    where = entry.identifier or entry.file
    return where, entry.metadata_prefix, entry.field, entry.reason


def _contents(item: _Item, write: ItemWrite) -> Iterator[tuple[str, _Content]]:
    for prefix, (_, content) in item.records.items():
        if prefix in write.refused:
            yield prefix, replace(content, set_specs=write.set_specs)
        elif prefix not in write.payloads:
            yield prefix, _Content(write.set_specs)
    for prefix, metadata in write.payloads.items():
        about = write.about.get(prefix, ())
        yield prefix, _Content(write.set_specs, metadata, about)


def _with_refused(write: ItemWrite, before: ItemWrite) -> ItemWrite:
    kept = {p: xml for p, xml in before.payloads.items() if p in write.refused}
    about = {p: before.about.get(p, ()) for p in kept}
    return replace(
        write,
        payloads={**write.payloads, **kept},
        about={**write.about, **about},
        refused=write.refused - kept.keys(),
    )


def _served(held: ItemWrite) -> dict[str, object]:
    return {
        prefix: _Content(held.set_specs, metadata, tuple(held.about.get(prefix, ())))
        for prefix, metadata in held.payloads.items()
    }


def _order(position: Position) -> tuple[datetime, int]:
    return position.datestamp, position.key


def _selected(stamp: datetime, content: _Content, selection: Selection) -> bool:
    if selection.from_ and stamp < selection.from_:
        return False
    if selection.until and stamp > selection.until:
        return False
    held = {above for spec in content.set_specs for above in with_ancestors(spec)}
    return selection.set_spec is None or selection.set_spec in held


def _record(identifier: str, stamp: datetime, content: _Content) -> Record:
    deleted = content.metadata is None
    header = Header(identifier, stamp, content.set_specs, deleted)
    day = format_datestamp(stamp, Granularity.DAY)
    metadata = content.metadata.stamped(day) if content.metadata else None
    return Record(header, metadata, tuple(part.stamped(day) for part in content.about))
