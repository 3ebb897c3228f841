"""Would they take me? Every need measured, and what that comes to.

A function of a sample, of what the endpoint knows by then, and of what is broken of the
protocol. What could not be measured never counts as met.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
from oai_provider.validator.profiles.sample import Sample, read

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
    tallies, fit = _tallied(profile, sample)
    measured = tuple(
        _of_records(tally, look) if tally else _of_endpoint(requirement, look)
        for requirement, tally in zip(profile.requirements, tallies, strict=True)
    )
    takes, reasons = _verdict(measured, len(sample.headers), fit)
    return Assessment(
        profile=profile,
        takes=takes,
        reasons=reasons,
        records=len(sample.headers),
        fit=fit,
        of_set=sample.of_set,
        is_whole=sample.is_whole,
        measured=measured,
    )


class _Tally:
    """A need, as records are counted that have it."""

    def __init__(self, requirement: Requirement) -> None:
        self.requirement = requirement
        self.have = self.of = 0
        self.examples: list[str] = []

    def count(self, record: Record, sample: Sample) -> bool:
        """Count a record, and tell whether it is held back by this need."""
        is_met = _is_met(self.requirement, record, sample)
        self.of += is_met is not None
        self.have += is_met is True
        if is_met is False and len(self.examples) < MOST:
            self.examples.append(record.identifier)
        return is_met is False and self.requirement.level is Level.MANDATORY


def _tallied(profile: Profile, sample: Sample) -> tuple[list[_Tally | None], int]:
    """Return the needs of records, None for others, and how many records are fit."""
    tallies = [_Tally(r) if r.is_of_records else None for r in profile.requirements]
    of_sets = [t for t in tallies if t and isinstance(t.requirement.measure, InSet)]
    of_records = [t for t in tallies if t and t not in of_sets]
    if sample.of_all is sample.headers:
        of_sets, of_records = [], [*of_records, *of_sets]
    for record in read(sample.of_all) if of_sets else ():
        for tally in of_sets:
            tally.count(record, sample)
    fit = 0
    for record in read(sample.headers):
        # Each counts it, whatever another says.
        fit += not sum(tally.count(record, sample) for tally in of_records)
    return tallies, fit


def _of_records(tally: _Tally, look: Look) -> Measured:
    requirement, examples = tally.requirement, tuple(tally.examples)
    if not look.sample.headers:
        return Measured(
            requirement=requirement, said=look.sample.reason, is_known=False
        )
    return Measured(
        requirement=requirement,
        have=tally.have,
        of=tally.of,
        examples=examples,
        request=_request(look, examples[0]) if examples else "",
    )


def _request(look: Look, identifier: str) -> str:
    arguments = (
        ("verb", "GetRecord"),
        ("metadataPrefix", look.profile.prefix),
        ("identifier", identifier),
    )
    return Request(arguments=arguments).curl(look.endpoint.base_url)


def _of_endpoint(requirement: Requirement, look: Look) -> Measured:
    measure = requirement.measure
    if not isinstance(measure, Holds):
        raise TypeError(f"{requirement.code} is a need of records")
    try:
        seen = OF_ENDPOINTS[measure.test](replace(look, value=measure.value))
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
    measured: Sequence[Measured], records: int, fit: int
) -> tuple[Takes, tuple[str, ...]]:
    needed = [m for m in measured if m.requirement.level is Level.MANDATORY]
    lacking = tuple(lack(m) for m in needed if m.is_lacking)
    unknown = tuple(dict.fromkeys(m.said for m in needed if not m.is_known))
    if any(m.is_lacking and not m.requirement.is_of_records for m in needed):
        return Takes.NO, lacking
    if unknown:
        return Takes.UNKNOWN, unknown
    if fit == records:
        return Takes.YES, ()
    return Takes.IN_PART if fit else Takes.NO, lacking


def lack(measured: Measured) -> str:
    """Return in a few words what is lacking."""
    code = measured.requirement.code
    if not measured.requirement.is_of_records:
        return f"{code}: {measured.said}"
    return f"{code}: {measured.have} of {measured.of} records have it"


def lacking(assessment: Assessment) -> Iterator[Measured]:
    """Yield what is lacking, what is optional left out."""
    for one in assessment.measured:
        if one.is_lacking and one.requirement.level is not Level.OPTIONAL:
            yield one
