"""What a database complains of, as the errors a store raises.

Nothing of SQLAlchemy or a driver leaves the store. `StoreAway` is for what may pass
by itself; whatever a person has to mend is a `StoreError` with the remedy.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, Engine, exc

from oai_provider.store.addresses import shown
from oai_provider.store.base import StoreAway, StoreError

# What to do about it, by the name of SQLite's result code.
_REMEDIES: Final = {
    "SQLITE_READONLY": "make the file and its folder writable",
    "SQLITE_PERM": "make the file and its folder readable and writable",
    "SQLITE_FULL": "make room on its disk",
    "SQLITE_NOTADB": "name another file, or one that does not exist yet",
    "SQLITE_CORRUPT": "restore the file from a copy",
    "SQLITE_ERROR": "its tables are not those of this program: name another file",
}


def unusable(url: URL, reason: str) -> StoreError:
    """Return the error that says why there can be no store at a URL."""
    return StoreError(f"the store {shown(url)} cannot be used: {reason}")


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Raise what a database complains of as `StoreAway` or `StoreError`."""
    driver = engine.dialect.loaded_dbapi
    try:
        yield
    except exc.DBAPIError as error:
        raise _translation(engine, error.orig or error) from error
    except (exc.SQLAlchemyError, driver.Error, UnicodeError) as error:
        raise _translation(engine, error) from error


def _translation(engine: Engine, error: BaseException) -> StoreError:
    driver = engine.dialect.loaded_dbapi
    reason = " ".join(str(error).split())
    remedy = _remedy(error)
    if remedy:
        return unusable(engine.url, f"{reason}; {remedy}")
    passing = driver.OperationalError, driver.InterfaceError, exc.TimeoutError
    if isinstance(error, passing):
        store = shown(engine.url)
        return StoreAway(f"the store {store} does not answer now: {reason}")
    return unusable(engine.url, reason)


def _remedy(error: BaseException) -> str | None:
    if not isinstance(error, sqlite3.Error):
        return None
    # Some errors the driver finds by itself have no code.
    name = getattr(error, "sqlite_errorname", "")
    found = (text for code, text in _REMEDIES.items() if name.startswith(code))
    return next(found, None)
