"""Bars of the ratios and marks of their goals, as SVG that needs nothing else.

Two groups, since a long bar is good in one and bad in the other. Colours follow the
reader's: dark on light or light on dark.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.table import Bound, Goal, Row

_STYLE: Final = """
text { font: 13px sans-serif; fill: #1f2328 }
.head { font-weight: bold }
.bar { fill: #2f81c7 }
.short { fill: #c4553b }
.goal { stroke: #1f2328; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e6e6 }
  .bar { fill: #58a6ff }
  .short { fill: #ff8a70 }
  .goal { stroke: #e6e6e6 }
}
"""
_HEADS: Final = {
    Bound.AT_LEAST: "The longer the better; the mark is the goal",
    Bound.AT_MOST: "The shorter the better; the mark is the goal",
}
_WIDTH: Final = 850
_LEFT: Final = 360
_LENGTH: Final = 380
_LINE: Final = 24
_HEIGHT: Final = 14
# Rates are no ratios, and a ratio beyond this would leave no room for others.
_LARGEST: Final = 20.0


def plot(rows: Iterable[Row]) -> str:
    """Return the picture of all rows that have a ratio and a goal."""
    measured = [(r, r.goal, r.value) for r in rows if r.goal and r.value is not None]
    shown = [bar for bar in measured if bar[1].limit <= _LARGEST]
    parts: list[str] = []
    top = 0
    for bound, head in _HEADS.items():
        group = [bar for bar in shown if bar[1].bound is bound]
        if group:
            parts += _group(head, group, top)
            top += (len(group) + 2) * _LINE
    size = f'viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" height="{top}"'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    return "\n".join((start, f"<style>{_STYLE}</style>", *parts, "</svg>\n"))


def _group(
    head: str, bars: Sequence[tuple[Row, Goal, float]], top: int
) -> Iterator[str]:
    yield _text(0, top + _LINE - 6, head, "head")
    for number, (row, goal, value) in enumerate(bars, start=1):
        # Each bar has its own scale, so that all goals stand on one line.
        length = min(value / goal.limit / 2, 1) * _LENGTH
        y = top + number * _LINE + 4
        kind = "bar" if goal.is_reached(value) else "short"
        yield _text(0, y + 12, row.what)
        yield (
            f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{length:.0f}"'
            f' height="{_HEIGHT}"/>'
        )
        figure = f"{value:.2f} (goal {goal.limit:g})"
        yield _text(_LEFT + _LENGTH + 8, y + 12, figure)
    x, bottom = _LEFT + _LENGTH // 2, top + (len(bars) + 1) * _LINE
    yield f'<path class="goal" d="M{x} {top + _LINE}V{bottom}"/>'


def _text(x: int, y: int, words: str, kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} x="{x}" y="{y}">{escape(words)}</text>'
