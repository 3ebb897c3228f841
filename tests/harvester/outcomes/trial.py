"""Harvests of a hostile endpoint: nobody sleeps, and the clock moves when it is told.

The endpoint and the harvest have one clock, so that no window of dates is empty for
years, and what a fault does to a clock is all that is wrong with it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from oai_provider.harvester.harvest import Harvest
from oai_provider.harvester.memory import memory_path
from oai_provider.harvester.opening import Means, opened
from oai_provider.harvester.order import Connecting, Order, Report
from oai_provider.harvester.state import State
from oai_provider.harvester.timing import Timing
from oai_provider.harvesting import means_of_harvest
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.testing import StandingClock
from oai_provider.testing.hostile import Asked, HostileEndpoint

NOW: Final = datetime(2024, 2, 1, 12, tzinfo=UTC)
DAY: Final = 86_400.0
CONNECTING: Final = Connecting(
    most_tries=3, connect_timeout=2, read_timeout=5, page_timeout=5
)
HASTY: Final = replace(
    CONNECTING, most_tries=1, read_timeout=0.2, page_timeout=0.2, most_bytes=1_000_000
)
"""For endpoints that keep one waiting."""


class Kept(NamedTuple):
    """A record as it was kept."""

    identifier: str
    datestamp: str
    deleted: bool


def asleep(_seconds: float) -> None:
    """Wait for nothing."""


@dataclass(slots=True)
class Trial:
    """An endpoint, and one place where all harvests of it go."""

    endpoint: HostileEndpoint
    folder: Path
    clock: StandingClock
    connecting: Connecting = CONNECTING
    sleep: Callable[[float], None] = asleep
    to: str = ""
    _asked: int = field(default=0)

    def order(self, **named: Any) -> Order:
        """Return an order, with fields of it by name."""
        to = self.to or str(self.folder / "kept.jsonl")
        return replace(
            Order(base_url=self.endpoint.url, to=to, connecting=self.connecting),
            **named,
        )

    @property
    def means(self) -> Means:
        """What a harvest takes from outside."""
        timing = Timing(clock=self.clock, sleep=self.sleep, random=lambda: 0.5)
        return replace(means_of_harvest(None), now=self.clock, timing=timing)

    def harvest(self, **named: Any) -> Report:
        """Harvest, and return the report."""
        with self.opened(**named) as harvest:
            return harvest.run()

    @contextmanager
    def opened(self, **named: Any) -> Iterator[Harvest]:
        """Open a harvest that is still to be run."""
        self._asked = len(self.endpoint.requests)
        with opened(self.order(**named), self.means) as harvest:
            yield harvest

    @contextmanager
    def memory(self) -> Iterator[State]:
        """Open what the harvests remember."""
        state = State(memory_path(self.order()))
        try:
            yield state
        finally:
            state.close()

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The requests of the last harvest."""
        return self.endpoint.requests[self._asked :]

    @property
    def froms(self) -> list[str]:
        """The `from` of each list that the last harvest asked for."""
        return [
            asked.argument("from")
            for asked in self.asked
            if asked.verb == "ListRecords" and not asked.argument("resumptionToken")
        ]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What was kept, line by line."""
        path = Path(self.order().to)
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    @property
    def kept(self) -> list[Kept]:
        """What was kept, by identifier; what was kept twice is there twice."""
        return sorted(
            Kept(line["identifier"], line["datestamp"], line["deleted"])
            for line in self.lines
        )

    def held(self, granularity: Granularity = Granularity.SECOND) -> list[Kept]:
        """Return what a perfect harvester has, by identifier."""
        return sorted(
            Kept(held.identifier, format_datestamp(held.datestamp, granularity), gone)
            for held in self.endpoint.records
            for gone in (held.deleted,)
        )


@contextmanager
def tried(fault: str | None, folder: Path, **shape: int) -> Iterator[Trial]:
    """Open an endpoint with a fault, and what is to become of it."""
    clock = StandingClock(NOW)
    with HostileEndpoint(fault, clock=clock, **shape) as endpoint:
        yield Trial(endpoint=endpoint, folder=folder, clock=clock)


def stamp(moment: datetime, **back: float) -> str:
    """Return a moment as it is sent, so much earlier."""
    return format_datestamp(moment - timedelta(**back), Granularity.SECOND)
