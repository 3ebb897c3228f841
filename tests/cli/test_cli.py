"""The commands as a person types them: what is printed, and the exit code."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from oai_provider.cli import main
from oai_provider.cli.settings import told_in_words
from oai_provider.store.base import StoreAway
from oai_provider.testing import StandingClock

ITEM = {
    "id": "one",
    "resource_type": "article",
    "title": {"value": "One", "lang": "en"},
    "issued": "2014",
}


@pytest.fixture(name="cli")
def _cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Cli":
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path)


class Cli:
    """A person in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    def item(self, name: str = "one", **fields: object) -> str:
        """Write an item file, and return its name."""
        file = self.folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(ITEM | {"id": name} | fields))
        return file.name


def test_load_tells_how_many_items_went_in(cli: Cli) -> None:
    result = cli("load", cli.item())
    assert (result.exit_code, result.stdout) == (0, "1 added\n")


def test_loading_the_same_again_changes_nothing(cli: Cli, clock: StandingClock) -> None:
    file = cli.item()
    cli("load", file)
    before = cli("list", "--json").stdout
    clock.move(60)
    assert cli("load", file).stdout == "1 unchanged\n"
    assert cli("list", "--json").stdout == before


def test_a_folder_is_walked(cli: Cli) -> None:
    cli.item("one")
    cli.item("two")
    assert cli("load", ".").stdout == "2 added\n"


def test_a_refused_item_keeps_no_other_out_and_is_told_by_the_exit_code(
    cli: Cli,
) -> None:
    lines = [json.dumps(ITEM), json.dumps(ITEM | {"id": "two", "titel": "x"})]
    (cli.folder / "items.jsonl").write_text("\n".join(lines) + "\n")
    result = cli("load", "items.jsonl")
    assert result.exit_code == 1
    assert result.stdout == "1 added, 1 refused\n"
    assert result.stderr.startswith("items.jsonl:2: refused: ")
    assert "titel" in result.stderr


def test_strict_refuses_the_whole_file(cli: Cli) -> None:
    lines = [json.dumps(ITEM), json.dumps(ITEM | {"id": "two", "titel": "x"})]
    (cli.folder / "items.jsonl").write_text("\n".join(lines) + "\n")
    result = cli("load", "--strict", "items.jsonl")
    assert (result.exit_code, result.stdout) == (1, "1 refused\n")
    assert cli("list").stdout.endswith("0 items, 0 deleted\n")


def test_a_record_that_fails_its_schema_is_refused_in_that_format_only(
    cli: Cli,
) -> None:
    bad = '<dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/"><x/></dc>'
    result = cli("load", cli.item(native={"oai_dc": bad}))
    assert result.exit_code == 1
    assert "oai:repository.example.org:one oai_dc" in result.stderr
    assert cli("show", "one", "--format", "oai_dc").exit_code == 1
    assert cli("show", "one", "--format", "mods").exit_code == 0


def test_a_dry_run_stores_nothing(cli: Cli) -> None:
    cli("load", cli.item("one"))
    result = cli("load", "--dry-run", cli.item("two"))
    assert result.stdout == "1 valid (nothing stored)\n"
    assert cli("list").stdout.endswith("1 item, 0 deleted\n")


def test_load_can_put_items_into_a_set(cli: Cli) -> None:
    cli("load", "--set", "history:asia", cli.item(sets=["law"]))
    assert json.loads(cli("list", "--json").stdout)["sets"] == ["law", "history:asia"]


def test_an_illegal_set_is_a_usage_error(cli: Cli) -> None:
    result = cli("load", "--set", "a b", cli.item())
    assert result.exit_code == 2
    assert "'a b' is not legal" in result.stderr


def test_a_missing_path_is_a_usage_error(cli: Cli) -> None:
    result = cli("load", "absent.yaml")
    assert result.exit_code == 2
    assert "absent.yaml" in result.stderr


def test_a_store_that_cannot_be_opened_is_a_usage_error(cli: Cli) -> None:
    result = cli("list", "--store", "mysql://db/records")
    assert result.exit_code == 2
    assert "mysql" in result.stderr


def test_a_wrong_setting_is_a_usage_error(cli: Cli) -> None:
    (cli.folder / "oai-provider.toml").write_text('[stoer]\nurl = "x"\n')
    result = cli("list")
    assert result.exit_code == 2
    assert "stoer" in result.stderr


def test_delete_takes_local_ids_and_full_identifiers(cli: Cli) -> None:
    cli("load", cli.item("one"), cli.item("two"))
    result = cli("delete", "one", "oai:repository.example.org:two")
    assert result.exit_code == 0
    assert cli("list").stdout.endswith("0 items, 2 deleted\n")


def test_deleting_what_is_not_there_is_told(cli: Cli) -> None:
    cli("load", cli.item())
    result = cli("delete", "nothing")
    assert result.exit_code == 1
    assert "oai:repository.example.org:nothing: there is no such item" in result.stderr


