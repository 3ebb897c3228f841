"""The durable table of work: who harvests what, when, and how it went.

All that workers share is here, so that they may be threads, processes or machines:
leases, of which a host has one at a time; numbers that fence off workers that were
thought dead; the next moment at which a host may be asked. Whoever locks both rows
locks the host before the source, or skips what is locked: nobody waits in a circle.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    insert,
    or_,
    select,
    update,
)

from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.work import (
    Ended,
    Enlisted,
    LeaseLost,
    Owner,
    SourceState,
    Work,
)
from oai_provider.harvester.many.work_table import tables
from oai_provider.harvester.many.work_table.database import Clock, Database
from oai_provider.harvester.many.work_table.enlisting import definition_of, enlist
from oai_provider.harvester.many.work_table.rows import (
    claimed,
    due_again,
    from_milliseconds,
    state,
    to_milliseconds,
    written,
)
from oai_provider.store.faults import unusable

_SOURCE: Final = tables.source
_HOST: Final = tables.host
_STOPPED: Final = tables.stopped
_REMEMBERED: Final = timedelta(days=7)
_LANES: Final = _SOURCE.join(_HOST, _SOURCE.c.host == _HOST.c.name)
_DUE: Final = _SOURCE.c.enabled & (_SOURCE.c.due <= bindparam("by"))

_ALL: Final = (
    select(_SOURCE, _HOST.c.until, _HOST.c.since, _HOST.c.run, _HOST.c.lane)
    .add_columns(_HOST.c.source.label("lane_source"))
    .select_from(_LANES)
    .order_by(_SOURCE.c.name)
)
# PostgreSQL looks at rows again when it has locked them, as others left them. Both
# conditions are of rows that are locked, so no lane is given twice.
_NEXT: Final = (
    select(_SOURCE, _HOST.c.fence, _HOST.c.spacing)
    .add_columns(_HOST.c.source.label("lane_source"))
    .select_from(_LANES)
    .where(_DUE, _HOST.c.until <= bindparam("now"))
    .order_by(_SOURCE.c.due, _SOURCE.c.name)
    .limit(1)
    .with_for_update(of=[_SOURCE, _HOST], skip_locked=True)
)
_LEFT: Final = (
    select(_SOURCE.c.name)
    .select_from(_LANES)
    .where(
        _DUE, or_(_HOST.c.until <= bindparam("now"), _HOST.c.run == bindparam("ours"))
    )
    .limit(1)
)
_FREE: Final = {"until": 0, "source": None, "since": None, "run": None, "lane": None}


def open_work_table(url: str, *, clock: Clock, gives_time: bool = True) -> "WorkTable":
    """Return the work table at a database URL, made if it is not there.

    The clock is that of the database server where there is one and it `gives_time`.
    Raises `StoreError`, `StoreAway`.
    """
    database = Database(url, clock=clock, gives_time=gives_time)
    try:
        with database.transaction() as connection:
            database.alone(connection)
            tables.metadata.create_all(connection)
            _check_version(connection)
    except BaseException:
        database.close()
        raise
    return WorkTable(database)


def _check_version(connection: Connection) -> None:
    found = connection.execute(select(tables.version.c.number)).scalar()
    if found is None:
        connection.execute(insert(tables.version).values(number=tables.VERSION))
    elif found != tables.VERSION:
        raise unusable(
            connection.engine.url,
            f"its table of work is of version {found}, this program's of"
            f" {tables.VERSION}: name another database",
        )


class WorkTable:
    """Sources, and who works on them. Usable by several threads at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def now(self) -> datetime:
        """Return the time by which all who share the table go."""
        with self._database.transaction() as connection:
            return from_milliseconds(self._database.now(connection))

    # What there is to do.

    def enlist(self, sources: Sequence[Source]) -> Enlisted:
        """Make these the sources of the table.

        New ones, and those that say something else than before, are due at once.
        Those that are not among them are kept, and not harvested any more.
        """
        with self._database.transaction() as connection:
            self._database.alone(connection)
            return enlist(connection, sources, self._database.now(connection))

    def hasten(self, names: Sequence[str] | None = None) -> int:
        """Make sources due now, all or those named; return how many were not."""
        with self._database.transaction() as connection:
            # Two at once would wait for each other's rows in a circle.
            self._database.alone(connection)
            now = self._database.now(connection)
            later = update(_SOURCE).where(_SOURCE.c.enabled, _SOURCE.c.due > now)
            if names is not None:
                later = later.where(_SOURCE.c.name.in_(names))
            return connection.execute(later.values(due=now)).rowcount

    def claim(
        self,
        owner: Owner,
        lease: timedelta,
        due_by: datetime | None = None,
        only: Sequence[str] = (),
    ) -> Work | None:
        """Return the source that is due longest, with the only lease of its host.

        Sources of hosts with a lease are passed over. With `due_by` only those
        count that were due by then, with `only` those of these names.
        """
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            by = now if due_by is None else min(now, to_milliseconds(due_by))
            due = _named(_NEXT, only)
            row = connection.execute(due, {"by": by, "now": now}).one_or_none()
            if row is None:
                return None
            until = now + _milliseconds(lease)
            taken = {"until": until, "fence": row.fence + 1, "source": row.name}
            taken |= {"since": now, "run": owner.run, "lane": owner.lane}
            lane = update(_HOST).where(_HOST.c.name == row.host)
            connection.execute(lane.values(taken))
            if row.lane_source is not None:
                _count_loss(connection, row.lane_source)
            return claimed(row, now, until)

    def is_over(self, run: str, due_by: datetime, only: Sequence[str] = ()) -> bool:
        """Tell whether nothing is left that was due by then, for a run to do.

        Hosts at which other runs are, are theirs.
        """
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            asked = {"by": min(now, to_milliseconds(due_by)), "now": now, "ours": run}
            return connection.execute(_named(_LEFT, only), asked).first() is None

    def stop(self, run: str) -> None:
        """Ask all lanes of a run to stop, wherever they are."""
        with self._database.transaction() as connection:
            self._database.alone(connection)
            now = self._database.now(connection)
            old = _STOPPED.c.since < now - _milliseconds(_REMEMBERED)
            connection.execute(delete(_STOPPED).where(old | (_STOPPED.c.run == run)))
            connection.execute(insert(_STOPPED).values(run=run, since=now))

    def is_stopped(self, run: str) -> bool:
        """Tell whether the lanes of a run are asked to stop."""
        with self._database.transaction() as connection:
            asked = select(_STOPPED.c.run).where(_STOPPED.c.run == run)
            return connection.execute(asked).first() is not None

    # Work that was claimed.

    def renew(self, work: Work, lease: timedelta) -> None:
        """Let a lease run on from now. Raises `LeaseLost` if it is another's now.

        One that ran out is renewed all the same, if nobody took the lane since.
        """
        with self._database.transaction() as connection:
            until = self._database.now(connection) + _milliseconds(lease)
            _change_lane(connection, work, {"until": until})

    def release(self, work: Work) -> None:
        """Give work back undone: it is due as before. Raises `LeaseLost`."""
        with self._database.transaction() as connection:
            _change_lane(connection, work, _FREE)

    def finish(self, work: Work, ended: Ended) -> None:
        """Write down how work ended, and when it is due again.

        Raises `LeaseLost` if another took the lane since; nothing is written then.
        """
        with self._database.transaction() as connection:
            _change_lane(connection, work, _FREE)
            now = self._database.now(connection)
            due = due_again(work, ended, from_milliseconds(now))
            # What says something else since then is due at once.
            is_same = _SOURCE.c.definition == definition_of(work.source)
            values = {
                **written(work, ended),
                "due": case((is_same, to_milliseconds(due)), else_=_SOURCE.c.due),
                "started": to_milliseconds(work.began),
                "ended": now,
            }
            row = update(_SOURCE).where(_SOURCE.c.name == work.source.name)
            connection.execute(row.values(values))

    # Politeness.

    def slot(self, host: str, interval: timedelta = timedelta(0)) -> float:
        """Return how many seconds to wait before a host may be asked once.

        The next one to ask, wherever it is, waits longer: by the interval, or by
        that which the host's sources demand, whichever is longer.
        """
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            spacing = _greater(_HOST.c.spacing, _milliseconds(interval))
            lane = update(_HOST).where(_HOST.c.name == host)
            lane = lane.values(next_at=_greater(_HOST.c.next_at, now) + spacing)
            asked = lane.returning((_HOST.c.next_at - spacing).label("at"))
            row = connection.execute(asked).one_or_none()
            return (row.at - now) / 1000 if row else 0.0

    # How things stand.

    def states(self) -> tuple[SourceState, ...]:
        """Return how every source stands, in order of their names."""
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            rows = connection.execute(_ALL).all()
        return tuple(state(row, now) for row in rows)


def _count_loss(connection: Connection, name: str) -> None:
    """Note of a source that its lease ran out; the lane of its host is locked."""
    lost = update(_SOURCE).where(_SOURCE.c.name == name)
    connection.execute(lost.values(losses=_SOURCE.c.losses + 1))


def _change_lane(
    connection: Connection, work: Work, values: Mapping[str, object]
) -> None:
    # Given back, a lane has no source, and its number is still the same.
    ours = _HOST.c.fence == work.fence, _HOST.c.source == work.source.name
    lane = update(_HOST).where(_HOST.c.name == work.host, *ours)
    if not connection.execute(lane.values(values)).rowcount:
        raise LeaseLost(
            f"source {work.source.name}: its lease on {work.host} ran out, and another"
            " worker took it over"
        )


def _named(query: Select[Any], names: Sequence[str]) -> Select[Any]:
    """Return a query for these sources, or for all if none is named."""
    return query.where(_SOURCE.c.name.in_(names)) if names else query


def _greater(
    column: ColumnElement[int], other: ColumnElement[int] | int
) -> ColumnElement[int]:
    # GREATEST of the one database is MAX of the other.
    return case((column > other, column), else_=other)


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
