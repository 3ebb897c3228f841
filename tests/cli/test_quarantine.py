"""What was refused is listed until it is mended, as a person sees it."""

import json
from pathlib import Path

import pytest
from cli.test_cli import ITEM, Cli

from oai_provider.testing import StandingClock

A = "oai:repository.example.org:one"
BAD = {"oai_dc": '<dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/"><x/></dc>'}
LISTS = "`oai-provider quarantine` lists them"


@pytest.fixture(name="cli")
def _cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path)


def lines(cli: Cli, *items: dict[str, object], file: str = "items.jsonl") -> str:
    """Write a file of an item a line, and return its name."""
    text = "".join(f"{json.dumps(ITEM | item)}\n" for item in items)
    (cli.folder / file).write_text(text)
    return file


def entries(cli: Cli, *names: str) -> list[dict[str, str | int | None]]:
    listed = cli("quarantine", "--json", *names)
    assert listed.exit_code == 0
    return [json.loads(line) for line in listed.stdout.splitlines()]


def where(cli: Cli) -> list[tuple[str | int | None, str | int | None]]:
    return [(entry["identifier"], entry["line"]) for entry in entries(cli)]


def test_nothing_is_in_quarantine_where_nothing_was_refused(cli: Cli) -> None:
    result = cli("load", cli.item())
    assert "quarantine" not in result.stderr
    listed = cli("quarantine")
    assert (listed.stdout, listed.stderr) == ("", "nothing is in quarantine\n")


def test_record_that_is_refused_is_listed_with_its_reason(cli: Cli) -> None:
    result = cli("load", cli.item(native=BAD))
    assert result.stderr.endswith(f"1 in quarantine: {LISTS}\n")
    (entry,) = entries(cli)
    assert entry.pop("since")
    assert "x" in str(entry.pop("reason"))
    assert entry == {
        "identifier": A,
        "format": "oai_dc",
        "field": "/dc/x",
        "file": str(cli.folder / "one.yaml"),
        "line": 1,
    }


def test_entries_are_lines_for_other_programs(cli: Cli) -> None:
    cli("load", cli.item(native=BAD))
    (line,) = cli("quarantine").stdout.splitlines()
    identifier, prefix, field, _, place, since = line.split("\t")
    assert (identifier, prefix, field) == (A, "oai_dc", "/dc/x")
    assert place == f"{cli.folder}/one.yaml:1"
    assert since.endswith("Z")


def test_item_that_is_mended_leaves(cli: Cli) -> None:
    cli("load", cli.item(native=BAD))
    assert "quarantine" not in cli("load", cli.item()).stderr
    assert entries(cli) == []


def test_item_that_is_refused_again_keeps_its_moment(
    cli: Cli, clock: StandingClock
) -> None:
    cli("load", cli.item(native=BAD))
    before = entries(cli)
    clock.move(60)
    cli("load", cli.item(native=BAD, title="other"))
    assert entries(cli) == before
    cli("load", cli.item(native={"oai_dc": "<x/>"}))
    assert entries(cli)[0]["since"] == "2024-02-29T12:01:00Z"


def test_item_that_is_mended_in_another_file_leaves(cli: Cli) -> None:
    cli("load", lines(cli, {"titel": "x"}))
    assert len(entries(cli)) == 1
    cli("load", cli.item())
    assert entries(cli) == []


def test_item_that_is_deleted_leaves(cli: Cli) -> None:
    cli("load", cli.item(native=BAD))
    cli("delete", "one")
    assert entries(cli) == []


def test_what_is_no_item_is_kept_under_its_file(cli: Cli) -> None:
    (cli.folder / "bad.jsonl").write_text("no\n")
    cli("load", "bad.jsonl")
    (entry,) = entries(cli)
    assert (entry["identifier"], entry["line"]) == (None, 1)
    assert entry["file"] == str(cli.folder / "bad.jsonl")
    cli("load", cli.item())
    assert len(entries(cli)) == 1
    cli("load", lines(cli, {}, file="bad.jsonl"))
    assert entries(cli) == []


@pytest.mark.parametrize("bad", [0, 499, 500, 700, 1100])
def test_file_of_many_batches_is_replaced_as_it_is_read(cli: Cli, bad: int) -> None:
    items: list[dict[str, object]] = [{"id": f"i{n}"} for n in range(1101)]
    broken = [i | {"titel": "x"} if n in {bad, 600} else i for n, i in enumerate(items)]
    cli("load", lines(cli, *broken))
    expected = [(f"{A[:-3]}i{n}", n + 1) for n in sorted({bad, 600})]
    assert where(cli) == expected
    before = entries(cli)
    cli("load", "items.jsonl")
    assert entries(cli) == before


def test_lines_that_are_gone_leave(cli: Cli) -> None:
    file = cli.folder / "items.jsonl"
    file.write_text("no\n" * 3)
    cli("load", "items.jsonl", cli.item())
    assert where(cli) == [(None, n) for n in (1, 2, 3)]
    file.write_text("no\n")
    cli("load", "items.jsonl")
    assert where(cli) == [(None, 1)]
    file.write_text("no\n" * 2)
    cli("load", "items.jsonl", cli.item("two"))
    assert where(cli) == [(None, 1), (None, 2)]


def test_second_item_of_an_id_is_listed(cli: Cli) -> None:
    cli("load", lines(cli, {}, {"title": "other"}))
    (entry,) = entries(cli)
    assert (entry["identifier"], entry["line"], entry["field"]) == (A, 2, "id")


def test_dry_run_notes_nothing(cli: Cli) -> None:
    cli("load", cli.item())
    file = cli.item(native=BAD)
    assert "in quarantine" not in cli("load", "--dry-run", file).stderr
    assert entries(cli) == []
    cli("load", file)
    cli("load", "--dry-run", cli.item())
    assert len(entries(cli)) == 1


@pytest.mark.parametrize("name", ["one", A, "one.yaml"])
def test_entries_are_asked_for_by_item_or_file(cli: Cli, name: str) -> None:
    cli("load", cli.item("one", native=BAD), cli.item("two", native=BAD))
    assert [entry["identifier"] for entry in entries(cli, name)] == [A]


@pytest.mark.parametrize("name", ["bad.jsonl", "one", "one.yaml"])
def test_entries_named_are_forgotten(cli: Cli, name: str) -> None:
    (cli.folder / "bad.jsonl").write_text("no\n")
    cli("load", "bad.jsonl", cli.item(native=BAD))
    assert cli("quarantine", "--clear", name).stdout == "1 entry forgotten\n"
    assert len(entries(cli)) == 1
    assert cli("quarantine", "--clear", name).stdout == "0 entries forgotten\n"


def test_nothing_is_forgotten_without_a_name(cli: Cli) -> None:
    cli("load", cli.item(native=BAD))
    assert cli("quarantine", "--clear").exit_code == 2
    assert len(entries(cli)) == 1
