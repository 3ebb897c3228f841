"""Would they take me? Every need measured, and what that comes to.

A function of a sample, of what the endpoint knows by then, and of what is broken of the
protocol. What could not be measured never counts as met.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from oai_provider.validator.catalogue import Severity
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Request
from oai_provider.validator.finding import Finding, NotChecked
from oai_provider.validator.profiles.book import (
    Holds,
    InSet,
    Level,
    Passes,
    Profile,
    Requirement,
    Says,
)
from oai_provider.validator.profiles.of_endpoints import OF_ENDPOINTS, Look
from oai_provider.validator.profiles.of_records import OF_RECORDS
from oai_provider.validator.profiles.record import Record
from oai_provider.validator.profiles.sample import Sample

MOST: Final = 5
"""Examples that are named."""


class Takes(StrEnum):
    """Whether somebody would take what is there."""

    YES = "yes"
    """Every record that was looked at has all that is mandatory."""
    IN_PART = "in part"
    """Some of them have."""
    NO = "no"
    """None has, or the endpoint itself lacks something mandatory."""
    UNKNOWN = "unknown"
    """It could not be measured; this never counts as yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How far a need is met."""

    requirement: Requirement
    have: int = 0
    of: int = 0
    """The records to which it applies; 1 for what the endpoint itself must have."""
    examples: tuple[str, ...] = ()
    """Identifiers of records that lack it."""
    request: str = ""
    """What shows the first of them, as a line of a shell."""
    said: str = ""
    """What was seen of the endpoint, or why it could not be measured."""
    is_known: bool = True

    @property
    def is_lacking(self) -> bool:
        """Whether somebody lacks it."""
        return self.is_known and self.have < self.of

    @property
    def share(self) -> float | None:
        """The share that has it, None where it applies to nothing."""
        return self.have / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All that was measured for a profile."""

    profile: Profile
    takes: Takes
    reasons: tuple[str, ...]
    """Why it is no, in part, or unknown."""
    records: int
    """How many were looked at."""
    fit: int
    """How many of them have all that is mandatory."""
    of_set: str
    is_whole: bool
    """Whether these are all records there are."""
    measured: tuple[Measured, ...]


def assess(
    endpoint: Endpoint, profile: Profile, sample: Sample, findings: Sequence[Finding]
) -> Assessment:
    """Return whether a profile takes what a sample and an endpoint show."""
    broken = {f.rule for f in findings if f.severity is Severity.ERROR}
    look = Look(endpoint=endpoint, profile=profile, sample=sample, errors=len(broken))
    measured = tuple(_measured(r, look) for r in profile.requirements)
    of_records = [
        r
        for r in profile.requirements
        if r.level is Level.MANDATORY and r.is_of_records
    ]
    fit = sum(
        all(_is_met(need, record, sample) is not False for need in of_records)
        for record in sample.records
    )
    takes, reasons = _verdict(measured, sample, fit, has_needs=bool(of_records))
    return Assessment(
        profile=profile,
        takes=takes,
        reasons=reasons,
        records=len(sample.records),
        fit=fit,
        of_set=sample.of_set,
        is_whole=sample.is_whole,
        measured=measured,
    )


def _measured(requirement: Requirement, look: Look) -> Measured:
    if isinstance(requirement.measure, Holds):
        return _of_endpoint(requirement, requirement.measure, look)
    sample = look.sample
    is_of_set = isinstance(requirement.measure, InSet)
    records = sample.of_all if is_of_set else sample.records
    if not records:
        return Measured(requirement=requirement, said=sample.reason, is_known=False)
    met = [(r.identifier, _is_met(requirement, r, sample)) for r in records]
    lacking = tuple(identifier for identifier, is_met in met if is_met is False)
    return Measured(
        requirement=requirement,
        have=sum(is_met is True for _, is_met in met),
        of=sum(is_met is not None for _, is_met in met),
        examples=lacking[:MOST],
        request=_request(look, lacking[0]) if lacking else "",
    )


def _request(look: Look, identifier: str) -> str:
    arguments = (
        ("verb", "GetRecord"),
        ("metadataPrefix", look.profile.prefix),
        ("identifier", identifier),
    )
    return Request(arguments=arguments).curl(look.endpoint.base_url)


def _of_endpoint(requirement: Requirement, measure: Holds, look: Look) -> Measured:
    value = Look(
        endpoint=look.endpoint,
        profile=look.profile,
        sample=look.sample,
        errors=look.errors,
        value=measure.value,
    )
    try:
        seen = OF_ENDPOINTS[measure.test](value)
    except NotChecked as reason:
        return Measured(requirement=requirement, said=str(reason), is_known=False)
    return Measured(
        requirement=requirement,
        have=int(seen.is_met is True),
        of=int(seen.is_met is not None),
        said=seen.said,
    )


def _is_met(requirement: Requirement, record: Record, sample: Sample) -> bool | None:
    """Return whether a record has it, None where it does not apply."""
    where = requirement.where
    if where and not any(map(where.is_met, record.values(where.place))):
        return None
    measure = requirement.measure
    match measure:
        case Says():
            return any(map(measure.is_met, record.values(measure.place)))
        case InSet():
            return any(map(measure.pattern.fullmatch, record.header.set_specs))
        case Passes():
            return OF_RECORDS[measure.test](record, sample)
        case Holds():
            return None
        case _:
            assert_never(measure)


def _verdict(
    measured: Sequence[Measured], sample: Sample, fit: int, *, has_needs: bool
) -> tuple[Takes, tuple[str, ...]]:
    needed = [m for m in measured if m.requirement.level is Level.MANDATORY]
    of_endpoint = [m for m in needed if not m.requirement.is_of_records]
    lacking = tuple(_lack(m) for m in needed if m.is_lacking)
    unknown = tuple(dict.fromkeys(m.said for m in needed if not m.is_known))
    if any(m.is_lacking for m in of_endpoint):
        return Takes.NO, lacking
    if unknown:
        return Takes.UNKNOWN, unknown
    if fit == len(sample.records) or not has_needs:
        return Takes.YES, ()
    return Takes.IN_PART if fit else Takes.NO, lacking


def _lack(measured: Measured) -> str:
    code = measured.requirement.code
    if not measured.requirement.is_of_records:
        return f"{code}: {measured.said}"
    return f"{code}: {measured.have} of {measured.of} records have it"


def lacking(assessment: Assessment) -> Iterator[Measured]:
    """Yield what is lacking, what is optional left out."""
    for one in assessment.measured:
        if one.is_lacking and one.requirement.level is not Level.OPTIONAL:
            yield one
