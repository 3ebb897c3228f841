"""The examples in the commands' help, as a person tries them after `serve`."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from typed import typed

from oai_provider.cli import main
from oai_provider.resources import records_folder

ALL = {
    name: command
    for name, command in typed("oai-provider", main)
    if not isinstance(command, click.Group)
}


@pytest.mark.parametrize("name", ALL)
def test_every_command_explains_itself_by_examples_that_can_be_typed(name: str) -> None:
    shown = CliRunner().invoke(main, [*name.split()[1:], "--help"])
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"Usage: main {name.removeprefix('oai-provider ')}")
    examples = re.findall(r"(oai-provider .+)", shown.stdout.partition("Example")[2])
    assert examples
    for example in examples:
        typed, _, _ = example.partition(" | ")
        assert f"{typed} ".startswith(f"{name} ")
        words = shlex.split(typed.removeprefix(name))
        # Arguments that the command does not know are a usage error.
        ALL[name].make_context(name, words).close()


@pytest.mark.parametrize("command", ["show", "delete"])
def test_the_example_of_a_command_works_on_the_bundled_record(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    runner.invoke(main, ["load", str(records_folder())])
    shown = runner.invoke(main, [command, "--help"]).stdout
    example = re.search(r"Example: oai-provider (.+)", shown)
    assert example is not None
    assert runner.invoke(main, example[1].split()).exit_code == 0


@pytest.mark.parametrize("command", ["show", "delete"])
def test_what_can_be_no_id_is_told_to_name_no_item(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["load", str(records_folder())])
    result = CliRunner().invoke(main, [command, "\udcff"])
    assert result.exit_code == 1
    assert re.search("there is no (such )?item", result.stderr)
