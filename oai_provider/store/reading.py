"""Reading: statements compiled once by SQLAlchemy, executed by the driver itself.

SQLite takes about 180 microseconds for a page of a hundred records; SQLAlchemy's own
way of executing would add 150 to it, its pool adds 15. A statement is a snapshot, so
there is no transaction to keep.
"""

import select
import sqlite3
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from sqlalchemy import Connection, Engine, text
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.elements import ClauseElement

from oai_provider.store.base import StoreError
from oai_provider.store.faults import away, translated
from oai_provider.store.rows import Row

if TYPE_CHECKING:
    import psycopg

Value = str | int | None


class Reader:
    """Executes statements that only read; the driver must take values by name."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._compiled: dict[ClauseElement, tuple[str, dict[str, Value]]] = {}

    def __call__(self, statement: ClauseElement, **values: Value) -> Sequence[Row]:
        """Return all rows of a statement."""
        with self.connection() as connection:
            return self.over(connection, statement, **values)

    @contextmanager
    def connection(self) -> Iterator[PoolProxiedConnection]:
        """Lend a connection, for statements that must be asked of the same server."""
        with translated(self.engine):
            connection = self.engine.raw_connection()
            try:
                yield connection
            finally:
                connection.close()

    def over(
        self,
        connection: PoolProxiedConnection,
        statement: ClauseElement,
        **values: Value,
    ) -> Sequence[Row]:
        """Return all rows of a statement, asked over a connection that was lent."""
        found = self._compiled.get(statement)
        text_, defaults = found or self._compile(statement)
        cursor = connection.cursor()
        cursor.execute(text_, defaults | values)
        return cursor.fetchall()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _compile(self, statement: ClauseElement) -> tuple[str, dict[str, Value]]:
        compiled = statement.compile(self.engine)
        done = compiled.string, dict(compiled.params)
        self._compiled[statement] = done
        return done


def has_ended(connection: "psycopg.Connection[object]") -> bool:
    """Tell whether a server closed a connection that nobody used.

    There is nothing to be read from an idle connection but its end. Unlike asking
    the server, looking costs a microsecond.
    """
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


class FileReader(Reader):
    """Reads a file, whose connections do not break: they are kept out of the pool.

    Taking one from the pool and giving it back costs more than reading a record.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._idle: deque[_FileConnection] = deque()

    def __call__(self, statement: ClauseElement, **values: Value) -> Sequence[Row]:
        """Return all rows of a statement."""
        text_, defaults = self._compiled.get(statement) or self._compile(statement)
        with translated(self.engine):
            connection = self._taken()
            try:
                found = connection.file.execute(text_, defaults | values).fetchall()
            except BaseException:
                connection.lent.close()
                raise
        self._idle.append(connection)
        return found

    def close(self) -> None:
        """Let go of all connections."""
        while self._idle:
            self._idle.pop().lent.close()
        super().close()

    def _taken(self) -> "_FileConnection":
        try:
            return self._idle.pop()
        except IndexError:
            lent = self.engine.raw_connection()
            return _FileConnection(
                lent, cast("sqlite3.Connection", lent.dbapi_connection)
            )


class _FileConnection(NamedTuple):
    """A connection lent by the pool, and what it is to the driver."""

    lent: PoolProxiedConnection
    file: sqlite3.Connection


class ServerClock:
    """The clock of a PostgreSQL server, which all its machines go by.

    A standby's is none: what it was not sent yet would be older than its time says.
    """

    _TIME: Final = text(
        "SELECT CASE WHEN NOT pg_is_in_recovery()"
        " THEN CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS float8) END"
    )

    def __init__(self, read: Reader) -> None:
        self._read = read

    def __call__(self, connection: Connection | None) -> datetime:
        """Return the time, asked over a connection that is there, or over another."""
        if connection is None:
            seconds = self._read(self._TIME)[0][0]
        else:
            seconds = connection.execute(self._TIME).scalar()
        if seconds is None:
            raise away(self._read.engine.url, "it is a standby now; name the primary")
        return datetime.fromtimestamp(seconds, UTC)


class ReplicaReader:
    """Reads from a replica of PostgreSQL, if that has all that the primary has.

    Never from a past state: a list is read page by page, and a record that changes
    moves to its end. Were one page from now and a later one from before, a record that
    moved in between would be on neither: it has left the one, and not yet come to the
    other. Nor would a later harvest ask for it, as its datestamp is older than the
    time that the first page told. So the primary is asked how far its log goes, each
    time, and the replica answers if it has replayed that. Where it does not within
    `_PATIENCE` seconds, or is away, the primary answers, and the replica is left alone
    for a while.
    """

    # A restored copy counts its log from elsewhere, and one that was promoted goes
    # its own way.
    _WRITTEN: Final = text(
        "SELECT CAST(pg_current_wal_lsn() AS text), CAST(system_identifier AS text)"
        " FROM pg_control_system()"
    )
    _REPLAYED: Final = text(
        "SELECT pg_is_in_recovery()"
        " AND pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn)"
        " AND CAST(system_identifier AS text) = CAST(:system AS text)"
        " FROM pg_control_system()"
    )
    _PATIENCE: Final = 0.2
    _PAUSE: Final = 0.005
    _REST: Final = 5.0

    def __init__(self, primary: Reader, replica: Reader) -> None:
        self._primary = primary
        self._replica = replica
        self._rests_until = 0.0

    def __call__(self, statement: ClauseElement, **values: Value) -> Sequence[Row]:
        """Return all rows of a statement."""
        if time.monotonic() >= self._rests_until:
            written, system = self._primary(self._WRITTEN)[0]
            # Whatever is wrong with it, there is one that can answer.
            with suppress(StoreError), self._replica.connection() as connection:
                if self._catches_up(connection, written, system):
                    return self._replica.over(connection, statement, **values)
            self._rests_until = time.monotonic() + self._REST
        return self._primary(statement, **values)

    def close(self) -> None:
        """Let go of all connections to the replica."""
        self._replica.close()

    def _catches_up(
        self, connection: PoolProxiedConnection, written: str, system: str
    ) -> bool:
        end = time.monotonic() + self._PATIENCE
        asked = {"written": written, "system": system}
        while not self._replica.over(connection, self._REPLAYED, **asked)[0][0]:
            if time.monotonic() >= end:
                return False
            time.sleep(self._PAUSE)
        return True
