"""Items judged: those of a store and of files, with short abstracts and with long ones.

Each is compared with reading the same items by one process, and nothing else. Files are
read, written in every format and validated before they are judged.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import yaml

from benchmarks import corpus
from benchmarks.bench import Bench
from benchmarks.goals import VERIFIED
from benchmarks.table import Row, compared
from benchmarks.templates import config_of
from oai_provider.assembly import open_ingest, opener_of_preparing, utc_now
from oai_provider.metadata.item import item_of
from oai_provider.provider.ingest import Ingest
from oai_provider.sources.base import Read
from oai_provider.sources.item_files import read_lines
from oai_provider.sources.paths import read_path
from oai_provider.sources.pieces import Piece, pieces_of
from oai_provider.verifier.pieces import Items, file_items, held_items
from oai_provider.verifier.reading import opener_of_reading
from oai_provider.verifier.side_by_side import judgement_of

_MOST: Final = 5_000
"""Items that are judged at most, at a time."""
_MOST_FILES: Final = 1_000
_ROUNDS: Final = 3
_SHORT: Final = 200
"""Characters of a short abstract."""
_JOBS: Final = len(os.sched_getaffinity(0))


def verify(bench: Bench) -> Iterator[Row]:
    """Judge items of a store and of files by all processors, and by one process."""
    count = min(bench.options.items, _MOST)
    rounds = min(bench.options.rounds, _ROUNDS)
    folder = bench.folder / "verify"
    folder.mkdir()
    short, long = (_lines(folder, count, most) for most in (_SHORT, None))
    files = _files(folder / "yaml", min(count, _MOST_FILES))
    for what, judging in (
        ("stored items, short abstracts", _Stored(short)),
        ("stored items, long abstracts", _Stored(long)),
        ("items of JSON Lines, long abstracts", _InFiles([long])),
        ("items of YAML, a file each, long abstracts", _InFiles(files)),
    ):
        yield from _rows(what, judging, rounds)


class _Stored:
    """The items of a file, loaded into a store."""

    def __init__(self, file: Path) -> None:
        self._ingest = _opened(f"sqlite:///{file.with_suffix('.db')}")
        for _ in self._ingest.load(read_path(file)):
            pass
        self.count = self._ingest.store.totals().items

    def items(self) -> Items[Any]:
        """Return what is judged."""
        return held_items(self._ingest.store, (), _reading(self._ingest))

    def read(self) -> None:
        """Read it and do nothing else."""
        for one in self._ingest.store.items():
            item_of(json.loads(one.source))


class _InFiles:
    """The items of files."""

    def __init__(self, files: list[Path]) -> None:
        self._files = files
        self.count = sum(1 for file in files for _ in read_path(file))

    def items(self) -> Items[Any]:
        """Return what is judged."""
        return file_items(self._files, _piece, _reading(_opened("sqlite://")))

    def read(self) -> None:
        """Read it and do nothing else."""
        for file in self._files:
            for piece in pieces_of(file):
                for _ in _piece(piece):
                    pass


def _piece(piece: Piece) -> Iterator[Read]:
    if piece.lines is None:
        return read_path(piece.file)
    return read_lines(piece.file, piece.lines, piece.first)


def _opened(url: str) -> Ingest:
    return open_ingest(config_of(url), utc_now)


def _reading(ingest: Ingest) -> Callable[[], Any]:
    opened = opener_of_preparing(config_of("sqlite://"), ingest.maker.repository)
    return opener_of_reading(opened, utc_now().date())


def _rows(what: str, judging: _Stored | _InFiles, rounds: int) -> Iterator[Row]:
    rates, alone, bare = [], [], []
    for _ in range(rounds):
        by_all = partial(judgement_of, judging.items(), "oai", _JOBS)
        rates.append(_rate(judging, by_all, time.perf_counter))
        by_one = partial(judgement_of, judging.items(), "oai", 1)
        alone.append(_rate(judging, by_one, time.process_time))
        bare.append(_rate(judging, judging.read, time.process_time))
    rate = median(rates)
    said = f"{rate:,.0f} a second, of {judging.count:,}, by {_JOBS} processes"
    yield Row(what=f"verify: {what}", said=said, value=rate, goal=VERIFIED)
    note = f"; {median(alone):,.0f} a second of one processor"
    what = f"verify: {what}, by one process, to reading them"
    yield compared(what, None, alone, bare, note)


def _rate(
    judging: _Stored | _InFiles, work: Callable[[], object], clock: Callable[[], float]
) -> float:
    start = clock()
    work()
    return judging.count / max(clock() - start, 1e-6)


def _lines(folder: Path, count: int, most: int | None) -> Path:
    file = folder / f"{'long' if most is None else 'short'}.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(count):
            lines.write(json.dumps(_article(number, most), ensure_ascii=False) + "\n")
    return file


def _files(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    files = [folder / f"{number}.yaml" for number in range(count)]
    for number, file in enumerate(files):
        text = yaml.dump(_article(number, None), Dumper=_DUMPER, allow_unicode=True)
        file.write_text(text, "utf-8")
    return files


_DUMPER: Final = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper


def _article(number: int, most: int | None) -> dict[str, object]:
    article = corpus.article(number)
    abstract = article["abstract"]
    assert isinstance(abstract, dict)
    return article | {"abstract": abstract | {"value": abstract["value"][:most]}}
