"""A judgement of an endpoint in the values that every report is made of."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from oai_provider.reporting.plots import (
    Bars,
    Columns,
    Plot,
    Points,
    by_year,
    few,
    left_out,
)
from oai_provider.reporting.report import Finding, Level, Report, Rule, Unchecked
from oai_provider.validator import finding
from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.validator.run import Judgement, Verdict
from oai_provider.validator.survey import Page, Survey

EXIT_CODES: Final = {
    Verdict.COMPLIANT: 0,
    Verdict.NOT_COMPLIANT: 1,
    Verdict.UNREACHABLE: 3,
}
_LEGAL: Final = "%/:?#[]@!$&'()*+,;=~"
"""What stays as it is in a URL that somebody else has written."""


def rule_of(entry: Entry) -> Rule:
    """Return what a report says of an entry of a catalogue."""
    return Rule(
        code=entry.code,
        chapter=entry.chapter,
        level=Level(entry.severity),
        text=entry.text,
        clause=entry.clause,
        url=entry.url,
        remedy=entry.remedy,
    )


def report_of(
    judgement: Judgement, entries: Mapping[str, Entry], made: datetime
) -> Report:
    """Return the report of a judgement."""
    verdict = judgement.verdict
    return Report(
        command="validate",
        subject=judgement.base_url,
        verdict=verdict,
        is_good=verdict is Verdict.COMPLIANT,
        summary=_summary(judgement),
        exit_code=EXIT_CODES[verdict],
        made=made,
        failure=judgement.reason if verdict is Verdict.UNREACHABLE else "",
        numbers=tuple(_numbers(judgement)),
        rules={code: rule_of(entry) for code, entry in entries.items()},
        findings=tuple(map(_finding, judgement.findings)),
        more=judgement.more,
        checked=judgement.checked,
        unchecked=tuple(
            Unchecked(rule=one.rule, reason=one.reason) for one in judgement.unchecked
        ),
        plots=tuple(_plots(judgement.survey)),
    )


def _summary(judgement: Judgement) -> str:
    errors = (f.rule for f in judgement.findings if f.severity is Severity.ERROR)
    told = {0: "No rule is", 1: "1 rule is"}
    broken = len({*errors})
    said = told.get(broken, f"{broken} rules are")
    how = f"Depth {judgement.depth}; the samples were drawn by seed {judgement.seed}."
    return f"{said} broken that a repository must keep to. {how}"


def _numbers(judgement: Judgement) -> Iterator[tuple[str, str]]:
    for name, severity in zip(("Errors", "Warnings", "Infos"), Severity, strict=True):
        yield name, str(judgement.count(severity))
    yield "Rules checked", str(len(judgement.checked))
    yield "Not checked", str(len(judgement.unchecked))
    yield "Requests", str(judgement.requests)
    yield "Records seen", str(judgement.survey.records)


def _finding(found: finding.Finding) -> Finding:
    return Finding(
        rule=found.rule,
        level=Level(found.severity),
        message=found.message,
        request=found.request,
        address=quote(found.address, safe=_LEGAL),
        line=found.excerpt.line,
        column=found.excerpt.column,
        excerpt=found.excerpt.text,
    )


def _plots(survey: Survey) -> Iterator[Plot]:
    if survey.pages:
        yield _times(survey.pages)
    whole, sample = survey.records, f"Of {survey.records} records with oai_dc."
    if not whole:
        return
    yield Bars(
        title="Completeness",
        note=f"{sample} How many have each element of Dublin Core.",
        head="Element",
        whole=whole,
        bars=tuple(survey.fields.items()),
    )
    for title, name, counts in (
        ("Types", "type", survey.types),
        ("Languages", "language", survey.languages),
    ):
        note = f"{sample} What dc:{name} says.{left_out(counts)}"
        yield Bars(
            title=title, note=note, head=name.title(), whole=whole, bars=few(counts)
        )
    if survey.years:
        known = sum(survey.years.values())
        yield Columns(
            title="Years",
            note=f"{sample} The earliest year in dc:date, which {known} have.",
            head="Year",
            columns=by_year(survey.years),
        )


def _times(pages: tuple[Page, ...]) -> Points:
    groups: dict[str, list[tuple[float, float]]] = {}
    for page in pages:
        groups.setdefault(page.verb, []).append((page.number, page.seconds))
    return Points(
        title="Page time by depth",
        note="How long a page took. Times that grow with depth make a harvest slow.",
        x="Page of the list",
        y="seconds",
        groups=tuple((verb, tuple(points)) for verb, points in groups.items()),
    )
