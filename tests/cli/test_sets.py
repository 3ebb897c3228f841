"""Virtual sets as a person keeps them: listed, previewed, brought up to date."""

import json
import time
from importlib import import_module
from pathlib import Path

import pytest
from cli.test_cli import Cli

from oai_provider.testing import StandingClock

RUSSIAN = """
[[repository.sets]]
spec = "ru"
name = "In Russian"
rule = {languages = "ru"}
"""
OLD = """
[[repository.sets]]
spec = "old"
name = "Before 2000"
rule = {issued = "..1999"}
"""


@pytest.fixture(name="cli")
def _cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path)


@pytest.fixture(name="filled")
def _filled(cli: Cli) -> Cli:
    """Items one (ru, 1990), two (de, own set history:asia), three (ru), gone (ru)."""
    cli.item("one", language="ru", issued="1990")
    cli.item("two", language="de", sets=["history:asia"])
    cli.item("three", language="ru")
    cli.item("gone", language="ru")
    assert cli("load", ".").exit_code == 0
    assert cli("delete", "gone").exit_code == 0
    return cli


def configure(cli: Cli, text: str) -> None:
    (cli.folder / "oai-provider.toml").write_text(text)


def sets_of(cli: Cli) -> dict[str, list[str]]:
    rows = (json.loads(line) for line in cli("list", "--json").stdout.splitlines())
    return {row["identifier"].rpartition(":")[2]: row["sets"] for row in rows}


def stamps_of(cli: Cli) -> dict[str, str]:
    rows = (json.loads(line) for line in cli("list", "--json").stdout.splitlines())
    return {row["identifier"].rpartition(":")[2]: row["datestamp"] for row in rows}


def test_item_is_in_its_virtual_sets_when_it_is_loaded(cli: Cli) -> None:
    configure(cli, RUSSIAN)
    cli.item("one", language="ru", sets=["mine"])
    cli.item("two", language="de")
    cli("load", ".")
    assert sets_of(cli) == {"one": ["mine", "ru"], "two": []}


def test_item_that_changes_leaves_its_virtual_set(cli: Cli) -> None:
    configure(cli, RUSSIAN)
    cli("load", cli.item("one", language="ru"))
    assert cli("load", cli.item("one", language="de")).stdout == "1 changed\n"
    assert sets_of(cli) == {"one": []}


def test_a_rule_with_an_unknown_field_is_refused_with_the_nearest(cli: Cli) -> None:
    configure(cli, RUSSIAN.replace("languages", "langages"))
    result = cli("load", cli.item())
    assert result.exit_code == 2
    assert "repository.sets.0.rule: langages: there is no such field" in result.stderr
    assert "did you mean languages?" in result.stderr


def test_sets_are_listed_with_their_items_and_rules(filled: Cli) -> None:
    configure(filled, RUSSIAN)
    filled("sets", "apply")
    assert filled("sets", "list").stdout.splitlines() == [
        "history\thistory\t1\t",
        "history:asia\thistory:asia\t1\t",
        'ru\tIn Russian\t2\t{"languages": "ru"}',
    ]


def test_sets_are_listed_as_json(filled: Cli) -> None:
    configure(filled, OLD)
    listed = filled("sets", "list", "--json").stdout.splitlines()
    assert json.loads(listed[-1]) == {
        "spec": "old",
        "name": "Before 2000",
        "items": 0,
        "rule": '{"issued": "..1999"}',
    }


def test_preview_tells_who_would_join_and_leave(filled: Cli) -> None:
    configure(filled, RUSSIAN)
    filled("sets", "apply")
    configure(filled, RUSSIAN.replace('"ru"}', '"de"}') + OLD)
    assert filled("sets", "preview").stdout.splitlines() == [
        "old\t0\t1\t0",
        "ru\t2\t1\t2",
    ]


def test_preview_tells_of_a_set_that_has_lost_its_rule(filled: Cli) -> None:
    configure(filled, RUSSIAN)
    filled("sets", "apply")
    configure(filled, "")
    assert filled("sets", "preview").stdout == "ru\t2\t0\t2\n"


def test_preview_of_one_set_tells_of_it_alone(filled: Cli) -> None:
    configure(filled, RUSSIAN + OLD)
    (line,) = filled("sets", "preview", "old", "--json").stdout.splitlines()
    assert json.loads(line) == {"spec": "old", "now": 0, "joining": 1, "leaving": 0}


def test_preview_of_a_set_that_is_none_is_a_usage_error(filled: Cli) -> None:
    result = filled("sets", "preview", "hist")
    assert result.exit_code == 2
    assert "there is no set hist; there is history, history:asia" in result.stderr


def test_preview_changes_nothing(clock: StandingClock, filled: Cli) -> None:
    configure(filled, RUSSIAN)
    before = filled("list", "--json").stdout
    clock.move(60)
    filled("sets", "preview")
    filled("sets", "apply", "--dry-run")
    assert filled("list", "--json").stdout == before


def test_apply_moves_exactly_the_items_whose_sets_change(filled: Cli) -> None:
    configure(filled, RUSSIAN)
    before = stamps_of(filled)
    time.sleep(1)
    assert filled("sets", "apply", "--dry-run").stdout == (
        "2 items would change (nothing stored)\n"
    )
    assert filled("sets", "apply").stdout == "2 items changed\n"
    after = stamps_of(filled)
    assert {name for name in after if after[name] != before[name]} == {"one", "three"}
    assert sets_of(filled) == {
        "one": ["ru"],
        "two": ["history:asia"],
        "three": ["ru"],
        "gone": [],
    }
    assert filled("sets", "apply").stdout == "0 items changed\n"


def test_apply_leaves_records_and_sources_as_they_are(filled: Cli) -> None:
    configure(filled, OLD)
    shown = ["show", "one"], ["show", "one", "--format", "mods"]
    item, record = (filled(*command).stdout for command in shown)
    filled("sets", "apply")
    assert filled(*shown[0]).stdout.splitlines()[1:] == item.splitlines()[1:]
    assert filled(*shown[1]).stdout == record
    assert filled("load", "one.yaml").stdout == "1 unchanged\n"


def test_an_own_set_stays_when_a_rule_no_longer_holds(filled: Cli) -> None:
    configure(filled, RUSSIAN.replace('"ru"', '"history:asia"', 1))
    filled("sets", "apply")
    assert sets_of(filled)["one"] == ["history:asia"]
    configure(filled, "")
    filled("sets", "apply")
    assert sets_of(filled)["one"] == []
    assert sets_of(filled)["two"] == ["history:asia"]


def test_an_embargoed_item_is_in_its_sets_on_its_day(cli: Cli) -> None:
    cli("load", cli.item("one", language="ru", release="2999-01-01"))
    configure(cli, RUSSIAN)
    assert cli("sets", "apply").stdout == "1 item changed\n"
    assert cli("sets", "apply").stdout == "0 items changed\n"
    assert cli("sets", "preview").stdout == "ru\t0\t0\t0\n"


def test_apply_sleeps_between_items_to_keep_to_a_rate(
    filled: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    commands = import_module("oai_provider.cli.sets")
    monkeypatch.setattr(commands, "sleep", slept.append)
    configure(filled, RUSSIAN)
    assert filled("sets", "apply", "--per-hour", "60").stdout == "2 items changed\n"
    assert slept == [pytest.approx(60, abs=1)]
