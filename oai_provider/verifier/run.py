"""Running rules over items: what is wrong with each, and what each harvester lacks.

Items pass one by one; of each only its findings stay, and by what it may turn out to be
a duplicate.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.verifier.catalogue import PROFILES
from oai_provider.verifier.filled import marked
from oai_provider.verifier.finding import (
    BatchCheck,
    Breach,
    Check,
    Finding,
    finding_of,
)
from oai_provider.verifier.reading import Judged, Refused
from oai_provider.verifier.subject import Subject
from oai_provider.verifier.trait import Trait

FAILED: Final = "verifier-rule-failed"
"""The code of what is told of a rule that failed itself."""
REFUSED: Final = "item-refused"
"""The code of what the item model does not take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that was found."""

    profile: str
    items: int
    findings: tuple[Finding, ...]
    """Those of one item stand together."""
    lacks: Mapping[str, Mapping[str, int]]
    """By every other profile, of how many items which of its rules is broken."""

    @property
    def is_fit(self) -> bool:
        """Whether nothing is wrong at the level of errors."""
        return not self.count(Severity.ERROR)

    def count(self, severity: Severity) -> int:
        """Return how many findings there are of a severity."""
        return sum(found.severity is severity for found in self.findings)


def verify(
    judged: Iterable[Judged],
    checks: Sequence[Check],
    batch_checks: Sequence[BatchCheck],
    entries: Mapping[str, Entry],
    profile: str,
) -> Judgement:
    """Return the judgement of items by rules, for one profile."""
    asked = [c for c in checks if entries[c.code].chapter not in _others(profile)]
    beside = [c for c in checks if entries[c.code].chapter in _others(profile)]
    findings: dict[tuple[str, str], list[Finding]] = {}
    lacks: Counter[str] = Counter()
    traits: list[Trait] = []
    seen: set[tuple[str, str]] = set()
    for one in judged:
        place = (one.identifier, one.place.partition(":")[0])
        if isinstance(one, Refused):
            seen.add(place)
            found = Breach(message=one.reason, field=one.field)
            told = finding_of(entries[REFUSED], found, one.identifier, one.place)
            findings.setdefault(place, []).append(told)
            continue
        seen.add((one.identifier, one.place))
        traits.append(one.trait)
        for rule in asked:
            for code, found in _found(rule, one):
                told = finding_of(entries[code], found, one.identifier, one.place)
                findings.setdefault((one.identifier, one.place), []).append(told)
        lacks.update({code for rule in beside for code, _ in _found(rule, one)})
    for told in _alike(batch_checks, traits, entries):
        findings.setdefault((told.item, told.place), []).append(told)
    return Judgement(
        profile=profile,
        items=len(seen),
        findings=tuple(
            told
            for group in findings.values()
            for told in sorted(group, key=lambda told: _ORDER.index(told.severity))
        ),
        lacks=_by_profile(lacks, entries, profile),
    )


_ORDER: Final = [*Severity]


def _found(rule: Check, subject: Subject) -> Iterator[tuple[str, Breach]]:
    """Yield what a rule finds; one that fails itself is told and stops nothing."""
    try:
        for found in rule.find(subject):
            yield rule.code, marked(found, subject)
    except Exception as error:  # noqa: BLE001 - whatever an item makes of a rule
        said = f"the rule {rule.code} failed: {type(error).__name__}: {error}"
        yield FAILED, Breach(message=said)


def _others(profile: str) -> frozenset[str]:
    return frozenset(PROFILES) - {profile}


def _alike(
    batch_checks: Iterable[BatchCheck],
    traits: Sequence[Trait],
    entries: Mapping[str, Entry],
) -> Iterator[Finding]:
    for rule in batch_checks:
        for found in rule.find(traits):
            entry, of = entries[rule.code], found.of
            yield finding_of(entry, found.breach, of.item, of.place)


def _by_profile(
    lacks: Counter[str], entries: Mapping[str, Entry], profile: str
) -> dict[str, dict[str, int]]:
    return {
        other: {c: n for c, n in sorted(lacks.items()) if entries[c].chapter == other}
        for other in PROFILES
        if other != profile
    }
