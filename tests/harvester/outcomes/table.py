"""The table of outcomes: what has to become of a harvest, fault by fault."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from oai_provider.harvester.order import Verdict

FILE: Final = Path(__file__).with_name("outcomes.toml")


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Asking:
    """The fields of an order that are not as usual."""

    set_specs: tuple[str, ...] = ()
    from_: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Outcome:
    """One row of the table; the file says what the fields mean."""

    verdict: Verdict
    arrives: str
    requests: int
    sickle: str
    order: Asking = Asking()
    method: str = "GET"
    names: tuple[str, ...] = ()
    repairs: int = 0
    quarantined: int = 0
    retries: int = 0
    sleeps: float = 0.0
    hasty: bool = False


@cache
def outcomes() -> dict[str, Outcome]:
    """Return the outcome of each fault."""
    table = tomllib.loads(FILE.read_text("utf-8"))
    return TypeAdapter(dict[str, Outcome]).validate_python(table)
