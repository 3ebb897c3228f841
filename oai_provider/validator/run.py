"""Running rules over an endpoint: what is broken, and what could not be checked.

A rule that fails itself on an odd endpoint is told as that and stops nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from oai_provider.validator.advice import known_advice
from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.validator.endpoint import BUSY, QUICK, Endpoint
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.finding import (
    Check,
    Finding,
    NotChecked,
    breach,
    finding_of,
)
from oai_provider.validator.profiles.assessment import Assessment
from oai_provider.validator.recording import RecordingError
from oai_provider.validator.survey import EMPTY, Survey, survey

SELF: Final = "validator-rule-failed"
"""The code of what is told of a rule that failed itself."""
MOST: Final = 5
"""Findings of one rule that are told; the others are counted."""


class Verdict(StrEnum):
    """What an endpoint is."""

    COMPLIANT = "compliant"
    """No error was found."""
    NOT_COMPLIANT = "not compliant"
    UNREACHABLE = "unreachable"
    """Identify got no answer at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A rule, or the rest of one, that could not be checked."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that was found."""

    base_url: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    more: Mapping[str, int]
    """By rule, how many findings are not told one by one."""
    unchecked: tuple[Unchecked, ...] = ()
    checked: tuple[str, ...] = ()
    """The rules that were checked to their end."""
    requests: int = 0
    depth: str
    seed: int
    reason: str = ""
    """Why it is unreachable."""
    profile: Assessment | None = None
    """What somebody who harvests would make of it."""
    survey: Survey = EMPTY
    """What the records say that were met on the way."""
    system: str = ""
    """What software it seems to be, empty if that is not told."""

    def count(self, severity: Severity) -> int:
        """Return how many findings there are of a severity."""
        told = [found for found in self.findings if found.severity is severity]
        rules = {found.rule for found in told}
        return len(told) + sum(n for rule, n in self.more.items() if rule in rules)


def validate(
    endpoint: Endpoint, checks: Iterable[Check], entries: Mapping[str, Entry]
) -> Judgement:
    """Return the judgement of an endpoint by some rules."""
    first = _first(endpoint)
    is_busy = first is not None and first.status in BUSY and first.response is None
    if first is None or not first.status or is_busy:
        return Judgement(
            base_url=endpoint.base_url,
            verdict=Verdict.UNREACHABLE,
            more={},
            requests=endpoint.made,
            depth=endpoint.depth.name,
            seed=endpoint.seed,
            reason=first.failure if first else "Identify is not in the recording",
        )
    findings: list[Finding] = []
    unchecked: list[Unchecked] = []
    more: dict[str, int] = {}
    checked: list[str] = []
    is_no_oai_pmh = first.response is None
    for one in checks:
        if is_no_oai_pmh and entries[one.code].chapter not in _OF_ANYTHING:
            reason = f"Identify was answered by {first.told}"
            unchecked.append(Unchecked(rule=one.code, reason=reason))
            continue
        ran = _run(one, endpoint, entries)
        findings += ran.findings
        unchecked += ran.unchecked
        more |= {one.code: ran.more} if ran.more else {}
        checked += [] if ran.unchecked else [one.code]
    is_broken = any(found.severity is Severity.ERROR for found in findings)
    return Judgement(
        base_url=endpoint.base_url,
        verdict=Verdict.NOT_COMPLIANT if is_broken else Verdict.COMPLIANT,
        findings=tuple(sorted(findings, key=lambda f: _ORDER.index(f.severity))),
        more=more,
        unchecked=tuple(unchecked),
        checked=tuple(checked),
        requests=endpoint.made,
        depth=endpoint.depth.name,
        seed=endpoint.seed,
        survey=survey(endpoint.exchanges),
        system=known_advice().system(
            endpoint.base_url, first.body.decode("utf-8", errors="replace")
        ),
    )


_ORDER: Final = [*Severity]
_OF_ANYTHING: Final = frozenset({"identify", "http", "xml"})
"""The chapters that say something of what is no OAI-PMH at all."""


def _first(endpoint: Endpoint) -> Exchange | None:
    try:
        return endpoint.ask("Identify")
    except NotChecked:
        return None


@dataclass(frozen=True, slots=True)
class _Ran:
    findings: tuple[Finding, ...] = ()
    more: int = 0
    unchecked: tuple[Unchecked, ...] = ()


def _run(one: Check, endpoint: Endpoint, entries: Mapping[str, Entry]) -> _Ran:
    told: list[Finding] = []
    unchecked: tuple[Unchecked, ...] = ()
    failed: tuple[Finding, ...] = ()
    more = 0
    if endpoint.depth is QUICK and not entries[one.code].is_quick:
        return _Ran(unchecked=(Unchecked(rule=one.code, reason="left out by --quick"),))
    try:
        for found in one.find(endpoint):
            if len(told) < MOST:
                told.append(finding_of(entries[one.code], found, endpoint.base_url))
            else:
                more += 1
    except RecordingError:
        # The evidence is incomplete, and the rule is not to blame.
        raise
    except NotChecked as reason:
        unchecked = (Unchecked(rule=one.code, reason=str(reason)),)
    except Exception as error:  # noqa: BLE001 - whatever an endpoint makes of a rule
        failed = (_failed(one, error, endpoint, entries),)
        unchecked = (Unchecked(rule=one.code, reason="the rule itself failed"),)
    return _Ran((*told, *failed), more, unchecked)


def _failed(
    one: Check, error: Exception, endpoint: Endpoint, entries: Mapping[str, Entry]
) -> Finding:
    known = endpoint.exchanges
    last = known[-1] if known else Exchange(request=Request(arguments=()))
    message = f"the rule {one.code} failed: {type(error).__name__}: {error}"
    return finding_of(entries[SELF], breach(message, last), endpoint.base_url)
