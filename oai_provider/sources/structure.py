"""An item as its file writes it: values, the line of each, and faults of the writing.

YAML and JSON are both read into this, before anyone asks whether it is an item.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Lines = Mapping[str, int]
"""The line each path of an item stands on: `creators[0].family`, and "" for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureFault:
    """What is wrong with the writing: a key given twice, say."""

    line: int
    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One item of a file, or where the reading of the file ended for good."""

    line: int
    value: object = None
    lines: Callable[[], Lines] = dict
    faults: tuple[StructureFault, ...] = ()


def given_twice(path: str, first: int, second: int) -> StructureFault:
    """Return the fault of a key that a mapping has two times."""
    reason = f"is given twice, on lines {first} and {second}: keep one"
    return StructureFault(line=second, path=path, reason=reason)


def line_of(path: str, lines: Lines) -> int:
    """Return the line of a path, else of the nearest thing around it, else 0."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path, 0)


TOO_DEEP = "is nested too deeply to be an item: take a level out"
