"""The example in a command's help, as a person tries it after the first `serve`."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from oai_provider.cli import main
from oai_provider.resources import records_folder


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
