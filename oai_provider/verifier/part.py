"""Some items judged: all that is kept of them until the others were seen, plain.

Processes return it, so that a rule stands in it by its code alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from oai_provider.validator.catalogue import Entry
from oai_provider.verifier.catalogue import PROFILES
from oai_provider.verifier.filled import marked
from oai_provider.verifier.finding import Breach, Check
from oai_provider.verifier.reading import Judged, Refused
from oai_provider.verifier.subject import Subject
from oai_provider.verifier.trait import Trait

FAILED: Final = "verifier-rule-failed"
"""The code of what is told of a rule that failed itself."""
REFUSED: Final = "item-refused"
"""The code of what the item model does not take."""


class Seen(NamedTuple):
    """Whose findings stand together: an item, and its place without the line."""

    item: str
    place: str


class Found(NamedTuple):
    """A breach, of which rule, where."""

    seen: Seen
    code: str
    place: str
    breach: Breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was found in some items, in their order."""

    seen: list[Seen] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    traits: list[Trait] = field(default_factory=list)
    lacks: Counter[str] = field(default_factory=Counter)
    """Of how many items each rule of another profile is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """The rules that items are judged by."""

    asked: Sequence[Check]
    beside: Sequence[Check]
    """Those of other profiles."""

    def part(self, judged: Iterable[Judged]) -> Part:
        """Return what is found in items."""
        part = Part()
        for one in judged:
            if isinstance(one, Refused):
                _refuse(one, part)
            else:
                self._judge(one, part)
        return part

    def _judge(self, subject: Subject, part: Part) -> None:
        place = subject.place
        seen = Seen(subject.identifier, place)
        part.seen.append(seen)
        part.traits.append(subject.trait)
        for rule in self.asked:
            part.found.extend(
                Found(seen, code, place, breach)
                for code, breach in _breaches(rule, subject)
            )
        part.lacks.update(
            {code for rule in self.beside for code, _ in _breaches(rule, subject)}
        )


def judge_for(
    profile: str, checks: Iterable[Check], entries: Mapping[str, Entry]
) -> Judge:
    """Return who judges for a profile by the rules of all."""
    others = frozenset(PROFILES) - {profile}
    rules = [*checks]
    return Judge(
        asked=[rule for rule in rules if entries[rule.code].chapter not in others],
        beside=[rule for rule in rules if entries[rule.code].chapter in others],
    )


def _refuse(refused: Refused, part: Part) -> None:
    # What has no name is told apart by its line.
    file = refused.place.rpartition(":")[0] or refused.place
    seen = Seen(refused.identifier, file if refused.identifier else refused.place)
    breach = Breach(message=refused.reason, field=refused.field)
    part.seen.append(seen)
    part.found.append(Found(seen, REFUSED, refused.place, breach))


def _breaches(rule: Check, subject: Subject) -> list[tuple[str, Breach]]:
    """Return what a rule finds; one that fails itself is told and stops nothing."""
    found: list[tuple[str, Breach]] = []
    try:
        for breach in rule.find(subject):
            # What came before a failure stays.
            found.append((rule.code, marked(breach, subject)))  # noqa: PERF401
    except Exception as error:  # noqa: BLE001 - whatever an item makes of a rule
        said = f"the rule {rule.code} failed: {type(error).__name__}: {error}"
        found.append((FAILED, Breach(message=said)))
    return found
