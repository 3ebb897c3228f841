"""Commits that ended later than they said: their records are stamped once more.

A datestamp is given before the commit, and a commit takes its time. Had it ended in a
later second, a harvester could have read in between, been told that second as
responseDate, and never ask for the datestamp again. So every commit leaves a mark
of what it stamped; when it is known to have ended within that second the mark is
removed, and else what it stamped is stamped again. Whose writer was killed in
between is found by its age. The proof is in docs/decisions/0008-no-lost-update.md.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from secrets import randbits
from typing import Final

from sqlalchemy import Connection

from oai_provider.store import sql
from oai_provider.store.changes import Change
from oai_provider.store.known import execute, known_items, slices

ABANDONED_AFTER: Final = 5
"""Seconds after which a mark is taken for that of a writer that was killed."""

# Numbers are never used twice, since whoever is late must not take another's mark
# for its own.
_BITS: Final = 62
_LITTLE: Final = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """What one commit stamped, and with which second."""

    id: int
    stamp: int
    records: tuple[int, ...]
    is_late: bool = False
    """Whether it is known that these have to be stamped again."""


def leave_mark(
    connection: Connection, stamp: int, records: Collection[int]
) -> Mark | None:
    """Mark records as stamped by the transaction under way, if there are any."""
    if not records:
        return None
    mark = Mark(randbits(_BITS), stamp, tuple(records))
    row = {"id": mark.id, "stamp": stamp, "records": " ".join(map(str, records))}
    execute(connection, sql.ADD_MARK, [row])
    return mark


def take_mark(connection: Connection, mark: Mark) -> bool:
    """Remove a mark; False if somebody else has done so, and what belongs to it."""
    is_there = connection.execute(sql.MARK, {"id": mark.id}).first() is not None
    execute(connection, sql.REMOVE_MARK, [{"id_": mark.id}])
    return is_there


def confirmed(connection: Connection, mark: Mark, *, is_late: bool) -> list[Mark]:
    """Remove a mark; of one that is late return what has to be stamped again.

    That is left in halves, unless it is little.
    """
    if is_late and len(mark.records) <= _LITTLE:
        return [replace(mark, is_late=True)]
    if not (take_mark(connection, mark) and is_late):
        return []
    middle = len(mark.records) // 2
    halves = mark.records[:middle], mark.records[middle:]
    left = (leave_mark(connection, mark.stamp, half) for half in halves)
    return [replace(half, is_late=True) for half in left if half]


def abandoned_marks(connection: Connection, now: int) -> list[Mark]:
    """Return the marks that were left so long ago that nobody will come for them."""
    values = {"abandoned": now - ABANDONED_AFTER}
    return [
        Mark(id_, stamp, tuple(map(int, records.split())))
        for id_, stamp, records in connection.execute(sql.ABANDONED, values)
    ]


def changes_again(connection: Connection, mark: Mark) -> Iterator[Change]:
    """Yield the items whose marked records still have their stamp, to be stamped."""
    marked = frozenset(mark.records)
    owners: set[str] = set()
    for ids in slices(mark.records):
        owners |= set(connection.scalars(sql.OWNERS, {"ids": ids, "stamp": mark.stamp}))
    for identifiers in slices(sorted(owners)):
        for identifier, item in known_items(connection, identifiers).items():
            moved = {
                format_id: record.content
                for format_id, record in item.records.items()
                if record.id in marked and record.datestamp == mark.stamp
            }
            yield Change(
                identifier=identifier,
                source=item.source,
                set_specs=item.set_specs,
                left_specs=item.left_specs,
                deleted=item.deleted,
                moved=moved,
                known=item,
            )
