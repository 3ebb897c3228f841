"""The peer `oaipmh` 4.0: its BatchingServer over the finished records.

It pages by a count of records. They are numbered here, so that it seeks them by key
as the baseline does, which OFFSET would not. Its writers fill an element, so that
finished metadata are parsed and hung into it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from lxml import etree
from oaipmh import common, error
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import BatchingServer

from benchmarks.responses import BASE_URL
from benchmarks.wsgi import PAGE, Database, sent
from oai_provider.protocol.xml import parse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PARTS: Final = """
SELECT identifier, datestamp, set_specs, payload FROM parts JOIN header USING (n)
"""
_PAGE: Final = f"{_PARTS} WHERE n >= ? ORDER BY n LIMIT ?"
_ONE: Final = f"{_PARTS} WHERE identifier = ?"
_HEADERS: Final = """
SELECT identifier, datestamp, set_specs, payload IS NULL
FROM parts JOIN header USING (n) WHERE n >= ? ORDER BY n LIMIT ?
"""

Record = tuple[object, bytes | None, None]


class Records:
    """What the library asks of a repository: its interface IBatchingOAI."""

    def __init__(self) -> None:
        self._database = Database()
        self._identity = common.Identify(
            repositoryName="peer",
            baseURL=BASE_URL,
            protocolVersion="2.0",
            adminEmails=["admin@example.org"],
            earliestDatestamp=datetime(2020, 1, 1),  # noqa: DTZ001 - as it wants them
            deletedRecord="persistent",
            granularity="YYYY-MM-DDThh:mm:ssZ",
            compression=["identity"],
        )

    def identify(self) -> object:
        """Return what the repository says of itself."""
        return self._identity

    def getRecord(self, metadataPrefix: str, identifier: str) -> Record:  # noqa: N802, N803 - its names
        """Return a record."""
        del metadataPrefix
        rows = self._database.rows(_ONE, identifier)
        if not rows:
            raise error.IdDoesNotExistError(identifier)
        return _record(rows[0])

    def listRecords(self, *, cursor: int, batch_size: int, **_: object) -> list[Record]:  # noqa: N802 - its name
        """Return the records of a page."""
        return [*map(_record, self._database.rows(_PAGE, cursor, batch_size))]

    def listIdentifiers(  # noqa: N802 - its name
        self, *, cursor: int, batch_size: int, **_: object
    ) -> Iterator[object]:
        """Return the headers of a page."""
        rows = self._database.rows(_HEADERS, cursor, batch_size)
        return (_header(*row) for row in rows)


class Peer:
    """The application."""

    def __init__(self) -> None:
        registry = MetadataRegistry()
        registry.registerWriter("oai_dc", _write)
        self._server = BatchingServer(Records(), registry, resumption_batch_size=PAGE)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        arguments = dict(parse_qsl(environ["QUERY_STRING"]))
        return sent(self._server.handleRequest(arguments), start_response)


def _record(row: tuple[Any, ...]) -> Record:
    identifier, datestamp, specs, payload = row
    return _header(identifier, datestamp, specs, payload is None), payload, None


def _header(identifier: str, datestamp: str, specs: str, deleted: object) -> object:
    moment = datetime.fromisoformat(datestamp).replace(tzinfo=None)
    return common.Header(None, identifier, moment, specs.split(), bool(deleted))


def _write(element: etree._Element, payload: bytes) -> None:
    element.append(parse(payload))
