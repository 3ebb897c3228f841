"""The store in an SQL database, read by single statements, written in batches.

A statement is a snapshot, so reading needs no transaction and holds up nobody; no
connection is kept while a caller thinks about what was yielded.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from secrets import token_bytes
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Select

from oai_provider.protocol.datestamp import from_seconds, to_seconds
from oai_provider.protocol.model import MetadataFormat, Set
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.protocol.written import WrittenRecord
from oai_provider.store import rows, sql
from oai_provider.store.base import (
    Embargoed,
    Foreseen,
    HeaderPage,
    ItemWrite,
    Lines,
    Outcome,
    Page,
    Quarantined,
    StoreAway,
    StoredItem,
    Totals,
)
from oai_provider.store.batches import batches
from oai_provider.store.confirming import ABANDONED_AFTER
from oai_provider.store.declaring import declare_formats, declare_sets, setting
from oai_provider.store.faults import translated
from oai_provider.store.known import slices
from oai_provider.store.quarantine import (
    Scope,
    known_entries,
    quarantined_of,
    replace_entries,
    storable,
)
from oai_provider.store.reading import Reader, ReplicaReader
from oai_provider.store.writer import Now, Writer

WRITING: Final = "oai_provider_writing"
"""The execution option of connections that write: they are let in one by one."""


class Turn(StrEnum):
    """Whether a connection that writes waits for its turn, or gives up at once."""

    WAITS = "waits"
    TRIES = "tries"


_FIRST: Final = to_seconds(datetime.min.replace(tzinfo=UTC))
_LAST: Final = to_seconds(datetime.max.replace(tzinfo=UTC))
_BEFORE_ALL_KEYS: Final = 0
_ITEMS_AT_ONCE: Final = 100
_EVERY_SET: Final = 1_000_000_000
_KEY_SETTING: Final = "token_key"
_KEY_BYTES: Final = 32


class SqlStore:
    """A `Store` in SQLite or PostgreSQL; `engines.open_store` makes one."""

    def __init__(
        self,
        read: Reader,
        *,
        read_list: Reader | ReplicaReader,
        now: Now,
        tells_left_sets: bool = False,
    ) -> None:
        self._engine = read.engine
        self._turns = {
            waits: self._engine.execution_options(**{WRITING: turn})
            for waits, turn in ((True, Turn.WAITS), (False, Turn.TRIES))
        }
        self._read = read
        self._read_list = read_list
        self._now = now
        self._writer = Writer(self._transaction, now, tells_left_sets=tells_left_sets)
        self._settled = _FIRST

    # The clock.

    def now(self) -> datetime:
        """Return the time; in each second, first do what is due by then."""
        now = self._now(None)
        second = to_seconds(now)
        if second == self._settled:
            return now
        self._settled = second
        abandoned = second - ABANDONED_AFTER
        if not self._read(sql.UNSETTLED, now=second, abandoned=abandoned):
            return now
        # Whoever is writing now will be done soon, and this comes up every second.
        with suppress(StoreAway):
            self._writer.settle()
        return self._now(None)

    # What Identify, ListMetadataFormats and ListSets ask.

    def earliest_datestamp(self) -> datetime | None:
        """Return the first datestamp; a seek for each format."""
        firsts = [first for (first,) in self._read(sql.EARLIEST) if first is not None]
        return from_seconds(min(firsts)) if firsts else None

    def formats(self) -> tuple[MetadataFormat, ...]:
        """Return the formats declared, by prefix."""
        return tuple(map(rows.format_of, self._read(sql.FORMATS)))

    def formats_of(self, identifier: str) -> tuple[MetadataFormat, ...] | None:
        """Return the formats an item is available in; None if there is no such item."""
        found = self._read(sql.FORMATS_OF, identifier=identifier)
        if not found:
            return None
        return tuple(rows.format_of(row) for row in found if row[0] is not None)

    def has_sets(self) -> bool:
        """Tell whether there is any set."""
        return bool(self._read(sql.ANY_SET))

    def sets(self, *, after: str | None, limit: int) -> tuple[Set, ...]:
        """Return up to `limit` sets whose spec comes after the one given, in order."""
        found = self._read(sql.SETS, after=after or "", limit=limit)
        return tuple(map(rows.set_of, found))

    def count_sets(self) -> int:
        """Return how many sets there are."""
        return int(self._read(sql.COUNT_SETS)[0][0])

    # What GetRecord, ListIdentifiers and ListRecords ask.

    def record(self, identifier: str, metadata_prefix: str) -> WrittenRecord | None:
        """Return one record, a tombstone too."""
        found = self._read(sql.RECORD, identifier=identifier, prefix=metadata_prefix)
        return rows.record_of(found[0]) if found else None

    def records(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> Page:
        """Return the next `limit` records of a list."""
        whole = selection.set_spec is None
        statement = sql.RECORDS if whole else sql.RECORDS_OF_SET
        found = self._page(statement, selection, after, limit)
        return rows.page_of(found, limit, selection.set_spec)

    def headers(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> HeaderPage:
        """Return the next `limit` headers of a list."""
        whole = selection.set_spec is None
        statement = sql.HEADERS if whole else sql.HEADERS_OF_SET
        found = self._page(statement, selection, after, limit)
        return rows.header_page_of(found, limit, selection.set_spec)

    def count(self, selection: Selection) -> int:
        """Return how many records a list holds; a whole list's number is kept."""
        whole = selection.set_spec is None
        if selection.from_ is None and selection.until is None:
            statement = sql.COUNT if whole else sql.COUNT_OF_SET
        else:
            statement = sql.COUNT_WINDOW if whole else sql.COUNT_WINDOW_OF_SET
        found = self._read_list(
            statement,
            prefix=selection.metadata_prefix,
            spec=selection.set_spec,
            start=_from(selection),
            until=_until(selection),
        )
        # A list without records has no tally.
        return int(found[0][0]) if found else 0

    # What people ask.

    def item(self, identifier: str) -> StoredItem | None:
        """Return an item, a deleted one too."""
        found = self._read(sql.ITEM, identifier=identifier)
        return rows.item_of(found[0]) if found else None

    def known(self, identifiers: Collection[str]) -> frozenset[str]:
        """Return those of the identifiers that items have, deleted ones too."""
        found: set[str] = set()
        with translated(self._engine), self._engine.connect() as connection:
            for names in slices(list(identifiers)):
                found |= {*connection.scalars(sql.KNOWN, {"identifiers": names})}
        return frozenset(found)

    def items(self, *, after: str = "") -> Iterator[StoredItem]:
        """Yield every item after an identifier, in order, holding few in memory."""
        while found := self._read(sql.ITEMS, after=after, limit=_ITEMS_AT_ONCE):
            yield from map(rows.item_of, found)
            after = str(found[-1][0])

    def totals(self) -> Totals:
        """Return how many items there are."""
        numbers = {bool(deleted): n for deleted, n in self._read(sql.TOTALS)}
        return Totals(items=numbers.get(False, 0), deleted=numbers.get(True, 0))

    def embargoed(self) -> Iterator[Embargoed]:
        """Yield the items that nobody may see yet, by identifier."""
        after = ""
        while found := self._read(sql.EMBARGOED, after=after, limit=_ITEMS_AT_ONCE):
            yield from map(rows.embargoed_of, found)
            after = str(found[-1][0])

    def quarantined(self) -> Iterator[Quarantined]:
        """Yield what was refused and is not mended yet, the latest refusals last."""
        after = 0
        while found := self._read(sql.QUARANTINED, after=after, limit=_ITEMS_AT_ONCE):
            yield from map(quarantined_of, found)
            after = found[-1][0]

    def count_quarantined(self) -> int:
        """Return how many entries `quarantined` yields."""
        return int(self._read(sql.COUNT_QUARANTINED)[0][0])

    # Writing.

    def declare_formats(self, formats: Iterable[MetadataFormat]) -> None:
        """Make formats known, or correct the schema and namespace of known ones."""
        known = set(self.formats())
        new = [format_ for format_ in formats if format_ not in known]
        if new:
            with self._transaction() as connection:
                declare_formats(connection, new)

    def declare_sets(self, sets: Iterable[Set]) -> None:
        """Make sets (and the sets above them) known, with their names."""
        known = set(self.sets(after=None, limit=_EVERY_SET))
        declared = tuple(declared for declared in sets if declared not in known)
        if declared:
            with self._transaction() as connection:
                declare_sets(connection, declared)

    def put(self, items: Iterable[ItemWrite]) -> Iterator[Outcome]:
        """Store items, yielding what became of each, in order.

        Nothing is stored before the first outcome is asked for; whoever stops
        asking leaves what was committed so far, and no transaction open.
        """
        return self.change(items)

    def delete(self, identifiers: Iterable[str]) -> Iterator[Outcome]:
        """Replace items by tombstones, yielding what became of each, in order.

        A tombstone keeps its sets, in whose lists it must be seen, and its source;
        one that is deleted again is `UNCHANGED`. As lazy as `put`.
        """
        return self.change(identifiers)

    def change(self, items: Iterable[ItemWrite | str]) -> Iterator[Outcome]:
        """Store items and delete those that are named alone, in batches of both."""
        for batch in batches(items):
            outcomes = self._writer.write(batch)
            gone = [name for name, write in batch.items() if write is None]
            if gone:
                self.quarantine((), identifiers=gone)
            yield from outcomes

    def foresee(self, items: Iterable[ItemWrite | str]) -> Iterator[Foreseen]:
        """Yield what `put` would make of each item, `delete` of each identifier."""
        for batch in batches(items):
            with translated(self._engine), self._engine.connect() as connection:
                found = self._writer.foresee(connection, batch)
            yield from found

    def quarantine(
        self,
        refused: Collection[Quarantined],
        *,
        identifiers: Collection[str] = (),
        left_alone: Mapping[str, Collection[str]] = MappingProxyType({}),
        lines: Collection[Lines] = (),
    ) -> None:
        """Replace what is known of items, and of what is no item in lines of files."""
        if not refused and not self._read(sql.ANY_QUARANTINED):
            return
        entries = [*map(storable, refused)]
        scope = Scope(identifiers, left_alone, lines)
        with translated(self._engine), self._engine.connect() as connection:
            known = known_entries(connection, scope)
        if {replace(entry, since=None) for entry in known.values()} == {*entries}:
            return
        with self._transaction() as connection:
            known = known_entries(connection, scope)
            now = to_seconds(self._now(connection))
            replace_entries(connection, known, entries, now)

    # Lifetime.

    def token_keys(self) -> tuple[bytes, ...]:
        """Return the keys of resumption tokens, made once and kept with the data."""
        found = self._read(sql.SETTING, name=_KEY_SETTING)
        if found:
            return (bytes(found[0][0]),)
        with self._transaction() as connection:
            return (setting(connection, _KEY_SETTING, token_bytes(_KEY_BYTES)),)

    def close(self) -> None:
        """Let go of all connections."""
        self._read_list.close()
        self._read.close()

    # Connections.

    def _page(
        self,
        statement: Select[*tuple[Any, ...]],
        selection: Selection,
        after: Position | None,
        limit: int,
    ) -> Sequence[rows.Row]:
        """Return one row more than the limit, if there are that many."""
        return self._read_list(
            statement,
            prefix=selection.metadata_prefix,
            spec=selection.set_spec,
            datestamp=to_seconds(after.datestamp) if after else _from(selection),
            key=after.key if after else _BEFORE_ALL_KEYS,
            until=_until(selection),
            limit=limit + 1,
        )

    @contextmanager
    def _transaction(self, *, waits: bool = True) -> Iterator[Connection]:
        """Be the one writer; commit at the end, unless something was raised."""
        with translated(self._engine), self._turns[waits].begin() as connection:
            yield connection


def _from(selection: Selection) -> int:
    return _FIRST if selection.from_ is None else to_seconds(selection.from_)


def _until(selection: Selection) -> int:
    return _LAST if selection.until is None else to_seconds(selection.until)
