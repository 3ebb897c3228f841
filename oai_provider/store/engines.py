"""Opening a store: which databases there are, and how each is spoken to.

All that differs between SQLite and PostgreSQL is here. Writers are let in one by
one, on SQLite by BEGIN IMMEDIATE, on PostgreSQL by an advisory lock: ids, tallies
and datestamps need no more care than that. SQLite keeps a write-ahead log, so that
readers and the writer do not wait for each other, and flushes it at every commit:
a deletion that a harvester has seen must not be undone by a power cut.
"""

import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from oai_provider.store.base import StoreError
from oai_provider.store.sql_store import WRITING, Clock, SqlStore
from oai_provider.store.upgrade import upgrade

DEFAULT_URL: Final = "sqlite:///oai-provider.db"

_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS: Final = "sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
_PAGE_BYTES: Final = 8192
_LOCK: Final = 0x0A1_0A1


def open_store(url: str, *, clock: Clock, patience: float = 30.0) -> SqlStore:
    """Return the store at a URL, made or brought up to date if need be.

    A writer waits `patience` seconds for its turn. Raises `StoreError` if there can
    be no store there, `StoreAway` if the database does not answer.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite(parsed, patience)
    else:
        engine = _postgresql(parsed, patience)
    upgrade(engine)
    return SqlStore(engine, clock=clock)
