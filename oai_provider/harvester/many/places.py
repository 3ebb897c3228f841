"""Where in a TOML file a key stands: its line, for messages about it.

The parser of the standard library tells no lines. This reads only as much as is
needed for that: headers of tables, and keys that begin a line. A key that is not
found, one in an inline table say, has the line of what it is in.
"""

import re
from collections.abc import Mapping
from typing import Final

Place = tuple[str | int, ...]
"""The keys from the top of a file, and numbers of tables of an array, from 0."""

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEYS: Final = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER: Final = re.compile(rf"\s*(\[\[?)\s*({_KEYS})\s*\]\]?\s*(?:#.*)?")
_ASSIGNED: Final = re.compile(rf"\s*({_KEYS})\s*=")
_ONE_KEY: Final = re.compile(_KEY)


def lines_of(text: str) -> Mapping[Place, int]:
    """Return the line of each table and key, counted from 1."""
    lines: dict[Place, int] = {}
    counts: dict[str, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            table = _table(header[1] == "[[", _keys(header[2]), counts)
            lines.setdefault(table, number)
        elif assigned := _ASSIGNED.match(line):
            lines.setdefault((*table, *_keys(assigned[1])), number)
    return lines


def line_of(place: Place, lines: Mapping[Place, int]) -> int:
    """Return the line of a place, or of the nearest around it."""
    around = (place[:end] for end in range(len(place), 0, -1))
    return next((lines[found] for found in around if found in lines), 1)


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(key.strip("\"'") for key in _ONE_KEY.findall(dotted))


def _table(is_array: bool, keys: tuple[str, ...], counts: dict[str, int]) -> Place:
    """Return the place of a table, of an array's last if it is in one."""
    first, *rest = keys
    if is_array and not rest:
        counts[first] = counts.get(first, -1) + 1
    number = (counts[first],) if first in counts else ()
    return first, *number, *rest
