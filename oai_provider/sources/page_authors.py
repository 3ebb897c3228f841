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

from oai_provider.sources.page_parts import seen, split_outside_parentheses

_TOKEN: Final = re.compile(r"[^\s,;:<>()\[\]\"']+")
_EMAIL: Final = re.compile(r"[^@]+@[^@]+\.[^\W\d_]{2,}")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
# What is left around an address when it is gone: its label, its brackets.
_LABEL: Final = re.compile(
    r"\b(?:e-?mail|mailto)\b\s*:?|[(<\[]\s*[)>\]]", re.IGNORECASE
)
_EDGE: Final = " \t\u00a0,;"


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
        cells = [_read_cell(cell) for cell in row]
        name, *others = [text for text, emails in cells if text or not emails] or [""]
        if seen(name):
            author = authors.setdefault(name, Author(name))
        affiliations = [
            part for cell in others for part in split_outside_parentheses(cell, ";")
        ]
        if author is None:
            nobodys += affiliations
            continue
        author.affiliations += affiliations
        found = (email for _, emails in cells for email in emails)
        author.emails = [*dict.fromkeys((*author.emails, *found))]
    return [*authors.values()], nobodys


def _read_cell(cell: str) -> tuple[str, list[str]]:
    """Return the text of a cell without its e-mail addresses, and the addresses."""
    tokens = [token.rstrip(".") for token in _TOKEN.findall(cell)]
    emails = [token for token in tokens if _EMAIL.fullmatch(token)]
    if emails:
        cell = _TOKEN.sub(lambda m: "" if m[0].rstrip(".") in emails else m[0], cell)
        # The label goes first, and then the brackets that nothing stands in.
        cell = _LABEL.sub("", _LABEL.sub("", _TAG.sub("", cell)))
    return cell.strip(_EDGE), [*dict.fromkeys(emails)]


def holds_email(text: str) -> bool:
    """Tell whether an e-mail address stands in a text."""
    tokens = (token.rstrip(".") for token in _TOKEN.findall(text) if "@" in token)
    return any(map(_EMAIL.fullmatch, tokens))


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
