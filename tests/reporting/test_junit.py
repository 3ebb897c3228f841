"""A report as JUnit's XML."""

from dataclasses import replace

from lxml import etree
from reporting.told import report

from oai_provider.protocol.xml import parse
from oai_provider.reporting.junit import as_junit
from oai_provider.reporting.report import Report


def case(of: Report, name: str) -> etree._Element:
    """Return the test of a rule."""
    suite = parse(as_junit(of).encode())
    return next(one for one in suite if one.get("name") == name)


def outcome(of: Report, name: str) -> list[str]:
    return [str(child.tag) for child in case(of, name)]


def test_error_fails_and_all_else_does_not() -> None:
    assert outcome(report(), "a-error") == ["failure"]
    assert outcome(report(), "a-warning") == ["system-out"]
    assert outcome(report(), "kept") == []


def test_rule_that_was_not_checked_is_skipped_with_the_reason() -> None:
    (skipped,) = case(report("no sets"), "not-checked")
    assert (skipped.tag, skipped.get("message")) == ("skipped", "no sets")


def test_failure_says_where_how_and_what_mends_it() -> None:
    words = case(report("words"), "a-error").findtext("failure", "")
    assert words.splitlines() == [
        "words",
        "words words words",
        "words",
        "OAI-PMH 4.2: Write it once.",
    ]


def test_findings_beyond_a_hundred_are_counted() -> None:
    many = replace(report(), findings=report().findings[:1] * 103)
    words = case(many, "a-error").findtext("failure", "")
    assert words.endswith("and 3 more like these")


def test_what_cannot_be_reached_fails() -> None:
    failed = replace(report(), failure="Connection refused")
    assert outcome(failed, "reachable") == ["failure"]


def test_no_text_of_others_becomes_markup() -> None:
    text = "]]></failure><a b='\"'>\x1b"
    (failure,) = case(report(text), "a-error")
    assert failure.get("message") == text.replace("\x1b", "\ufffd")
    assert len(failure) == 0
