"""Running rules over items: what is wrong with each, and what each harvester lacks.

Items pass one by one, in one process or in several; of each only its findings stay, and
by what it may turn out to be a duplicate.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.verifier.catalogue import PROFILES
from oai_provider.verifier.finding import BatchCheck, Check, Finding, finding_of
from oai_provider.verifier.part import FAILED, REFUSED, Part, Seen, judge_for
from oai_provider.verifier.reading import Judged
from oai_provider.verifier.trait import Trait

__all__ = ["FAILED", "REFUSED", "Judgement", "together", "verify"]

_ORDER: Final = {severity: n for n, severity in enumerate(Severity)}


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
    part = judge_for(profile, checks, entries).part(judged)
    return together([part], batch_checks, entries, profile)


def together(
    parts: Iterable[Part],
    batch_checks: Sequence[BatchCheck],
    entries: Mapping[str, Entry],
    profile: str,
) -> Judgement:
    """Return the judgement of items that were judged in parts, in their order."""
    findings: dict[Seen, list[Finding]] = {}
    seen: set[Seen] = set()
    traits: list[Trait] = []
    lacks: Counter[str] = Counter()
    for part in parts:
        seen.update(part.seen)
        traits += part.traits
        lacks += part.lacks
        for whose, code, place, breach in part.found:
            told = finding_of(entries[code], breach, whose.item, place)
            findings.setdefault(whose, []).append(told)
    for told in _alike(batch_checks, traits, entries):
        findings.setdefault(Seen(told.item, told.place), []).append(told)
    return Judgement(
        profile=profile,
        items=len(seen),
        findings=tuple(
            told
            for group in findings.values()
            for told in sorted(group, key=lambda told: _ORDER[told.severity])
        ),
        lacks=_by_profile(lacks, entries, profile),
    )


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
