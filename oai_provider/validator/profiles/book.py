"""The profiles as people read them: who wants what, how much, and what mends it.

All of it stands in `profiles.toml`, and is checked when it is read.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from oai_provider.validator.catalogue import CatalogueError, Entry, Severity
from oai_provider.validator.profiles.record import PREFIXES, Place
from oai_provider.validator.profiles.terms import TERMS

PROTOCOL: Final = "oai"
"""The profile that asks for nothing but the protocol."""


class Level(StrEnum):
    """How much somebody wants something."""

    MANDATORY = "mandatory"
    """Without it a record is not taken."""
    IF_APPLICABLE = "mandatory if applicable"
    """Whoever has it must say it; from outside nobody knows who has."""
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


SEVERITIES: Final[Mapping[Level, Severity]] = {
    Level.MANDATORY: Severity.ERROR,
    Level.IF_APPLICABLE: Severity.WARNING,
    Level.RECOMMENDED: Severity.INFO,
    Level.OPTIONAL: Severity.INFO,
}
_SAID: Final[Mapping[Level, str]] = {
    Level.MANDATORY: "requires it",
    Level.IF_APPLICABLE: "wants it where it applies",
    Level.RECOMMENDED: "recommends it",
    Level.OPTIONAL: "takes it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """Measured by what is said in a place: by its form, by a term, or at all."""

    place: Place
    pattern: re.Pattern[str] | None = None
    term: str = ""

    def is_met(self, value: str) -> bool:
        """Tell whether a value is as it must be."""
        if self.pattern is not None:
            return self.pattern.fullmatch(value) is not None
        return not self.term or TERMS[self.term](value)


@dataclass(frozen=True, slots=True)
class InSet:
    """Measured by the sets that a header names."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Passes:
    """Measured by a test of `of_records`."""

    test: str


@dataclass(frozen=True, slots=True)
class Holds:
    """Measured once, by a test of `of_endpoints`."""

    test: str
    value: str = ""


Measure = Says | InSet | Passes | Holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a profile wants, and how it is measured."""

    entry: Entry
    level: Level
    measure: Measure
    where: Says | None = None
    """The records to which it applies; all without it."""

    @property
    def code(self) -> str:
        """Its code, which never changes its meaning."""
        return self.entry.code

    @property
    def is_of_records(self) -> bool:
        """Whether it is measured over records."""
        return not isinstance(self.measure, Holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Somebody who harvests."""

    name: str
    title: str
    prefix: str
    """The metadataPrefix of the format that is judged."""
    set: str
    """The set that is harvested, empty for everything."""
    requirements: tuple[Requirement, ...]


def read_book(document: str) -> dict[str, Profile]:
    """Return profiles by name; raises `CatalogueError`."""
    told = tomllib.loads(document)
    needs: Mapping[str, Any] = told["needs"]
    profiles = {n: _profile(n, p, needs) for n, p in told["profiles"].items()}
    wanted = {name for p in told["profiles"].values() for _, name in _wanted(p)}
    if wanted ^ needs.keys():
        raise CatalogueError(f"wanted or said alone: {sorted(wanted ^ needs.keys())}")
    return profiles


def _profile(name: str, told: Mapping[str, Any], needs: Mapping[str, Any]) -> Profile:
    requirements = tuple(
        _requirement(name, told, level, need, needs.get(need, {}))
        for level, need in _wanted(told)
    )
    return Profile(
        name=name,
        title=told["title"],
        prefix=told["prefix"],
        set=told.get("set", ""),
        requirements=requirements,
    )


def _wanted(profile: Mapping[str, Any]) -> Iterator[tuple[Level, str]]:
    for level in Level:
        for need in profile.get(level.replace(" ", "_"), ()):
            yield level, need


def _requirement(
    profile: str,
    of: Mapping[str, Any],
    level: Level,
    name: str,
    need: Mapping[str, Any],
) -> Requirement:
    code, prefix = f"{of['short']}-{name}", of["prefix"]
    if not need:
        raise CatalogueError(f"{code}: what {name} is, is not said")
    section = of.get("sections", {}).get(name)
    told = {field: need[field].replace("{prefix}", prefix) for field in _TOLD}
    entry = Entry(
        code=code,
        chapter=profile,
        clause=f"{of['clause']} {section}" if section else of["clause"],
        url=of["url"],
        severity=SEVERITIES[level],
        text=f"{told['text']}: {of['title']} {_SAID[level]}.",
        remedy=told["remedy"],
    )
    where = need.get("where", {}).get(prefix)
    return Requirement(
        entry=entry,
        level=level,
        measure=_measure(code, need, profile if profile in need else prefix),
        where=_says(code, where) if where else None,
    )


_TOLD: Final = ("text", "remedy")


def _measure(code: str, need: Mapping[str, Any], of: str) -> Measure:
    match need:
        case {"endpoint": test}:
            return Holds(test, need.get("value", ""))
        case {"sets": pattern}:
            return InSet(re.compile(pattern))
        case {"record": test}:
            return Passes(test)
        case _ if of in need:
            return _says(code, need[of])
        case _:
            raise CatalogueError(f"{code}: nothing is said of how it is measured")


def _says(code: str, told: Mapping[str, Any]) -> Says:
    elements = told["element"]
    elements = (elements,) if isinstance(elements, str) else tuple(elements)
    strays = told.keys() - {"element", "attribute", "having", "pattern", "term"}
    _refuse(code, "not known", strays)
    _refuse(code, "no such prefix", {e.partition(":")[0] for e in elements} - PREFIXES)
    _refuse(code, "no such term", {told.get("term", "date")} - TERMS.keys())
    pattern = told.get("pattern")
    return Says(
        place=Place(
            elements=elements,
            attribute=told.get("attribute", ""),
            having=tuple(told.get("having", {}).items()),
        ),
        pattern=re.compile(pattern, re.IGNORECASE | re.ASCII) if pattern else None,
        term=told.get("term", ""),
    )


def _refuse(code: str, why: str, found: Iterable[str]) -> None:
    names = ", ".join(sorted(found))
    if names:
        raise CatalogueError(f"{code}: {why}: {names}")


@cache
def profiles() -> dict[str, Profile]:
    """Return the profiles that the program brings along."""
    document = files("oai_provider.validator.profiles") / "profiles.toml"
    return read_book(document.read_text("utf-8"))
