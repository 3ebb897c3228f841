"""What looks wrong in a text and cannot be proven: told, and left as it is.

There is no dictionary here, and most texts are right. A pattern earns its place by
what it never matches in good prose, not by how much it finds.
"""
# ruff: noqa: RUF001 - the texts are Russian too

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_ORDINAL: Final = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|"
    "twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth"
)
_DECADE: Final = "(?:twen|thir|for|fif|six|seven|eigh|nine)ties"
_MONTH: Final = (
    "january|february|march|april|june|july|august|september|october|november|december"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A word that looks wrong, where it stands, and why."""

    rule: str
    value: str
    offset: int
    reason: str


_PATTERNS: Final = tuple(
    (rule, re.compile(pattern), reason)
    for rule, pattern, reason in (
        (
            "missing-hyphen",
            # Always hyphenated: `mid-twentieth`, `self-rule`, `anti-Soviet`. Looking at
            # the first letter first halves the time.
            (
                rf"\b(?=[aefilmnpstAEFILMNPST])(?:(?i:(?:mid|early|late)(?:{_ORDINAL}|{_DECADE})"
                rf"|mid(?:{_MONTH}|century)|(?:{_ORDINAL})century"
                r"|self(?!ish|less|hood|same|ies?\b|dom)[a-z]{4,})"
                r"|(?:anti|ex|inter|mid|non|pan|post|pre|pro|trans)[A-Z][a-z]{2,})\b"
            ),
            "seems to lack a hyphen",
        ),
        (
            "glued-words",
            r"\b(?:[a-z]{3,}[A-Z][a-z]{2,}|[а-яё]{3,}[А-ЯЁ][а-яё]{2,})\b",
            "seems to be two words",
        ),
        (
            "cut-word",
            # No part of a compound, but what is left of a word at the end of a line.
            r"\b[a-z]{2,}-\s?(?:[ai]?tion(?:al|s)?|sions?|ments?|ness|it(?:y|ies))\b",
            "seems to be one word",
        ),
        (
            "hyphen-for-dash",
            r"\b[^\W\d_]{2,}-\s(?:an?|at|by|for|from|in|is|of|on|that|the|was|which)\b",
            "seems to have a hyphen for a dash",
        ),
    )
)


def suspicions(text: str) -> Iterator[Suspicion]:
    """Yield what looks wrong in a text; a word that two patterns match, once."""
    told: set[int] = set()
    for rule, pattern, reason in _PATTERNS:
        for match in pattern.finditer(text):
            if match.start() not in told:
                told.add(match.start())
                yield Suspicion(
                    rule=rule, value=match[0], offset=match.start(), reason=reason
                )
