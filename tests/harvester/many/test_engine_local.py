"""All sources on this machine: the bad ones stop no other, and a run can be stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harvester.many import endpoints as simulated
from harvester.many.databases import real_clock
from harvester.many.endpoints import Endpoints, harvest

from oai_provider.harvester.many.job import EngineError
from oai_provider.harvester.many.run import Running, run_all, status
from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.work import SourceState

_ENDPOINTS = 200
_BAD = 12
# Every sixteenth is bad: a quarter of these each hang, raise, exit, and are refused.
_KINDS = ("hangs", "raises", "exits", "refused")
_PATIENCE = 60.0
_QUICK = Running(
    lanes=2,
    lease=timedelta(seconds=3),
    poll=timedelta(seconds=0.05),
    grace=timedelta(seconds=0.2),
)
_SOURCES = """
import sys
from harvester.many.databases import real_clock
from harvester.many.endpoints import Endpoints, harvest
from oai_provider.harvester.many.run import Running, run_all
if __name__ == "__main__":
    made = Endpoints(port=int(sys.argv[2]))
    sources = [made.source(n, formats=["endless"]) for n in range(300, 304)]
    ran = run_all(sources, sys.argv[1], harvest, real_clock, Running(lanes=2))
    sys.exit(7 if ran.interrupted else 0)
"""


@pytest.fixture(name="endpoints", scope="module")
def _endpoints() -> Iterator[Endpoints]:
    with simulated.endpoints() as endpoints:
        yield endpoints


@pytest.fixture(name="url")
def _url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/work.db"


def _source(endpoints: Endpoints, number: int) -> Source:
    kind = _KINDS[number // 16 % 4] if number % 16 == 0 and number < 16 * _BAD else ""
    more: dict[str, object] = {"formats": [kind or "oai_dc"]}
    if kind == "hangs":
        more["limits"] = {"longest": "1s"}
    if kind == "refused":
        more["base_url"] = f"http://127.1.9.{number % 250 + 1}:1/oai"
    return endpoints.source(number, **more)  # type: ignore[arg-type]  # none is `host`


def test_a_dozen_bad_sources_stop_no_other(endpoints: Endpoints, url: str) -> None:
    sources = [_source(endpoints, number) for number in range(_ENDPOINTS)]
    ran = run_all(sources, url, harvest, real_clock, replace(_QUICK, lanes=4))
    failed = [state for state in ran.states if state.verdict == "failed"]
    complete = [state for state in ran.states if state.verdict == "complete"]
    assert (len(failed), len(complete)) == (_BAD, _ENDPOINTS - _BAD)
    assert {state.reasons[0].partition(":")[0] for state in failed} >= {
        "it took longer than 1s",
        "ValueError",
        "SystemExit",
    }
    assert not ran.interrupted


def test_what_is_not_due_is_left_alone(endpoints: Endpoints, url: str) -> None:
    sources = [endpoints.source(n) for n in range(250, 252)]
    run_all(sources, url, harvest, real_clock, _QUICK)
    run_all(sources, url, harvest, real_clock, _QUICK)
    hurried = replace(_QUICK, now=("s251",))
    run_all(sources, url, harvest, real_clock, hurried)
    assert [len(endpoints.asked[f"/s{n}"]) for n in (250, 251)] == [3, 6]


@pytest.fixture(name="run")
def _run(
    endpoints: Endpoints, url: str, tmp_path: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A run in a process of its own, with two lanes at work that never end."""
    script = tmp_path / "run_sources.py"
    script.write_text(_SOURCES)
    paths = [path for path in sys.path if path]
    process = subprocess.Popen(
        [sys.executable, str(script), url, str(endpoints.port)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )
    try:
        _until(lambda: len(running(url)) == 2)
        yield process
    finally:
        process.kill()
        process.wait()


def running(url: str) -> list[SourceState]:
    return [state for state in status(url, real_clock) if state.running_by]


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_a_run_and_gives_its_leases_back(
    run: "subprocess.Popen[bytes]", url: str, number: signal.Signals
) -> None:
    os.killpg(run.pid, number) if number is signal.SIGINT else run.send_signal(number)
    assert run.wait(_PATIENCE) == 7
    assert running(url) == []
    assert {state.verdict for state in status(url, real_clock)} == {None}


def test_lanes_end_by_themselves_when_their_run_was_killed(
    run: "subprocess.Popen[bytes]", url: str
) -> None:
    run.kill()
    run.wait(_PATIENCE)
    # Well before the minute is over after which leases run out.
    _until(lambda: running(url) == [])


def test_lane_that_was_killed_is_replaced_and_its_source_taken_over(
    endpoints: Endpoints, url: str, tmp_path: Path
) -> None:
    sources = [
        endpoints.source(260, formats=["kills-once"], to=f"{tmp_path}/killed"),
        endpoints.source(261),
    ]
    ran = run_all(sources, url, harvest, real_clock, _QUICK)
    assert [state.verdict for state in ran.states] == ["complete", "complete"]


def test_engine_that_there_is_none_of_is_refused(url: str) -> None:
    with pytest.raises(EngineError, match="local, or dask://HOST:PORT"):
        run_all([], url, harvest, real_clock, Running(engine="dusk://x"))
