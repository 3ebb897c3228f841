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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pattern:
    """How something wrong looks, and signs that are looked for first."""

    rule: str
    shape: re.Pattern[str]
    reason: str
    signs: tuple[re.Pattern[str], ...] = ()
    """One of them is wherever the shape is. Most texts have none, which is soon seen:
    what begins with a letter that is known is sought for quickly."""
    folded_signs: tuple[re.Pattern[str], ...] = ()
    """The same, of the text without case."""


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


_CAMEL: Final = _compiled(r"[A-ZА-ЯЁ](?<=[a-zа-яё]{2}.)[a-zа-яё]{2}")
_CUT_END: Final = r"-\s?(?:[ai]?tion(?:al|s)?|sions?|ments?|ness|it(?:y|ies))\b"
_AFTER_DASH: Final = r"-\s(?:an?|at|by|for|from|in|is|of|on|that|the|was|which)\b"
_SELF: Final = r"self(?!ish|less|hood|same|ies?\b|dom)[a-z]{4,}"

_PATTERNS: Final = (
    _Pattern(
        rule="missing-hyphen",
        # Always hyphenated: `mid-twentieth`, `self-rule`, `anti-Soviet`. Looking at
        # the first letter first halves the time.
        shape=re.compile(
            rf"\b(?=[aefilmnpstAEFILMNPST])(?:(?i:(?:mid|early|late)(?:{_ORDINAL}|{_DECADE})"
            rf"|mid(?:{_MONTH}|century)|(?:{_ORDINAL})century|{_SELF})"
            r"|(?:anti|ex|inter|mid|non|pan|post|pre|pro|trans)[A-Z][a-z]{2,})\b"
        ),
        reason="seems to lack a hyphen",
        signs=_CAMEL,
        folded_signs=_compiled(
            *(f"{word}(?:{_ORDINAL}|{_DECADE})" for word in ("mid", "early", "late")),
            f"mid(?:{_MONTH}|century)",
            # So end all numbers that are in words.
            "century(?<=(?:st|nd|rd|th)century)",
            _SELF,
        ),
    ),
    _Pattern(
        rule="glued-words",
        shape=re.compile(r"\b(?:[a-z]{3,}[A-Z][a-z]{2,}|[а-яё]{3,}[А-ЯЁ][а-яё]{2,})\b"),
        reason="seems to be two words",
        signs=_CAMEL,
    ),
    _Pattern(
        rule="cut-word",
        # No part of a compound, but what is left of a word at the end of a line.
        shape=re.compile(rf"\b[a-z]{{2,}}{_CUT_END}"),
        reason="seems to be one word",
        signs=_compiled(_CUT_END),
    ),
    _Pattern(
        rule="hyphen-for-dash",
        shape=re.compile(rf"\b[^\W\d_]{{2,}}{_AFTER_DASH}"),
        reason="seems to have a hyphen for a dash",
        signs=_compiled(_AFTER_DASH),
    ),
)


def suspicions(text: str) -> Iterator[Suspicion]:
    """Yield what looks wrong in a text; a word that two patterns match, once."""
    told: set[int] = set()
    folded = text.casefold()
    for pattern in _PATTERNS:
        if not _has_sign(pattern, text, folded):
            continue
        for match in pattern.shape.finditer(text):
            if match.start() not in told:
                told.add(match.start())
                yield Suspicion(
                    rule=pattern.rule,
                    value=match[0],
                    offset=match.start(),
                    reason=pattern.reason,
                )


def _has_sign(pattern: _Pattern, text: str, folded: str) -> bool:
    return any(sign.search(text) for sign in pattern.signs) or any(
        sign.search(folded) for sign in pattern.folded_signs
    )
