"""A judgement of an endpoint in the values that every report is made of."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from oai_provider.reporting.plots import Counted, Plot, Points, of_counted
from oai_provider.reporting.report import (
    Finding,
    Level,
    Note,
    Report,
    Rule,
    Table,
    Unchecked,
)
from oai_provider.validator import finding
from oai_provider.validator.advice import known_advice
from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.validator.profiles.assessment import (
    Assessment,
    Measured,
    Takes,
    lack,
    lacking,
)
from oai_provider.validator.profiles.book import PROTOCOL
from oai_provider.validator.profiles.written import row, sentence
from oai_provider.validator.run import Judgement, Verdict
from oai_provider.validator.survey import Page, Survey

EXIT_CODES: Final = {
    Verdict.COMPLIANT: 0,
    Verdict.NOT_COMPLIANT: 1,
    Verdict.UNREACHABLE: 3,
}
_LEGAL: Final = "%/:?#[]@!$&'()*+,;=~"
"""What stays as it is in a URL that somebody else has written."""


def exit_code(judgement: Judgement) -> int:
    """Return 1, too, where not all that was looked at would be taken."""
    code = EXIT_CODES[judgement.verdict]
    profile = judgement.profile
    return code or int(profile is not None and profile.takes is not Takes.YES)


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
    verdict, profile = judgement.verdict, asked(judgement.profile)
    needs = {m.requirement.code: m.requirement.entry for m in profile}
    return Report(
        command="validate",
        subject=judgement.base_url,
        verdict=_verdict(judgement),
        is_good=exit_code(judgement) == 0,
        summary=_summary(judgement),
        exit_code=exit_code(judgement),
        made=made,
        failure=judgement.reason if verdict is Verdict.UNREACHABLE else "",
        numbers=tuple(_numbers(judgement)),
        rules={
            code: replace(rule_of(entry), notes=(*_notes(code, judgement.system),))
            for code, entry in {**entries, **needs}.items()
        },
        findings=(*map(_finding, judgement.findings), *_lacks(judgement)),
        more=judgement.more,
        checked=(*judgement.checked, *(c for m in profile for c in _known(m))),
        unchecked=(
            *(Unchecked(rule=u.rule, reason=u.reason) for u in judgement.unchecked),
            *(Unchecked(rule=c, reason=m.said) for m in profile for c in _unknown(m)),
        ),
        tables=tuple(_tables(judgement.profile)),
        plots=tuple(_plots(judgement.survey)),
    )


def _notes(code: str, system: str) -> Iterator[Note]:
    advice = known_advice().of(code).within(system)
    for how in advice.mendings:
        yield Note(head=f"In {how.system}", text=how.text, url=how.url)
    for what in advice.consequences:
        yield Note(head=what.who, text=what.text, url=what.url)


def _verdict(judgement: Judgement) -> str:
    """Return the verdict on the protocol, and on what was asked for besides."""
    profile = judgement.profile
    if profile is None or not asked(profile):
        return judgement.verdict
    return f"{judgement.verdict}; {profile.profile.title}: {profile.takes}"


def _summary(judgement: Judgement) -> str:
    errors = (f.rule for f in judgement.findings if f.severity is Severity.ERROR)
    told = {0: "No rule is", 1: "1 rule is"}
    broken = len({*errors})
    said = told.get(broken, f"{broken} rules are")
    how = f"Depth {judgement.depth}; the samples were drawn by seed {judgement.seed}."
    summary = f"{said} broken that a repository must keep to. {how}"
    profile = judgement.profile
    is_asked = profile is not None and asked(profile)
    return f"{summary} {sentence(profile)}" if profile and is_asked else summary


def asked(profile: Assessment | None) -> tuple[Measured, ...]:
    """Return what was measured for a profile, where one was asked for."""
    if profile is None or profile.profile.name == PROTOCOL:
        return ()
    return profile.measured


def _known(one: Measured) -> tuple[str, ...]:
    return (one.requirement.code,) if one.is_known else ()


def _unknown(one: Measured) -> tuple[str, ...]:
    return () if one.is_known else (one.requirement.code,)


def _lacks(judgement: Judgement) -> Iterator[Finding]:
    """Yield a finding for each need that is lacking, what is optional left out."""
    profile = judgement.profile
    for one in lacking(profile) if profile and asked(profile) else ():
        entry = one.requirement.entry
        examples = ", ".join(one.examples)
        yield Finding(
            rule=entry.code,
            level=Level(entry.severity),
            message=lack(one),
            value=examples,
            request=one.request,
            address=quote(judgement.base_url, safe=_LEGAL),
        )


def _tables(profile: Assessment | None) -> Iterator[Table]:
    rows = tuple(map(row, asked(profile)))
    if profile and rows:
        head = ("What is needed", "Level", "Have it", "Share")
        yield Table(
            title=f"Would {profile.profile.title} take it?", head=head, rows=rows
        )


def _numbers(judgement: Judgement) -> Iterator[tuple[str, str]]:
    lacks = Counter(one.level for one in _lacks(judgement))
    for name, severity in zip(("Errors", "Warnings", "Infos"), Severity, strict=True):
        yield name, str(judgement.count(severity) + lacks[Level(severity)])
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
    yield from of_counted(
        Counted(
            of=f"Of {survey.records} records with oai_dc.",
            whole=survey.records,
            head="Element",
            fields=survey.fields,
            types=survey.types,
            languages=survey.languages,
            years=survey.years,
        )
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
