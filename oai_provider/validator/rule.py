"""A rule: its code, by which the catalogue knows it, and what finds its breaches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Finds_co = TypeVar("Finds_co", covariant=True)
Finds = TypeVar("Finds")


@dataclass(frozen=True, slots=True)
class Rule(Generic[Finds_co]):
    """A rule that can be run; its code is in a catalogue."""

    code: str
    find: Finds_co


def check(code: str) -> Callable[[Finds], Rule[Finds]]:
    """Make a generator of breaches the rule of a code."""
    return lambda find: Rule(code, find)
