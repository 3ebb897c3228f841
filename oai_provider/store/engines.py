"""Opening a store: which databases there are, and how each is spoken to.

All that differs between SQLite and PostgreSQL is here. Writers are let in one by
one, on SQLite by BEGIN IMMEDIATE, on PostgreSQL by an advisory lock: ids, tallies
and datestamps need no more care than that. SQLite keeps a write-ahead log, so that
readers and the writer do not wait for each other. Both flush at every commit: a
deletion that a harvester has seen must not be undone by a power cut. No driver begins
transactions by itself: a statement that reads is one message there and back.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState, QueuePool

from oai_provider.store.addresses import (
    is_in_memory,
    is_sqlite,
    parsed_url,
    shown,
)
from oai_provider.store.base import StoreAway, StoreError
from oai_provider.store.faults import translated, unusable
from oai_provider.store.reading import (
    FileReader,
    Reader,
    ReplicaReader,
    ServerClock,
    has_ended,
)
from oai_provider.store.sql_store import WRITING, SqlStore, Turn
from oai_provider.store.upgrade import upgrade

if TYPE_CHECKING:
    import psycopg

# Nine records of 3.4 kB a page waste a twentieth of it; pages of 4 kB waste a quarter.
_PAGE_BYTES: Final = 32_768
_IDLE_CONNECTIONS: Final = 16
_LOCK: Final = 0x0A1F_3A11
"""The number of the lock that writers take on PostgreSQL; any would do."""
_CONNECT_TIMEOUT: Final = 5
"""Seconds to wait for a connection, of a server or of the pool."""
# Every list is one seek, whatever is sought. Planning it anew costs more than reading
# what it finds, and is what the server does where it does not know the LIMIT.
_PLANNED_ONCE: Final = "-c plan_cache_mode=force_generic_plan"
# To start one takes longer than to read a page, and where the LIMIT is not known the
# server takes a page for a tenth of the list.
_NO_WORKERS: Final = "-c max_parallel_workers_per_gather=0"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """How a database server is spoken to; a file needs none of it."""

    pool_size: int = 8
    """Connections that there are at once, at most."""
    statement_timeout: int = 30
    """Seconds that a statement may take that reads."""
    replica_url: str | None = None
    """Where to read lists."""
    gives_time: bool = True
    """Whether its clock is that of the store, rather than the one given."""


_SERVER: Final = Server()


def open_store(
    url: str,
    *,
    clock: Clock,
    patience: float = 30.0,
    tells_left_sets: bool = False,
    server: Server = _SERVER,
) -> SqlStore:
    """Return the store at a URL, made or brought up to date if need be.

    A writer waits `patience` seconds for its turn. With `tells_left_sets` an item that
    left a set is listed there as deleted. Raises `StoreError` if there can
    be no store there, `StoreAway` if the database does not answer.
    """
    parsed = parsed_url(url)
    if is_sqlite(parsed):
        if server.replica_url:
            raise unusable(parsed, "SQLite has no replicas: leave replica_url out")
        engine = _upgraded(_sqlite(parsed, patience))
        # A database in memory has one connection, which the writer needs, too.
        read = Reader(engine) if is_in_memory(parsed) else FileReader(engine)
        return SqlStore(
            read,
            read_list=read,
            now=lambda _: clock(),
            tells_left_sets=tells_left_sets,
        )
    replica = _replica(server.replica_url, server) if server.replica_url else None
    try:
        read = _server_reader(_upgraded(_postgresql(parsed, server, patience)), server)
    except BaseException:
        if replica:
            replica.close()
        raise
    return SqlStore(
        read,
        read_list=ReplicaReader(read, replica) if replica else read,
        now=ServerClock(read) if server.gives_time else lambda _: clock(),
        tells_left_sets=tells_left_sets,
    )


def _upgraded(engine: Engine) -> Engine:
    try:
        with translated(engine):
            if is_sqlite(engine.url):
                _lay_out_file(engine)
            upgrade(engine, engine.execution_options(**{WRITING: Turn.WAITS}))
    except BaseException:
        engine.dispose()
        raise
    return engine


# PostgreSQL.


def _postgresql(url: URL, server: Server, patience: float = 0) -> Engine:
    try:
        engine = create_engine(
            url,
            connect_args=_connect_args(url, server),
            pool_size=server.pool_size,
            max_overflow=0,
            pool_timeout=_CONNECT_TIMEOUT,
            pool_reset_on_return=None,
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{shown(url)} needs the driver psycopg:"
            " pip install 'oai-provider[postgres]'"
        ) from error
    except exc.ArgumentError as error:
        raise unusable(url, f"{error}; mend the URL") from error
    event.listen(engine, "checkout", _refuse_dead)
    event.listen(engine, "reset", _leave_transaction)
    event.listen(engine, "begin", _BeginAlone(patience))
    return engine


def _server_reader(engine: Engine, server: Server) -> Reader:
    # By now it is known that there is a driver.
    from oai_provider.store.prepared import PreparedReader  # noqa: PLC0415 - may lack

    # The rest is for those who write.
    return PreparedReader(engine, server.pool_size // 2)


def _connect_args(url: URL, server: Server) -> dict[str, str | int | None]:
    """Return what a connection is asked for; what the URL says wins."""
    milliseconds = 1000 * server.statement_timeout
    given: dict[str, str | int | None] = {
        "application_name": "oai-provider",
        "connect_timeout": _CONNECT_TIMEOUT,
        # A server that vanished without a word is noticed within half a minute.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": milliseconds,
    }
    own = f"-c statement_timeout={milliseconds}", _PLANNED_ONCE, _NO_WORKERS
    args = {name: value for name, value in given.items() if name not in url.query}
    options = " ".join((*own, *_said(url, "options")))
    args |= {"options": options, "autocommit": True}
    if thresholds := _said(url, "prepare_threshold"):
        args["prepare_threshold"] = _prepare_threshold(url, thresholds[-1])
    return args


def _said(url: URL, name: str) -> tuple[str, ...]:
    said = url.query.get(name, ())
    return (said,) if isinstance(said, str) else said


def _prepare_threshold(url: URL, said: str) -> int | None:
    """Return after how many times a statement is prepared; None for never.

    0 is never, as for other drivers; this one would take it for the first time.
    """
    if said.lower() in {"0", "none"}:
        return None
    if said.isdecimal():
        return int(said)
    raise unusable(url, f"prepare_threshold is {said}: write a number, 0 for never")


def _replica(replica_url: str, server: Server) -> Reader:
    """Return a reader of the replica, which need not be there now."""
    url = parsed_url(replica_url)
    if is_sqlite(url):
        raise unusable(url, "a replica is in PostgreSQL: mend replica_url")
    replica = _server_reader(_postgresql(url, server), server)
    with suppress(StoreAway), replica.connection():
        pass
    return replica


def _refuse_dead(
    connection: "psycopg.Connection[object]", *_: ConnectionPoolEntry
) -> None:
    """Have a connection replaced that the server closed while nobody used it."""
    if has_ended(connection):
        raise exc.DisconnectionError


def _leave_transaction(
    connection: "psycopg.Connection[object]",
    entry: ConnectionPoolEntry,
    _: PoolResetState,
) -> None:
    """Roll back what is open; of a connection that broke nothing is."""
    if connection.closed:
        entry.invalidate()
    else:
        connection.rollback()


class _BeginAlone:
    """Lets writers in one by one."""

    # The lock is waited for in turn, bulk writes may take as long as they need; but a
    # writer that stopped answering must not hold the lock for ever. A commit that
    # a harvester was told of before it is on disk could be lost.
    _BEGIN: Final = (
        # A snapshot taken before the lock is granted would not show what the writer
        # before wrote.
        "BEGIN ISOLATION LEVEL READ COMMITTED;"
        " SET LOCAL statement_timeout = 0;"
        " SET LOCAL lock_timeout = {};"
        " SET LOCAL idle_in_transaction_session_timeout = '60s';"
        " SELECT set_config('synchronous_commit', 'on', true)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )

    def __init__(self, patience: float) -> None:
        # 0 would be without end.
        self._begin = self._BEGIN.format(max(1, int(patience * 1000)))

    def __call__(self, connection: Connection) -> None:
        """Begin, if the connection is to write."""
        turn = connection.get_execution_options().get(WRITING)
        if turn is None:
            return
        connection.exec_driver_sql(self._begin)
        if turn is Turn.WAITS:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            return
        lock = f"SELECT pg_try_advisory_xact_lock({_LOCK})"
        if not connection.exec_driver_sql(lock).scalar():
            raise StoreAway("another writer is at work")


# SQLite.


def _sqlite(url: URL, patience: float) -> Engine:
    in_memory = is_in_memory(url)
    if not in_memory:
        _check_file(url)
    engine = create_engine(
        url,
        paramstyle="named",
        connect_args={"timeout": patience, "check_same_thread": False},
        poolclass=QueuePool,
        # A database in memory is its one connection: threads take turns.
        pool_size=1 if in_memory else _IDLE_CONNECTIONS,
        max_overflow=0 if in_memory else -1,
        pool_timeout=patience,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _check_file(url: URL) -> None:
    file = Path(url.database or "")
    folder = file.absolute().parent
    if str(file).startswith("file:"):
        return
    if not folder.is_dir():
        fault = f"there is no folder {folder}: make it"
    elif file.is_dir():
        fault = "it is a folder: name a file in it"
    elif file.exists() and not os.access(file, os.R_OK | os.W_OK):
        fault = "the file cannot be written: make it readable and writable"
    elif not os.access(folder, os.W_OK):
        fault = f"the folder {folder} cannot be written: make it writable"
    else:
        return
    raise unusable(url, fault)


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver begins no transactions by itself: `_begin_immediate` does.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_immediate(connection: Connection) -> None:
    match connection.get_execution_options().get(WRITING):
        case Turn.WAITS:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        case Turn.TRIES:
            patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")
        case _:
            pass


def _lay_out_file(engine: Engine) -> None:
    """Give a new file its page size, and any file its write-ahead log."""
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA page_size = {_PAGE_BYTES}")
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
