"""Providers not written here: `oaipmh` 4.0 and `oai_repo` 0.5 are harvested whole.

Both are libraries: here they serve items out of a list, over a socket. What they do
not as the specification has it is told as it is found.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import pytest
from interop.serving import Lines, Node, harvest, lines_of, serving
from lxml import etree
from oaipmh import common, error
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import BatchingServer
from sickle.oaiexceptions import IdDoesNotExist

from oai_provider.assembly import utc_now
from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.order import Verdict
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.xml import XSI, parse, payload
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# It has no types.
oai_repo = import_module("oai_repo")

PAGE: Final = 60
ITEMS: Final = 250
START: Final = datetime(2020, 1, 1, tzinfo=UTC)
EMAIL: Final = "admin@example.org"


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
    def app(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Sequence[bytes]:
        body = answer(dict(parse_qsl(environ["QUERY_STRING"])))
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [body]

    return app


APPS: Final = {"oaipmh": oaipmh_app, "oai_repo": oai_repo_app}


@contextmanager
def provided(provider: str, *, deleted: bool) -> Iterator[Holdings]:
    """Serve the items by a library, without tombstones if those are not wanted."""
    holdings = Holdings("")
    if not deleted:
        holdings.all = [one for one in holdings.all if one.metadata]

    def app(base_url: str) -> "WSGIApplication":
        holdings.base_url = base_url
        return APPS[provider](holdings)

    with serving(app):
        yield holdings


@pytest.fixture(scope="session", name="schemas")
def _schemas() -> Schemas:
    return Schemas(schemas_folder())


@pytest.fixture(name="node")
def _node(tmp_path: Path, schemas: Schemas) -> Node:
    """A repository that is empty yet."""
    return Node(tmp_path / "node", utc_now, schemas)


@pytest.fixture(name="holdings", params=APPS)
def _holdings(request: pytest.FixtureRequest) -> Iterator[Holdings]:
    """What a library of others serves; `oai_repo` knows no tombstones."""
    with provided(request.param, deleted=request.param == "oaipmh") as holdings:
        yield holdings


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "all.jsonl"


Told = tuple[str, str, bool, list[str], str]


def told(lines: Lines) -> list[Told]:
    """Return what is told of each record, without the space of a pretty printer."""
    return sorted(
        (
            one["identifier"],
            one["datestamp"],
            one["deleted"],
            one["sets"],
            re.sub(r">\s+<", "><", one["xml"] or ""),
        )
        for one in lines.values()
    )


def truth(
    holdings: Holdings, *bounds: datetime | None, set_spec: str | None = None
) -> list[Told]:
    from_, until = bounds or (None, None)
    return sorted(
        (
            one.identifier,
            format_datestamp(one.datestamp, Granularity.SECOND),
            one.metadata is None,
            [*one.set_specs],
            (one.metadata or b"").decode(),
        )
        for one in holdings.selected(from_, until, set_spec)
    )


def test_everything_is_kept_in_json_lines(
    holdings: Holdings, node: Node, file: Path
) -> None:
    report = harvest(holdings.base_url, str(file), means=node.means, prove=True)
    assert report.verdict is Verdict.COMPLETE, report
    assert told(lines_of(file)) == truth(holdings)


def test_a_store_serves_what_came(holdings: Holdings, node: Node, file: Path) -> None:
    with serving(node.app) as base_url:
        node.harvest(holdings.base_url, prove=True, keep_datestamps=True)
        harvest(base_url, str(file), means=node.means)
    assert told(lines_of(file)) == truth(holdings)


def test_a_set_is_harvested_alone(holdings: Holdings, node: Node, file: Path) -> None:
    harvest(holdings.base_url, str(file), means=node.means, set_specs=("even",))
    assert told(lines_of(file)) == truth(holdings, set_spec="even")


def test_a_window_is_harvested_alone(
    holdings: Holdings, node: Node, file: Path
) -> None:
    from_, until = START + timedelta(hours=30), START + timedelta(hours=170)
    words = [format_datestamp(moment, Granularity.SECOND) for moment in (from_, until)]
    report = harvest(
        holdings.base_url,
        str(file),
        means=node.means,
        from_=words[0],
        until=words[1],
        prove=True,
    )
    assert report.verdict is Verdict.COMPLETE, report
    assert told(lines_of(file)) == truth(holdings, from_, until)


def test_the_last_day_of_a_window_is_in_it(
    holdings: Holdings, node: Node, file: Path
) -> None:
    window = {"from_": "2020-01-05", "until": "2020-01-06"}
    harvest(holdings.base_url, str(file), means=node.means, prove=True, **window)
    from_, until = datetime(2020, 1, 5, tzinfo=UTC), datetime(2020, 1, 7, tzinfo=UTC)
    whole = truth(holdings, from_, until - timedelta(seconds=1))
    assert told(lines_of(file)) == whole


def test_a_second_harvest_brings_what_has_changed(
    holdings: Holdings, node: Node, file: Path
) -> None:
    harvest(holdings.base_url, str(file), means=node.means)
    now = utc_now().replace(microsecond=0)
    holdings.put(holding(6, since=now - timedelta(hours=6), title="Changed"))
    holdings.put(holding(300, since=now - timedelta(hours=300)))
    report = harvest(holdings.base_url, str(file), means=node.means)
    assert (report.verdict, report.records) == (Verdict.COMPLETE, 2)
    assert told(lines_of(file)) == truth(holdings)


def test_a_deletion_of_oaipmh_is_passed_on(node: Node, file: Path) -> None:
    with provided("oaipmh", deleted=True) as holdings:
        harvest(holdings.base_url, str(file), means=node.means)
        since = utc_now().replace(microsecond=0) - timedelta(hours=5)
        holdings.put(holding(5, since=since, deleted=True))
        report = harvest(holdings.base_url, str(file), means=node.means)
    assert report.deleted == 1
    assert told(lines_of(file)) == truth(holdings)


def test_a_deletion_of_oai_repo_is_found_by_what_it_lists(
    node: Node, file: Path
) -> None:
    with provided("oai_repo", deleted=False) as holdings:
        harvest(holdings.base_url, str(file), means=node.means)
        gone = holdings.all.pop(5)
        report = harvest(holdings.base_url, str(file), means=node.means, prove=True)
    assert report.deleted == 1
    assert lines_of(file)["oai_dc", gone.identifier]["deleted"]


def test_lists_of_oaipmh_have_no_size_to_be_proven_by(node: Node, file: Path) -> None:
    with provided("oaipmh", deleted=True) as holdings:
        report = harvest(holdings.base_url, str(file), means=node.means)
    assert report.verdict is Verdict.UNPROVABLE
    assert "no completeListSize is told" in report.reasons[0]
    assert any("no empty resumptionToken" in quirk for quirk in report.quirks)


def test_what_oai_repo_counts_and_does_not_serve_is_named(
    node: Node, file: Path
) -> None:
    with provided("oai_repo", deleted=True) as holdings:
        report = harvest(holdings.base_url, str(file), means=node.means)
    assert report.verdict is Verdict.INCOMPLETE
    gone = [one for one in truth(holdings) if not one[4]]
    assert len(report.reasons) == report.quarantined == len(gone)
    assert all(reason.endswith("no record, and no error") for reason in report.reasons)
    assert any("cursor counts more records than came" in q for q in report.quirks)
    assert sorted(told(lines_of(file))) == [one for one in truth(holdings) if one[4]]


def test_all_verbs_are_understood(holdings: Holdings) -> None:
    last = holdings.all[-1]
    with HarvestClient(holdings.base_url) as client:
        assert client.Identify().granularity == "YYYY-MM-DDThh:mm:ssZ"
        assert [f.metadataPrefix for f in client.ListMetadataFormats()] == ["oai_dc"]
        assert [one.setSpec for one in client.ListSets()] == ["even", "odd"]
        names = [h.identifier for h in client.ListIdentifiers(metadataPrefix="oai_dc")]
        assert names == [one.identifier for one in holdings.all]
        records = [*client.ListRecords(metadataPrefix="oai_dc", set="odd")]
        assert len(records) == len(truth(holdings, set_spec="odd"))
        record = client.GetRecord(identifier=last.identifier, metadataPrefix="oai_dc")
        assert record.metadata["title"] == ["Слово & 漢字 249"]


def test_errors_are_understood(holdings: Holdings) -> None:
    with (
        HarvestClient(holdings.base_url) as client,
        pytest.raises(IdDoesNotExist),
    ):
        client.GetRecord(identifier="oai:example.org:none", metadataPrefix="oai_dc")