def test_a_deleted_item_is_revived_by_loading_it(cli: Cli) -> None:
    file = cli.item()
    cli("load", file)
    cli("delete", "one")
    assert cli("load", file).stdout == "1 revived\n"


def test_show_prints_an_item_that_can_be_loaded_again(cli: Cli) -> None:
    cli("load", cli.item(creators=[{"family": "Doe", "email": "doe@example.org"}]))
    shown = cli("show", "one").stdout
    assert "doe@example.org" in shown
    (cli.folder / "again.yaml").write_text(shown)
    assert cli("load", "again.yaml").stdout == "1 unchanged\n"


def test_show_prints_a_record_as_it_is_served(cli: Cli) -> None:
    cli("load", cli.item())
    shown = cli("show", "one", "--format", "oai_dc").stdout
    assert shown.startswith("<oai_dc:dc")
    assert ">One</dc:title>" in shown


@pytest.mark.parametrize("arguments", [["nothing"], ["nothing", "--format", "oai_dc"]])
def test_showing_what_is_not_there_is_told(cli: Cli, arguments: list[str]) -> None:
    cli("load", cli.item())
    result = cli("show", *arguments)
    assert result.exit_code == 1
    assert "there is no item oai:repository.example.org:nothing" in result.stderr


def test_showing_an_unknown_format_names_those_there_are(cli: Cli) -> None:
    cli("load", cli.item())
    result = cli("show", "one", "--format", "marcxml")
    assert result.exit_code == 1
    assert "only in mods, oai_dc" in result.stderr


def test_schemas_are_listed_by_their_addresses(cli: Cli) -> None:
    listed = cli("schemas", "list").stdout.splitlines()
    assert "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd" in listed


PAGE = """A title on indigenization
The indigeniza-tion policy and the indigenization of Nation- building.
Keywords
policy, nation
Authors
Name | Organization | |
Doe J. | A university | doe@example.org |
References

A title on indigenization | A Journal. 2014. № 5 (31).
"""


def test_repairs_are_told_one_by_one(cli: Cli) -> None:
    (cli.folder / "page.txt").write_text(PAGE)
    told = cli("load", "page.txt").stderr
    assert "'indigeniza-tion' -> 'indigenization' (hyphenation)" in told
    assert "'Nation- building' -> 'Nation-building' (hyphen-space)" in told


def test_one_kind_of_repair_can_be_left_out(cli: Cli) -> None:
    (cli.folder / "page.txt").write_text(PAGE)
    told = cli("load", "--no-repair", "hyphenation", "page.txt").stderr
    assert "hyphenation" not in told
    assert "hyphen-space" in told


def test_all_repairs_can_be_left_out(cli: Cli) -> None:
    (cli.folder / "page.txt").write_text(PAGE)
    assert "repaired" not in cli("load", "--no-repair", "all", "page.txt").stderr


def test_titles_are_listed_as_they_are(cli: Cli) -> None:
    cli("load", cli.item(title="On [sic] and [/dim]"))
    assert "On [sic] and [/dim]" in cli("list").stdout


def test_an_item_without_a_main_title_is_listed(cli: Cli) -> None:
    cli("load", cli.item(title={"value": "Other", "type": "alternative"}))
    assert "None" not in cli("list").stdout


def test_a_dry_run_makes_no_store(cli: Cli) -> None:
    cli("load", "--dry-run", cli.item())
    assert not (cli.folder / "oai-provider.db").exists()


def test_the_same_id_in_two_files_is_refused_the_second_time(cli: Cli) -> None:
    cli.item("one")
    (cli.folder / "two.yaml").write_text(yaml.safe_dump(ITEM))
    assert cli("load", ".").stdout == "1 added, 1 refused\n"
    assert cli("load", ".").stdout == "1 unchanged, 1 refused\n"


def test_a_deletion_of_what_is_not_here_is_told(cli: Cli) -> None:
    result = cli("load", cli.item(deleted=True))
    assert result.stdout == "1 unknown\n"
    assert "is deleted there, and not known here" in result.stderr


def test_an_empty_path_is_a_usage_error(cli: Cli) -> None:
    cli.item()
    result = cli("load", "")
    assert result.exit_code == 2
    assert "a path is empty" in result.stderr


def test_identifiers_are_listed_whole(cli: Cli) -> None:
    name = "x" * 120
    cli("load", cli.item(name))
    assert f"oai:repository.example.org:{name}\t" in cli("list").stdout


def test_a_file_that_is_not_read_is_told(cli: Cli) -> None:
    cli.item()
    (cli.folder / "notes.odt").write_text("")
    assert "notes.odt: passed over" in cli("load", ".").stderr


def test_a_folder_of_schemas_that_is_none_is_a_usage_error(cli: Cli) -> None:
    (cli.folder / "oai-provider.toml").write_text('[schemas]\nfolder = "absent"\n')
    result = cli("load", cli.item())
    assert result.exit_code == 2
    assert "absent" in result.stderr


