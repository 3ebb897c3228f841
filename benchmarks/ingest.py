"""The way in: `oai-provider load` as it is typed, its seconds and its memory."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks import corpus
from benchmarks.bench import Bench
from benchmarks.goals import DUMP, FLAT, ITEMS
from benchmarks.memory import watched
from benchmarks.servers import command, environment
from benchmarks.stores import write_dump
from benchmarks.table import Goal, Row
from benchmarks.templates import PREFIX

_MOST: Final = 30_000
"""Records that are loaded at most: the rest would take as long each."""


def ingest(bench: Bench) -> Iterator[Row]:
    """Load JSON Lines and a saved harvest, each into a new store."""
    count = min(bench.options.items, _MOST)
    loads = Loads(bench.folder)
    seconds, sizes = loads.loaded(loads.items(count))
    yield _rate("load: items of JSON Lines into both formats", ITEMS, count, seconds)
    yield _growth(sizes)
    dump = bench.folder / "dump"
    write_dump(dump, replace(bench.records, count=count))
    seconds, _ = loads.loaded(dump, "--keep-datestamps")
    what = f"load: records of an OAI-PMH dump ({PREFIX}), moved in"
    yield _rate(what, DUMP, count, seconds)
    seconds, _ = loads.loaded(dump)
    what = "load: the dump harvested, with provenance and the other format"
    yield _rate(what, None, count, seconds)


class Loads:
    """Calls of `oai-provider load`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._run(self.items(1))  # Compiles what is not compiled yet.
        self._starting, _ = self._run(self.items(1))

    def items(self, count: int) -> Path:
        """Return a file of so many items."""
        file = self._folder / f"{count}.jsonl"
        corpus.write_items(file, count)
        return file

    def loaded(self, path: Path, *options: str) -> tuple[float, list[int]]:
        """Return seconds, but for those that one item takes, and sizes in memory."""
        seconds, sizes = self._run(path, *options)
        return max(seconds - self._starting, 0.001), sizes

    def _run(self, path: Path, *options: str) -> tuple[float, list[int]]:
        for old in self._folder.glob("loaded.db*"):
            old.unlink()
        store = f"sqlite:///{self._folder}/loaded.db"
        log = self._folder / "load.log"
        with log.open("wb") as output:
            start = perf_counter()
            process = subprocess.Popen(
                command("load", str(path), "--store", store, *options),
                cwd=self._folder,
                env=environment(self._folder),
                stdout=output,
                stderr=output,
            )
            sizes = watched(process)
            seconds = perf_counter() - start
        if process.returncode:
            raise RuntimeError(log.read_text("utf-8")[-2000:])
        return seconds, sizes


def _rate(what: str, goal: Goal | None, count: int, seconds: float) -> Row:
    rate = count / seconds
    said = f"{rate:,.0f} a second, of {count:,}"
    return Row(what=what, said=said, value=rate, goal=goal)


def _growth(sizes: list[int]) -> Row:
    half, whole = max(sizes[: len(sizes) // 2 + 1]), max(sizes)
    said = f"{whole / half:.2f} ({half / 1e6:.0f} MB, {whole / 1e6:.0f} MB)"
    what = "load: peak memory at the end, to that at half-time"
    return Row(what=what, said=said, value=whole / half, goal=FLAT)
