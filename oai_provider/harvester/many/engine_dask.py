"""Lanes on a Dask cluster: each is a task that occupies a thread of a worker.

Dask only brings lanes to machines. Who harvests what, how often a host is asked, and
who takes over from a worker that was killed is settled in the work table, which all
workers must reach by its URL, as they must the places where records go. A lane whose
worker was killed is begun again on another; if there is none it waits for one.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from oai_provider.harvester.many.job import EngineError, Job
from oai_provider.harvester.many.lane import Stops
from oai_provider.harvester.many.work_table import WorkTable
from oai_provider.store.base import StoreAway

if TYPE_CHECKING:
    from distributed import Client, Future

SCHEME: Final = "dask"
_TICK: Final = 0.2
_PAUSE: Final = 1.0
"""Seconds between two looks at whether to stop."""
_CONNECT_TIMEOUT: Final = 10
"""Seconds to wait for the scheduler."""
_MORE: Final = 5
"""Seconds beyond their grace that lanes have to end."""


def scheduler_of(engine: str) -> str:
    """Return the address that dask://HOST:PORT means. Raises `EngineError`."""
    parts = urlsplit(engine)
    if parts.scheme != SCHEME or not parts.hostname or parts.port is None:
        raise EngineError(f"{engine} is no engine: write local, or dask://HOST:PORT")
    return f"tcp://{parts.netloc}"


def dask_engine(engine: str) -> Callable[[Job, threading.Event], None]:
    """Return what runs lanes on the cluster at dask://HOST:PORT."""
    address = scheduler_of(engine)

    def run(job: Job, stop: threading.Event) -> None:
        _run(job, stop, address)

    return run


def _run(job: Job, stop: threading.Event, address: str) -> None:
    client = _client(address)
    try:
        _Tasks(client, job).run(stop)
    finally:
        client.close()


def _client(address: str) -> "Client":
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and a second to load
    except ModuleNotFoundError as error:
        raise EngineError(
            "an engine of dask needs Dask: pip install 'oai-provider[dask]'"
        ) from error
    try:
        return Client(address, timeout=_CONNECT_TIMEOUT)
    except (OSError, TimeoutError) as error:
        raise EngineError(
            f"no Dask scheduler answers at {address}: start dask scheduler and workers"
            f" there, or name another ({error})"
        ) from error


class _Tasks:
    """The lanes of a run, as tasks of a cluster."""

    def __init__(self, client: "Client", job: Job) -> None:
        self._client = client
        self._job = job
        self._lanes: set[Future[None]] = set()

    def run(self, stop: threading.Event) -> None:
        """Begin lanes and wait until all have ended."""
        self._lanes = {self._begun() for _ in range(self._count())}
        try:
            while self._lanes and not stop.wait(_TICK):
                self._look_after()
        finally:
            self._end()

    def _count(self) -> int:
        if self._job.lanes is not None:
            return self._job.lanes
        return sum(self._client.nthreads().values()) or 1

    def _begun(self) -> "Future[None]":
        return self._client.submit(_lane_task, self._job, pure=False, retries=0)

    def _look_after(self) -> None:
        """Begin anew the lanes whose workers were killed too often for Dask."""
        from distributed import KilledWorker  # noqa: PLC0415 - an extra

        for lane in [lane for lane in self._lanes if lane.done()]:
            self._lanes.remove(lane)
            error = lane.exception()
            if isinstance(error, KilledWorker):
                self._lanes.add(self._begun())
            elif error is not None:
                raise EngineError(f"a worker of Dask could not go on: {error}")

    def _end(self) -> None:
        """Ask what is left to stop, and wait until leases are given back."""
        from distributed import wait  # noqa: PLC0415 - an extra

        if self._lanes:
            table = self._job.open_table()
            table.stop(self._job.given.run)
            table.close()
            patience = self._job.given.grace.total_seconds() + _MORE
            with suppress(TimeoutError):
                wait(self._lanes, timeout=patience)


def _lane_task(job: Job) -> None:
    table = job.open_table()
    try:
        # What hangs stays in its thread, and the lane goes on without it.
        while job.run_lane(_Asking(table, job.given.run)) is Stops.HUNG:
            pass
    finally:
        table.close()


class _Asking:
    """Tells whether a run is to stop: by asking its work table, so not too often."""

    def __init__(self, table: WorkTable, run: str) -> None:
        self._table = table
        self._run = run
        self._asked_at = 0.0
        self._is_so = False

    def __call__(self) -> bool:
        """Tell whether to stop."""
        if not self._is_so and time.monotonic() - self._asked_at >= _PAUSE:
            self._asked_at = time.monotonic()
            with suppress(StoreAway):
                self._is_so = self._table.is_stopped(self._run)
        return self._is_so
