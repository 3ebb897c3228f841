"""A repository is harvested, its copy served, harvested again: nothing is lost."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from interop.conftest import PREFIXES, commanded, item
from interop.serving import Lines, Node, harvest, lines_of, parts, serving
from spec.client import FORMATS, all_schemas
from warcio.archiveiterator import ArchiveIterator

from oai_provider.assembly import utc_now
from oai_provider.cli import main
from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.order import Verdict
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.store.engines import open_store
from oai_provider.testing import StandingClock
from oai_provider.xsd import Schemas

NS: Final = "{http://www.openarchives.org/OAI/2.0/provenance}"
NAMESPACES: Final = {
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "mods": "http://www.loc.gov/mods/v3",
}
OAI: Final = f"{{{OAI_NS}}}"
HEADERS: Final = f"{OAI}ListRecords/{OAI}record/{OAI}header/{OAI}identifier"
ITEMS: Final = 60
HOURS: Final = 7200
"""More than increments overlap by."""


@dataclass(frozen=True, slots=True)
class Chain:
    """An origin, its copy, the copy of that, and what each of them serves."""

    nodes: tuple[Node, Node, Node]
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


@pytest.fixture(scope="session", name="origin")
def _origin(
    tmp_path_factory: pytest.TempPathFactory, schemas: Schemas
) -> Iterator[Node]:
    """Items on several pages, one in ten deleted."""
    origin = Node(tmp_path_factory.mktemp("origin"), utc_now, schemas)
    with serving(origin.app):
        origin.load(*map(item, range(ITEMS)))
        origin.delete(*(f"item-{n}" for n in range(0, ITEMS, 10)))
        yield origin


def _chain(
    origin: Node, folder: Path, *, keep_datestamps: bool = False
) -> Iterator[Chain]:
    copy, third = (origin.another(folder / name) for name in ("copy", "third"))
    with serving(copy.app), serving(third.app):
        nodes = (origin, copy, third)
        for source, target in pairwise(nodes):
            report = target.harvest(
                source.base_url, *PREFIXES, keep_datestamps=keep_datestamps
            )
            assert report.verdict is Verdict.COMPLETE, report
        told = [
            _listed(node, folder / f"{number}.jsonl")
            for number, node in enumerate(nodes)
        ]
        yield Chain(nodes, (told[0], told[1], told[2]))


def _listed(node: Node, file: Path) -> Lines:
    report = harvest(node.base_url, str(file), *PREFIXES, means=node.means)
    assert report.verdict is Verdict.COMPLETE, report
    return lines_of(file)


@pytest.fixture(scope="session", name="chain")
def _plain_chain(
    origin: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    """The items copied twice."""
    yield from _chain(origin, tmp_path_factory.mktemp("chain"))


@pytest.fixture(scope="session", name="kept")
def _kept_chain(
    origin: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    """The same, with datestamps kept."""
    folder = tmp_path_factory.mktemp("kept")
    yield from _chain(origin, folder, keep_datestamps=True)


def test_metadata_stay_as_they_are_in_every_format(chain: Chain) -> None:
    origin, copy, third = (parts(lines, ["xml"]) for lines in chain.alive)
    assert origin == copy == third
    assert len(third) == len(PREFIXES) * (ITEMS - ITEMS // 10)


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
        hops = ((last, chain.nodes[1], copy), (first, chain.nodes[0], origin))
        for told, node, lines in hops:
            assert told.get("altered") == "false"
            assert [child.text for child in told][:4] == [
                node.base_url,
                identifier,
                lines[prefix, identifier]["datestamp"],
                NAMESPACES[prefix],
            ]
            assert told.get("harvestDate", "") >= lines[prefix, identifier]["datestamp"]


def test_the_chain_is_valid_against_the_schema_of_provenance(chain: Chain) -> None:
    with HarvestClient(chain.nodes[2].base_url) as client:
        for prefix in PREFIXES:
            root = parse(
                client.harvest(verb="ListRecords", metadataPrefix=prefix).raw.encode()
            )
            assert next(root.iter(f"{NS}provenance"), None) is not None
            for schemas in all_schemas():
                assert not [*schemas.response_faults(root, FORMATS)]


def test_kept_datestamps_leave_headers_and_tombstones_as_they_are(kept: Chain) -> None:
    names = ["datestamp", "deleted", "sets", "xml"]
    origin, copy, third = (parts(lines, names) for lines in kept.lines)
    assert origin == copy == third
    assert any(line["deleted"] for line in kept.lines[2].values())


def test_kept_datestamps_stand_beside_provenance(kept: Chain) -> None:
    line = next(iter(kept.alive[2].values()))
    (about,) = line["about"]
    bases = [e.text for e in parse(about.encode()).iter(f"{NS}baseURL")]
    assert bases == [kept.nodes[1].base_url, kept.nodes[0].base_url]


@pytest.mark.parametrize("name", ["copy.jsonl", "copy/"])
def test_only_a_store_is_asked_to_keep_datestamps(
    name: str, tmp_path: Path, origin: Node
) -> None:
    with pytest.raises(SinkError, match="leave out --keep-datestamps"):
        harvest(
            origin.base_url,
            f"{tmp_path}/{name}",
            means=origin.means,
            keep_datestamps=True,
        )


# What changes.


class Flow:
    """An origin that changes, a copy, its copy, and another who harvests the copy.

    Hours go by between any two steps, which increments do not overlap by.
    """

    def __init__(self, folder: Path, schemas: Schemas, stack: ExitStack) -> None:
        self.clock = StandingClock()
        self.folder = folder
        names = ("origin", "copy", "third")
        self.origin, self.copy, self.third = (
            Node(folder / name, self.clock, schemas) for name in names
        )
        for node in (self.origin, self.copy, self.third):
            stack.enter_context(serving(node.app))
        self._alive: list[int] = []
        self._count = 0
        for _ in range(3):
            self._add()

    def step(self, name: str) -> None:
        """Do what is named, some hours later."""
        self.clock.move(HOURS)
        steps: dict[str, Callable[[], object]] = {
            "add": self._add,
            "change": self._change,
            "delete": self._delete,
            "copy": lambda: self.pass_on(self.origin, self.copy),
            "copy oai_dc": lambda: self.pass_on(self.origin, self.copy, "oai_dc"),
            "copy mods": lambda: self.pass_on(self.origin, self.copy, "mods"),
            "third": lambda: self.pass_on(self.copy, self.third),
            "other": lambda: self.told(self.copy, "other"),
        }
        steps[name]()

    def pass_on(self, source: Node, target: Node, *prefixes: str) -> None:
        """Harvest one into another."""
        report = target.harvest(source.base_url, *(prefixes or PREFIXES))
        assert report.verdict is Verdict.COMPLETE, report

    def told(self, node: Node, name: str) -> Lines:
        """Return what a repository serves that is alive, kept in a file."""
        file = self.folder / f"{name}.jsonl"
        lines = _listed(node, file)
        return {key: line for key, line in lines.items() if not line["deleted"]}

    def _add(self) -> None:
        self._count += 1
        self._alive.append(self._count)
        self.origin.load(item(self._count))

    def _change(self) -> None:
        if self._alive:
            self._count += 1
            changed = {**item(self._alive[0]), "abstract": f"Revision {self._count}"}
            self.origin.load(changed)

    def _delete(self) -> None:
        if self._alive:
            self.origin.delete(f"item-{self._alive.pop()}")


STEPS: Final = (
    "add",
    "change",
    "delete",
    "copy",
    "copy oai_dc",
    "copy mods",
    "third",
    "other",
)


@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=9))
@settings(max_examples=2)
@example(steps=["copy", "third", "other", "change", "delete", "add"])
@example(steps=["copy oai_dc", "third", "change", "other", "copy mods", "delete"])
def test_nothing_is_lost_along_a_chain_whatever_the_order(
    schemas: Schemas, steps: list[str]
) -> None:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        flow = Flow(Path(folder), schemas, stack)
        for step in (*steps, "copy", "third"):
            flow.step(step)
        origin, copy, third, other = (
            parts(flow.told(node, name), ["xml", "sets"])
            for node, name in (
                (flow.origin, "origin"),
                (flow.copy, "copy"),
                (flow.third, "third"),
                (flow.copy, "other"),
            )
        )
        assert origin == copy == third == other


@pytest.mark.parametrize("keep_datestamps", [False, True])
def test_datestamps_kept_by_a_later_harvest_hide_records_from_those_before(
    tmp_path: Path, schemas: Schemas, *, keep_datestamps: bool
) -> None:
    with ExitStack() as stack:
        flow = Flow(tmp_path, schemas, stack)
        for step in ("copy", "add", "third"):
            flow.step(step)
        flow.clock.move(HOURS)
        flow.copy.harvest(
            flow.origin.base_url, *PREFIXES, keep_datestamps=keep_datestamps
        )
        flow.step("third")
        lost = flow.told(flow.copy, "copy").keys() - flow.told(flow.third, "third")
        assert bool(lost) is keep_datestamps


def test_a_deletion_at_the_origin_is_a_tombstone_two_copies_on(
    tmp_path: Path, schemas: Schemas
) -> None:
    with ExitStack() as stack:
        flow = Flow(tmp_path, schemas, stack)
        for step in ("copy", "third", "delete", "copy", "third"):
            flow.step(step)
        lines = _listed(flow.third, tmp_path / "third.jsonl")
        deleted = [key for key, line in lines.items() if line["deleted"]]
        assert sorted(deleted) == [
            (prefix, "oai:example.org:item-3") for prefix in sorted(PREFIXES)
        ]


# The article, and other targets.


def run(*arguments: str) -> None:
    result = CliRunner().invoke(main, [*arguments])
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="session", name="article")
def _article(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The article's repository, served by `oai-provider serve`."""
    with commanded(tmp_path_factory.mktemp("article")) as base_url:
        yield base_url


