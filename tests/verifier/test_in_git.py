"""Records kept in git: the documentation's examples run, and let no error pass."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner
from pre_commit.clientlib import load_config, load_manifest

from oai_provider.cli import main

CHECKOUT: Final = Path(__file__).parents[2]
HOOKS: Final = CHECKOUT / ".pre-commit-hooks.yaml"
PAGE: Final = (CHECKOUT / "docs" / "how-to" / "verify.md").read_text("utf-8")
INSTALL: Final = "pip install 'oai-provider[verify]'"
GOOD: Final = """\
id: tides
resource_type: article
title: {value: A study of tides, lang: en}
creator: "Shore, Ann"
issued: 2014
doi: 10.1234/abc
"""
BAD: Final = GOOD.replace("doi: 10.1234/abc", "isbn: 978-3-16-148410-1")


def examples() -> Iterator[tuple[str, Any]]:
    """Yield the examples of the page, as text and as what they say."""
    for text in re.findall(r"^~~~yaml\n(.*?)^~~~$", PAGE, re.MULTILINE | re.DOTALL):
        yield text, yaml.safe_load(text)


def example(word: str) -> tuple[str, Any]:
    (found,) = (one for one in examples() if word in one[0])
    return found


@pytest.fixture(name="records")
def _records(tmp_path: Path) -> Path:
    """A repository in git with one item; all settings of the machine are left out."""
    run(tmp_path, "git", "init", "--quiet")
    (tmp_path / "records").mkdir()
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    programs = str(Path(sys.executable).parent)
    environment = {
        "PATH": os.pathsep.join([programs, os.environ["PATH"]]),
        "HOME": str(folder),
        "PRE_COMMIT_HOME": str(folder / ".git" / "pre-commit"),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    return subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


def write(folder: Path, item: str) -> None:
    (folder / "records" / "tides.yaml").write_text(item, "utf-8")
    run(folder, "git", "add", "--all")


def test_hook_passes_what_is_fit_and_stops_what_is_not(records: Path) -> None:
    text, _ = example("repo: local")
    (records / ".pre-commit-config.yaml").write_text(text, "utf-8")
    write(records, GOOD)
    passed = run(records, "pre-commit", "run")
    assert passed.returncode == 0, passed.stdout
    assert "Passed" in passed.stdout
    write(records, BAD)
    failed = run(records, "pre-commit", "run")
    assert failed.returncode == 1
    assert "identifier-isbn" in failed.stdout


def steps() -> list[str]:
    workflow = example("runs-on")[1]
    found = workflow["jobs"]["verify"]["steps"]
    return [step["run"] for step in found if "run" in step]


def test_step_of_integration_fails_where_an_item_has_an_error(records: Path) -> None:
    install, *lines = steps()
    assert install == INSTALL
    write(records, BAD)
    # As the services do it.
    failed = run(records, "bash", "-eo", "pipefail", "-c", "\n".join(lines))
    assert failed.returncode == 1
    assert "identifier-isbn" in failed.stdout


def test_every_service_runs_the_same_lines() -> None:
    assert example("script:")[1]["verify"]["script"] == steps()


def test_what_is_installed_is_an_extra_of_this_project() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == "oai-provider"
    assert "verify" in project["optional-dependencies"]


# The hook that this project offers.


def offered() -> dict[str, Any]:
    (hook,) = load_manifest(HOOKS)
    return dict(hook)


def test_hook_is_installed_with_the_libraries_that_verify_needs() -> None:
    hook = offered()
    assert hook["language"] == "python"
    assert hook["additional_dependencies"] == [".[verify]"]


def test_hook_that_is_fetched_is_the_one_that_is_offered(tmp_path: Path) -> None:
    text, _ = example("rev:")
    file = tmp_path / "config.yaml"
    file.write_text(text, "utf-8")
    (repo,) = load_config(file)["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == [offered()["id"]]


def fetched() -> dict[str, Any]:
    (hook,) = example("rev:")[1]["repos"][0]["hooks"]
    return {**offered(), **hook}


LINES: Final = {
    *(f"{hook['entry']} {' '.join(hook['args'])}" for hook in (offered(), fetched())),
    *steps()[1:],
}


@pytest.mark.parametrize("line", sorted(LINES))
def test_line_that_is_run_passes_what_is_fit_and_no_more(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("records").mkdir()
    name, *words = shlex.split(line)
    assert name == "oai-provider"
    for item, code in ((GOOD, 0), (BAD, 1)):
        Path("records", "tides.yaml").write_text(item, "utf-8")
        assert CliRunner().invoke(main, words).exit_code == code


@pytest.mark.parametrize(
    ("path", "is_met"),
    [
        ("records/a/item.yaml", True),
        ("oai-provider.toml", True),
        ("my-records/a.yaml", False),
        ("README.md", False),
    ],
)
def test_hook_runs_when_records_or_profiles_change(path: str, is_met: bool) -> None:
    local = example("repo: local")[1]["repos"][0]["hooks"][0]
    for hook in (offered(), local):
        assert bool(re.search(hook["files"], path)) is is_met
