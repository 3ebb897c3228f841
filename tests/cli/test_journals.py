"""Profiles of journals as a person meets them: in commands, and in what is served."""

import json
import re
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from oai_provider.assembly import open_provider, utc_now
from oai_provider.cli import main
from oai_provider.config import load_config
from oai_provider.resources import records_folder
from oai_provider.web.landing import item_page

BOOK = {"id": "book", "resource_type": "book", "title": "Tides"}
ARTICLE = "000_ce5b2683a573652e"
PROFILE = """
[journals.history]
title = "Tomsk State University Journal of History"
issn = "1998-8613"
publisher = "{publisher}"
languages = "ru"
rights = {{access = "open"}}
landing_page = "https://journal.example.edu/{{id}}"
"""


@pytest.fixture(name="store", scope="module")
def _store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the article, and an item of no journal."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "book.json").write_text(json.dumps(BOOK), "utf-8")
    file = folder / "oai-provider.db"
    items = (str(records_folder()), str(folder / "book.json"))
    assert cli("load", *items, "--store", f"sqlite:///{file}").exit_code == 0
    return file


@pytest.fixture(autouse=True)
def _folder(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of its own, with a copy of the store."""
    monkeypatch.chdir(tmp_path)
    with sqlite3.connect(store) as before, sqlite3.connect("oai-provider.db") as copy:
        before.backup(copy)
    before.close()
    copy.close()
    Path("book.json").write_text(json.dumps(BOOK), "utf-8")


def cli(*words: str) -> Result:
    return CliRunner().invoke(main, words, catch_exceptions=False)


def configure(publisher: str = "The University") -> None:
    text = PROFILE.format(publisher=publisher)
    Path("oai-provider.toml").write_text(text, "utf-8")


def source() -> str:
    return cli("show", ARTICLE).stdout.partition("# in its records")[0]


def test_records_of_a_journal_with_a_profile_carry_it_after_a_rebuild() -> None:
    configure()
    result = cli("rebuild")
    assert result.stdout == "2 items, 1 differ (1 in mods, 1 in oai_dc)\n"
    record = cli("show", ARTICLE, "--format", "oai_dc").stdout
    for said in (
        "<dc:publisher>The University</dc:publisher>",
        "<dc:language>rus</dc:language>",
        "<dc:rights>info:eu-repo/semantics/openAccess</dc:rights>",
        f"<dc:identifier>https://journal.example.edu/{ARTICLE}</dc:identifier>",
        "(1998-8613). 2014.",
    ):
        assert said in record
    mods = cli("show", ARTICLE, "--format", "mods").stdout
    assert '<identifier type="issn">1998-8613</identifier>' in mods


def test_a_profile_is_taken_when_items_are_loaded() -> None:
    configure()
    result = cli("load", str(records_folder()), "book.json")
    assert result.stdout == "1 changed, 1 unchanged\n"
    assert "The University" in cli("show", ARTICLE, "--format", "mods").stdout


def test_a_changed_profile_changes_only_records_that_say_it() -> None:
    configure()
    cli("rebuild")
    assert cli("rebuild").stdout == "2 items, 0 differ\n"
    configure("Another press")
    assert "1 differ (1 in mods, 1 in oai_dc)" in cli("rebuild").stdout


def test_the_item_stays_as_it_was_given() -> None:
    before = source().splitlines()[1:]
    configure()
    cli("rebuild")
    cli("load", str(records_folder()))
    assert source().splitlines()[1:] == before
    assert "The University" not in source()


def test_show_tells_what_is_from_the_profile_as_comments() -> None:
    configure()
    shown = cli("show", ARTICLE).stdout
    told = shown[shown.index("# in its records") :].splitlines()
    assert told[0] == "# in its records, from the journal profile of ISSN 1998-8613:"
    assert "#   rights.access: open" in told
    assert f"#   landing_page: https://journal.example.edu/{ARTICLE}" in told
    assert all(line.startswith("#") for line in told)


def test_show_of_an_item_of_no_journal_tells_of_no_profile() -> None:
    configure()
    assert "profile" not in cli("show", "book").stdout


@pytest.mark.parametrize("words", [(), ("--files", str(records_folder()))])
def test_profile_makes_the_article_fit_for_base(words: tuple[str, ...]) -> None:
    configure()
    names = words or (ARTICLE,)
    report = json.loads(cli("verify", *names, "--profile", "base", "--json").stdout)
    assert report["verdict"] == "fit"
    (told,) = (f for f in report["findings"] if f["rule"] == "journal-filled")
    assert told["message"] == (
        "has host.identifiers, publisher, languages, rights.access, landing_page from"
        " the journal profile of ISSN 1998-8613"
    )


def test_a_set_by_rule_holds_what_the_profile_says() -> None:
    configure()
    with Path("oai-provider.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[[repository.sets]]\nspec = "ru"\nname = "Russian"\n'
            'rule = {languages = "ru"}\n'
        )
    cli("rebuild")
    assert "1 item" in cli("sets", "apply").stdout
    assert cli("load", str(records_folder())).stdout == "1 unchanged\n"


def test_the_page_of_an_item_shows_what_its_records_say() -> None:
    configure()
    provider = open_provider(load_config(), utc_now)
    stored = provider.item(ARTICLE)
    assert stored is not None
    page = item_page(provider, stored)
    tags = {(tag.name, tag.content) for tag in page.meta}
    assert ("citation_issn", "1998-8613") in tags
    assert ("citation_publisher", "The University") in tags


def test_a_profile_that_cannot_be_used_stops_every_command() -> None:
    configure()
    path = Path("oai-provider.toml")
    path.write_text(path.read_text("utf-8").replace("8613", "8614"), "utf-8")
    for words in (["list"], ["rebuild"], ["load", "book.json"], ["serve"]):
        result = cli(*words)
        assert result.exit_code == 2
        assert "journals.history: issn: the digits of ISSN 1998-8614" in result.stderr


def test_two_profiles_of_one_issn_are_told_of() -> None:
    configure()
    with Path("oai-provider.toml").open("a", encoding="utf-8") as file:
        file.write('[journals.other]\nissn = "1998-8613"\n')
    result = cli("list")
    assert result.exit_code == 2
    assert "ISSN 1998-8613 stands in history and in other: keep it" in result.stderr


def test_profiles_can_be_given_by_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    profile = {"history": {"title": "Tomsk State University Journal of History"}}
    profile["history"]["publisher"] = "By the environment"
    monkeypatch.setenv("OAI_PROVIDER__JOURNALS", json.dumps(profile))
    assert "By the environment" in cli("show", ARTICLE).stdout


def test_profile_in_the_explanation_does_what_is_said_of_it() -> None:
    page = Path(__file__).parents[2] / "docs" / "explanation" / "article.md"
    (profile,) = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    # Addresses at example.org lead nowhere, which is found.
    real = profile.replace("example.org", "example.edu")
    Path("oai-provider.toml").write_text(real, "utf-8")
    found = {}
    for name in ("base", "openaire3"):
        told = cli("verify", ARTICLE, "--profile", name, "--json").stdout
        findings = json.loads(told)["findings"]
        found[name] = {f["rule"] for f in findings if f["severity"] == "error"}
    assert found == {"base": set(), "openaire3": {"openaire-v3-set"}}
