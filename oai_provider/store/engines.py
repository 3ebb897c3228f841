"""Opening a store: which databases there are, and how each is spoken to.

All that differs between SQLite and PostgreSQL is here. Writers are let in one by
one, on SQLite by BEGIN IMMEDIATE, on PostgreSQL by an advisory lock: ids, tallies
and datestamps need no more care than that. SQLite keeps a write-ahead log, so that
readers and the writer do not wait for each other, and flushes it at every commit:
a deletion that a harvester has seen must not be undone by a power cut.
"""

import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from oai_provider.store.addresses import (
    is_in_memory,
    is_sqlite,
    parsed_url,
    shown,
)
from oai_provider.store.base import StoreAway, StoreError
from oai_provider.store.faults import translated, unusable
from oai_provider.store.sql_store import WRITING, SqlStore, Turn
from oai_provider.store.upgrade import upgrade

# Four records of 3.4 kB a page waste a tenth of it; pages of 4 kB waste a quarter.
_PAGE_BYTES: Final = 16_384
_IDLE_CONNECTIONS: Final = 16
_LOCK: Final = 0x0A1F_3A11
"""The number of the lock that writers take on PostgreSQL; any would do."""


Clock = Callable[[], datetime]


def open_store(
    url: str, *, clock: Clock, patience: float = 30.0, tells_left_sets: bool = False
) -> SqlStore:
    """Return the store at a URL, made or brought up to date if need be.

    A writer waits `patience` seconds for its turn. With `tells_left_sets` an item that
    left a set is listed there as deleted. Raises `StoreError` if there can
    be no store there, `StoreAway` if the database does not answer.
    """
    parsed = parsed_url(url)
    engine = (_sqlite if is_sqlite(parsed) else _postgresql)(parsed, patience)
    try:
        with translated(engine):
            if is_sqlite(parsed):
                _lay_out_file(engine)
            upgrade(engine, engine.execution_options(**{WRITING: Turn.WAITS}))
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine, now=lambda _: clock(), tells_left_sets=tells_left_sets)


# PostgreSQL.


def _postgresql(url: URL, patience: float) -> Engine:
    lock_timeout = f"-c lock_timeout={int(patience * 1000)}"
    try:
        engine = create_engine(url, connect_args={"options": lock_timeout})
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{shown(url)} needs the driver psycopg:"
            " pip install 'oai-provider[postgres]'"
        ) from error
    event.listen(engine, "begin", _wait_for_lock)
    return engine


def _wait_for_lock(connection: Connection) -> None:
    match connection.get_execution_options().get(WRITING):
        case Turn.WAITS:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        case Turn.TRIES:
            lock = f"SELECT pg_try_advisory_xact_lock({_LOCK})"
            if not connection.exec_driver_sql(lock).scalar():
                raise StoreAway("another writer is at work")
        case _:
            pass


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
