"""A judgement of items in the values that every report is made of."""

import os.path
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from oai_provider.reporting.plots import (
    Bars,
    Counted,
    Plot,
    few,
    left_out,
    of_counted,
)
from oai_provider.reporting.report import Finding, Level, Report, Table
from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.validator.reporting import rule_of
from oai_provider.verifier import finding
from oai_provider.verifier.catalogue import PROFILES
from oai_provider.verifier.run import FAILED, Judgement
from oai_provider.verifier.survey import Survey

_PLACE: Final = re.compile(r"(?P<file>.+?)(?::(?P<line>[1-9][0-9]*))?", re.DOTALL)
_VERBS: Final = {
    Severity.ERROR: "requires",
    Severity.WARNING: "wants",
    Severity.INFO: "recommends",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """In what circumstances a judgement was made."""

    made: datetime
    folder: Path
    """The current one, to which places are relative."""
    survey: Survey
    subject: str
    """What was judged, in words."""


def report_of(
    judgement: Judgement, entries: Mapping[str, Entry], setting: Setting
) -> Report:
    """Return the report of a judgement."""
    verdict = "fit" if judgement.is_fit else "not fit"
    found = Counter(one.rule for one in judgement.findings)
    return Report(
        command="verify",
        subject=f"{setting.subject}, for {judgement.profile}",
        verdict=verdict,
        is_good=judgement.is_fit,
        summary=_summary(judgement),
        exit_code=0 if judgement.is_fit else 1,
        made=setting.made,
        numbers=tuple(_numbers(judgement)),
        rules={code: rule_of(entry) for code, entry in entries.items()},
        findings=tuple(_finding(one, setting.folder) for one in judgement.findings),
        checked=tuple(_asked(entries, judgement.profile)),
        tables=tuple(_tables(judgement, entries)),
        plots=(*_plots(setting.survey), *_by_rule(found, judgement)),
    )


def _summary(judgement: Judgement) -> str:
    wrong = _with_errors(judgement)
    said = f"{wrong} of {judgement.items}" if wrong else f"None of {judgement.items}"
    return f"{said} items with errors, by what {judgement.profile} requires."


def _with_errors(judgement: Judgement) -> int:
    errors = (f for f in judgement.findings if f.severity is Severity.ERROR)
    return len({found.item or found.place for found in errors})


def _numbers(judgement: Judgement) -> Iterator[tuple[str, str]]:
    for name, severity in zip(("Errors", "Warnings", "Infos"), Severity, strict=True):
        yield name, str(judgement.count(severity))
    yield "Items", str(judgement.items)
    yield "Items with errors", str(_with_errors(judgement))
    yield "Profile", judgement.profile


def _asked(entries: Mapping[str, Entry], profile: str) -> Iterator[str]:
    others = {*PROFILES} - {profile}
    for code, entry in entries.items():
        if code != FAILED and entry.chapter not in others:
            yield code


def _finding(found: finding.Finding, folder: Path) -> Finding:
    place = _PLACE.fullmatch(found.place)
    return Finding(
        rule=found.rule,
        level=Level(found.severity),
        message=found.message,
        item=found.item,
        field=found.field,
        value=found.value,
        place=found.place,
        address=_reference(Path(place["file"]), folder) if place else "",
        line=int(place["line"] or 0) if place else 0,
    )


def _reference(file: Path, folder: Path) -> str:
    """Return a file as a relative reference, or as a URL if it is not below."""
    full = Path(os.path.normpath(folder / file))
    if full.is_relative_to(folder):
        return quote(full.relative_to(folder).as_posix())
    return full.as_uri()


def _tables(judgement: Judgement, entries: Mapping[str, Entry]) -> Iterator[Table]:
    rows = tuple(
        (profile, verb, f"{code}: {entries[code].text}", str(count))
        for profile, lacks in judgement.lacks.items()
        for severity, verb in _VERBS.items()
        for code, count in lacks.items()
        if entries[code].severity is severity
    )
    if rows:
        head = ("Harvester", "", "What", "Items without")
        title = "What other harvesters would miss"
        yield Table(title=title, head=head, rows=rows)


def _plots(survey: Survey) -> Iterator[Plot]:
    yield from of_counted(
        Counted(
            of=f"Of {survey.items} items judged.",
            whole=survey.items,
            head="Field",
            fields=survey.fields,
            types=survey.types,
            languages=survey.languages,
            years=survey.years,
        )
    )


def _by_rule(found: Mapping[str, int], judgement: Judgement) -> Iterator[Plot]:
    if found:
        yield Bars(
            title="Findings by rule",
            note=f"Of {len(judgement.findings)} findings.{left_out(found)}",
            head="Rule",
            whole=len(judgement.findings),
            bars=few(found),
        )
