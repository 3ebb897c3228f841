"""A repository is harvested, its copy served, harvested again: nothing is lost."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from interop.conftest import PREFIXES, Served, commanded
from interop.serving import HURRIED, Lines, Node, harvest, lines_of, parts, serving
from spec.client import all_schemas
from warcio.archiveiterator import ArchiveIterator

from oai_provider.assembly import utc_now
from oai_provider.cli import main
from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.order import Verdict
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.testing import StandingClock
from oai_provider.xsd import Schemas

NS: Final = "{http://www.openarchives.org/OAI/2.0/provenance}"
NAMESPACES: Final = {
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "mods": "http://www.loc.gov/mods/v3",
}
HOURS: Final = 7200
"""More than increments overlap by."""


@dataclass(frozen=True, slots=True)
class Chain:
    """An origin, its copy, the copy of that, and what each of them serves."""

    urls: tuple[str, str, str]
    lines: tuple[Lines, Lines, Lines]

    @property
    def alive(self) -> list[Lines]:
        """What each serves that is not deleted."""
        return [
            {key: line for key, line in lines.items() if not line["deleted"]}
            for lines in self.lines
        ]


@pytest.fixture(scope="session", name="schemas")
def _schemas() -> Schemas:
    return Schemas(schemas_folder())


def _chain(
    origin: str, folder: Path, schemas: Schemas, *, keep_datestamps: bool = False
) -> Iterator[Chain]:
    copy, third = (Node(folder / name, utc_now, schemas) for name in ("copy", "third"))
    with serving(copy.app), serving(third.app):
        urls = (origin, copy.base_url, third.base_url)
        for source, target in ((origin, copy), (copy.base_url, third)):
            report = target.harvest(source, *PREFIXES, keep_datestamps=keep_datestamps)
            assert report.verdict is Verdict.COMPLETE, report
        told = [_listed(url, folder / f"{n}.jsonl", copy) for n, url in enumerate(urls)]
        yield Chain(urls, (told[0], told[1], told[2]))


def _listed(base_url: str, file: Path, node: Node) -> Lines:
    report = harvest(base_url, str(file), *PREFIXES, means=node.means)
    assert report.verdict is Verdict.COMPLETE, report
    return lines_of(file)


@pytest.fixture(scope="session", name="chain")
def _chain_of_library(
    served: Served, tmp_path_factory: pytest.TempPathFactory, schemas: Schemas
) -> Iterator[Chain]:
    """250 items with one in ten deleted, copied twice."""
    yield from _chain(served.base_url, tmp_path_factory.mktemp("chain"), schemas)


@pytest.fixture(scope="session", name="kept")
def _kept_chain(
    served: Served, tmp_path_factory: pytest.TempPathFactory, schemas: Schemas
) -> Iterator[Chain]:
    """The same, with datestamps kept."""
    folder = tmp_path_factory.mktemp("kept")
    yield from _chain(served.base_url, folder, schemas, keep_datestamps=True)


def test_metadata_stay_as_they_are_in_every_format(
    chain: Chain, served: Served
) -> None:
    origin, copy, third = (parts(lines, ["xml"]) for lines in chain.alive)
    assert origin == copy == third
    stored = {
        (prefix, identifier): [record.metadata.xml.decode()]
        for prefix, records in served.records.items()
        for identifier, record in records.items()
        if record.metadata
    }
    assert third == stored


def test_identifiers_and_sets_are_kept(chain: Chain) -> None:
    origin, copy, third = (
        parts(lines, ["identifier", "sets"]) for lines in chain.alive
    )
    assert origin == copy == third


def test_the_chain_tells_each_hop_within_the_next(chain: Chain) -> None:
    origin, copy, third = chain.alive
    for (prefix, identifier), line in third.items():
        (about,) = line["about"]
        (last,) = parse(about.encode())
        (first,) = last.iterchildren(f"{NS}originDescription")
        assert not [*first.iterchildren(f"{NS}originDescription")]
        for told, url, lines in ((last, chain.urls[1], copy), (first, chain.urls[0], origin)):
            assert told.get("altered") == "false"
            assert [child.text for child in told][:4] == [
                url,
                identifier,
                lines[prefix, identifier]["datestamp"],
                NAMESPACES[prefix],
            ]
            assert told.get("harvestDate", "") >= lines[prefix, identifier]["datestamp"]


def test_the_chain_is_valid_against_the_schema_of_provenance(chain: Chain) -> None:
    with HarvestClient(chain.urls[2]) as client:
        for prefix in PREFIXES:
            root = parse(client.harvest(verb="ListRecords", metadataPrefix=prefix).raw.encode())
            assert next(root.iter(f"{NS}provenance"), None) is not None
            for schemas in all_schemas():
                assert not [*schemas.response_faults(root)]


def test_kept_datestamps_leave_headers_and_tombstones_as_they_are(kept: Chain) -> None:
    names = ["datestamp", "deleted", "sets", "xml"]
    origin, copy, third = (parts(lines, names) for lines in kept.lines)
    assert origin == copy == third
    assert any(line["deleted"] for line in kept.lines[2].values())


def test_kept_datestamps_stand_beside_provenance(kept: Chain) -> None:
    line = next(iter(kept.alive[2].values()))
    (about,) = line["about"]
    bases = [e.text for e in parse(about.encode()).iter(f"{NS}baseURL")]
    assert bases == [kept.urls[1], kept.urls[0]]


@pytest.mark.parametrize("name", ["copy.jsonl", "copy/"])
def test_only_a_store_is_asked_to_keep_datestamps(name: str, tmp_path: Path, schemas: Schemas) -> None:
    node = Node(tmp_path / "node", utc_now, schemas)
    with pytest.raises(SinkError, match="leave out --keep-datestamps"):
        harvest("http://127.0.0.1:1/oai", f"{tmp_path}/{name}", means=node.means, keep_datestamps=True)
