"""All sources on a Dask cluster: real workers, one of which is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from harvester.many import endpoints as simulated
from harvester.many.databases import real_clock
from harvester.many.endpoints import harvest
from spec.serving import free_port

from oai_provider.harvester.many.engine_dask import dask_engine, scheduler_of
from oai_provider.harvester.many.job import EngineError, Job
from oai_provider.harvester.many.lane import Pass
from oai_provider.harvester.many.run import Ran, Running, run_all, status
from oai_provider.harvester.many.work_table import open_work_table

_PATIENCE = 60.0
_LEASE = timedelta(seconds=4)


@pytest.fixture(name="scheduler", scope="module")
def _scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process with a thread."""
    folder = tmp_path_factory.mktemp("dask")
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    quiet = ["--no-dashboard", "--host", "127.0.0.1"]
    worker = ["worker", address, *quiet, "--nthreads", "1", "--no-nanny"]
    with ExitStack() as stack:
        for command in (["scheduler", *quiet, "--port", str(port)], worker, worker):
            stack.enter_context(_begun(command, folder))
        yield address


class _begun:  # noqa: N801 - read as what it does
    """A process of Dask, which ends with the block."""

    def __init__(self, command: list[str], folder: Path) -> None:
        module = f"distributed.cli.dask_{command[0]}"
        paths = os.pathsep.join(path for path in sys.path if path)
        with (folder / "dask.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *command[1:]],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": paths},
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(_PATIENCE)


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.1)


def test_source_of_a_worker_that_was_killed_is_taken_over(
    scheduler: str, tmp_path: Path
) -> None:
    url, gate = f"sqlite:///{tmp_path}/work.db", tmp_path / "gate"
    open_work_table(url, clock=real_clock).close()
    engine = scheduler.replace("tcp", "dask")
    short = timedelta(seconds=0.1)
    running = Running(engine=engine, lanes=2, lease=_LEASE, poll=short, grace=short)
    rans: list[Ran] = []

    with simulated.endpoints() as endpoints:
        waiting = endpoints.source(0, formats=["waits"], to=str(gate))
        sources = [waiting, *(endpoints.source(n) for n in range(1, 6))]

        def run() -> None:
            rans.append(run_all(sources, url, harvest, real_clock, running))

        run_thread = threading.Thread(target=run)
        run_thread.start()
        _until(lambda: bool(status(url, real_clock)) and bool(_owner(url)))
        os.kill(_process_of(_owner(url)), signal.SIGKILL)
        gate.touch()
        run_thread.join(_PATIENCE)
    assert [state.verdict for state in rans[0].states] == ["complete"] * 6
    assert [state.records_in_all for state in rans[0].states] == [30] * 6


def test_run_that_is_asked_to_stop_gives_its_leases_back(
    scheduler: str, tmp_path: Path
) -> None:
    url, stop = f"sqlite:///{tmp_path}/work.db", threading.Event()
    table = open_work_table(url, clock=real_clock)
    with simulated.endpoints() as endpoints:
        table.enlist([endpoints.source(0, formats=["endless"])])
        given = Pass(run="run", due_by=table.now(), outlives=True)
        job = Job(url=url, harvest=harvest, clock=real_clock, given=given, lanes=1)
        engine = dask_engine(scheduler.replace("tcp", "dask"))
        run_thread = threading.Thread(target=engine, args=(job, stop))
        run_thread.start()
        _until(lambda: bool(_owner(url)))
        stop.set()
        run_thread.join(_PATIENCE)
    (state,) = table.states()
    table.close()
    assert (state.running_by, state.verdict) == (None, None)


def _owner(url: str) -> str:
    return status(url, real_clock)[0].running_by or ""


def _process_of(owner: str) -> int:
    return int(owner.split(":")[1])


def test_engine_is_named_by_host_and_port() -> None:
    assert scheduler_of("dask://10.0.0.1:8786") == "tcp://10.0.0.1:8786"


@pytest.mark.parametrize("engine", ["", "dask", "dask://", "dask://h", "tcp://h:1"])
def test_engine_of_any_other_form_is_refused(engine: str) -> None:
    with pytest.raises(EngineError, match="write local, or dask://HOST:PORT"):
        scheduler_of(engine)
