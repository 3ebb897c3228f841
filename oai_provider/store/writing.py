"""Changes of items, written as rows in one transaction.

Datestamps are given out here and nowhere else.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.sql.elements import ClauseElement

from oai_provider.protocol.datestamp import (
    Granularity,
    format_datestamp,
    from_seconds,
)
from oai_provider.protocol.model import Header
from oai_provider.protocol.names import with_ancestors
from oai_provider.protocol.write import HeaderWriter
from oai_provider.store import sql
from oai_provider.store.base import Outcome
from oai_provider.store.changes import Change, Content, KnownItem, KnownRecord
from oai_provider.store.finished import finished
from oai_provider.store.known import Rows, execute, new_ids, set_ids, slices
from oai_provider.store.rows import compressed
from oai_provider.store.tables import WHOLE_LIST

# Rows of the tables referred to come before those that refer.
_ORDER: Final = (
    sql.ADD_ITEMS,
    sql.CHANGE_ITEMS,
    sql.ADD_SOURCES,
    sql.CHANGE_SOURCES,
    sql.ADD_RECORDS,
    sql.CHANGE_RECORDS,
    sql.ADD_HEADERS,
    sql.CHANGE_HEADERS,
    sql.REMOVE_FROM_LISTS,
    sql.ADD_TO_LISTS,
)

_Lists = tuple[int, ...]
"""The set ids under which a record is listed."""


class _Move(NamedTuple):
    """A record that gets new content and a new datestamp."""

    change: Change
    item_id: int
    format_id: int
    content: Content
    stamp: int
    known: KnownRecord | None
    is_kept: bool
    """Whether the stamp was brought along."""


def write(connection: Connection, changes: Collection[Change], now: int) -> list[int]:
    """Stamp what moves and write everything; the caller commits.

    Returns the ids of the records that are stamped now, with `now` in seconds or, where
    that is later, the newest datestamp that their item has.
    """
    layout = _Layout(connection, changes)
    for change in changes:
        # A clock that was set back must not set an item back.
        layout.add(change, max(now, change.newest))
    rows, stamped = layout.laid_out()
    for statement in _ORDER:
        execute(connection, statement, rows[statement])
    _count(connection, rows[sql.ADD_TO_LISTS], rows[sql.REMOVE_FROM_LISTS])
    return stamped


class _Layout:
    """Gives out ids, and says which rows changes make."""

    def __init__(self, connection: Connection, changes: Collection[Change]) -> None:
        self._item_ids = new_ids(connection, sql.LAST_ITEM)
        self._record_ids = new_ids(connection, sql.LAST_RECORD)
        self._set_ids = set_ids(connection, set(_set_specs(changes)))
        self._lists_of: dict[tuple[str, ...], _Lists] = {}
        self._header_of = HeaderWriter(Granularity.SECOND)
        self._rows: defaultdict[ClauseElement, Rows] = defaultdict(list)
        self._moves: list[_Move] = []

    def add(self, change: Change, stamp: int) -> None:
        """Add the rows of an item; those of its records come later."""
        known = change.known
        item_id = known.id if known else next(self._item_ids)
        for statement, row in _item_rows(change, item_id, stamp):
            self._rows[statement].append(row)
        records = known.records if known else {}
        for format_id, content in change.moved.items():
            record = records.get(format_id)
            kept = None if record else change.kept.get(format_id)
            self._moves.append(
                _Move(
                    change=change,
                    item_id=item_id,
                    format_id=format_id,
                    content=content,
                    stamp=stamp if kept is None else kept,
                    known=record,
                    is_kept=kept is not None,
                )
            )

    def laid_out(self) -> tuple[dict[ClauseElement, Rows], list[int]]:
        """Return all rows by statement, and the ids of the records that are stamped."""
        stamped = []
        # Those of a format are read one after the other, and so stand together.
        for move in sorted(self._moves, key=attrgetter("format_id")):
            record_id = self._add_record(move)
            self._list(move, record_id)
            if not move.is_kept:
                stamped.append(record_id)
        return self._rows, stamped

    def _add_record(self, move: _Move) -> int:
        change, moment = move.change, from_seconds(move.stamp)
        deleted = not move.content
        named = Header(change.identifier, moment, change.set_specs, deleted)
        header = self._header_of(named)
        day = format_datestamp(moment, Granularity.DAY).encode()
        xml, dates = finished(header, move.content, day)
        row = {"datestamp": move.stamp, "deleted": deleted, "dates": dates, "xml": xml}
        alone = header + b"\n"
        if move.known:
            record_id = move.known.id
            self._rows[sql.CHANGE_RECORDS].append({"id_": record_id, **row})
            self._rows[sql.CHANGE_HEADERS].append({"id_": record_id, "xml": alone})
        else:
            record_id = next(self._record_ids)
            row |= {"item_id": move.item_id, "format_id": move.format_id}
            self._rows[sql.ADD_RECORDS].append({"id": record_id, **row})
            self._rows[sql.ADD_HEADERS].append({"record_id": record_id, "xml": alone})
        return record_id

    def _list(self, move: _Move, record_id: int) -> None:
        """Take a record out of the lists it was in, and put it into those it is in."""
        change = move.change
        ids = {"format_id": move.format_id, "item_id": move.item_id}
        if move.known and change.known:
            place = {**ids, "datestamp": move.known.datestamp}
            self._rows[sql.REMOVE_FROM_LISTS] += [
                {**place, "set_id": set_id} for set_id in self._old_lists(change.known)
            ]
        place = {**ids, "datestamp": move.stamp, "record_id": record_id}
        lists, deleted = self._lists(change.set_specs), not move.content
        added = self._rows[sql.ADD_TO_LISTS]
        added += [{**place, "set_id": id_, "deleted": deleted} for id_ in lists]
        if change.left_specs:
            left = [id_ for id_ in self._lists(change.left_specs) if id_ not in lists]
            added += [{**place, "set_id": set_id, "deleted": True} for set_id in left]

    def _old_lists(self, known: KnownItem) -> Collection[int]:
        return {*self._lists(known.set_specs), *self._lists(known.left_specs)}

    def _lists(self, set_specs: tuple[str, ...]) -> _Lists:
        """Return the ids of the lists an item of these sets is in."""
        found = self._lists_of.get(set_specs)
        if found is None:
            above = {above for spec in set_specs for above in with_ancestors(spec)}
            found = WHOLE_LIST, *(self._set_ids[spec] for spec in above)
            self._lists_of[set_specs] = found
        return found


def _set_specs(changes: Collection[Change]) -> Iterator[str]:
    for change in changes:
        yield from (*change.set_specs, *change.left_specs)
        if change.known:
            yield from (*change.known.set_specs, *change.known.left_specs)


def _item_rows(
    change: Change, item_id: int, stamp: int
) -> Iterator[tuple[ClauseElement, dict[str, Any]]]:
    known = change.known
    row = {
        "set_specs": " ".join(change.set_specs),
        "left_specs": " ".join(change.left_specs),
        "deleted": change.deleted,
    }
    if known is None:
        new = {"id": item_id, "identifier": change.identifier, "created": stamp}
        yield sql.ADD_ITEMS, {**new, **row}
        yield sql.ADD_SOURCES, {"item_id": item_id, "json": compressed(change.source)}
        return
    if change.outcome is not Outcome.UNCHANGED:
        yield sql.CHANGE_ITEMS, {"id_": item_id, **row}
    if known.source != change.source:
        yield sql.CHANGE_SOURCES, {"id_": item_id, "json": compressed(change.source)}


def _count(connection: Connection, added: Rows, removed: Rows) -> None:
    """Keep the tallies of the lists that grew or shrank."""
    changes = Counter((row["format_id"], row["set_id"]) for row in added)
    changes.subtract((row["format_id"], row["set_id"]) for row in removed)
    changed = {key: change for key, change in changes.items() if change}
    if not changed:
        return
    known = {
        (format_id, set_id)
        for ids in slices(list({set_id for _, set_id in changed}))
        for format_id, set_id in connection.execute(sql.KNOWN_TALLIES, {"set_ids": ids})
    }
    execute(
        connection,
        sql.CHANGE_TALLIES,
        [
            {"format_id_": key[0], "set_id_": key[1], "change_": change}
            for key, change in changed.items()
            if key in known
        ],
    )
    execute(
        connection,
        sql.ADD_TALLIES,
        [
            {"format_id": key[0], "set_id": key[1], "records": change}
            for key, change in changed.items()
            if key not in known
        ],
    )
