"""Addresses of databases: which there can be, and how each may be shown.

A password is never shown, not even one that stands in a URL written wrongly.
"""

import re
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from oai_provider.store.base import StoreError

_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS: Final = "sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
# In URLs that are written wrongly, all that may hold a password.
_CREDENTIALS: Final = re.compile(r"(:?//|:).*@", re.DOTALL)
_PASSWORD: Final = re.compile(r"((?:pass\w*|secret)=)[^&]*", re.IGNORECASE)
_IN_MEMORY: Final = (None, "", ":memory:")


def shown(url: str | URL) -> str:
    """Return a database URL as it may be shown: without its password."""
    text = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return _unread(text)
    safe = _CREDENTIALS.sub(r"\1***@", text)
    if not _has_at_sign(parsed):
        safe = text if parsed.password is None else parsed.render_as_string()
    return _PASSWORD.sub(r"\1***", safe)


def _unread(text: str) -> str:
    """Return what may be shown of a URL that cannot be read."""
    scheme, colon, _ = text.partition(":")
    if "@" not in text and colon and not scheme.startswith("sqlite"):
        # What seems to be the host may be the password of one that was left out.
        return f"{scheme}:***"
    return _PASSWORD.sub(r"\1***", _CREDENTIALS.sub(r"\1***@", text))


def parsed_url(url: str) -> URL:
    """Return the URL of a store, with its driver. Raises `StoreError` for any other."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"{shown(url)!r} is no store: write {_FORMS}") from error
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StoreError(
            f"{shown(url)}: there are no stores of the kind"
            f" {parsed.drivername}: write {_FORMS}"
        )
    if _has_at_sign(parsed):
        raise StoreError(f"{shown(url)}: write @ in a password as %40")
    return parsed.set(drivername=driver)


def is_sqlite(url: URL) -> bool:
    """Tell whether a store is in SQLite."""
    return url.get_backend_name() == "sqlite"


def is_in_memory(url: URL) -> bool:
    """Tell whether a store is gone when its process ends."""
    return is_sqlite(url) and url.database in _IN_MEMORY


def is_absent(url: str) -> bool:
    """Tell whether opening the URL would make a new file of records."""
    parsed = parsed_url(url)
    is_file = is_sqlite(parsed) and not is_in_memory(parsed)
    return is_file and not Path(parsed.database or "").exists()


def _has_at_sign(url: URL) -> bool:
    """Tell whether an @ that was part of a password begins the host."""
    return "@" in (url.host or "")
