"""What a repair does to an item as it is written: to a value, or to an entry of a list.

Places are those of the written form, short names included; what is read in more
places than one, through an alias say, is no place of its own.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

Steps = tuple[str | int, ...]
"""The way to a value: keys of mappings, and numbers in lists."""
Data = dict[str, Any]
Change = Callable[[str], str]
_STEP: Final = re.compile(r"[^.\[\]]+|\[\d+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Another text stands where one stood."""

    steps: Steps
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Several entries stand where one stood, alike but for the text within."""

    steps: Steps
    inner: Steps
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A value is gone, with its key if it had one."""

    steps: Steps


Act = Put | Split | Drop
KINDS: Final[tuple[type[Act], ...]] = (Put, Split, Drop)
"""In the order they are done: places stay what they are while texts change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """A repair: what it answers, and what it does."""

    rule: str
    field: str
    acts: tuple[Act, ...] = dataclasses.field(compare=False)

    @property
    def kind(self) -> type[Act]:
        """What kind of act it is."""
        return type(self.acts[0])

    @property
    def order(self) -> tuple[tuple[bool, str | int], ...]:
        """By what mends are sorted: a place comes after those before it in a list."""
        return tuple((isinstance(s, int), s) for s in self.acts[0].steps)


def steps_of(path: str) -> Steps:
    """Return the way that a path such as `creators[0].name` describes."""
    found = _STEP.findall(path)
    return tuple(int(s[1:-1]) if s.startswith("[") else s for s in found)


def at(data: object, steps: Iterable[str | int]) -> Any:  # noqa: ANN401 - any value
    """Return what stands at a place, None if nothing does."""
    value: Any = data
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def done(data: Data, acts: Iterable[Act]) -> Data:
    """Return the data after acts; the data itself stays as it is."""
    new = deepcopy(data)
    for act in acts:
        _do(new, act)
    return new


def _do(data: Data, act: Act) -> None:
    *way, last = act.steps
    owner = at(data, way)
    match act:
        case Put(change=change):
            owner[last] = change(owner[last])
        case Drop():
            del owner[last]
        case Split():
            entries = [_with(owner[last], act.inner, part) for part in act.parts]
            if isinstance(last, int):
                owner[last : last + 1] = entries
            else:
                owner[last] = entries


def _with(entry: object, inner: Steps, part: str) -> object:
    if not inner:
        return part
    copy = deepcopy(entry)
    at(copy, inner[:-1])[inner[-1]] = part
    return copy
