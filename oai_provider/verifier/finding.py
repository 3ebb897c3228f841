"""What a rule about items yields, and what becomes of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.validator.rule import Rule
from oai_provider.verifier.subject import Subject
from oai_provider.verifier.trait import Trait


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What a rule found in an item; whose rule it is, the runner knows."""

    message: str
    field: str = ""
    """The path of the field, as `creators[0].name`."""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What a rule found of an item beside those that came before it."""

    of: Trait
    breach: Breach


FindsInItem = Callable[[Subject], Iterator[Breach]]
FindsInBatch = Callable[[Sequence[Trait]], Iterator[Alike]]
Check = Rule[FindsInItem]
"""A rule about one item."""
BatchCheck = Rule[FindsInBatch]
"""A rule about items beside each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that an item breaks: which, how it shows, and what mends it."""

    rule: str
    severity: Severity
    clause: str
    url: str
    message: str
    item: str
    place: str
    field: str
    value: str
    remedy: str


def finding_of(entry: Entry, found: Breach, item: str, place: str) -> Finding:
    """Return what is told of a breach."""
    return Finding(
        rule=entry.code,
        severity=entry.severity,
        clause=entry.clause,
        url=entry.url,
        message=found.message,
        item=item,
        place=place,
        field=found.field,
        value=found.value,
        remedy=entry.remedy,
    )
