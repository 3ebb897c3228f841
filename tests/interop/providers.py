"""Providers not written here: `oaipmh` 4.0 and `oai_repo` 0.5, both libraries.

Here they serve items out of a list. They take the arguments of a request as a
dictionary: that one is repeated is not theirs to see.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from lxml import etree
from oaipmh import common, error
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import BatchingServer

from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.xml import XSI, parse, payload

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# It has no types.
oai_repo = import_module("oai_repo")

PAGE: Final = 60
ITEMS: Final = 250
START: Final = datetime(2020, 1, 1, tzinfo=UTC)
EMAIL: Final = "admin@library.example.edu"


@dataclass(frozen=True, slots=True)
class Holding:
    """An item: its name, when it changed, its sets, and its metadata while alive."""

    identifier: str
    datestamp: datetime
    set_specs: tuple[str, ...]
    metadata: bytes | None


def holding(
    number: int, *, since: datetime = START, deleted: bool = False, title: str = ""
) -> Holding:
    xml = (
        f'<oai_dc:dc xmlns:oai_dc="{OAI_DC.namespace}"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="{XSI}"'
        f' xsi:schemaLocation="{OAI_DC.namespace} {OAI_DC.schema}">'
        f"<dc:title>{title or 'Слово &amp; 漢字'} {number}</dc:title></oai_dc:dc>"
    )
    return Holding(
        f"oai:example.org:{number}",
        since + timedelta(hours=number),
        ("even",) if number % 2 == 0 else ("odd",),
        None if deleted else payload(parse(xml.encode())).xml,
    )


@dataclass(slots=True)
class Holdings:
    """What a provider has, in the order of datestamps."""

    base_url: str
    all: list[Holding] = field(
        default_factory=lambda: [holding(n, deleted=n % 25 == 0) for n in range(ITEMS)]
    )

    def selected(
        self, from_: datetime | None, until: datetime | None, set_spec: str | None
    ) -> list[Holding]:
        return [
            one
            for one in sorted(self.all, key=lambda h: (h.datestamp, h.identifier))
            if (from_ is None or one.datestamp >= from_)
            and (until is None or one.datestamp <= until)
            and (set_spec is None or set_spec in one.set_specs)
        ]

    def put(self, one: Holding) -> None:
        """Hold an item, in place of what it was."""
        kept = (o for o in self.all if o.identifier != one.identifier)
        self.all = [*kept, one]

    def named(self, identifier: str) -> Holding | None:
        return next((one for one in self.all if one.identifier == identifier), None)


class OaipmhRecords:
    """What `oaipmh` asks of a repository: its interface IBatchingOAI."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings

    def identify(self) -> object:
        return common.Identify(
            repositoryName="oaipmh",
            baseURL=self._holdings.base_url,
            protocolVersion="2.0",
            adminEmails=[EMAIL],
            earliestDatestamp=START.replace(tzinfo=None),
            deletedRecord="persistent",
            granularity="YYYY-MM-DDThh:mm:ssZ",
            compression=["identity"],
        )

    def listMetadataFormats(self, **_: object) -> list[tuple[str, str, str]]:  # noqa: N802 - its name
        return [("oai_dc", OAI_DC.schema, OAI_DC.namespace)]

    def listSets(self, **_: object) -> list[tuple[str, str, str]]:  # noqa: N802 - its name
        return [("even", "Even", ""), ("odd", "Odd", "")]

    def getRecord(self, *, identifier: str, **_: object) -> object:  # noqa: N802 - its name
        found = self._holdings.named(identifier)
        if found is None:
            raise error.IdDoesNotExistError(identifier)
        return _record(found)

    def listRecords(self, **asked: Any) -> list[object]:  # noqa: N802 - its own
        return [_record(one) for one in self._page(**asked)]

    def listIdentifiers(self, **asked: Any) -> list[object]:  # noqa: N802 - its own
        return [_header(one) for one in self._page(**asked)]

    def _page(
        self,
        *,
        cursor: int,
        batch_size: int,
        from_: datetime | None = None,
        until: datetime | None = None,
        set: str | None = None,  # noqa: A002 - its name
        **_: object,
    ) -> list[Holding]:
        first, last = (m and m.replace(tzinfo=UTC) for m in (from_, until))
        found = self._holdings.selected(first, last, set)
        return found[cursor : cursor + batch_size]


