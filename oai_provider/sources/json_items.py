"""JSON read into plain mappings, lists and texts, with the line of every key.

Numbers are text, as they were written. Keys given twice are refused. Lines are
looked up in a second reading, since only what is refused needs them.
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from json import JSONDecodeError
from typing import Final

from oai_provider.sources.json_places import JsonPlaces
from oai_provider.sources.structure import TOO_DEEP, StructureFault, Written

_SPACE: Final = re.compile(r"[ \t\n\r]*")


class JsonReader:
    """Items out of JSON texts; one reader serves any number of them."""

    def __init__(self) -> None:
        self._is_flawed = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._mapping,
            parse_int=str,
            parse_float=str,
            parse_constant=self._constant,
        )

    def items(self, text: str) -> Iterator[Written]:
        """Yield the item of a text, or each item of the list it is.

        What is not JSON is a fault of its own, and the last thing yielded.
        """
        start = _past_space(text, 0)
        try:
            if text.startswith("[", start):
                yield from self._list(text, start + 1)
            else:
                yield self._alone(text, start, text.count("\n", 0, start) + 1)
        except JSONDecodeError as error:
            yield _unread(error.lineno, _syntax(error))
        except RecursionError:
            yield _unread(0, TOO_DEEP)

    def item(self, text: str, line: int) -> Written:
        """Return the one item that a line of its own holds."""
        try:
            return self._alone(text, _past_space(text, 0), line)
        except JSONDecodeError as error:
            return _unread(line, _syntax(error))
        except RecursionError:
            return _unread(line, TOO_DEEP)

    def _alone(self, text: str, start: int, line: int) -> Written:
        written, end = self._item(text, start, line)
        _require_end(text, end)
        return written

    def _list(self, text: str, start: int) -> Iterator[Written]:
        end, line = start, text.count("\n", 0, start) + 1
        start = _past_space(text, start)
        is_over = text.startswith("]", start)
        while not is_over:
            line += text.count("\n", end, start)
            written, end = self._item(text, start, line)
            yield written
            line += text.count("\n", start, end)
            start = _past_space(text, end)
            is_over = text.startswith("]", start)
            if not is_over:
                start = _past_comma(text, start)
        _require_end(text, start + 1)

    def _item(self, text: str, start: int, line: int) -> tuple[Written, int]:
        self._is_flawed = False
        value, end = self._decoder.raw_decode(text, start)
        places = partial(JsonPlaces, text[start:end], line)
        faults = tuple(places().faults) if self._is_flawed else ()
        written = Written(
            line=line, value=value, lines=lambda: places().lines, faults=faults
        )
        return written, end

    def _mapping(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        mapping = dict(pairs)
        self._is_flawed |= len(mapping) != len(pairs)
        return mapping

    def _constant(self, name: str) -> str:
        self._is_flawed = True
        return name


def _past_space(text: str, start: int) -> int:
    space = _SPACE.match(text, start)
    return space.end() if space else start


def _past_comma(text: str, start: int) -> int:
    if not text.startswith(",", start):
        raise JSONDecodeError("Expecting ',' delimiter", text, start)
    return _past_space(text, start + 1)


def _require_end(text: str, start: int) -> None:
    end = _past_space(text, start)
    if end != len(text):
        what = "Extra data (a file of one item a line is named .jsonl)"
        raise JSONDecodeError(what, text, end)


def _syntax(error: JSONDecodeError) -> str:
    return f"is not JSON: {error.msg} at column {error.colno}"


def _unread(line: int, reason: str) -> Written:
    return Written(line=line, faults=(StructureFault(line=line, reason=reason),))
