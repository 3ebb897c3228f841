"""What an assessment says to programs."""

from typing import Any

from oai_provider.validator.profiles.assessment import Assessment, Measured


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
