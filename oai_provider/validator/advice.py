"""What a breach leads to, and how it is mended in systems that many run.

All of it stands in `advice.toml`, each piece with the place where it is written. What
nobody is known to have written down is left out, so that most rules have none.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from oai_provider.validator.catalogue import CatalogueError, catalogue

_FIELDS: Final = {
    "mending": frozenset({"system", "rules", "text", "url"}),
    "consequence": frozenset({"who", "rules", "text", "url"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What somebody who harvests does about a breach."""

    who: str
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """How a breach is mended in a system."""

    system: str
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is known of a rule beyond its catalogue."""

    consequences: tuple[Consequence, ...] = ()
    mendings: tuple[Mending, ...] = ()

    def within(self, system: str) -> "Advice":
        """Return what is of use to who runs a system; all of it if it is not told."""
        kept = (one for one in self.mendings if system in {"", one.system})
        return Advice(consequences=self.consequences, mendings=tuple(kept))


@dataclass(frozen=True, slots=True)
class KnownAdvice:
    """The advice about all rules, and how systems are told."""

    systems: Mapping[str, re.Pattern[str]]
    """By title, what stands in a base URL or an answer to Identify."""
    by_rule: Mapping[str, Advice]

    def of(self, code: str) -> Advice:
        """Return what is known of a rule, which may be nothing."""
        return self.by_rule.get(code, Advice())

    def system(self, *told: str) -> str:
        """Return the title of the one system that some texts show, empty if none."""
        found = {
            title
            for title, pattern in self.systems.items()
            if any(map(pattern.search, told))
        }
        return found.pop() if len(found) == 1 else ""


def read_advice(document: str, codes: Iterable[str]) -> KnownAdvice:
    """Return the advice of a document about rules; raises `CatalogueError`."""
    told = tomllib.loads(document)
    known, systems = frozenset(codes), told["systems"]
    by_rule: dict[str, Advice] = {}
    for one in told["consequence"]:
        _check("consequence", one, known)
        what = Consequence(who=one["who"], text=one["text"], url=one["url"])
        for code in one["rules"]:
            before = by_rule.get(code, Advice())
            told_of = (*before.consequences, what)
            by_rule[code] = replace(before, consequences=told_of)
    for one in told["mending"]:
        _check("mending", one, known)
        if one["system"] not in systems:
            raise CatalogueError(f"no system {one['system']!r} is in [systems]")
        title = systems[one["system"]]["title"]
        how = Mending(system=title, text=one["text"], url=one["url"])
        for code in one["rules"]:
            before = by_rule.get(code, Advice())
            by_rule[code] = replace(before, mendings=(*before.mendings, how))
    patterns = {s["title"]: re.compile(s["pattern"]) for s in systems.values()}
    return KnownAdvice(patterns, by_rule)


def _check(kind: str, one: Mapping[str, Any], known: frozenset[str]) -> None:
    text = one.get("text", "?")
    if odd := _FIELDS[kind] ^ one.keys():
        raise CatalogueError(f"{text}: missing or not known: {', '.join(sorted(odd))}")
    if strange := [code for code in one["rules"] if code not in known]:
        raise CatalogueError(f"{text}: there is no rule {', '.join(strange)}")


@cache
def known_advice() -> KnownAdvice:
    """Return the advice that the program brings along."""
    document = files("oai_provider.validator") / "advice.toml"
    return read_advice(document.read_text("utf-8"), catalogue())
