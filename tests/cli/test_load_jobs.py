"""Loading by several processes is loading by one: the same lines, the same store."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing import active_children
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from oai_provider.assembly import (
    open_configured_store,
    open_ingest,
    opener_of_preparing,
    utc_now,
)
from oai_provider.cli import main
from oai_provider.cli.load import load as _load
from oai_provider.config import Config
from oai_provider.provider.parallel import Work, WorkerError, prepared
from oai_provider.provider.preparing import Results
from oai_provider.sources import pieces
from oai_provider.sources.base import Read
from oai_provider.sources.pieces import Piece
from oai_provider.store.base import StoredItem

load_command = sys.modules[_load.callback.__module__]  # The command hides its module.
PreparedPiece = tuple[Piece, Results | None]
ITEM: dict[str, object] = {
    "resource_type": "article",
    "title": {"value": "One", "lang": "en"},
}
RESPONSE = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2024-05-01T00:00:00Z</responseDate>
<request verb="ListRecords">https://old.example.org/oai</request>
<ListRecords>{}</ListRecords></OAI-PMH>"""
RECORD = """<record><header><identifier>oai:old.example.org:{0}</identifier>
<datestamp>2020-01-01T00:00:00Z</datestamp></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{1}</dc:title></oai_dc:dc>
</metadata></record>"""


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pieces, "_PIECE_BYTES", 300)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True, name="sent_out")
def _sent_out(monkeypatch: pytest.MonkeyPatch) -> list[Piece]:
    """Have it noted which pieces went to other processes."""
    seen: list[Piece] = []

    def spying(
        found: Iterable[Piece], work: Work, jobs: int
    ) -> Iterator[PreparedPiece]:
        for piece, results in prepared(found, work, jobs):
            seen.extend([piece] if results is not None else [])
            yield piece, results

    monkeypatch.setattr(load_command, "prepared", spying)
    return seen


def load(jobs: int, *arguments: str) -> Result:
    store = ("--jobs", str(jobs), "--store", f"sqlite:///{jobs}.db")
    return CliRunner().invoke(
        main, ["load", *arguments, *store], catch_exceptions=False
    )


def stored(jobs: int) -> list[tuple[object, ...]]:
    """Return what a store holds, datestamps of its own aside."""
    config = Config.model_validate({"store": {"url": f"sqlite:///{jobs}.db"}})
    store = open_configured_store(config, utc_now)

    def told(item: StoredItem) -> tuple[object, ...]:
        header = item.header
        records = [
            found and (found.metadata, found.about)
            for prefix in ("oai_dc", "mods")
            for found in [store.record(header.identifier, prefix)]
        ]
        return header.identifier, header.deleted, header.set_specs, item.source, records

    found = [told(item) for item in store.items()]
    quarantined = [(q.identifier, q.line, q.reason) for q in store.quarantined()]
    store.close()
    return [*found, *quarantined]


def write_lines(*items: dict[str, object] | str) -> str:
    lines = (item if isinstance(item, str) else json.dumps(item) for item in items)
    Path("items.jsonl").write_text("\n".join(lines))
    return "items.jsonl"


def write_response(name: str, *records: tuple[str, str]) -> str:
    Path(name).write_text(RESPONSE.format("".join(RECORD.format(*r) for r in records)))
    return name


def test_items_faults_repeats_and_deletions_come_out_the_same(
    sent_out: list[Piece],
) -> None:
    lines = [ITEM | {"id": f"{n}"} for n in range(12)]
    name = write_lines(
        *lines,
        "{",
        {"id": "13"},
        lines[3],
        {"id": "5", "deleted": True},
        ITEM | {"id": "14", "deleted": True},
        ITEM | {"id": "15", "creators": ["a@example.org"]},
        ITEM | {"id": "16", "native": {"oai_dc": "<x/>"}},
    )
    one = load(1, name)
    assert not sent_out
    two = load(2, name)
    assert len(sent_out) > 3
    assert (two.exit_code, two.stdout) == (one.exit_code, one.stdout)
    assert two.stderr == one.stderr
    assert "this id stands before" in two.stderr
    assert stored(2) == stored(1)


def test_sets_of_the_call_and_by_rule_are_the_same() -> None:
    Path("oai-provider.toml").write_text(
        '[[repository.sets]]\nspec = "articles"\nname = "Articles"\n'
        'rule = {resource_type = "article"}\n'
    )
    name = write_lines(*(ITEM | {"id": f"{n}"} for n in range(9)))
    for jobs in (1, 2):
        assert load(jobs, name, "--set", "more").stdout == "9 added\n"
    assert stored(2) == stored(1)
    assert {specs for _, _, specs, *_ in stored(2)} == {("more", "articles")}


def test_what_is_too_large_to_be_held_comes_out_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pieces, "_LARGEST", 1)
    files = [write_response(f"{n}.xml", (n, "A"), ("x", n)) for n in "abc"]
    one, two = load(1, *files), load(2, *files)
    assert (two.stdout, two.stderr) == (one.stdout, one.stderr)
    assert stored(2) == stored(1)


