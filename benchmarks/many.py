"""Many endpoints: four lanes against one, each run as it is called, start included."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.bench import Bench, Options
from benchmarks.endpoints import LATENCY, PAGES, endpoints, harvest
from benchmarks.table import Goal, Row, compared
from oai_provider.harvester.many.run import Running, run_all
from oai_provider.harvester.many.source import Source

ENDPOINTS: Final = 200
LANES: Final = 4
_GOAL: Final = Goal(limit=3, words="3 times one lane")
_ITEMS_EACH: Final = 10


def many(bench: Bench) -> Iterator[Row]:
    """Harvest as many endpoints with one lane and with four, in turn."""
    count = min(ENDPOINTS, max(LANES, bench.options.items // _ITEMS_EACH))
    runs = Runs(bench.folder)
    rates: dict[int, list[float]] = {1: [], LANES: []}
    with endpoints(count) as sources:
        runs.seconds(sources[:1], 1)  # Begins what makes processes.
        for _ in range(bench.options.rounds):
            for lanes, found in rates.items():
                found.append(count / runs.seconds(sources, lanes))
    yield compared(
        f"harvest --all: {count} endpoints of {PAGES} pages of {LATENCY * 1000:.0f} ms,"
        f" {LANES} lanes to one",
        _GOAL,
        rates[LANES],
        rates[1],
        f"; {max(rates[LANES]):.1f} and {max(rates[1]):.1f} endpoints a second",
    )


class Runs:
    """Runs over sources, each with a new table of work."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def seconds(self, sources: Sequence[Source], lanes: int) -> float:
        """Return the seconds that a run takes, from its call to its end."""
        self._count += 1
        url = f"sqlite:///{self._folder}/work-{self._count}.db"
        start = perf_counter()
        ran = run_all(sources, url, harvest, _now, Running(lanes=lanes))
        seconds = perf_counter() - start
        if any(state.verdict != "complete" for state in ran.states):
            raise RuntimeError("a source was not harvested")
        return seconds


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the real clock is what is measured by


if __name__ == "__main__":
    with Bench(Options(rounds=1)) as bench:
        for row in many(bench):
            print(row.what, row.said, row.verdict)
