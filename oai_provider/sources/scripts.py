"""The language of a text on a bilingual page, told by its script when it is certain.

The pages read here are in Russian and English and in nothing else, so the script
decides: nine letters in ten of the Russian alphabet make it `ru`, nine in ten of the
English one `en`. Anything between, and other alphabets, are left untagged.
"""
# ruff: noqa: RUF001 - the letters are meant

import re
from typing import Final

RUSSIAN: Final = re.compile("[А-Яа-яЁё]")
ENGLISH: Final = re.compile("[A-Za-z]")

_MOST: Final = 0.9
_LETTER: Final = re.compile(r"[^\W\d_]")
_ALPHABETS: Final = {"ru": RUSSIAN, "en": ENGLISH}


def language_by_script(text: str) -> str | None:
    """Return `ru` or `en`, or None where the letters do not settle it."""
    letters = len(_LETTER.findall(text))
    for language, alphabet in _ALPHABETS.items():
        if letters and len(alphabet.findall(text)) >= _MOST * letters:
            return language
    return None
