"""Rows of the table: what was measured, against what goal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import Final


class Bound(Enum):
    """On which side of its limit a figure should be."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a figure should reach."""

    limit: float
    words: str
    bound: Bound = Bound.AT_LEAST

    def is_reached(self, value: float) -> bool:
        """Tell whether a figure is on the right side."""
        if self.bound is Bound.AT_LEAST:
            return value >= self.limit
        return value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table; where nothing was measured, `said` says why."""

    what: str
    said: str
    value: float | None = None
    goal: Goal | None = None

    @property
    def verdict(self) -> str:
        """Whether the goal was reached, if there is one."""
        if self.value is None:
            return "not measured" if self.goal else ""
        if self.goal is None:
            return ""
        return "reached" if self.goal.is_reached(self.value) else "**not reached**"


def compared(
    what: str,
    goal: Goal | None,
    ours: Sequence[float],
    theirs: Sequence[float],
    note: str = "",
) -> Row:
    """Return how our rates compare with others that were measured in turn with them.

    The median of the rounds counts; the best is the best of ours by the best of theirs.
    """
    value = median(a / b for a, b in zip(ours, theirs, strict=True))
    best = max(ours) / max(theirs)
    said = f"{value:.2f} (best {best:.2f})"
    return Row(what=what, said=f"{said}{note}", value=value, goal=goal)


_HEAD: Final = ("what", "target", "measured", "")


def lines(facts: Mapping[str, str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the tables of the machine and of the figures, as Markdown."""
    yield from _table(("machine", ""), facts.items())
    yield ""
    told = (
        (row.what, row.goal.words if row.goal else "", row.said, row.verdict)
        for row in rows
    )
    yield from _table(_HEAD, told)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
