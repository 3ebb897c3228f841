"""All sources: put into the work table, harvested by an engine, and how they stand."""

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from oai_provider.harvester.many.engine_dask import dask_engine
from oai_provider.harvester.many.engine_local import run as run_local
from oai_provider.harvester.many.engine_local import stopped_by_signals
from oai_provider.harvester.many.harvesting import Harvest
from oai_provider.harvester.many.job import Engine, Job
from oai_provider.harvester.many.lane import Pass
from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.work import Enlisted, SourceState
from oai_provider.harvester.many.work_table import open_work_table

LOCAL: Final = "local"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How all sources are harvested."""

    engine: str = LOCAL
    """`local`, or dask://HOST:PORT."""
    lanes: int | None = None
    """Sources harvested at once: 4 here, on a cluster as many as it has threads."""
    lease: timedelta = timedelta(seconds=60)
    """How long after its worker was killed a source is taken over."""
    grace: timedelta = timedelta(seconds=10)
    """That a harvest has to end when the run is interrupted."""
    poll: timedelta = timedelta(seconds=0.5)
    goes_on: bool = False
    """Whether the run waits for what is due later, until it is interrupted."""
    now: tuple[str, ...] | None = ()
    """Sources that are due now whatever their schedule says; None for all."""
    only: tuple[str, ...] = ()
    """Sources that are harvested, if not all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of the sources, how each stands, and whether all was done."""

    enlisted: Enlisted
    states: tuple[SourceState, ...]
    interrupted: bool
    began: datetime
    """By the clock of the work table: what ended since was harvested by this run."""


def run_all(
    sources: Sequence[Source],
    work_table: str,
    harvest: Harvest,
    clock: Clock,
    running: Running | None = None,
) -> Ran:
    """Harvest what is due of all sources, and return how they stand.

    `harvest` and `clock` go to other processes: they are functions of a module. A
    signal to interrupt or terminate stops it, and leases are given back. Raises
    `StoreError`, `EngineError`.
    """
    running = running or Running()
    engine = engine_of(running.engine)
    stop = threading.Event()
    table = open_work_table(work_table, clock=clock)
    try:
        enlisted = table.enlist(sources)
        if running.now != ():
            table.hasten(running.now)
        began = table.now()
        job = Job(
            url=work_table,
            harvest=harvest,
            clock=clock,
            given=_given(running, began),
            lanes=running.lanes,
        )
        with stopped_by_signals(stop):
            engine(job, stop)
        return Ran(
            enlisted=enlisted,
            states=table.states(),
            interrupted=stop.is_set(),
            began=began,
        )
    finally:
        table.close()


def status(work_table: str, clock: Clock) -> tuple[SourceState, ...]:
    """Return how every source of a work table stands, in order of their names."""
    table = open_work_table(work_table, clock=clock)
    try:
        return table.states()
    finally:
        table.close()


def engine_of(name: str) -> Engine:
    """Return the engine of a name. Raises `EngineError`."""
    return run_local if name == LOCAL else dask_engine(name)


def _given(running: Running, began: datetime) -> Pass:
    return Pass(
        run=uuid.uuid4().hex[:8],
        lease=running.lease,
        grace=running.grace,
        poll=running.poll,
        due_by=None if running.goes_on else began,
        only=running.only,
        outlives=running.engine != LOCAL,
    )
