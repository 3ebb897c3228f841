"""Repairs of texts that lose nothing anybody reads.

Each returns the text as it was where it is not certain what was meant: a control
character between two letters may stand for a third, and letters of another encoding
are told only.
"""

import html
import re
import unicodedata
from typing import Final

_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
# Scripts that part words by marks nobody sees: Thai, Lao, Tibetan, Burmese, Khmer.
_SPACELESS: Final = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")
_BREAK: Final = re.compile("[\x0b\x0c]+")
_CONTROL: Final = re.compile(
    "(?<![^\\W_])[\x00-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]+"
    "|[\x00-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]+(?![^\\W_])"
)
# What NFC puts another letter in the place of, which some fonts show otherwise.
_IDEOGRAPH: Final = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f]")
_ENTITY: Final = re.compile(
    r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d{0,2});", re.IGNORECASE
)
# Not summary: where an abstract has parts, that may be the name of one.
_LABEL: Final = re.compile(
    r"\A\s*(?:abstract|r\u00e9sum\u00e9|resumen|resumo|zusammenfassung"
    r"|\u0430\u043d\u043d\u043e\u0442\u0430\u0446\u0438\u044f)\s*[:.\u2014-]\s+",
    re.IGNORECASE,
)
_MOST_ESCAPES: Final = 3


def without_invisible(text: str) -> str:
    """Return a text without soft hyphens, and spaces and marks of no width."""
    return text if _SPACELESS.search(text) else _INVISIBLE.sub("", text)


def without_controls(text: str) -> str:
    """Return a text without control characters that stand for no letter."""
    return _CONTROL.sub("", _BREAK.sub(" ", text))


def composed(text: str) -> str:
    """Return a text in NFC."""
    return text if _IDEOGRAPH.search(text) else unicodedata.normalize("NFC", text)


def unescaped(text: str) -> str:
    """Return a text with the characters that its entities name."""
    for _ in range(_MOST_ESCAPES):
        plain = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        if plain == text:
            break
        text = plain
    return text


def without_label(text: str) -> str:
    """Return an abstract without the word that says it is one."""
    return _LABEL.sub("", text)


def joined(text: str, cut: str) -> str:
    """Return a text in which a word that is cut by a hyphen is whole."""
    return text.replace(cut, re.sub(r"-\s?", "", cut))