def test_the_repository_of_the_article_is_copied_byte_for_byte(
    article: str, tmp_path: Path, schemas: Schemas
) -> None:
    copy = Node(tmp_path / "copy", utc_now, schemas)
    wanted = [f"--prefix={prefix}" for prefix in PREFIXES]
    run("harvest", article, "--to", copy.url, *wanted)
    run("harvest", article, "--to", f"{tmp_path}/article.jsonl", *wanted)
    with serving(copy.app) as base_url:
        run("harvest", base_url, "--to", f"{tmp_path}/copy.jsonl", *wanted)
    origin, told = (lines_of(tmp_path / f"{n}.jsonl") for n in ("article", "copy"))
    names = ["xml", "sets", "deleted"]
    assert {prefix for prefix, _ in origin} == {*PREFIXES}
    assert parts(origin, names) == parts(told, names)


def test_the_command_keeps_datestamps(article: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/copy.db"
    run("harvest", article, "--to", url, "--keep-datestamps")
    run("harvest", article, "--to", f"{tmp_path}/article.jsonl")
    (line,) = lines_of(tmp_path / "article.jsonl").values()
    with closing(open_store(url, clock=utc_now)) as store:
        found = store.record(line["identifier"], "oai_dc")
    assert found is not None
    datestamp = format_datestamp(found.header.datestamp, Granularity.SECOND)
    assert datestamp == line["datestamp"]


def test_every_response_of_a_harvest_is_in_its_warc(
    origin: Node, tmp_path: Path
) -> None:
    warc, file = tmp_path / "all.warc.gz", tmp_path / "all.jsonl"
    report = harvest(
        origin.base_url, str(file), *PREFIXES, means=origin.means, warc=warc
    )
    documents = [*map(parse, _answers(warc))]
    told = Counter(str(root[-1].tag).removeprefix(OAI) for root in documents)
    assert told["Identify"] == told["ListMetadataFormats"] == 1
    assert told["ListRecords"] == report.pages
    names = [e.text or "" for root in documents for e in root.iterfind(HEADERS)]
    assert sorted(names) == sorted(identifier for _, identifier in lines_of(file))


def _answers(warc: Path) -> list[bytes]:
    with warc.open("rb") as file:
        return [
            record.content_stream().read()
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]


def test_a_folder_is_loaded_as_it_is(
    chain: Chain, tmp_path: Path, schemas: Schemas
) -> None:
    origin, loaded = chain.nodes[0], Node(tmp_path / "loaded", utc_now, schemas)
    harvest(origin.base_url, f"{tmp_path}/all/", *PREFIXES, means=origin.means)
    with serving(loaded.app):
        run("load", f"{tmp_path}/all", "--store", loaded.url, "--jobs=1")
        lines = _listed(loaded, tmp_path / "loaded.jsonl")
    names = ["xml", "sets", "deleted"]
    assert parts(lines, names) == parts(chain.alive[0], names)
