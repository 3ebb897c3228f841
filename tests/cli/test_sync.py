"""`sync` as a person types it: what is printed, the exit code, what is left."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from oai_provider.cli import main
from oai_provider.testing import StandingClock

OAI = "oai:repository.example.org:"


@pytest.fixture(name="cli")
def _cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Cli":
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path / "records")


class Cli:
    """A person with a folder of records."""

    def __init__(self, records: Path) -> None:
        self.records = records
        records.mkdir()

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    def write(self, names: str, **fields: object) -> None:
        """Write a file for each name of one letter."""
        for name in names:
            data = {"id": name, "resource_type": "article", "title": name} | fields
            (self.records / f"{name}.yaml").write_text(yaml.safe_dump(data))

    def remove(self, names: str) -> None:
        for name in names:
            (self.records / f"{name}.yaml").unlink()

    def living(self) -> str:
        """Return the names of the items that are not deleted, in order."""
        rows = map(json.loads, self("list", "--json").stdout.splitlines())
        return "".join(
            row["identifier"].removeprefix(OAI) for row in rows if not row["deleted"]
        )


@pytest.fixture(name="full")
def _full(cli: Cli) -> Cli:
    """The same person, who synced five items."""
    cli.write("abcde")
    result = cli("sync", "records")
    assert (result.exit_code, result.stdout) == (0, "5 added\n")
    return cli


def test_adds_changes_and_deletions_are_counted(full: Cli) -> None:
    full.remove("a")
    full.write("b", title="other")
    full.write("f")
    result = full("sync", "records")
    assert result.exit_code == 0
    assert result.stdout == "1 changed, 3 unchanged, 1 added, 1 deleted\n"
    assert full.living() == "bcdef"


def test_the_same_folder_again_changes_nothing(clock: StandingClock, full: Cli) -> None:
    before = full("list", "--json").stdout
    clock.move(60)
    assert full("sync", "records").stdout == "5 unchanged\n"
    assert full("list", "--json").stdout == before


def test_a_dry_run_shows_the_plan_and_does_nothing(full: Cli) -> None:
    full.remove("a")
    full.write("f")
    result = full("sync", "records", "--dry-run")
    assert result.exit_code == 0
    assert result.stdout == (
        f"{OAI}a: is gone\n4 unchanged, 1 added, 1 deleted (nothing stored)\n"
    )
    assert full.living() == "abcde"


def test_a_dry_run_makes_no_store(cli: Cli) -> None:
    cli.write("a")
    result = cli("sync", "records", "--dry-run")
    assert (result.exit_code, result.stdout) == (0, "1 added (nothing stored)\n")
    assert not Path("oai-provider.db").exists()


def test_many_that_are_gone_are_not_all_listed(cli: Cli) -> None:
    lines = [
        json.dumps({"id": f"i{n:02}", "resource_type": "article", "title": "x"})
        for n in range(25)
    ]
    file = Path("items.jsonl")
    file.write_text("\n".join(lines))
    cli("sync", file.name)
    file.write_text(lines[0])
    result = cli("sync", file.name, "--dry-run", "--force")
    assert result.stdout.count("is gone") == 20
    assert "and 4 more\n" in result.stdout


def test_more_than_a_fifth_is_deleted_only_by_force(full: Cli) -> None:
    full.remove("ab")
    full.write("f")
    for arguments in ([], ["--dry-run"]):
        result = full("sync", "records", *arguments)
        assert result.exit_code == 1
        assert "2 of 5 items would be deleted" in result.stderr
        assert full.living() == "abcde"
    result = full("sync", "records", "--force")
    assert (result.exit_code, full.living()) == (0, "cdef")


def test_an_empty_folder_empties_nothing(full: Cli) -> None:
    full.remove("abcde")
    result = full("sync", "records")
    assert result.exit_code == 1
    assert "nothing is in the folder" in result.stderr
    assert full.living() == "abcde"


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_missing_folder_empties_nothing(full: Cli, force: list[str]) -> None:
    result = full("sync", "missing", *force)
    assert result.exit_code == 2
    assert "missing does not exist" in result.stderr
    assert full.living() == "abcde"


def test_what_is_refused_is_told_once_and_stays(full: Cli) -> None:
    full.write("a", nonsense=1)
    full.remove("b")
    result = full("sync", "records")
    assert result.exit_code == 1
    assert result.stdout == "1 refused, 3 unchanged, 1 deleted\n"
    assert result.stderr.count("nonsense") == 1
    assert full.living() == "acde"


@pytest.mark.parametrize("content", ["a: [", "", None])
def test_nothing_is_gone_while_a_file_cannot_be_told_an_id(
    full: Cli, content: str | None
) -> None:
    full.remove("a")
    if content is None:
        (full.records / "a.yaml").symlink_to("elsewhere/a.yaml")
    else:
        (full.records / "a.yaml").write_text(content)
    full.remove("b")
    full.write("f")
    for arguments in (["--dry-run"], []):
        result = full("sync", "records", *arguments)
        assert result.exit_code == 1
        assert "deleted" not in result.stdout
        assert "nothing that is gone is deleted" in result.stderr
        assert "(1 refused, 2 gone)" in result.stderr
    assert full.living() == "abcdef"
    assert full("sync", "records", "--force").exit_code == 1
    assert full.living() == "cdef"


def test_nothing_is_gone_while_a_folder_is_not_there(full: Cli) -> None:
    full.remove("a")
    (full.records / "more").symlink_to("elsewhere")
    result = full("sync", "records")
    assert result.exit_code == 1
    assert "more: refused: is a link that leads nowhere" in result.stderr
    assert full.living() == "abcde"


def test_embargoed_items_are_deleted_when_they_are_gone(full: Cli) -> None:
    full.write("f", release="2999-01-01")
    assert full("sync", "records").stdout == "5 unchanged, 1 embargoed\n"
    assert full("sync", "records").stdout == "6 unchanged\n"
    full.remove("f")
    assert full("sync", "records").stdout == "5 unchanged, 1 deleted\n"
    assert "2999" not in full("list").stdout


def test_sync_can_put_items_into_a_set(full: Cli) -> None:
    assert full("sync", "records", "--set", "law").stdout == "5 changed\n"


def test_an_item_that_was_deleted_comes_back(full: Cli) -> None:
    full("delete", "a")
    assert full("sync", "records").stdout == "1 revived, 4 unchanged\n"


def test_an_empty_path_is_a_usage_error(full: Cli) -> None:
    result = full("sync", "")
    assert result.exit_code == 2
    assert "a path is empty" in result.stderr


def test_the_examples_work(cli: Cli) -> None:
    cli.write("a")
    Path("export.jsonl").write_text(
        json.dumps({"id": "b", "resource_type": "article", "title": "b"})
    )
    shown = cli("sync", "--help").stdout
    examples = re.findall(r"^\s+oai-provider (sync .+)", shown, re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        assert cli(*shlex.split(example)).exit_code == 0
    assert cli.living() == "b"
