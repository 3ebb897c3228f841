"""Findings in a spreadsheet: a line each, and no formulas."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from verifier.cases import WHOLE, creator, subjects
from verifier.test_reporting import told

from oai_provider.cli import main
from oai_provider.reporting.sheet import COLUMNS, as_csv
from oai_provider.verifier.catalogue import catalogue


def rows(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text, newline=""))]


def test_line_names_severity_rule_item_place_and_what_mends_it() -> None:
    (row,) = rows(as_csv(told(subjects("tides; waves", "sea"))))
    assert row == {
        "severity": "warning",
        "rule": "subject-several",
        "item": "oai:repository.example.org:one",
        "place": "items.jsonl:1",
        "field": "subjects[0]",
        "value": "tides; waves",
        "message": row["message"],
        "remedy": catalogue()["subject-several"].remedy,
        "clause": catalogue()["subject-several"].clause,
        "request": "",
    }


def test_without_findings_there_is_the_line_of_names() -> None:
    assert as_csv(told({})) == f"{','.join(COLUMNS)}\n"


@pytest.mark.parametrize("name", ["=1+1; b", "@SUM(1); b", "+1; b", "-1; b"])
def test_value_of_an_item_is_no_formula(name: str) -> None:
    found = rows(as_csv(told(subjects(name))))
    assert {row["value"] for row in found} == {f"'{name}"}


def test_line_break_in_a_value_stays_in_its_line() -> None:
    found = told(creator("Shore Ann\nand others"))
    assert len(rows(as_csv(found))) == len(found.findings) > 0


def test_command_writes_the_file_whatever_it_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    item = {**WHOLE, "identifiers": [{"scheme": "isbn", "value": "978-3-16-148410-1"}]}
    Path("item.json").write_text(json.dumps(item), "utf-8")
    words = ["verify", "--files", "item.json", "--csv", "found.csv"]
    assert CliRunner().invoke(main, words).exit_code == 1
    found = rows(Path("found.csv").read_text("utf-8"))
    assert [row["rule"] for row in found] == ["identifier-isbn"]
