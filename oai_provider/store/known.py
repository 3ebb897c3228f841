"""What a writer finds in the database before it writes.

There is one writer at a time (see `engines`), so what is read here stays true until
the writer commits, and ids can be counted on from the last.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Select
from sqlalchemy.sql.elements import ClauseElement

from oai_provider.protocol.names import SET_SPEC_RULE, is_set_spec, with_ancestors
from oai_provider.store import sql
from oai_provider.store.base import StoreError
from oai_provider.store.changes import KnownItem, KnownRecord
from oai_provider.store.finished import Finished, content_of
from oai_provider.store.rows import text_of

Rows = list[dict[str, Any]]

_T = TypeVar("_T")
# Well below what databases take in one statement.
_AT_ONCE: Final = 1000
_TEXTS: Final = "oai_provider_texts"
"""Where a connection keeps the statements that were compiled for it."""


def slices(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield values in such numbers as fit into one statement."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def execute(connection: Connection, statement: ClauseElement, rows: Rows) -> None:
    """Execute a statement for each row, if there are any.

    By the driver itself: SQLAlchemy would take longer for a row than SQLite does.
    """
    if not rows:
        return
    texts: dict[object, str] = connection.info.setdefault(_TEXTS, {})
    key = statement, *rows[0]
    text = texts.get(key)
    if text is None:
        compiled = statement.compile(connection.engine, column_keys=[*rows[0]])
        text = texts[key] = str(compiled)
    cursor = connection.connection.cursor()
    cursor.executemany(text, rows)
    cursor.close()


def new_ids(connection: Connection, last: Select[int]) -> "count[int]":
    """Return the ids that come after the last one, from 1."""
    return count((connection.execute(last).scalar() or 0) + 1)


def known_items(
    connection: Connection, identifiers: Iterable[str]
) -> dict[str, KnownItem]:
    """Return those of the items named that are there, by identifier."""
    found = connection.execute(sql.KNOWN_ITEMS, {"identifiers": list(identifiers)})
    items: dict[str, KnownItem] = {}
    for id_, identifier, set_specs, left_specs, deleted, json in found:
        items[identifier] = KnownItem(
            id=id_,
            set_specs=tuple(set_specs.split()),
            left_specs=tuple(left_specs.split()),
            deleted=bool(deleted),
            source=text_of(json),
        )
    _add_records(connection, {item.id: item for item in items.values()})
    return items


def _add_records(connection: Connection, items: dict[int, KnownItem]) -> None:
    if not items:
        return
    found = connection.execute(sql.KNOWN_RECORDS, {"item_ids": list(items)})
    for item_id, format_id, id_, datestamp, *columns in found:
        items[item_id].records[format_id] = KnownRecord(
            id=id_, datestamp=datestamp, content=content_of(Finished(*columns))
        )


def format_ids(connection: Connection) -> dict[str, int]:
    """Return the id of every format, by prefix."""
    return dict(connection.execute(sql.FORMAT_IDS).all())


def set_ids(connection: Connection, set_specs: Iterable[str]) -> dict[str, int]:
    """Return the ids of sets and of the sets above them, making those that lack."""
    wanted = sorted({above for spec in set_specs for above in with_ancestors(spec)})
    ids: dict[str, int] = {}
    for specs in slices(wanted):
        ids.update(connection.execute(sql.SET_IDS, {"specs": specs}).all())
    missing = [spec for spec in wanted if spec not in ids]
    return ids | _add_sets(connection, missing) if missing else ids


def _add_sets(connection: Connection, specs: Iterable[str]) -> dict[str, int]:
    added = dict(zip(specs, new_ids(connection, sql.LAST_SET), strict=False))
    for spec in added:
        if not is_set_spec(spec):
            raise StoreError(f"there can be no set {spec!r}: {SET_SPEC_RULE}")
    rows: Rows = [
        {"id": id_, "spec": spec, "name": spec, "descriptions": None}
        for spec, id_ in added.items()
    ]
    execute(connection, sql.ADD_SETS, rows)
    return added
