"""The baseline: the least that a server of lists can do, as a WSGI application.

It reads one finished record a row from SQLite by key and joins them; it knows
three requests and believes whatever it is sent.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from benchmarks.responses import response
from benchmarks.wsgi import PAGE, Database, sent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LISTS: Final = {
    "ListRecords": "SELECT n, xml FROM finished WHERE n > ? ORDER BY n LIMIT ?",
    "ListIdentifiers": "SELECT n, xml FROM header WHERE n > ? ORDER BY n LIMIT ?",
}
_RECORD: Final = """
SELECT finished.xml FROM header JOIN finished USING (n) WHERE identifier = ?
"""


class Baseline:
    """The application; `Baseline` itself makes one."""

    def __init__(self) -> None:
        self._database = Database()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        arguments = dict(parse_qsl(environ["QUERY_STRING"]))
        return sent(self._answer(arguments), start_response)

    def _answer(self, arguments: dict[str, str]) -> bytes:
        verb = arguments["verb"]
        if verb == "GetRecord":
            rows = self._database.rows(_RECORD, arguments["identifier"])
            return response(verb, rows[0])
        after = int(arguments.get("resumptionToken", -1))
        rows = self._database.rows(_LISTS[verb], after, PAGE + 1)
        token = str(rows[PAGE - 1][0]) if len(rows) > PAGE else ""
        return response(verb, [xml for _, xml in rows[:PAGE]], token)