@pytest.mark.parametrize("option", [[], ["--keep-datestamps"]])
def test_a_harvest_in_files_comes_out_the_same_each_time(option: list[str]) -> None:
    files = [
        write_response("1.xml", ("a", "A"), ("b", "B")),
        write_response("2.xml", ("c", "C"), ("a", "A again")),
        write_response("3.xml", ("d", "D"), ("d", "D again")),
    ]
    for _ in range(2):
        one, two = load(1, *files, *option), load(2, *files, *option)
        assert (two.stdout, two.stderr) == (one.stdout, one.stderr)
        assert stored(2) == stored(1)
    titles = [str(records) for _, _, _, _, records in stored(2)]
    assert ["again" in title for title in titles] == [True, False, False, True]


@pytest.mark.parametrize("option", [[], ["--keep-datestamps"]])
def test_a_harvest_in_two_formats_comes_out_the_same(
    sent_out: list[Piece], option: list[str]
) -> None:
    files = [write_response(f"{n}.xml", (n, "A"), (n * 2, "B")) for n in "abc"]
    mods = '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>in MODS</title>'
    for name in "bd":
        dublin_core = RESPONSE.format(RECORD.format(name, "X"))
        start, end = dublin_core.index("<oai_dc:dc"), dublin_core.index("</metadata>")
        text = f"{dublin_core[:start]}{mods}</titleInfo></mods>{dublin_core[end:]}"
        files.append(f"{name}-mods.xml")
        Path(files[-1]).write_text(text)
    one, two = load(1, *files, *option), load(2, *files, *option)
    assert (two.stdout, two.stderr) == (one.stdout, one.stderr)
    assert len(sent_out) == len(files)
    assert stored(2) == stored(1)
    in_mods = [item[0] for item in stored(2) if "in MODS" in str(item[-1])]
    assert in_mods == ["oai:old.example.org:b", "oai:old.example.org:d"]


def test_what_was_harvested_never_takes_the_place_of_an_item_of_our_own() -> None:
    own = write_lines(ITEM | {"id": "a", "identifier": "oai:old.example.org:a"})
    names = ("b", "a", "c")
    files = [write_response(f"{n}.xml", (n, "A"), (f"{n}2", "B")) for n in names]
    for jobs in (1, 2):
        load(jobs, own)
        result = load(jobs, *files)
        assert result.exit_code == 1
        assert "that was not harvested" in result.stderr
    assert stored(2) == stored(1)


def test_an_item_that_was_deleted_keeps_its_own_xml_where_the_new_one_is_not_fit() -> (
    None
):
    dc = "http://www.openarchives.org/OAI/2.0/oai_dc/"
    fit = {"oai_dc": f'<d:dc xmlns:d="{dc}"/>'}
    many = [ITEM | {"id": f"{n}"} for n in range(9)]
    for jobs in (1, 2):
        load(jobs, write_lines(ITEM | {"id": "x", "native": fit}))
        load(jobs, write_lines({"id": "x", "deleted": True}))
        unfit = ITEM | {"id": "x", "native": {"oai_dc": "<x/>"}}
        load(jobs, write_lines(*many, unfit))
    assert stored(2) == stored(1)
    (source,) = (str(s) for i, _, _, s, _ in stored(2)[:10] if str(i).endswith(":x"))
    assert dc in source


def test_a_dry_run_stores_nothing() -> None:
    name = write_lines(*(ITEM | {"id": f"{n}"} for n in range(9)))
    assert load(2, name, "--dry-run").stdout == "9 valid (nothing stored)\n"
    assert not Path("2.db").exists()


# Processes that end.


@dataclass(frozen=True)
class Deadly:
    """Reads pieces until one of a name comes, which ends its process."""

    name: str

    def __call__(self, piece: Piece) -> Iterator[Read]:
        if piece.file.name == self.name:
            os.kill(os.getpid(), signal.SIGKILL)
        return iter(())


@pytest.fixture
def work() -> Work:
    config = Config.model_validate({"store": {"url": "sqlite://"}})
    repository = open_ingest(config, utc_now).maker.repository
    return Work(
        open_preparing=opener_of_preparing(config, repository), read=Deadly("2")
    )


NAMES = [Piece(Path(f"{n}")) for n in range(9)]


def test_a_process_that_is_killed_ends_the_load_in_words(work: Work) -> None:
    with pytest.raises(WorkerError, match="load again with --jobs 1"):
        list(prepared(NAMES, work, 2))


def test_so_does_one_that_is_killed_between_pieces(work: Work) -> None:
    pieces_ = prepared([Piece(Path("x")) for _ in range(99)], work, 1)
    next(pieces_)
    for process in active_children():
        process.kill()
        process.join()
    with pytest.raises(WorkerError, match="load again with --jobs 1"):
        list(pieces_)


@dataclass(frozen=True)
class Endless:
    """Reads for ever."""

    def __call__(self, _: Piece) -> Iterator[Read]:
        time.sleep(600)
        return iter(())


def test_nobody_is_left_behind_or_waited_for_when_a_load_is_given_up(
    work: Work,
) -> None:
    before = active_children()
    large = Piece(Path("x"), is_large=True)
    given = [NAMES[0], NAMES[1], large, large, large, large]
    pieces_ = prepared([large, *given], replace(work, read=Endless()), 2)
    assert next(pieces_)[1] is None
    pieces_.close()
    assert active_children() == before
