"""`oai-provider verify` as a person types it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from verifier.cases import WHOLE

from oai_provider.cli import main
from oai_provider.resources import records_folder
from oai_provider.verifier.catalogue import PROFILES, catalogue

ARTICLE = "oai:repository.example.org:000_ce5b2683a573652e"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def told(*words: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(call("verify", *words, "--json").stdout)
    return report


def file(*items: dict[str, Any], name: str = "items.jsonl") -> str:
    text = "".join(f"{json.dumps({**WHOLE, **item})}\n" for item in items)
    Path(name).write_text(text, "utf-8")
    return name


def rules(report: dict[str, Any], severity: str) -> set[str]:
    return {f["rule"] for f in report["findings"] if f["severity"] == severity}


def test_bundled_article_is_fit_and_lacks_the_language_of_its_text() -> None:
    report = told("--files", str(records_folder()))
    assert (report["verdict"], report["items"]) == ("fit", 1)
    assert rules(report, "error") | rules(report, "warning") == set()
    assert rules(report, "info") == {"oai-language", "text-missing-hyphen"}


def test_bundled_article_lacks_what_base_wants() -> None:
    report = told("--files", str(records_folder()), "--profile", "base")
    assert report["verdict"] == "not fit"
    assert rules(report, "error") == {"base-url"}
    assert rules(report, "warning") == {"base-access", "base-language"}


def test_bundled_article_lacks_what_openaire_wants() -> None:
    report = told("--files", str(records_folder()), "--profile", "openaire3")
    lacks = {"openaire-v3-url", "openaire-v3-access", "openaire-v3-set"}
    assert rules(report, "error") == lacks
    assert "openaire-v3-language" in rules(report, "info")


def test_three_lines_make_the_bundled_article_fit_for_base() -> None:
    call("load", str(records_folder()))
    lines = "landing_page: https://journal.example.edu/1\nrights: {access: open}\n"
    article = call("show", ARTICLE).stdout + lines + "language: ru\n"
    Path("article.yaml").write_text(article, "utf-8")
    report = told("--files", "article.yaml", "--profile", "base")
    assert report["verdict"] == "fit"
    assert rules(report, "error") | rules(report, "warning") == set()


def test_what_other_profiles_lack_is_told_beside() -> None:
    report = told("--files", str(records_folder()))
    assert report["lacks"]["base"] == {
        "base-access": 1,
        "base-language": 1,
        "base-url": 1,
    }
    assert report["lacks"].keys() == {*PROFILES} - {"oai"}


def test_items_of_the_store_are_judged() -> None:
    call("load", str(records_folder()))
    report = told()
    assert [f["item"] for f in report["findings"]] == [ARTICLE, ARTICLE]
    assert report["findings"][0]["place"] == ""


def test_only_items_that_are_named_are_judged() -> None:
    call("load", file({}, {"id": "two", "identifiers": [], "landing_page": None}))
    assert told()["items"] == 2
    assert told("two")["items"] == 1
    assert told("oai:repository.example.org:one")["items"] == 1


def test_deleted_item_is_not_judged() -> None:
    call("load", file({}))
    assert call("delete", "one").exit_code == 0
    assert told()["items"] == 0


def test_embargoed_item_is_judged() -> None:
    call("load", file({"release": "2999-01-01"}))
    assert told("one")["items"] == 1


def test_file_that_is_judged_is_not_loaded() -> None:
    told("--files", file({}))
    assert [path.name for path in Path().iterdir()] == ["items.jsonl"]


def test_what_the_item_model_refuses_is_a_finding_with_its_place() -> None:
    report = told("--files", file({}, {"id": "two", "languages": ["English"]}))
    (found,) = (f for f in report["findings"] if f["severity"] == "error")
    assert found["rule"] == "item-refused"
    assert found["place"] == "items.jsonl:2"
    assert found["field"] == "languages[0]"
    assert report["items"] == 2


def test_file_that_is_no_json_is_a_finding() -> None:
    Path("items.jsonl").write_text("{\n", "utf-8")
    result = call("verify", "--files", "items.jsonl")
    assert result.exit_code == 1
    assert "item-refused" in result.stdout


def test_what_has_no_name_is_counted_by_its_line() -> None:
    Path("items.jsonl").write_text("{bad\n{}\n{bad\n", "utf-8")
    assert told("--files", "items.jsonl")["items"] == 3


def test_exit_is_0_where_nothing_is_wrong_at_the_level_of_errors() -> None:
    name = file({"subjects": [{"value": "a; b", "lang": "en"}]})
    result = call("verify", "--files", name)
    assert result.exit_code == 0
    assert "subject-several" in result.stdout


def test_exit_is_1_where_there_are_errors() -> None:
    name = file({"identifiers": [{"scheme": "isbn", "value": "978-3-16-148410-1"}]})
    assert call("verify", "--files", name).exit_code == 1


def test_report_says_what_is_wrong_where_and_what_mends_it() -> None:
    name = file({"subjects": [{"value": "tides; waves", "lang": "en"}]})
    text = " ".join(call("verify", "--files", name).stdout.split())
    assert "oai:repository.example.org:one items.jsonl:1" in text
    assert "warning subject-several subjects[0]: seems to be several terms" in text
    assert catalogue()["subject-several"].remedy in text
    assert "fit for oai: 1 item; 0 error, 1 warning, 0 info" in text


def test_report_does_nothing_to_a_terminal() -> None:
    name = file({"titles": [{"value": "Tides\x9b31m", "lang": "en"}]})
    for words in ([], ["--json"]):
        result = call("verify", "--files", name, *words)
        assert "text-control" in result.stdout
        assert "\x9b" not in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--files"], "name some"),
        (["--files", "nowhere.yaml"], "nowhere.yaml"),
        (["--profile", "dspace"], "dspace"),
        ([], "there is no store"),
    ],
)
def test_wrong_call_is_told_with_exit_2(words: list[str], said: str) -> None:
    result = call("verify", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_item_that_is_not_there_is_told() -> None:
    call("load", file({}))
    result = call("verify", "one", "three")
    assert result.exit_code == 2
    assert "there is no item three" in result.stderr


def test_library_that_is_missing_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needing = ("oai_provider.verifier.rules", "oai_provider.verifier.side_by_side")
    for name in [n for n in sys.modules if n.startswith(needing)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    result = call("verify", "--files", file({}))
    assert result.exit_code == 2
    assert "pip install 'oai-provider[verify]'" in result.stderr
    assert len(result.stderr.splitlines()) == 1
