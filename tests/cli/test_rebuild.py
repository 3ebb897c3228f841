"""`rebuild` as a person types it: what is printed, and the exit code."""

import json
import re
import shlex
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree

from oai_provider import assembly
from oai_provider.cli import main
from oai_provider.metadata.format import Context, Format, FormatError, load_formats
from oai_provider.metadata.item import Item


@pytest.fixture(autouse=True)
def _items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load items a and b into a store in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    items = [{"id": n, "resource_type": "article", "title": n} for n in "ab"]
    Path("items.json").write_text(json.dumps(items))
    assert cli("load", "items.json").exit_code == 0


def cli(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def install(monkeypatch: pytest.MonkeyPatch, mods: Format) -> None:
    """Have another crosswalk to MODS from now on."""
    formats = load_formats() | {"mods": mods}
    monkeypatch.setattr(assembly, "load_formats", lambda: formats)


def without_b(one: Item, context: Context) -> etree._Element | None:
    """Write capitals, but no item b."""
    if one.id == "b":
        raise FormatError("b cannot be said")
    titles = [t.model_copy(update={"value": t.value.upper()}) for t in one.titles]
    loud = one.model_copy(update={"titles": (*titles,)})
    return load_formats()["mods"].write(loud, context)


@pytest.fixture(name="changed")
def _changed(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, replace(load_formats()["mods"], write=without_b))


def test_nothing_differs_as_long_as_crosswalks_stay_as_they_are() -> None:
    result = cli("rebuild")
    assert (result.exit_code, result.stdout) == (0, "2 items, 0 differ\n")


@pytest.mark.usefixtures("changed")
def test_what_differs_and_what_is_refused_is_told() -> None:
    result = cli("rebuild")
    assert result.exit_code == 1
    assert result.stdout == "2 items, 1 differ (1 in mods), 1 refused\n"
    assert result.stderr == (
        "refused: oai:repository.example.org:b mods: b cannot be said\n"
    )
    assert ">A<" in cli("show", "a", "--format", "mods").stdout


@pytest.mark.usefixtures("changed")
def test_a_dry_run_changes_nothing() -> None:
    result = cli("rebuild", "--dry-run")
    assert result.exit_code == 1
    told = "2 items, 1 differ (1 in mods), 1 refused (nothing stored)\n"
    assert result.stdout == told
    assert ">a<" in cli("show", "a", "--format", "mods").stdout


@pytest.mark.usefixtures("changed")
def test_formats_that_are_not_named_are_left_alone() -> None:
    result = cli("rebuild", "--format", "oai_dc")
    assert (result.exit_code, result.stdout) == (0, "2 items, 0 differ\n")


def test_an_unknown_format_is_a_usage_error() -> None:
    result = cli("rebuild", "--format", "marcxml")
    assert result.exit_code == 2
    assert "there is no format marcxml; there is mods, oai_dc" in result.stderr


def test_none_an_hour_is_a_usage_error() -> None:
    assert cli("rebuild", "--per-hour", "0").exit_code == 2


def test_a_store_that_is_not_there_is_a_usage_error_and_is_not_made() -> None:
    result = cli("rebuild", "--store", "sqlite:///typo.db")
    assert result.exit_code == 2
    assert not Path("typo.db").exists()


def test_an_interruption_tells_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    mods = load_formats()["mods"]

    def loud(one: Item, context: Context) -> etree._Element | None:
        titles = [t.model_copy(update={"value": "x"}) for t in one.titles]
        return mods.write(one.model_copy(update={"titles": (*titles,)}), context)

    def interrupt(seconds: float) -> None:
        # Stores take naps, too, of less than a second.
        if seconds > 1:
            raise KeyboardInterrupt

    install(monkeypatch, replace(mods, write=loud))
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", interrupt)
        result = cli("rebuild", "--per-hour", "1")
    assert result.exit_code == 1
    assert "1 item, 1 differ (1 in mods) (interrupted:" in result.stdout
    assert cli("rebuild").stdout == "2 items, 1 differ (1 in mods)\n"


def test_the_examples_work() -> None:
    shown = cli("rebuild", "--help").stdout
    examples = re.findall(r"^\s+oai-provider (rebuild .+)", shown, re.MULTILINE)
    assert len(examples) == 2
    for example in examples:
        assert cli(*shlex.split(example)).exit_code == 0
