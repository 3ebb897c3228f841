"""What a report plots: shares, counts in their order, and points.

Plain values: `drawing` makes pictures of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_MOST: Final = 12
"""Bars of a plot."""
_WIDTHS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_COLUMNS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Counts by name, each as a share of a whole."""

    title: str
    note: str
    head: str
    """What the names are."""
    whole: int
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Counts beside each other, in an order that means something."""

    title: str
    note: str
    head: str
    columns: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Pairs of numbers, in groups that have names."""

    title: str
    note: str
    x: str
    y: str
    groups: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


Plot = Bars | Columns | Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What some records say, in numbers."""

    of: str
    """Of which, as a sentence."""
    whole: int
    head: str
    """What the fields are."""
    fields: Mapping[str, int]
    """How many say something in each."""
    types: Mapping[str, int]
    languages: Mapping[str, int]
    years: Mapping[int, int]


def of_counted(counted: Counted) -> Iterator[Plot]:
    """Yield what is plotted of records, nothing where there are none."""
    if not counted.whole:
        return
    yield Bars(
        title="Completeness",
        note=f"{counted.of} How many say something in each {counted.head.lower()}.",
        head=counted.head,
        whole=counted.whole,
        bars=tuple(counted.fields.items()),
    )
    for title, counts in (("Types", counted.types), ("Languages", counted.languages)):
        yield Bars(
            title=title,
            note=f"{counted.of}{left_out(counts)}",
            head=title[:-1],
            whole=counted.whole,
            bars=few(counts),
        )
    if counted.years:
        known = sum(counted.years.values())
        yield Columns(
            title="Years",
            note=f"{counted.of} The year of publication, which {known} have.",
            head="Year",
            columns=by_year(counted.years),
        )


def most_first(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return counts, the highest first."""
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def few(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return the highest counts: as many as can be looked at."""
    return most_first(counts)[:_MOST]


def left_out(counts: Mapping[str, int]) -> str:
    """Return a sentence on those that `few` leaves out, empty if there are none."""
    more = len(counts) - len(few(counts))
    return f" {more} more values are not shown." if more else ""


def by_year(counts: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
    """Return counts by year, without a gap; many years are put together."""
    if not counts:
        return ()
    width = next(w for w in _WIDTHS if _span(counts, w) <= _COLUMNS or w == _WIDTHS[-1])
    steps = range(min(counts) // width, max(counts) // width + 1)
    sums = dict.fromkeys(steps, 0)
    for year, count in counts.items():
        sums[year // width] += count
    return tuple((_years(step * width, width), n) for step, n in sums.items())


def _span(years: Iterable[int], width: int) -> int:
    return max(years) // width - min(years) // width + 1


def _years(first: int, width: int) -> str:
    return str(first) if width == 1 else f"{first}\N{EN DASH}{first + width - 1}"
