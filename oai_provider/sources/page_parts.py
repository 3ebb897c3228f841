"""The parts of a journal page: its lines, told apart by the landmarks among them.

From the top: the title; the abstract; `Keywords` over lists of terms; `Authors`
over a table, whose first row is `Name | Organization | |`; `References`, one a
line; and last the title once more, ` | `, and the citation. Any of these but the
title may be missing. The table or the citation must be there, and another landmark
with it: by two of them a page is known from any other text.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from oai_provider.errors import OaiProviderError
from oai_provider.sources.citation import parse_citation


class Section(StrEnum):
    """The parts of a page that have lines of their own, by their headings."""

    TITLE = "title"
    ABSTRACT = "abstract"
    KEYWORDS = "Keywords"
    AUTHORS = "Authors"
    REFERENCES = "References"


_TABLE: Final = ["name", "organization"]
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_BAR: Final = re.compile(r"(?:^|\s)\|\s")
_UNSEEN: Final = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
# A heading may be glued to a word or to what ends a sentence, not to `Co-`.
_GLUED: Final = re.compile(rf".*[\w.!?)\]\"'\u201d\u2019»]{Section.AUTHORS}")
_EXPECTED: Final = (
    "expected the title, the abstract, a line 'Keywords' and the terms, a line "
    "'Authors' and the table 'Name | Organization | |', a line 'References', and "
    "last 'title | journal. year. № issue (whole number).'; the table or the last "
    "line must be there, and one more of these"
)


class PageError(OaiProviderError):
    """A text is not a journal page; the message says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageParts:
    """The parts of a page, as printed but for white space around them."""

    title: str
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    """The lines under `Keywords`, each a list of terms."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The cells of the authors' table, row by row, its header left out."""
    references: tuple[str, ...] = ()
    title_copy: str | None = None
    citation: str | None = None
    glued: Section | None = None
    """The part whose last word has the heading `Authors` glued to its end."""


def parse_page(text: str) -> PageParts:
    """Return the parts of a page, or raise `PageError`."""
    lines = [line.strip() for line in _LINE_END.split(text) if seen(line)]
    if not lines:
        raise PageError(f"is empty: {_EXPECTED}")
    title_copy, citation = _citation(lines)
    body = lines if citation is None else lines[:-1]
    shown = [seen(line) for line in body]
    headings = _headings(shown)
    _require_one_page(shown)
    _require_landmarks(headings.values(), has_citation=citation is not None)
    places = _placed(len(body), headings)
    lines_of = partial(_lines_of, body, places)
    return PageParts(
        title=lines[0],
        abstract="\n".join(lines_of(Section.ABSTRACT)),
        keywords=lines_of(Section.KEYWORDS),
        rows=tuple(map(_cells, lines_of(Section.AUTHORS))),
        references=lines_of(Section.REFERENCES),
        title_copy=title_copy,
        citation=citation,
        glued=_glued(shown, places, headings),
    )


def _lines_of(
    lines: Sequence[str], places: Sequence[Section | None], section: Section
) -> tuple[str, ...]:
    return tuple(
        line for line, place in zip(lines, places, strict=True) if place is section
    )


def seen(text: str) -> str:
    """Return what a reader sees of a text, without white space around it."""
    return _UNSEEN.sub("", text).strip()


def _citation(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the two sides of the last line, if it is the one that cites."""
    bars = list(_BAR.finditer(lines[-1])) if len(lines) > 1 else []
    if not bars:
        return None, None
    title, cited = lines[-1][: bars[-1].start()], lines[-1][bars[-1].end() :]
    citation = parse_citation(cited)
    numbered = citation is not None and citation.is_numbered
    if numbered or (seen(cited) and seen(title) == seen(lines[0])):
        return title.strip(), cited.strip()
    return None, None


def split_outside_parentheses(text: str, separators: str) -> list[str]:
    """Return the parts of a text between separators, but for the empty ones."""
    parts, start = [], 0
    for match in re.finditer(rf"\([^()]*\)|[{separators}]", text):
        if match[0] in separators:
            parts.append(text[start : match.start()])
            start = match.end()
    return [part.strip() for part in (*parts, text[start:]) if seen(part)]


# The line of each heading; the header row of a table heads the authors, too.
_Headings = dict[int, Section]


def _headings(shown: Sequence[str]) -> _Headings:
    """Find the headings, each after the one before it, among lines as seen."""
    authors = _authors(shown)
    below = range(max(authors, default=0) + 1, len(shown))
    later = authors | _heading(shown, Section.REFERENCES, below)
    above = range(1, min(later, default=len(shown)))
    return _heading(shown, Section.KEYWORDS, above) | later


def _authors(shown: Sequence[str]) -> _Headings:
    table = next((n for n in range(1, len(shown)) if _is_table(shown[n])), None)
    if table is None:
        return _heading(shown, Section.AUTHORS, range(1, len(shown)))
    above = _heading(shown, Section.AUTHORS, range(max(table - 1, 1), table))
    return {**above, table: Section.AUTHORS}


def _heading(shown: Sequence[str], section: Section, lines: range) -> _Headings:
    found = next((n for n in lines if shown[n] == section), None)
    return {} if found is None else {found: section}


def _is_table(line: str) -> bool:
    return [cell.casefold() for cell in _cells(line)[:2]] == _TABLE


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.split("|"))


def _require_one_page(shown: Sequence[str]) -> None:
    tables = sum(map(_is_table, shown))
    if tables > 1:
        raise PageError(f"has {tables} tables of authors: one page a file, please")


def _require_landmarks(found: Collection[Section], *, has_citation: bool) -> None:
    known = has_citation or Section.AUTHORS in found
    if not known or len({*found}) + has_citation < 2:  # noqa: PLR2004 - see _EXPECTED
        raise PageError(f"is not a page of the journal: {_EXPECTED}")


def _placed(count: int, headings: _Headings) -> list[Section | None]:
    """Return the part each line belongs to; a heading belongs to none."""
    places: list[Section | None] = [Section.TITLE]
    section = Section.ABSTRACT
    for n in range(1, count):
        section = headings.get(n, section)
        places.append(None if n in headings else section)
    return places


def _glued(
    shown: Sequence[str], places: Sequence[Section | None], headings: _Headings
) -> Section | None:
    """Return the part that ends in a heading which belongs to the table below it."""
    table = next((n for n in headings if _is_table(shown[n])), 0)
    return places[table - 1] if table and _GLUED.fullmatch(shown[table - 1]) else None
