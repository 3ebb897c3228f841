"""A report as JUnit's XML: a rule is a test, an error its failure.

A rule that was not checked is skipped; warnings fail nothing and are told all the same.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from oai_provider.reporting.report import Finding, Level, Report, Rule
from oai_provider.reporting.text import harmless

_MOST: Final = 100
"""Findings of a rule that are told: each rule is one text in the end."""


def as_junit(report: Report) -> str:
    """Return a report as JUnit's XML."""
    cases = [*_cases(report)]
    failures = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    head = (
        f"<testsuite name={_attribute(f'{report.command} {report.subject}')}"
        f' tests="{len(cases)}" failures="{failures}" skipped="{skipped}" errors="0">'
    )
    body = "\n".join((head, *cases, "</testsuite>"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _cases(report: Report) -> Iterator[str]:
    if report.failure:
        failure = f"<failure message={_attribute(report.failure)}/>"
        yield f'<testcase classname="http" name="reachable">{failure}</testcase>'
    reasons = {one.rule: one.reason for one in report.unchecked}
    found: dict[str, list[Finding]] = {}
    for one in report.findings:
        found.setdefault(one.rule, []).append(one)
    for code in report.codes():
        rule = report.rules[code]
        inner = "".join(_outcome(rule, found.get(code, ()), reasons.get(code, "")))
        name = f"classname={_attribute(rule.chapter)} name={_attribute(code)}"
        yield f"<testcase {name}>{inner}</testcase>"


def _outcome(rule: Rule, found: Sequence[Finding], reason: str) -> Iterator[str]:
    words = escape(harmless("\n\n".join(_plain(rule, found))))
    failed = [one for one in found if one.level is Level.ERROR]
    if failed:
        yield f"<failure message={_attribute(failed[0].message)}>{words}</failure>"
    elif found:
        yield f"<system-out>{found[0].level}: {words}</system-out>"
    elif reason:
        yield f"<skipped message={_attribute(reason)}/>"


def _plain(rule: Rule, found: Sequence[Finding]) -> Iterator[str]:
    for one in found[:_MOST]:
        where = " ".join(filter(None, (one.item, one.place, one.field)))
        mends = f"{rule.clause}: {rule.remedy}"
        yield "\n".join(filter(None, (one.message, where, one.request, mends)))
    if len(found) > _MOST:
        yield f"and {len(found) - _MOST} more like these"


def _attribute(value: str) -> str:
    return quoteattr(harmless(value))
