"""What a database complains of, as the errors a store raises.

Nothing of SQLAlchemy or a driver leaves the store. `StoreAway` is for what may pass
by itself; whatever a person has to mend is a `StoreError` with the remedy.
"""

import re
from types import TracebackType
from typing import Final

from sqlalchemy import URL, Engine, exc

from oai_provider.store.addresses import shown
from oai_provider.store.base import StoreAway, StoreError

_OTHER_TABLES: Final = "its tables are not those of this program"
_NO_ROOM: Final = "make room on its disk"

# What to do about it, by the beginning of SQLite's result code or of PostgreSQL's
# SQLSTATE, which never look alike.
_REMEDIES: Final = {
    "SQLITE_READONLY": "make the file and its folder writable",
    "SQLITE_PERM": "make the file and its folder readable and writable",
    "SQLITE_FULL": _NO_ROOM,
    "SQLITE_NOTADB": "name another file, or one that does not exist yet",
    "SQLITE_CORRUPT": "restore the file from a copy",
    "SQLITE_ERROR": f"{_OTHER_TABLES}: name another file",
    "42501": "make its user the owner of the database",
    "42": f"{_OTHER_TABLES}: name another database",
    "53100": _NO_ROOM,
    "XX001": "restore the database from a copy",
    "XX002": "rebuild its indexes with REINDEX DATABASE",
}
# PostgreSQL's driver has no code for what is said when a connection is asked for. Of a
# server that speaks another language than English, these seem to pass by themselves.
_REFUSALS: Final = (
    (re.compile(r"database .* does not exist"), "make it with createdb"),
    (re.compile(r"role .* does not exist"), "make it with createuser"),
    (re.compile(r"authentication failed"), "give the URL the right user and password"),
    (re.compile(r"no pg_hba.conf entry"), "let its user in, in pg_hba.conf"),
    (re.compile(r"no password supplied"), "give the URL a password"),
    (re.compile(r"unrecognized configuration parameter"), "mend options in the URL"),
    (re.compile(r"connection is bad: invalid"), "mend the URL"),
)
# Class 25 of SQLSTATE: a server that was made a standby, a transaction it gave up.
_STATE_OF_TRANSACTION: Final = "25"


def unusable(url: URL, reason: str) -> StoreError:
    """Return the error that says why there can be no store at a URL."""
    return StoreError(f"the store {shown(url)} cannot be used: {reason}")


def away(url: URL, reason: str) -> StoreAway:
    """Return the error that says why a store may be used again, but not now."""
    return StoreAway(f"the store {shown(url)} does not answer now: {reason}")


class translated:  # noqa: N801 - read as what it does
    """Raises what a database complains of as `StoreAway` or `StoreError`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> None:
        """Begin to look out."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Raise another error in the place of one of the database's."""
        if error is None:
            return
        driver = self._engine.dialect.loaded_dbapi
        if isinstance(error, exc.DBAPIError):
            raise _translation(self._engine, error.orig or error) from error
        if isinstance(error, exc.SQLAlchemyError | driver.Error | UnicodeError):
            raise _translation(self._engine, error) from error


def _translation(engine: Engine, error: BaseException) -> StoreError:
    driver = engine.dialect.loaded_dbapi
    reason = " ".join(str(error).split())
    code = _code(error)
    remedy = _remedy(code) if code else _refusal(reason)
    if remedy:
        return unusable(engine.url, f"{reason}; {remedy}")
    passing = driver.OperationalError, driver.InterfaceError, exc.TimeoutError
    if isinstance(error, passing) or code.startswith(_STATE_OF_TRANSACTION):
        return away(engine.url, reason)
    return unusable(engine.url, reason)


def _code(error: BaseException) -> str:
    """Return the code of an error; what the drivers find by themselves has none."""
    names = "sqlite_errorname", "sqlstate"
    return next((code for n in names if (code := getattr(error, n, None))), "")


def _remedy(code: str) -> str | None:
    found = (text for start, text in _REMEDIES.items() if code.startswith(start))
    return next(found, None)


def _refusal(reason: str) -> str | None:
    return next((text for said, text in _REFUSALS if said.search(reason)), None)
