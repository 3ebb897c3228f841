"""Lanes on this machine, each a process of its own.

Processes, since parsing needs the processor and threads would share one; since what
hangs can only be ended with its process; and since a crash then stops no other lane.
They are made by a fork server that has loaded everything, so that each costs little.
No interrupt reaches them: who interrupts a run means this process, which asks them
to stop. If this process is gone they stop by themselves.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import (
    connection,
    forkserver,
    get_context,
    parent_process,
    resource_tracker,
)
from multiprocessing.context import ForkServerContext, ForkServerProcess
from time import monotonic
from types import FrameType
from typing import Final

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.many.job import EngineError, Job
from oai_provider.harvester.many.lane import Stops

DEFAULT_LANES: Final = 4
_TICK: Final = 0.2
_KILLED_AFTER: Final = 5.0
"""Seconds beyond its grace that a lane has to end."""
_CODES: Final = {Stops.OVER: 0, Stops.ASKED: 0, Stops.HUNG: 75}
_FAULT: Final = 1


def run(job: Job, stop: threading.Event) -> None:
    """Run lanes in processes; one that is killed, or that hangs, is made anew."""
    lanes = _Lanes(job)
    try:
        while lanes.are_running() and not stop.is_set():
            lanes.look_after()
    finally:
        lanes.end()


class _Lanes:
    """The processes of a run."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._context = _forkserver(job)
        count = DEFAULT_LANES if job.lanes is None else job.lanes
        self._processes = [self._begun() for _ in range(count)]

    def are_running(self) -> bool:
        """Tell whether any has not come to its end."""
        return bool(self._processes)

    def look_after(self) -> None:
        """Wait a moment, and replace those that did not come to their end."""
        connection.wait([p.sentinel for p in self._processes], _TICK)
        ended = [p for p in self._processes if p.exitcode is not None]
        for process in ended:
            self._processes.remove(process)
            code = process.exitcode
            process.close()
            if code == _FAULT:
                raise EngineError(
                    "a worker could not go on: what is wrong stands on standard error"
                )
            if code:
                self._processes.append(self._begun())

    def end(self) -> None:
        """Ask all to stop, and end those that do not."""
        for process in self._processes:
            process.terminate()
        end = monotonic() + self._job.given.grace.total_seconds() + _KILLED_AFTER
        for process in self._processes:
            process.join(max(0.0, end - monotonic()))
            if process.exitcode is None:
                process.kill()
                process.join()
            process.close()
        self._processes.clear()

    def _begun(self) -> ForkServerProcess:
        # No daemon: a harvest may have processes of its own.
        process = self._context.Process(target=_lane_process, args=(self._job,))
        process.start()
        return process


def _lane_process(job: Job) -> None:
    asked = _Asked()
    signal.signal(signal.SIGTERM, asked)
    try:
        stops = job.run_lane(asked.is_so)
    except OaiProviderError as error:
        sys.exit(f"a worker: {error}")
    if stops is Stops.HUNG or threading.active_count() > 1:
        # A thread that hangs would be waited for, or run into what was taken down.
        os._exit(_CODES[stops])


@dataclass(slots=True)
class _Asked:
    """Whether this process is asked to stop, or nobody is left to ask it."""

    is_asked: bool = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        self.is_asked = True

    def is_so(self) -> bool:
        """Tell whether to stop."""
        parent = parent_process()
        return self.is_asked or (parent is not None and not parent.is_alive())


def _forkserver(job: Job) -> ForkServerContext:
    context = get_context("forkserver")
    # Each lane imports what this process was begun with: nothing, if it is there.
    packages = {name.split(".")[0] for name in (__name__, job.harvest.__module__)}
    loaded = [name for name in [*sys.modules] if name.split(".")[0] in packages]
    context.set_forkserver_preload([n for n in loaded if n != "__main__"])
    # Begun with the fork server, this would let interrupts through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Have SIGINT and SIGTERM ask for a stop, instead of ending this process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {n: signal.signal(n, ask) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
