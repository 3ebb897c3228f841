"""The harvester against vanilla sickle and a bare parse, round after round.

All harvest the same list from the same server, each time in a new process.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from statistics import median
from typing import Final

from benchmarks.bench import Bench, Contender
from benchmarks.goals import FLAT, HARVEST_LINES, HARVEST_PARSE, HARVEST_STORE
from benchmarks.memory import watched
from benchmarks.servers import environment
from benchmarks.table import Row, compared

_RUNS: Final = {
    "bare": ("bare", "{folder}/none"),
    "sickle": ("sickle", "{folder}/none"),
    "sickle to JSON Lines": ("sickle-lines", "{folder}/lines.jsonl"),
    "sickle to SQLite": ("sickle-store", "{folder}/table.db"),
    "lines": ("ours", "{folder}/records.jsonl"),
    "store": ("ours", "sqlite:///{folder}/store.db"),
}


def harvest(bench: Bench) -> Iterator[Row]:
    """Compare what is harvested a second, and tell whether memory stays flat."""
    runs = Runs(bench.folder, bench.harvested)
    found: dict[str, list[float]] = {name: [] for name in _RUNS}
    for _ in range(bench.options.rounds):
        for name, rates in found.items():
            rates.append(runs.rate(name))
    sickle, lines, store = found["sickle"], found["lines"], found["store"]
    note = f"; {median(lines):,.0f} records a second to {median(sickle):,.0f}"
    what = "harvest into JSON Lines, to sickle that keeps nothing"
    yield compared(what, HARVEST_LINES, lines, sickle, note)
    what = "the same, to sickle that writes them, too"
    yield compared(what, None, lines, found["sickle to JSON Lines"])
    what = "harvest into a store with validation, to sickle that keeps nothing"
    yield compared(what, HARVEST_STORE, store, sickle, f"; {median(store):,.0f}")
    what = "the same, to sickle, a validator and a table"
    yield compared(what, None, store, found["sickle to SQLite"])
    what = "harvest into JSON Lines, to one parse a page and nothing else"
    yield compared(what, HARVEST_PARSE, lines, found["bare"])
    if bench.harvested is not bench.ours:
        runs = Runs(bench.folder / "whole", bench.ours)
        runs.rate("lines")
    yield _growth(runs.sizes)


class Runs:
    """Harvests in processes of their own, each into a new place."""

    def __init__(self, folder: Path, server: Contender) -> None:
        self.sizes: list[int] = []
        """Resident bytes of the last harvest into JSON Lines, in order."""
        self._folder, self._server, self._count = folder, server, 0
        folder.mkdir(exist_ok=True)

    def rate(self, name: str) -> float:
        """Harvest the whole list; return records a second."""
        self._count += 1
        folder = self._folder / f"harvest-{self._count}"
        folder.mkdir()
        harvester, target = _RUNS[name]
        base_url = f"http://127.0.0.1:{self._server.port}/oai"
        told = self._run(harvester, base_url, target.format(folder=folder))
        rmtree(folder)
        if told["records"] != self._server.count:
            raise RuntimeError(f"{name}: {told} of {self._server.count} records")
        return told["records"] / told["seconds"]

    def _run(self, *arguments: str) -> dict[str, float]:
        line = [sys.executable, "-m", "benchmarks.harvesters", *arguments]
        log, out = self._folder / "harvest.log", self._folder / "harvest.out"
        with log.open("wb") as errors, out.open("wb") as output:
            process = subprocess.Popen(
                line,
                cwd=self._folder,
                env=environment(self._folder),
                stdout=output,
                stderr=errors,
            )
            sizes = watched(process)
        if process.returncode:
            raise RuntimeError(log.read_text("utf-8")[-2000:])
        if arguments[-1].endswith("records.jsonl"):
            self.sizes = sizes
        told: dict[str, float] = json.loads(out.read_text("utf-8"))
        return told


def _growth(sizes: list[int]) -> Row:
    half, whole = max(sizes[: len(sizes) // 2 + 1]), max(sizes)
    said = f"{whole / half:.2f} ({half / 1e6:.0f} MB, {whole / 1e6:.0f} MB)"
    what = "harvest into JSON Lines: peak memory at the end, to that at half-time"
    return Row(what=what, said=said, value=whole / half, goal=FLAT)
