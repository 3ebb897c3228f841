"""The authors' table of a journal page: one row an author, or one an affiliation.

In this journal the family name comes first. An e-mail address is known by its form,
in whichever column it stands; it is taken out of the text, so that it is served with
no affiliation. A row without a name goes on about the author above it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from oai_provider.sources.page_parts import seen

_EMAIL: Final = re.compile(
    r"(?:e-?mail\s*:?\s*)?[(<]?([^\s|,;:<>()\[\]]+@[^\s|,;:<>()\[\]@]+\.[^\W\d_]{2,})[)>]?",
    re.IGNORECASE,
)
_OUTSIDE_BRACKETS: Final = r"(?![^()]*\))"
_EDGE: Final = " \t\u00a0,;"
_SEMICOLON: Final = re.compile(rf";{_OUTSIDE_BRACKETS}")


@dataclass(slots=True)
class Author:
    """An author as printed, with affiliations and addresses in their order."""

    name: str
    affiliations: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)


def authors_of(rows: Iterable[Sequence[str]]) -> tuple[list[Author], list[str]]:
    """Return the authors, each once, and the text of rows that belong to nobody."""
    authors: dict[str, Author] = {}
    author: Author | None = None
    nobodys: list[str] = []
    for row in rows:
        emails = [email for cell in row for email in _EMAIL.findall(cell)]
        name, *others = [_EMAIL.sub("", c) for c in row if not _EMAIL.fullmatch(c)]
        if seen(name):
            author = authors.setdefault(name, Author(name))
        affiliations = [part for cell in others for part in _affiliations(cell)]
        if author is None:
            nobodys += affiliations
        else:
            author.affiliations += affiliations
            author.emails += emails
    return [*authors.values()], nobodys


def _affiliations(cell: str) -> list[str]:
    parts = (part.strip(_EDGE) for part in _SEMICOLON.split(cell))
    return [part for part in parts if seen(part)]


def family_and_given(name: str) -> tuple[str, str] | None:
    """Return the parts of a name whose family part comes first.

    Particles go with it, `van der Berg Jan`; a comma settles it, `Berg, Jan`. None
    where it cannot come first: a lone word, or an initial in its place.
    """
    if name.count(",") == 1:
        family, given = (part.strip() for part in name.split(","))
        return (family, given) if family and given else None
    words = name.split()
    particles = len(list(takewhile(str.islower, words)))
    end = particles + 1 if particles + 1 < len(words) else 1
    family, given = " ".join(words[:end]), " ".join(words[end:])
    return (family, given) if given and not family.endswith(".") else None
