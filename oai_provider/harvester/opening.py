"""An order becomes a harvest: client, target and memory opened, and closed again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.harvest import Harvest, Watch
from oai_provider.harvester.memory import (
    locked_memory,
    memory_path,
    open_memory,
    others_wrote,
)
from oai_provider.harvester.order import Order
from oai_provider.harvester.page import read_page
from oai_provider.harvester.pages import Pages
from oai_provider.harvester.planning import Planned, planned
from oai_provider.harvester.sinks.base import Sink, SinkError
from oai_provider.harvester.sinks.opening import sink_of
from oai_provider.harvester.sinks.warc import Warc
from oai_provider.harvester.state import State, StateError
from oai_provider.harvester.timing import Timing
from oai_provider.provider.ingest import Ingest


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a harvest takes from outside."""

    open_ingest: Callable[[str], Ingest]
    """Opens the store of a URL."""
    now: Callable[[], datetime]
    timing: Timing = field(default_factory=Timing)
    turn: Callable[[], None] = lambda: None
    """Called before each request; returns when it may be made."""


@contextmanager
def opened(
    order: Order, means: Means, watch: Watch = lambda _, __: None
) -> Iterator[Harvest]:
    """Open what an order names; raises `SinkError`, `StateError`."""
    _refuse_strangers(order)
    with ExitStack() as stack:
        sink = sink_of(
            order.to,
            open_ingest=means.open_ingest,
            keep_datestamps=order.keep_datestamps,
        )
        stack.enter_context(closing(sink))
        stack.callback(locked_memory(order).release)
        state = stack.enter_context(closing(open_memory(order)))
        stack.enter_context(state.told_in_words())
        _refuse_lost(order, state, sink)
        pages = stack.enter_context(_pages(order, means))
        if order.warc:
            pages.archive = stack.enter_context(closing(Warc(order.warc)))
        yield Harvest(
            order=order,
            pages=pages,
            sink=sink,
            state=state,
            now=means.now,
            watch=watch,
        )


@contextmanager
def opened_plan(order: Order, means: Means) -> Iterator[Iterator[Planned]]:
    """Open what a harvest would ask for; nothing is written."""
    with opened_memory(order) as state, _pages(order, means) as pages:
        yield planned(order, pages, state)


@contextmanager
def opened_memory(order: Order) -> Iterator[State]:
    """Open the memory of a harvest, an empty one if there is none."""
    path = memory_path(order)
    with closing(State(path if path.exists() else None)) as state:
        yield state


@contextmanager
def _pages(order: Order, means: Means) -> Iterator[Pages]:
    with HarvestClient(
        order.base_url, connecting=order.connecting, timing=means.timing
    ) as client:
        yield Pages(
            fetches=client,
            read=read_page,
            sleep=means.timing.sleep,
            turn=means.turn,
        )


def _refuse_strangers(order: Order) -> None:
    """Refuse a file that no harvest of this endpoint has written."""
    file = Path(order.to)
    if "://" in order.to or not file.is_file() or not file.stat().st_size:
        return
    if not memory_path(order).exists() or others_wrote(order):
        raise SinkError(
            f"{file} is there, and no harvest of {order.base_url} wrote it: name"
            " another file, or move it away"
        )


def _refuse_lost(order: Order, state: State, sink: Sink) -> None:
    """Refuse to go on where all that was harvested is gone."""
    if state.knows_any() and sink.is_empty():
        raise StateError(
            f"{order.to} is empty, and it is remembered that records were harvested"
            f" into it: put it back, or remove {state.path} and harvest anew"
        )
