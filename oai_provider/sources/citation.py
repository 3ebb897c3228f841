"""The citation under a journal page, `Journal. 2014. Т. 3. № 5 (31)`, read apart.

The number in parentheses counts the issues from the journal's first: it is the
whole number and never a volume.
"""
# ruff: noqa: RUF001, RUF002 - the letters are meant

import re
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 1_000
_NUMBER: Final = r"\d+(?:\s?[-\u2010-\u2014/]\s?\d+)*"
_CITATION: Final = re.compile(
    rf"""
    (?P<journal> (?: (?! \.\s* \d{{4}}\b ) . )+? )
    (?: \.\s* (?P<year> \d{{4}} ) )?
    (?: [.,]\s* (?: Т | T | Vol )\. \s* (?P<volume> [^\s.,]+ ) )?
    (?: [.,]\s* (?: № | No\b\.? | Вып\. | Issue ) \s* (?P<issue> {_NUMBER} ) )?
    (?: [.,]?\s* \( (?P<whole> {_NUMBER} ) \) )?
    (?: [.,]\s* (?: С | C | Pp? )\. \s* (?P<pages> {_NUMBER} ) )?
    (?(issue) (?P<rest> [.,;]\s* \w .* )? )
    \s* \.?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a citation says of the issue; None is what it does not say."""

    journal: str
    year: str | None
    volume: str | None
    issue: str | None
    whole_number: str | None
    pages: str | None
    rest: str | None = None
    """What stands behind all this, and is not understood."""

    @property
    def is_numbered(self) -> bool:
        """Whether it names an issue; a bare number in parentheses does not."""
        return any((self.year, self.volume, self.issue))


def parse_citation(text: str) -> Citation | None:
    """Return what a citation says, or None if it is not written in this way."""
    match = _CITATION.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    return Citation(
        journal=match["journal"].strip(),
        year=match["year"],
        volume=match["volume"],
        issue=match["issue"],
        whole_number=match["whole"],
        pages=match["pages"],
        rest=match["rest"] and match["rest"].strip(" .,;"),
    )
