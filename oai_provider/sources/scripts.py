"""The language of a text on a bilingual page, told by its script when it is certain.

The pages read here are in Russian and English and in nothing else, so the script
decides: nine letters in ten of the Russian alphabet make it `ru`, nine in ten of the
English one `en`. Anything between, and other alphabets, are left untagged.
"""

import re
from typing import Final

_MOST: Final = 0.9
_LETTER: Final = re.compile(r"[^\W\d_]")
_LANGUAGES: Final = {
    "ru": re.compile("[А-Яа-яЁё]"),
    "en": re.compile("[A-Za-z]"),
}


def language_by_script(text: str) -> str | None:
    """Return `ru` or `en`, or None where the letters do not settle it."""
    letters = len(_LETTER.findall(text))
    for language, alphabet in _LANGUAGES.items():
        if letters and len(alphabet.findall(text)) >= _MOST * letters:
            return language
    return None
