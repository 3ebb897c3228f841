"""The database of a work table: opened, its transactions begun, its clock read.

Transactions are short. On SQLite each takes the write lock when it begins, so that
they come one by one; on PostgreSQL they lock the rows they need.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, text
from sqlalchemy.pool import ConnectionPoolEntry

from oai_provider.harvester.many.work_table.rows import to_milliseconds
from oai_provider.store.addresses import is_in_memory, is_sqlite, parsed_url, shown
from oai_provider.store.base import StoreError
from oai_provider.store.faults import translated, unusable

_PATIENCE: Final = 30
"""Seconds to wait for the lock, or for an answer."""
_SERVER_TIME: Final = text(
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)"
)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(182390345)")

Clock = Callable[[], datetime]


class Database:
    """A database that several machines may use at once.

    The clock is the server's where there is one, unless `clock` is to be believed.
    """

    def __init__(self, url: str, *, clock: Clock, gives_time: bool = True) -> None:
        parsed = parsed_url(url)
        self.engine = _sqlite(parsed) if is_sqlite(parsed) else _postgresql(parsed)
        self._clock = clock
        self._is_server = not is_sqlite(parsed)
        self._gives_time = gives_time and self._is_server

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin; commit in the end. Raises `StoreError`, `StoreAway`."""
        with translated(self.engine), self.engine.begin() as connection:
            yield connection

    def now(self, connection: Connection) -> int:
        """Return the time in milliseconds."""
        if self._gives_time:
            return int(connection.execute(_SERVER_TIME).scalar_one())
        return to_milliseconds(self._clock())

    def alone(self, connection: Connection) -> None:
        """Have others wait that ask for the same, until the transaction ends."""
        if self._is_server:
            connection.execute(_LOCK)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _sqlite(url: URL) -> Engine:
    if is_in_memory(url):
        raise unusable(url, "it is gone when its process ends: name a file")
    engine = create_engine(url, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver begins no transactions by itself: `_begin_immediate` does.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # What a power cut undoes is harvested again.
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    milliseconds = _PATIENCE * 1000
    options = (
        f"-c statement_timeout={milliseconds}"
        f" -c idle_in_transaction_session_timeout={milliseconds}"
    )
    try:
        return create_engine(
            url,
            # What is locked is looked at again, as it is when the lock is given.
            isolation_level="READ COMMITTED",
            connect_args={
                "application_name": "oai-provider harvest",
                "connect_timeout": 10,
                "options": options,
            },
            pool_pre_ping=True,
            pool_size=2,
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{shown(url)} needs the driver psycopg:"
            " pip install 'oai-provider[postgres]'"
        ) from error
    except exc.ArgumentError as error:
        raise unusable(url, f"{error}; mend the URL") from error
