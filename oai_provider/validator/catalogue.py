"""The rules as people read them: what must hold, where that is written, what mends it.

All of it stands in `catalogue.toml`, and is checked when it is read.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from oai_provider.errors import OaiProviderError

_CODE: Final = re.compile(r"[a-z]+(-[a-z0-9]+)+")
_FIELDS: Final = frozenset({"code", "clause", "severity", "text", "remedy"})
_OPTIONAL: Final = frozenset({"quick", "fix"})


class CatalogueError(OaiProviderError):
    """The catalogue of rules is not as it must be."""


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """A "must" of the specification is broken."""
    WARNING = "warning"
    """A "should", a guideline, or what known harvesters need."""
    INFO = "info"
    """Nothing is broken, and somebody may want to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A rule of the catalogue."""

    code: str
    chapter: str
    clause: str
    """The document and its section, such as OAI-PMH 4.2."""
    url: str
    """Where that can be read, empty for what is our own."""
    severity: Severity
    text: str
    """What must hold."""
    remedy: str
    is_quick: bool = True
    """Whether it is checked where few requests are to be made."""
    is_mended: bool = False
    """Whether some of what it finds can be mended without a person's thought."""


def read_catalogue(document: str) -> dict[str, Entry]:
    """Return the rules of a catalogue by code; raises `CatalogueError`."""
    told = tomllib.loads(document)
    entries: dict[str, Entry] = {}
    for chapter, rules in told["rules"].items():
        for rule in rules:
            entry = _entry(chapter, rule, told["sections"])
            if entry.code in entries:
                raise CatalogueError(f"the code {entry.code} stands there twice")
            entries[entry.code] = entry
    return entries


def _entry(chapter: str, rule: Mapping[str, Any], sections: Mapping[str, str]) -> Entry:
    code = rule.get("code", "?")
    odd = _FIELDS ^ (rule.keys() - _OPTIONAL)
    if odd:
        raise CatalogueError(f"{code}: missing or not known: {', '.join(sorted(odd))}")
    if not _CODE.fullmatch(code):
        raise CatalogueError(f"{code!r} is no code: write it as identify-base-url")
    clause = rule["clause"]
    if clause not in sections:
        raise CatalogueError(f"{code}: no section {clause!r} is in [sections]")
    empty = [name for name in ("text", "remedy") if not rule[name].strip()]
    if empty:
        raise CatalogueError(f"{code}: {', '.join(empty)} says nothing")
    return Entry(
        code=code,
        chapter=chapter,
        clause=clause,
        url=sections[clause],
        severity=Severity(rule["severity"]),
        text=rule["text"],
        remedy=rule["remedy"],
        is_quick=rule.get("quick", True),
        is_mended=rule.get("fix", False),
    )


@cache
def catalogue() -> dict[str, Entry]:
    """Return the catalogue that the program brings along."""
    document = files("oai_provider.validator") / "catalogue.toml"
    return read_catalogue(document.read_text("utf-8"))
