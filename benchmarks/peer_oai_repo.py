"""The peer `oai_repo` 0.5: its OAIRepository over the finished records.

It pages by a count of records. They are numbered here, so that it seeks them by key
as the baseline does, which OFFSET would not. It takes metadata as elements only, so
that finished ones are parsed. Of a page it is given all headers and all metadata
at once, as it allows.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from lxml import etree

from benchmarks.responses import BASE_URL
from benchmarks.wsgi import PAGE, Database, Rows, sent
from oai_provider.protocol.xml import parse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# It has no types, and is no need of anything but this.
oai_repo = import_module("oai_repo")

_NAMES: Final = "SELECT identifier FROM header WHERE n >= ? ORDER BY n LIMIT ?"
_KNOWN: Final = "SELECT 1 FROM header WHERE identifier = ?"
_COUNT: Final = "SELECT count(*) FROM parts"
_HEADER: Final = "identifier, datestamp, set_specs"
_PARTS: Final = """
SELECT %s FROM parts JOIN header USING (n) WHERE identifier IN (%s) ORDER BY n
"""


class Records:
    """What the library asks of a repository: its DataInterface."""

    limit = PAGE

    def __init__(self) -> None:
        self._database = Database()
        self._count: int = self._database.rows(_COUNT)[0][0]
        self._identity = oai_repo.Identify(
            repository_name="peer",
            base_url=BASE_URL,
            admin_email=["admin@example.org"],
            earliest_datestamp="2020-01-01T00:00:00Z",
            deleted_record="no",
            granularity="YYYY-MM-DDThh:mm:ssZ",
        )
        self._format = oai_repo.MetadataFormat(
            "oai_dc",
            "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
            "http://www.openarchives.org/OAI/2.0/oai_dc/",
        )

    def get_identify(self) -> object:
        """Return what the repository says of itself."""
        return self._identity

    def is_valid_identifier(self, identifier: str) -> bool:
        """Tell whether there is a record of this name."""
        return bool(self._database.rows(_KNOWN, identifier))

    def get_metadata_formats(self, identifier: str | None = None) -> list[object]:
        """Return the one format."""
        del identifier
        return [self._format]

    def get_records_header(self, identifiers: list[str]) -> list[object]:
        """Return the headers of a page."""
        return [
            oai_repo.RecordHeader(identifier, datestamp, specs.split())
            for identifier, datestamp, specs in self._parts(_HEADER, identifiers)
        ]

    def get_records_metadata(
        self, identifiers: list[str], metadataprefix: str
    ) -> list[etree._Element | None]:
        """Return the metadata of a page; None leaves a record out."""
        del metadataprefix
        rows = self._parts("payload", identifiers)
        return [None if payload is None else parse(payload) for (payload,) in rows]

    def get_records_abouts(self, identifiers: list[str]) -> list[list[object]]:
        """Return that there are no containers."""
        return [[] for _ in identifiers]

    def list_identifiers(
        self,
        _prefix: str,
        _from: object = None,
        _until: object = None,
        _set: object = None,
        cursor: int = 0,
    ) -> tuple[list[str], int, None]:
        """Return the names of a page, and how many there are."""
        rows = self._database.rows(_NAMES, cursor, PAGE)
        return [name for (name,) in rows], self._count, None

    def _parts(self, columns: str, identifiers: list[str]) -> Rows:
        places = ",".join("?" * len(identifiers))
        return self._database.rows(_PARTS % (columns, places), *identifiers)


class Peer:
    """The application."""

    def __init__(self) -> None:
        self._repository = oai_repo.OAIRepository(Records())

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        arguments = dict(parse_qsl(environ["QUERY_STRING"]))
        return sent(bytes(self._repository.process(arguments)), start_response)
