"""A report as SARIF 2.1.0, which code scanning shows beside the lines that it tells of.

What cannot be checked is a notification of the run, since it is no result of a rule.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final

from oai_provider.reporting.report import Finding, Level, Report, Rule
from oai_provider.reporting.text import is_web_address, safe_json

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)
_LEVELS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
Told = dict[str, Any]


def as_sarif(report: Report) -> str:
    """Return a report as a SARIF log."""
    codes = report.codes()
    places = {code: place for place, code in enumerate(codes)}
    rules = [_descriptor(report.rules[code]) for code in codes]
    run = {
        "tool": {"driver": _driver(rules)},
        # Of each command one report can stand beside those of the others.
        "automationDetails": {"id": f"oai-provider {report.command}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, places)],
        "results": [_result(one, places) for one in report.findings],
        "properties": {"subject": report.subject, "verdict": report.verdict},
    }
    return safe_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _driver(rules: list[Told]) -> Told:
    number = version("oai-provider")
    return {"name": "oai-provider", "version": number, "rules": rules}


def _descriptor(rule: Rule) -> Told:
    link = f"[{rule.clause}]({rule.url})" if rule.url else rule.clause
    told: Told = {
        "id": rule.code,
        "shortDescription": {"text": rule.text},
        "help": {
            "text": f"{rule.clause}: {rule.remedy}",
            "markdown": f"{rule.remedy}\n\n{link}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {"tags": [rule.chapter]},
    }
    return told | ({"helpUri": rule.url} if is_web_address(rule.url) else {})


def _invocation(report: Report, places: Mapping[str, int]) -> Told:
    return {
        "executionSuccessful": not report.failure,
        "exitCode": report.exit_code,
        "exitCodeDescription": report.verdict,
        "endTimeUtc": f"{report.made:%Y-%m-%dT%H:%M:%SZ}",
        "toolExecutionNotifications": [*_notifications(report, places)],
    }


def _notifications(report: Report, places: Mapping[str, int]) -> Iterator[Told]:
    if report.failure:
        yield {"level": "error", "message": {"text": report.failure}}
    for one in report.unchecked:
        yield {
            "level": "note",
            "message": {"text": f"{one.rule} was not checked: {one.reason}"},
            "associatedRule": {"id": one.rule, "index": places[one.rule]},
        }
    for rule, count in report.more.items():
        yield {
            "level": "note",
            "message": {"text": f"{rule}: {count} more findings are not told"},
            "associatedRule": {"id": rule, "index": places[rule]},
        }


def _result(finding: Finding, places: Mapping[str, int]) -> Told:
    value = finding.value
    is_told = not value or value in finding.message
    message = finding.message if is_told else f"{finding.message}: {value}"
    told: Told = {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "level": _LEVELS[finding.level],
        "message": {"text": _unlinked(message)},
        "locations": [*_locations(finding)],
    }
    if finding.request:
        told["properties"] = {"request": finding.request}
    return told


def _unlinked(message: str) -> str:
    # In messages [text](address) is a link, and the text may be anybody's.
    return message.replace("](", "] (")


def _locations(finding: Finding) -> Iterator[Told]:
    told: Told = {}
    if finding.address:
        place = {"artifactLocation": {"uri": finding.address}}
        told["physicalLocation"] = {**place, "region": _region(finding)}
    if finding.item:
        parts = filter(None, (finding.item, finding.field))
        told["logicalLocations"] = [{"fullyQualifiedName": "/".join(parts)}]
    if told:
        yield told


def _region(finding: Finding) -> Told:
    # What has no line is told of the whole; code scanning wants a line all the same.
    region: Told = {"startLine": finding.line or 1}
    if finding.line and finding.column:
        region["startColumn"] = finding.column
    if finding.excerpt:
        region["snippet"] = {"text": finding.excerpt}
    return region
