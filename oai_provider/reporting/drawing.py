"""Plots as tables and SVG by a few lines of our own: no script, nothing to be loaded.

Every number of a picture stands in a table, too, and no colour means anything alone.
"""

from collections.abc import Iterator
from math import floor, log10
from typing import Final

from oai_provider.reporting.plots import Bars, Columns, Plot, Points
from oai_provider.reporting.tree import Element, of_class, table, tag

# Units of the pictures: they are as wide as a small screen, where text stays legible.
_WIDE: Final = 360.0
_HIGH: Final = 170.0
_LEFT: Final = 38.0
_RIGHT: Final = 352.0
_TOP: Final = 12.0
_BOTTOM: Final = 142.0
_LABELS: Final = 5


def drawn(plot: Plot) -> Element:
    """Return a plot with its title and what is to be known of it."""
    match plot:
        case Bars():
            inner = [_bars(plot)]
        case Columns():
            inner = [_columns(plot), _numbers(_rows_of(plot), plot.head, "Records")]
        case Points():
            inner = [_points(plot), *_legend(plot), _numbers_of(plot)]
    note = of_class("note", "p", plot.note)
    return of_class("plot", "section", tag("h3", plot.title), note, *inner)


def _bars(plot: Bars) -> Element:
    rows = []
    for name, count in plot.bars:
        share = count / plot.whole if plot.whole else 0.0
        told = f"{name}: {count} of {plot.whole}"
        rows.append((name, str(count), percent(share), _bar(share, told)))
    made = table(plot.title, (plot.head, "Records", "Share", ""), rows)
    made.set("class", "bars")
    return made


def percent(share: float) -> str:
    """Return a share in words that do not round to all or nothing what is neither."""
    if 0 < share < 0.01:  # noqa: PLR2004 - a hundredth
        return "< 1 %"
    return f"{min(round(share * 100), 99 if share < 1 else 100)} %"


def _bar(share: float, told: str) -> Element:
    frame = {"class": "track", "width": "100", "height": "10"}
    filled = {"class": "bar", "width": f"{100 * share:.1f}", "height": "10"}
    box = {"viewBox": "0 0 100 10", "preserveAspectRatio": "none"}
    return tag(
        "svg",
        tag("title", told),
        tag("rect", attributes=frame),
        tag("rect", attributes=filled),
        attributes={**box, "aria-hidden": "true"},
    )


def _columns(plot: Columns) -> Element:
    most = round_above(max((2, *(count for _, count in plot.columns))))
    step = (_RIGHT - _LEFT) / max(len(plot.columns), 1)
    highest = max(plot.columns, key=lambda pair: pair[1], default=("", 0))
    picture = _picture(f"{plot.title}: most in {highest[0]} ({highest[1]})", most)
    every = -(-len(plot.columns) // _LABELS)
    for place, (name, count) in enumerate(plot.columns):
        x, y = _LEFT + place * step, _height(count / most)
        size = {"width": f"{max(step - 1, 0.5):.1f}", "height": f"{_BOTTOM - y:.1f}"}
        at = {"class": "bar", "x": f"{x + 0.5:.1f}", "y": f"{y:.1f}"}
        told = tag("title", f"{name}: {count}")
        picture.append(tag("rect", told, attributes={**at, **size}))
        if place % every == 0:
            picture.append(_text(x + step / 2, _BOTTOM + 14, name[:4], "middle"))
    return picture


def _picture(title: str, most: float) -> Element:
    """Return an empty picture with a scale from 0 to the most."""
    box = {"viewBox": f"0 0 {_WIDE:g} {_HIGH:g}", "role": "img", "class": "picture"}
    picture = tag("svg", tag("title", title), attributes=box)
    for share in (0.0, 0.5, 1.0):
        y = _height(share)
        ends = {"x1": f"{_LEFT:g}", "x2": f"{_RIGHT:g}", "y1": f"{y:g}", "y2": f"{y:g}"}
        picture.append(tag("line", attributes={"class": "grid", **ends}))
        picture.append(_text(_LEFT - 5, y + 4, f"{share * most:g}", "end"))
    return picture


def _height(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


def _text(x: float, y: float, words: str, anchor: str) -> Element:
    at = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    return tag("text", words, attributes=at)


def _points(plot: Points) -> Element:
    points = [point for _, group in plot.groups for point in group]
    most = round_above(max((y for _, y in points), default=1))
    last = max((x for x, _ in points), default=1)
    picture = _picture(f"{plot.title}: {len(points)} points", most)
    for shape, (name, group) in enumerate(plot.groups):
        for x, y in group:
            share = (x - 1) / (last - 1) if last > 1 else 0.5
            at = _LEFT + 10 + share * (_RIGHT - _LEFT - 20), _height(y / most)
            mark = _mark(shape, *at)
            mark.append(tag("title", f"{name}, {plot.x} {x:g}: {y:.3g} {plot.y}"))
            picture.append(mark)
    ends = {1.0: "1", last: f"{last:g}"} if last > 1 else {}
    for x, words in ends.items():
        place = _LEFT + 10 if x == 1 else _RIGHT - 10
        picture.append(_text(place, _BOTTOM + 14, words, "middle"))
    picture.append(_text((_LEFT + _RIGHT) / 2, _BOTTOM + 26, plot.x, "middle"))
    return picture


def _mark(shape: int, x: float, y: float) -> Element:
    """Return a disc, or for another group the outline of a square."""
    if shape == 0:
        at = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4"}
        return tag("circle", attributes={"class": "bar", **at})
    at = {"x": f"{x - 4:.1f}", "y": f"{y - 4:.1f}", "width": "8", "height": "8"}
    return tag("rect", attributes={"class": "outline", **at})


def _legend(plot: Points) -> Iterator[Element]:
    line = of_class("legend", "p")
    for shape, (name, _) in enumerate(plot.groups):
        box = {"viewBox": "0 0 12 12", "aria-hidden": "true"}
        line.append(tag("svg", _mark(shape, 6, 6), attributes=box))
        line.append(tag("span", f" {name} "))
    yield line


def _rows_of(plot: Columns) -> list[tuple[str, str]]:
    return [(name, str(count)) for name, count in plot.columns if count]


def _numbers(rows: list[tuple[str, str]], *head: str) -> Element:
    return tag("details", tag("summary", "The numbers"), table("", head, rows))


def _numbers_of(plot: Points) -> Element:
    rows = [
        (f"{name}, {x:g}", f"{y:.3g}") for name, group in plot.groups for x, y in group
    ]
    return _numbers(rows, plot.x, plot.y)


def round_above(value: float) -> float:
    """Return the next number whose half is as short as itself."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(value))
    return next(unit * n for n in (1, 2, 4, 6, 8, 10) if unit * n >= value)
