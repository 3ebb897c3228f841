"""What the bare applications share: the rows of one file, and sending a body."""

import os
import sqlite3
from collections.abc import Iterable
from threading import local
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

FILE: Final = "BENCHMARKS_FILE"
"""The environment variable that names the file of `stores.build_baseline`."""
PAGE: Final = 100

Rows = list[tuple[Any, ...]]


class Database(local):
    """The file that the environment names, over a connection a thread."""

    def __init__(self) -> None:
        uri = f"file:{os.environ[FILE]}?mode=ro"
        self._connection = sqlite3.connect(uri, uri=True)

    def rows(self, statement: str, *values: object) -> Rows:
        """Return the rows that a statement selects."""
        return self._connection.execute(statement, values).fetchall()


def sent(body: bytes, start_response: "StartResponse") -> Iterable[bytes]:
    """Send a response."""
    length = ("Content-Length", str(len(body)))
    start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8"), length])
    return [body]
