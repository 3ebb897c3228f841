"""What a database complains of, as the errors a store raises.

Nothing of SQLAlchemy or a driver leaves the store. `StoreAway` is for what may pass
by itself; whatever a person has to mend is a `StoreError` with the remedy.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, exc

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


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Raise what a database complains of as `StoreAway` or `StoreError`."""
    driver = engine.dialect.loaded_dbapi
    try:
        yield
    except exc.DBAPIError as error:
        raise _translation(engine, error.orig or error) from error
    except (exc.SQLAlchemyError, driver.Error) as error:
        raise _translation(engine, error) from error


def _translation(engine: Engine, error: BaseException) -> StoreError:
    driver = engine.dialect.loaded_dbapi
    store = f"the store {engine.url.render_as_string()}"
    reason = " ".join(str(error).split())
    remedy = _remedy(error)
    if remedy:
        return StoreError(f"{store} cannot be used: {reason}; {remedy}")
    passing = driver.OperationalError, driver.InterfaceError, exc.TimeoutError
    if isinstance(error, passing):
        return StoreAway(f"{store} does not answer now: {reason}; try again later")
    return StoreError(f"{store} cannot be used: {reason}")


def _remedy(error: BaseException) -> str | None:
    if not isinstance(error, sqlite3.Error):
        return None
    # Some errors the driver finds by itself have no code.
    name = getattr(error, "sqlite_errorname", "")
    found = (text for code, text in _REMEDIES.items() if name.startswith(code))
    return next(found, None)
