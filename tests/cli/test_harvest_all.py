"""`harvest --all` and `harvest status`, as a person types them."""

import json
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import trustme
from click.testing import CliRunner, Result
from harvester.scripted_server import ScriptedServer

from oai_provider.cli import main
from oai_provider.harvester.many.harvesting import LaneClosed
from oai_provider.harvester.opening import opened
from oai_provider.harvester.order import Order
from oai_provider.harvesting import means_of_harvest
from oai_provider.testing.hostile import OpensEndpoints

_COMMAND: Final = "from oai_provider.cli import main; main()"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in an empty folder."""
    monkeypatch.chdir(tmp_path)


def harvest(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ("harvest", *arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def sources(**urls: str) -> None:
    """Write a file of sources, each a host of its own."""
    tables = [
        f'[[source]]\nname = "{name}"\nbase_url = "{url}"\nto = "{name}.jsonl"\n'
        "limits.most_tries = 1\n"
        for name, url in urls.items()
    ]
    Path("sources.toml").write_text("\n".join(tables))


def states() -> dict[str, dict[str, object]]:
    told = harvest("status", "--json").stdout.splitlines()
    return {state["name"]: state for state in map(json.loads, told)}


def test_all_sources_are_harvested_and_the_worst_verdict_is_the_exit_code(
    hostile: OpensEndpoints,
) -> None:
    sources(good=hostile().url, bad="http://127.0.0.2:9/oai")
    result = harvest("--all", "sources.toml", "--lanes", "2")
    assert result.exit_code == 1
    assert "bad: http://127.0.0.2:9/oai" in result.stdout
    assert "2 are new: good, bad" in result.stderr
    assert len(Path("good.jsonl").read_text("utf-8").splitlines()) == 20
    assert {name: s["verdict"] for name, s in states().items()} == {
        "good": "complete",
        "bad": "incomplete",
    }
    again = harvest("--all", "sources.toml", "--json")
    assert again.exit_code == 0  # Nothing was due.
    assert len(again.stdout.splitlines()) == 2


def test_named_source_is_harvested_alone(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    sources(good=endpoint.url, bad="http://127.0.0.2:9/oai")
    for asked_twice in range(2):
        before = len(endpoint.requests)
        result = harvest("--all", "sources.toml", "good", "--lanes", "1")
        assert result.exit_code == 0, asked_twice
        assert len(endpoint.requests) > before
    assert states()["bad"]["verdict"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("goood",), "did you mean good?"),
        (("--engine", "spark"), "write local, or dask://HOST:PORT"),
        (("--to", "x.jsonl"), "No such option"),
    ],
)
def test_wrong_call_is_told(arguments: tuple[str, ...], said: str) -> None:
    sources(good="http://127.0.0.1:9/oai")
    result = harvest("--all", "sources.toml", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not Path("oai-provider-harvest.db").exists()


def test_bad_file_of_sources_is_told_with_its_line() -> None:
    Path("sources.toml").write_text('[[source]]\nname = "a"\nbase_url = "x"\n')
    result = harvest("--all", "sources.toml")
    assert result.exit_code == 2
    assert "sources.toml:3: source a: base_url" in result.stderr


def test_status_makes_no_table_of_work() -> None:
    result = harvest("status")
    assert result.exit_code == 2
    assert "`oai-provider harvest --all FILE` makes one" in result.stderr
    assert not Path("oai-provider-harvest.db").exists()


def closing_at(number: int) -> Callable[[], None]:
    turns = iter(range(1, number))

    def turn() -> None:
        if next(turns, None) is None:
            raise LaneClosed

    return turn


@pytest.mark.parametrize("to", ["x.jsonl", "x/", "x.parquet", "sqlite:///x.db"])
@pytest.mark.parametrize("number", [1, 4, 6])
def test_harvest_whose_lane_is_closed_goes_on_where_it_was(
    hostile: OpensEndpoints, to: str, number: int
) -> None:
    order = Order(base_url=hostile().url, to=to)
    means = means_of_harvest(None)
    closed = replace(means, turn=closing_at(number))
    with pytest.raises(LaneClosed), opened(order, closed) as begun:
        begun.run()
    with opened(order, means) as resumed:
        report = resumed.run()
    assert report.verdict == "complete"
    assert report.records <= 20
    with opened(replace(order, full=True), means) as again:
        known = again.run()
    assert (known.records, known.unchanged) == (0, 20)


def test_watching_goes_on_until_it_is_interrupted_and_nothing_is_lost(
    hostile: OpensEndpoints,
) -> None:
    sources(slow=hostile().url)
    with Path("sources.toml").open("a") as file:
        file.write("limits.per_second = 8\n")
    command = [sys.executable, "-c", _COMMAND, "harvest", "--all", "sources.toml"]
    with subprocess.Popen([*command, "--watch"], stderr=subprocess.PIPE) as watching:
        while not (Path("slow.jsonl").exists() and Path("slow.jsonl").stat().st_size):
            assert watching.poll() is None
            time.sleep(0.05)
        watching.send_signal(signal.SIGINT)
        _, told = watching.communicate(timeout=60)
    assert watching.returncode == 130
    assert b"goes on where each source was" in told
    assert b"Traceback" not in told
    assert harvest("--all", "sources.toml", "--now").exit_code == 0
    kept = Path("slow.jsonl").read_text("utf-8").splitlines()
    names = [json.loads(line)["identifier"] for line in kept]
    assert len(names) == len({*names}) == 20


def test_unknown_authority_is_told_with_the_remedy() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ScriptedServer([], tls=context) as server:
        result = harvest(server.url, "--to", "x.jsonl", "--tries", "1")
    assert result.exit_code == 1
    assert server.url in result.stdout
    assert "certificate" in result.stdout
