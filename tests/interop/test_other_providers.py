"""Providers not written here: `oaipmh` 4.0 and `oai_repo` 0.5 are harvested whole.

Both are libraries: here they serve items out of a list, over a socket. What they do
not as the specification has it is told as it is found.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from interop.providers import APPS, START, Holdings, holding
from interop.serving import Lines, Node, harvest, lines_of, serving
from sickle.oaiexceptions import IdDoesNotExist

from oai_provider.assembly import utc_now
from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.order import Verdict
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# It has no types.
oai_repo = import_module("oai_repo")


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
