"""Changes of items, written as rows in one transaction.

Datestamps are given out here and nowhere else.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

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
from oai_provider.store.tables import WHOLE_LIST

Row = tuple[ClauseElement, dict[str, Any]]
"""A row, and the statement that takes it."""

# Rows of the tables referred to come before those that refer.
_ORDER: Final = (
    sql.ADD_ITEMS,
    sql.CHANGE_ITEMS,
    sql.ADD_SOURCES,
    sql.CHANGE_SOURCES,
    sql.ADD_RECORDS,
    sql.CHANGE_RECORDS,
    sql.REMOVE_FROM_LISTS,
    sql.ADD_TO_LISTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """A record that gets new content and a new datestamp."""

    item_id: int
    record_id: int
    format_id: int
    content: Content
    stamp: int
    known: KnownRecord | None


def write(connection: Connection, changes: Collection[Change], now: int) -> list[int]:
    """Stamp what moves and write everything; the caller commits.

    Returns the ids of the records that are stamped with `now`, in seconds.
    """
    rows: defaultdict[ClauseElement, Rows] = defaultdict(list)
    layout = _Layout(connection, changes)
    for change in changes:
        # A clock that was set back must not set an item back.
        stamp = max(now, change.newest)
        for statement, row in layout.rows(change, stamp):
            rows[statement].append(row)
    for statement in _ORDER:
        execute(connection, statement, rows[statement])
    _count(connection, rows[sql.ADD_TO_LISTS], rows[sql.REMOVE_FROM_LISTS])
    return layout.stamped


class _Layout:
    """Gives out ids, and says which rows a change makes."""

    def __init__(self, connection: Connection, changes: Collection[Change]) -> None:
        self._item_ids = new_ids(connection, sql.LAST_ITEM)
        self._record_ids = new_ids(connection, sql.LAST_RECORD)
        self._set_ids = set_ids(connection, set(_set_specs(changes)))
        self._lists_of: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._header_of = HeaderWriter(Granularity.SECOND)
        self.stamped: list[int] = []

    def rows(self, change: Change, stamp: int) -> Iterator[Row]:
        item_id = change.known.id if change.known else next(self._item_ids)
        yield from _item_rows(change, item_id, stamp)
        old = self._old_lists(change.known) if change.known else ()
        new = self._lists(change.set_specs)
        left = [id_ for id_ in self._lists(change.left_specs) if id_ not in new]
        for move in self._moves(change, item_id, stamp):
            yield _record_row(move, change, self._header_of)
            yield from _unlisted_rows(move, old)
            yield from _listed_rows(move, new, deleted=not move.content)
            yield from _listed_rows(move, left, deleted=True)

    def _moves(self, change: Change, item_id: int, stamp: int) -> Iterator[_Move]:
        for format_id, content in change.moved.items():
            known = change.known.records.get(format_id) if change.known else None
            move = _Move(
                item_id=item_id,
                record_id=known.id if known else next(self._record_ids),
                format_id=format_id,
                content=content,
                stamp=stamp if known else change.kept.get(format_id, stamp),
                known=known,
            )
            if known or format_id not in change.kept:
                self.stamped.append(move.record_id)
            yield move

    def _old_lists(self, known: KnownItem) -> Collection[int]:
        return {*self._lists(known.set_specs), *self._lists(known.left_specs)}

    def _lists(self, set_specs: tuple[str, ...]) -> tuple[int, ...]:
        """Return the ids of the lists an item of these sets is in."""
        if set_specs not in self._lists_of:
            above = {above for spec in set_specs for above in with_ancestors(spec)}
            ids = (self._set_ids[spec] for spec in above)
            self._lists_of[set_specs] = (WHOLE_LIST, *ids)
        return self._lists_of[set_specs]


def _set_specs(changes: Collection[Change]) -> Iterator[str]:
    for change in changes:
        yield from (*change.set_specs, *change.left_specs)
        if change.known:
            yield from (*change.known.set_specs, *change.known.left_specs)


def _item_rows(change: Change, item_id: int, stamp: int) -> Iterator[Row]:
    known = change.known
    sets = {
        "set_specs": " ".join(change.set_specs),
        "left_specs": " ".join(change.left_specs),
    }
    if known is None:
        yield (
            sql.ADD_ITEMS,
            {
                "id": item_id,
                "identifier": change.identifier,
                **sets,
                "created": stamp,
                "deleted": change.deleted,
            },
        )
        yield sql.ADD_SOURCES, {"item_id": item_id, "json": change.source}
        return
    if change.outcome is not Outcome.UNCHANGED:
        yield (
            sql.CHANGE_ITEMS,
            {"id_": item_id, **sets, "deleted": change.deleted},
        )
    if known.source != change.source:
        yield sql.CHANGE_SOURCES, {"id_": item_id, "json": change.source}


def _record_row(move: _Move, change: Change, header_of: HeaderWriter) -> Row:
    moment, deleted = from_seconds(move.stamp), not move.content
    header = header_of(Header(change.identifier, moment, change.set_specs, deleted))
    day = format_datestamp(moment, Granularity.DAY).encode()
    xml, dates = finished(header, move.content, day)
    row = {"datestamp": move.stamp, "deleted": deleted, "dates": dates, "xml": xml}
    if move.known:
        return sql.CHANGE_RECORDS, {"id_": move.record_id, **row}
    ids = {"item_id": move.item_id, "format_id": move.format_id}
    return sql.ADD_RECORDS, {"id": move.record_id, **ids, **row}


def _unlisted_rows(move: _Move, lists: Collection[int]) -> Iterator[Row]:
    if move.known is None:
        return
    for set_id in lists:
        yield (
            sql.REMOVE_FROM_LISTS,
            {
                "format_id": move.format_id,
                "set_id": set_id,
                "datestamp": move.known.datestamp,
                "item_id": move.item_id,
            },
        )


def _listed_rows(
    move: _Move, lists: Collection[int], *, deleted: bool
) -> Iterator[Row]:
    for set_id in lists:
        yield (
            sql.ADD_TO_LISTS,
            {
                "format_id": move.format_id,
                "set_id": set_id,
                "datestamp": move.stamp,
                "item_id": move.item_id,
                "record_id": move.record_id,
                "deleted": deleted,
            },
        )


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
