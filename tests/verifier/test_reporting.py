"""A judgement of items as every report tells it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from verifier.cases import Items
from verifier.judging import read, reading

from oai_provider.protocol.xml import parse
from oai_provider.reporting.junit import as_junit
from oai_provider.reporting.report import Level, Report
from oai_provider.validator.catalogue import Severity
from oai_provider.verifier.catalogue import catalogue
from oai_provider.verifier.finding import Finding
from oai_provider.verifier.reporting import Setting, report_of
from oai_provider.verifier.rules import batch_checks, checks
from oai_provider.verifier.run import FAILED, Judgement, verify
from oai_provider.verifier.survey import FIELDS, Counting

FOLDER = Path("/srv/checkout")


def told(items: Items, profile: str = "oai") -> Report:
    counting = Counting()
    subjects = counting.passing(reading().read(read(items)))
    judgement = verify(subjects, checks(), batch_checks(), catalogue(), profile)
    return reported(judgement, counting)


def reported(judgement: Judgement, counting: Counting) -> Report:
    setting = Setting(
        made=datetime(2026, 11, 28, tzinfo=UTC),
        folder=FOLDER,
        survey=counting.survey,
        subject="items",
    )
    return report_of(judgement, catalogue(), setting)


def placed(place: str) -> tuple[str, int]:
    """Return the address and line of what is found at a place."""
    found = Finding(
        rule="item-refused",
        severity=Severity.ERROR,
        clause="",
        url="",
        message="",
        item="",
        place=place,
        field="",
        value="",
        remedy="",
    )
    judgement = Judgement(profile="oai", items=1, findings=(found,), lacks={})
    (one,) = reported(judgement, Counting()).findings
    return one.address, one.line


@pytest.mark.parametrize(
    ("place", "address", "line"),
    [
        ("items.jsonl:12", "items.jsonl", 12),
        ("./a/one.yaml", "a/one.yaml", 0),
        ("a b/ü.yaml:3", "a%20b/%C3%BC.yaml", 3),
        ("a:b.yaml", "a%3Ab.yaml", 0),
        ("/srv/checkout/one.yaml:2", "one.yaml", 2),
        ("/else/one.yaml:2", "file:///else/one.yaml", 2),
        ("", "", 0),
    ],
)
def test_place_is_a_reference_that_code_scanning_resolves(
    place: str, address: str, line: int
) -> None:
    assert placed(place) == (address, line)


def test_file_above_the_current_folder_has_an_address_of_its_own() -> None:
    assert placed("../one.yaml")[0] == "file:///srv/one.yaml"


def test_finding_names_item_field_and_line() -> None:
    report = told([{}, {"id": "two", "languages": ["English"]}])
    (found,) = report.found("item-refused")
    assert (found.address, found.line) == ("items.jsonl", 2)
    assert (found.item.rpartition(":")[2], found.field) == ("two", "languages[0]")
    assert found.level is Level.ERROR


def test_rules_of_other_harvesters_are_not_said_to_be_checked() -> None:
    checked = {*told({}, "base").checked}
    assert {"base-url", "record-invalid"} <= checked
    assert not {"doaj-issn", FAILED} & checked


def test_junit_has_a_test_for_each_rule_and_fails_by_errors() -> None:
    items = {"titles": [{"value": "Tides", "lang": "en"}], "languages": ["English"]}
    report = told(items)
    suite = parse(as_junit(report).encode())
    assert suite.get("name") == "verify items, for oai"
    failed = [c.get("name") for c in suite if c.find("failure") is not None]
    assert failed == ["item-refused"]
    assert suite.get("tests") == str(len(report.checked))


def test_what_others_would_miss_is_a_table() -> None:
    (table,) = told({"version": None}).tables
    assert ("openaire3", "recommends", "1") in {(r[0], r[1], r[3]) for r in table.rows}


def test_items_are_counted_on_their_way() -> None:
    counting = Counting()
    items: Items = [{}, {"id": "b", "creators": None, "issued": "1999-05"}]
    passed = [*counting.passing(reading().read(read(items)))]
    survey = counting.survey
    assert (len(passed), survey.items) == (2, 2)
    assert tuple(survey.fields) == tuple(FIELDS)
    assert (survey.fields["Creator"], survey.fields["Title"]) == (1, 2)
    assert survey.types == {"article": 2}
    assert survey.languages == {"en": 2}
    assert survey.years == {1999: 1, 2014: 1}


def test_what_is_no_item_is_not_counted() -> None:
    counting = Counting()
    [*counting.passing(reading().read(read({"languages": ["English"]})))]
    assert counting.survey.items == 0


def test_summary_says_how_many_items_have_errors() -> None:
    assert told({}).summary.startswith("None of 1 items")
    assert told({"languages": ["English"]}).summary.startswith("1 of 1 items")