def _record(one: Holding) -> object:
    return _header(one), one.metadata, None


def _header(one: Holding) -> object:
    moment = one.datestamp.replace(tzinfo=None)
    specs = [*one.set_specs]
    return common.Header(None, one.identifier, moment, specs, one.metadata is None)


class OaiRepoRecords:
    """What `oai_repo` asks of a repository: its DataInterface."""

    limit = PAGE

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings

    def get_identify(self) -> object:
        return oai_repo.Identify(
            repository_name="oai_repo",
            base_url=self._holdings.base_url,
            admin_email=[EMAIL],
            earliest_datestamp=format_datestamp(START, Granularity.SECOND),
            deleted_record="no",
            granularity="YYYY-MM-DDThh:mm:ssZ",
        )

    def is_valid_identifier(self, identifier: str) -> bool:
        return self._holdings.named(identifier) is not None

    def get_metadata_formats(self, _identifier: str | None = None) -> list[object]:
        return [oai_repo.MetadataFormat("oai_dc", OAI_DC.schema, OAI_DC.namespace)]

    def list_set_specs(
        self, _identifier: str | None = None, _cursor: int = 0
    ) -> tuple[list[str], int, None]:
        return ["even", "odd"], 2, None

    def get_set(self, spec: str) -> object:
        return oai_repo.Set(spec, spec.title(), [])

    def get_records_header(self, identifiers: Sequence[str]) -> list[object]:
        return [
            oai_repo.RecordHeader(
                one.identifier,
                one.datestamp,
                [*one.set_specs],
                "deleted" if one.metadata is None else None,
            )
            for one in map(self._holdings.named, identifiers)
            if one
        ]

    def get_records_metadata(
        self, identifiers: Sequence[str], _prefix: str
    ) -> list[etree._Element | None]:
        found = map(self._holdings.named, identifiers)
        return [parse(one.metadata) if one and one.metadata else None for one in found]

    def get_records_abouts(self, identifiers: Sequence[str]) -> list[list[object]]:
        return [[] for _ in identifiers]

    def list_identifiers(
        self,
        _prefix: str,
        from_: datetime | None = None,
        until: datetime | None = None,
        set_spec: str | None = None,
        cursor: int = 0,
    ) -> tuple[list[str], int, None]:
        found = [o.identifier for o in self._holdings.selected(from_, until, set_spec)]
        return found[cursor : cursor + PAGE], len(found), None


def oaipmh_app(holdings: Holdings) -> "WSGIApplication":
    registry = MetadataRegistry()
    registry.registerWriter("oai_dc", lambda e, xml: e.append(parse(xml)))
    records = OaipmhRecords(holdings)
    server = BatchingServer(records, registry, resumption_batch_size=PAGE)
    return _app(server.handleRequest)


def oai_repo_app(holdings: Holdings) -> "WSGIApplication":
    repository = oai_repo.OAIRepository(OaiRepoRecords(holdings))
    return _app(lambda arguments: bytes(repository.process(arguments)))


def _app(answer: Callable[[dict[str, str]], bytes]) -> "WSGIApplication":
    """Return what asks a library, by GET and by POST; both want a dictionary."""

    def app(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Sequence[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        form = environ["wsgi.input"].read(length).decode()
        pairs = parse_qsl(form or environ["QUERY_STRING"], keep_blank_values=True)
        body = answer(dict(pairs))
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [body]

    return app


APPS: Final = {"oaipmh": oaipmh_app, "oai_repo": oai_repo_app}


def holdings_of(provider: str) -> Holdings:
    """Return 250 items; some of them deleted, where the library knows of that."""
    if provider == "oaipmh":
        return Holdings("")
    return Holdings("", [holding(n) for n in range(ITEMS)])
