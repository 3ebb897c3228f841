"""What a database complains of, as the errors a store raises.

Nothing of SQLAlchemy or a driver leaves the store. `StoreAway` is for what may pass
by itself; whatever a person has to mend is a `StoreError` with the remedy.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError as PoolTimeout,
)

from oai_provider.store.base import StoreAway, StoreError

# By the primary name of SQLite's result code: what to do about it.
_REMEDIES: Final = {
    "SQLITE_READONLY": "make the file and its folder writable",
    "SQLITE_PERM": "make the file and its folder readable and writable",
    "SQLITE_FULL": "the disk is full: make room",
    "SQLITE_NOTADB": "the file is not an SQLite database: name another",
    "SQLITE_CORRUPT": "the file is damaged: restore a copy of it",
    "SQLITE_ERROR": "its tables are not those of this program: name another",
}


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raise what a database complains of as `StoreAway` or `StoreError`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise store_error(url, error) from error


def store_error(url: str, error: SQLAlchemyError) -> StoreError:
    """Return the error that stands for a database's complaint."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    reason = " ".join(str(cause).split())
    remedy = _remedy(cause)
    if remedy:
        return StoreError(f"the store {url} cannot be used: {reason}; {remedy}")
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return StoreAway(f"the store {url} does not answer now: {reason}")
    return StoreError(f"the store {url} cannot be used: {reason}")


def _remedy(cause: BaseException | None) -> str | None:
    if not isinstance(cause, sqlite3.Error):
        return None
    name = getattr(cause, "sqlite_errorname", "")
    return next((text for code, text in _REMEDIES.items() if name.startswith(code)), None)
