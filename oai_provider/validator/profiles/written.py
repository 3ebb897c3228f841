"""An assessment in words and as JSON, of which every report is made."""

from collections.abc import Iterator
from typing import Any

from oai_provider.validator.profiles.assessment import Assessment, Measured, Takes


def told(assessment: Assessment | None) -> dict[str, Any] | None:
    """Return an assessment as JSON has it."""
    if assessment is None:
        return None
    return {
        "name": assessment.profile.name,
        "title": assessment.profile.title,
        "format": assessment.profile.prefix,
        "takes": assessment.takes,
        "reasons": assessment.reasons,
        "records": assessment.records,
        "fit": assessment.fit,
        "set": assessment.of_set or None,
        "whole": assessment.is_whole,
        "requirements": [*map(_requirement, assessment.measured)],
    }


def _requirement(one: Measured) -> dict[str, Any]:
    entry = one.requirement.entry
    return {
        "code": entry.code,
        "level": one.requirement.level,
        "severity": entry.severity,
        "clause": entry.clause,
        "url": entry.url,
        "text": entry.text,
        "measured": one.is_known,
        "of_records": one.requirement.is_of_records,
        "have": one.have,
        "of": one.of,
        "share": one.share,
        "examples": one.examples,
        "request": one.request or None,
        "seen": one.said or None,
        "remedy": entry.remedy,
    }


def row(one: Measured) -> tuple[str, str, str, str]:
    """Return the code of a need, its level, who has it, and the share."""
    return one.requirement.code, one.requirement.level, *_cells(one)


def _cells(one: Measured) -> tuple[str, str]:
    if not one.is_known:
        return "not measured", ""
    if one.share is None:
        return "does not apply", ""
    if not one.requirement.is_of_records:
        return "yes" if one.have else "no", ""
    return f"{one.have} of {one.of}", _percent(one.share)


def _percent(share: float) -> str:
    """Return a share, of which nothing but all is 100 %, and nothing but none 0 %."""
    percent = round(share * 100)
    rounded = {0: 1, 100: 99}.get(percent, percent) if 0 < share < 1 else percent
    return f"{rounded} %"


def unknown(assessment: Assessment) -> dict[str, list[str]]:
    """Return the needs that could not be measured, by the reason."""
    reasons: dict[str, list[str]] = {}
    for one in assessment.measured:
        if not one.is_known:
            reasons.setdefault(one.said, []).append(one.requirement.code)
    return reasons


def sentence(assessment: Assessment) -> str:
    """Return whether they would be taken, and why not."""
    return " ".join(_sentences(assessment))


def _sentences(assessment: Assessment) -> Iterator[str]:
    title, takes, fit = assessment.profile.title, assessment.takes, assessment.fit
    count = assessment.records
    match takes:
        case Takes.UNKNOWN:
            yield f"Whether {title} would take them could not be measured."
        case Takes.NO if fit or not count:
            yield f"{title} would take nothing: the endpoint lacks what it requires."
        case _:
            some = "all there are" if assessment.is_whole else "a sample"
            of_set = f" in the set {assessment.of_set}" if assessment.of_set else ""
            counted = "1 record" if count == 1 else f"{count} records"
            yield f"{title} would take {fit} of {counted}{of_set}, {some}: {takes}."
    if takes is not Takes.YES:
        yield f"{'; '.join(assessment.reasons)}."
