"""The page of the documentation that holds the table, and its plot beside it.

What else the page says is in page.md, with a mark where the table goes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.plot import plot
from benchmarks.table import Row, lines

_NAME: Final = "benchmarks"
_TEXT: Final = Path(__file__).with_name("page.md")
_TABLE: Final = "@TABLE@"


def write_page(folder: Path, facts: Mapping[str, str], rows: Sequence[Row]) -> None:
    """Write the page and the plot into a folder."""
    table = "\n".join(lines(facts, rows))
    text = _TEXT.read_text("utf-8").replace(_TABLE, table)
    (folder / f"{_NAME}.md").write_text(text, "utf-8")
    (folder / f"{_NAME}.svg").write_text(plot(rows), "utf-8")
