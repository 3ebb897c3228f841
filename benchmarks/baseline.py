"""The baseline: the least that a server of lists can do, as a WSGI application.

It reads one finished record a row from SQLite by key and joins them; it knows
three requests and believes whatever it is sent.
"""

import os
import sqlite3
from collections.abc import Iterable
from threading import local
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from benchmarks.responses import response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FILE: Final = "BENCHMARKS_FILE"
"""The environment variable that names the file of `stores.build_baseline`."""

_PAGE: Final = 100
_LISTS: Final = {
    "ListRecords": "SELECT n, xml FROM finished WHERE n > ? ORDER BY n LIMIT ?",
    "ListIdentifiers": "SELECT n, xml FROM header WHERE n > ? ORDER BY n LIMIT ?",
}
_RECORD: Final = """
SELECT finished.xml FROM header JOIN finished USING (n) WHERE identifier = ?
"""


class Connections(local):
    """A connection a thread, to the file that the environment names."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(f"file:{os.environ[FILE]}?mode=ro", uri=True)

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows that a statement selects."""
        return self.connection.execute(statement, values).fetchall()


def sent(body: bytes, start_response: "StartResponse") -> Iterable[bytes]:
    """Send a response."""
    length = ("Content-Length", str(len(body)))
    start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8"), length])
    return [body]


class Baseline:
    """The application."""

    def __init__(self) -> None:
        self._connections = Connections()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        return sent(self._answer(dict(parse_qsl(environ["QUERY_STRING"]))), start_response)

    def _answer(self, arguments: dict[str, str]) -> bytes:
        verb = arguments["verb"]
        if verb == "GetRecord":
            rows = self._connections.rows(_RECORD, arguments["identifier"])
            return response(verb, rows[0])
        after = int(arguments.get("resumptionToken", -1))
        rows = self._connections.rows(_LISTS[verb], after, _PAGE)
        token = str(rows[-1][0]) if len(rows) == _PAGE else ""
        return response(verb, [xml for _, xml in rows], token)


def app(environ, start_response): ...
