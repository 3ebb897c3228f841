"""Where in a JSON text each path stands: `creators[0].family` on line 7."""

import json
import re
from dataclasses import dataclass
from typing import Final

from oai_provider.sources.structure import StructureFault, given_twice

_TOKEN: Final = re.compile(
    r'\n|"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]|[^\s{}\[\],:"]+', re.DOTALL
)
_OPENING: Final = {"{": False, "[": True}
_CONSTANTS: Final = {"NaN", "Infinity", "-Infinity"}


@dataclass(slots=True)
class _Open:
    """A mapping or list not yet closed, and what of it comes next."""

    path: str
    is_list: bool
    index: int = 0
    key: str | None = None

    @property
    def next_path(self) -> str:
        if self.is_list:
            return f"{self.path}[{self.index}]"
        return f"{self.path}.{self.key}" if self.path else str(self.key)


class JsonPlaces:
    """The lines of the paths in a text that is known to be JSON, and its faults."""

    def __init__(self, text: str, line: int) -> None:
        self.lines: dict[str, int] = {"": line}
        self.faults: list[StructureFault] = []
        self._line = line
        self._open: list[_Open] = []
        for match in _TOKEN.finditer(text):
            self._take(match[0])

    def _take(self, token: str) -> None:
        here = self._open[-1] if self._open else None
        match token[0]:
            case "\n":
                self._line += 1
            case "}" | "]":
                self._open.pop()
            case "," if here:
                here.index, here.key = here.index + 1, None
            case '"' if here and not here.is_list and here.key is None:
                here.key = json.loads(token)
                self._found(here.next_path, is_key=True)
            case _:
                self._value(token, here)

    def _value(self, token: str, here: _Open | None) -> None:
        path = here.next_path if here else ""
        if here and here.is_list:
            self._found(path)
        if token in _CONSTANTS:
            reason = f"{token} is not JSON: write it in quotes or leave it out"
            fault = StructureFault(line=self._line, path=path, reason=reason)
            self.faults.append(fault)
        if token in _OPENING:
            self._open.append(_Open(path, is_list=_OPENING[token]))

    def _found(self, path: str, *, is_key: bool = False) -> None:
        if is_key and path in self.lines:
            self.faults.append(given_twice(path, self.lines[path], self._line))
        self.lines.setdefault(path, self._line)
