"""Judging by several processes is judging by one: the same report, in order."""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import active_children
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from verifier.cases import WHOLE
from verifier.judging import reading

from oai_provider.cli import main
from oai_provider.provider import processes
from oai_provider.sources import pieces
from oai_provider.sources.base import Read, SourceError
from oai_provider.sources.paths import read_path
from oai_provider.sources.pieces import Piece
from oai_provider.verifier import pieces as judged_pieces
from oai_provider.verifier.pieces import Items, file_items
from oai_provider.verifier.reading import Held, Judged, Reading
from oai_provider.verifier.side_by_side import judgement_of

COUNT = 24


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pieces, "_PIECE_BYTES", 2_000)
    monkeypatch.setattr(judged_pieces, "_ENOUGH_BYTES", 2_000)
    monkeypatch.setattr(judged_pieces, "_HELD_AT_ONCE", 3)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(name="pools")
def _pools(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have it noted with how many processes each pool is made."""
    made: list[int] = []

    def pool(jobs: int, mp_context: BaseContext) -> ProcessPoolExecutor:
        made.append(jobs)
        return ProcessPoolExecutor(jobs, mp_context=mp_context)

    monkeypatch.setattr(processes, "ProcessPoolExecutor", pool)
    return made


def write_items() -> None:
    """Write items of which some are twins, some faulty and some no items."""
    changes: list[dict[str, Any]] = [{"id": f"{n}"} for n in range(COUNT)]
    changes[5] |= {"titles": ["An untitled <b>thing</b> of\u200bparts"]}
    changes[11] |= {"identifiers": [{"scheme": "doi", "value": "10.5555/one"}]}
    changes[20] |= {"identifiers": [{"scheme": "doi", "value": "10.5555/one"}]}
    lines = [json.dumps({**WHOLE, **change}) for change in changes]
    lines[7:7] = ["{", '{"id": "without a title"}']
    Path("items.jsonl").write_text("\n".join(lines), "utf-8")


def report(jobs: int, *words: str) -> str:
    """Return the report and the code that ended the call."""
    call = ["verify", *words, "--jobs", str(jobs), "--json"]
    result = CliRunner().invoke(main, call, catch_exceptions=False)
    return f"{result.exit_code} {result.stdout} {result.stderr}"


def test_files_are_judged_the_same_by_any_number_of_processes(pools: list[int]) -> None:
    write_items()
    one = report(1, "--files", "items.jsonl")
    assert not pools
    assert report(2, "--files", "items.jsonl") == one
    assert pools == [2]
    found = {finding["rule"] for finding in json.loads(one[2:])["findings"]}
    wanted = {"item-refused", "text-html", "text-invisible"}
    assert found >= {*wanted, "duplicate-identifier", "duplicate-title"}


def test_a_store_is_judged_the_same_by_any_number_of_processes(
    pools: list[int],
) -> None:
    write_items()
    loaded = CliRunner().invoke(main, ["load", "items.jsonl", "--jobs", "1"])
    assert loaded.stdout == f"{COUNT} added, 2 refused\n"
    one = report(1, "--profile", "base")
    assert report(2, "--profile", "base") == one
    assert pools == [2]


def test_few_items_start_no_process(pools: list[int]) -> None:
    Path("item.json").write_text(json.dumps(WHOLE), "utf-8")
    report(2, "--files", "item.json")
    assert not pools


# What ends before its time.


def open_reading() -> Reading:
    return reading()


def read(piece: Piece) -> Iterator[Read]:
    return read_path(piece.file)


@pytest.mark.parametrize("jobs", [1, 2])
def test_file_that_is_gone_when_its_turn_comes_is_told(jobs: int) -> None:
    files = [Path(f"{n}.yaml") for n in range(COUNT)]
    for file in files:
        file.write_text(f"# {'x' * 3_000}\n", "utf-8")
    items = file_items(files, read, open_reading)
    given = [*items.pieces]
    files[9].unlink()
    with pytest.raises(SourceError, match=r"9\.yaml does not exist"):
        judgement_of(replace(items, pieces=given), "oai", jobs)


def interrupted() -> Iterator[tuple[Held, ...]]:
    yield from ((),) * 9
    raise KeyboardInterrupt


def subjects(_: Reading, __: tuple[Held, ...]) -> Iterator[Judged]:
    return iter(())


def test_interrupt_leaves_no_process_behind() -> None:
    before = active_children()
    items = Items(pieces=interrupted(), open_reading=open_reading, subjects=subjects)
    with pytest.raises(KeyboardInterrupt):
        judgement_of(items, "oai", 2)
    assert active_children() == before
