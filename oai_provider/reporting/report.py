"""A judgement as it is told: what was judged, what was found, what was measured.

Plain values, texts as they came; whoever writes them makes them harmless.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from oai_provider.reporting.plots import Plot


class Level(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must hold, where that is written, and what mends it."""

    code: str
    chapter: str
    level: Level
    text: str
    clause: str
    url: str
    """Where the clause can be read, empty for what is our own."""
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that is broken, and how it shows; what is not known is empty."""

    rule: str
    level: Level
    message: str
    item: str = ""
    field: str = ""
    value: str = ""
    request: str = ""
    """As a line of a shell."""
    place: str = ""
    """The file and line, as people write it."""
    address: str = ""
    """What holds the place: a URL, or a relative reference."""
    line: int = 0
    column: int = 0
    excerpt: str = ""
    """What stands there; the beginning, where there is no line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A rule, or the rest of one, that could not be checked."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of texts under a head."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is told of a judgement."""

    command: str
    """The command that judged."""
    subject: str
    """What was judged."""
    verdict: str
    is_good: bool
    summary: str
    """What the verdict means, in a sentence."""
    exit_code: int
    made: datetime
    failure: str = ""
    """Why nothing could be judged at all."""
    numbers: tuple[tuple[str, str], ...] = ()
    """By label, what is worth knowing at first sight."""
    rules: Mapping[str, Rule]
    findings: tuple[Finding, ...] = ()
    more: Mapping[str, int] = field(default_factory=dict)
    """By rule, how many findings are not told one by one."""
    checked: tuple[str, ...] = ()
    """The rules that were checked to their end."""
    unchecked: tuple[Unchecked, ...] = ()
    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()

    def found(self, rule: str) -> tuple[Finding, ...]:
        """Return the findings of a rule."""
        return tuple(one for one in self.findings if one.rule == rule)

    def codes(self) -> tuple[str, ...]:
        """Return the rules of which anything is told."""
        reasons = (one.rule for one in self.unchecked)
        found = (one.rule for one in self.findings)
        return tuple(dict.fromkeys((*self.checked, *reasons, *found)))