@pytest.mark.parametrize("command", [["list"], ["show", "one"], ["delete", "one"]])
def test_a_store_that_is_not_there_is_a_usage_error_and_is_not_made(
    cli: Cli, command: list[str]
) -> None:
    result = cli(*command, "--store", "sqlite:///typo.db")
    assert result.exit_code == 2
    assert "there is no store sqlite:///typo.db" in result.stderr
    assert not (cli.folder / "typo.db").exists()


def test_a_deleted_item_is_shown_as_deleted(cli: Cli) -> None:
    cli("load", cli.item())
    cli("delete", "one")
    shown = cli("show", "one").stdout
    assert shown.startswith("# oai:repository.example.org:one, deleted 20")
    assert yaml.safe_load(shown)["deleted"] is True


def test_an_item_refused_for_many_reasons_counts_once(cli: Cli) -> None:
    bad = cli.item(issued="soon", languages=["x y"], nonsense=1)
    result = cli("load", bad, cli.item("two", nonsense=1), cli.item("three"))
    assert result.stdout == "2 refused, 1 added\n"
    assert result.stderr.count("bad.yaml") + result.stderr.count("one.yaml") == 3


@pytest.mark.parametrize("command", ["show", "delete"])
def test_an_identifier_in_full_is_named_as_it_was_given(cli: Cli, command: str) -> None:
    cli("load", cli.item())
    result = cli(command, "oai:elsewhere.example.org:x")
    assert result.exit_code == 1
    assert "oai:elsewhere.example.org:x" in result.stderr
    assert "repository.example.org" not in result.stderr


def test_a_database_that_does_not_answer_is_no_fault_of_the_call() -> None:
    with pytest.raises(click.ClickException) as raised, told_in_words():
        raise StoreAway("later")
    assert raised.value.exit_code == 1


def test_strict_counts_ids_over_all_files(cli: Cli) -> None:
    first, second = cli.item(), cli.folder / "two.jsonl"
    lines = [json.dumps(ITEM | {"id": name}) for name in ("one", "b")]
    second.write_text("\n".join(lines))
    result = cli("load", "--strict", first, second.name)
    assert (result.exit_code, result.stdout) == (1, "1 refused, 1 added\n")
    assert "two.jsonl:1" in result.stderr


def test_an_embargoed_item_is_seen_by_those_who_keep_it(cli: Cli) -> None:
    loaded = cli("load", cli.item(release="2999-01-01"))
    assert loaded.stdout == "1 embargoed\n"
    assert "from 2999-01-01T00:00:00Z" in cli("list").stdout
    (row,) = map(json.loads, cli("list", "--json").stdout.splitlines())
    assert row["release"] == "2999-01-01T00:00:00Z"
    assert "embargoed until 2999-01-01" in cli("show", "one").stdout
    refused = cli("show", "one", "--format", "mods")
    assert refused.exit_code == 1
    assert refused.stderr == (
        "Error: oai:repository.example.org:one is embargoed:"
        " it has no record until 2999-01-01T00:00:00Z\n"
    )


def test_an_embargoed_item_can_be_deleted(cli: Cli) -> None:
    cli("load", cli.item(release="2999-01-01"))
    assert cli("delete", "one").exit_code == 0
    assert "2999" not in cli("list").stdout


RESPONSE = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2024-05-01T00:00:00Z</responseDate>
<request verb="ListRecords">https://old.example.org/oai</request><ListRecords>
<record><header><identifier>oai:old.example.org:a</identifier>
<datestamp>2020-01-01T00:00:00Z</datestamp></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Moved</dc:title></oai_dc:dc>
</metadata></record></ListRecords></OAI-PMH>"""


@pytest.mark.parametrize("option", [[], ["--keep-datestamps"]])
def test_what_a_harvested_item_says_is_shown(cli: Cli, option: list[str]) -> None:
    (cli.folder / "dump.xml").write_text(RESPONSE)
    assert cli("load", "dump.xml", *option).stdout == "1 added\n"
    shown = yaml.safe_load(cli("show", "oai:old.example.org:a").stdout)
    assert [title["value"] for title in shown["titles"]] == ["Moved"]
    assert json.loads(cli("list", "--json").stdout)["title"] == "Moved"


@pytest.mark.parametrize(
    ("typed", "needless"), [("load", "harvester"), ("harvest", "web")]
)
def test_a_command_imports_what_it_needs(typed: str, needless: str) -> None:
    code = (
        "import sys; from oai_provider.cli import main\n"
        f"main(['{typed}', '--help'], standalone_mode=False)\n"
        f"assert not any(m.startswith('oai_provider.{needless}') for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_command_that_is_misspelt_is_told_with_the_one_that_was_meant() -> None:
    result = CliRunner().invoke(main, ("harvst",))
    assert result.exit_code == 2
    assert "Did you mean 'harvest'?" in result.stderr
