"""Languages that say nothing or cannot be read, and texts in another script.

The item model takes tags of BCP 47 only; what harvested XML has in their place is
looked at in that XML. No script is held against a language that has several.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import langcodes

from oai_provider.metadata.elements import read_language
from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach
from oai_provider.verifier.subject import Raw, Subject

_SAYS_NOTHING: Final = frozenset(("und", "mis"))
_LANGUAGE_ELEMENTS: Final = frozenset(("language", "languageTerm"))
_SCRIPTS: Final = {
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "ARMENIAN": "Armn",
    "GEORGIAN": "Geor",
    "DEVANAGARI": "Deva",
    "THAI": "Thai",
}
_KNOWN: Final = frozenset(_SCRIPTS.values())
_MOST: Final = 0.7
_FEWEST: Final = 4
_ENOUGH: Final = 400
"""Of a longer text its beginning tells the script."""
_SOME_LATIN: Final = re.compile(rf"(?:[^A-Za-z]*[A-Za-z]){{{_FEWEST}}}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LATIN: Final = re.compile("[A-Za-z]")


@check("language-undetermined")
def undetermined(subject: Subject) -> Iterator[Breach]:
    """Find languages that are said to be unknown."""
    for n, tag in enumerate(subject.item.languages):
        if tag in _SAYS_NOTHING:
            message = f"the language of the text is {tag}, which says nothing"
            yield Breach(message=message, field=f"languages[{n}]", value=tag)
    for text in subject.texts:
        if text.lang in _SAYS_NOTHING:
            message = f"the language is {text.lang}, which says nothing"
            field = f"{text.path}.lang"
            yield Breach(message=message, field=field, value=text.lang or "")


def _stated(subject: Subject) -> Iterator[tuple[Raw, str]]:
    for element in subject.elements:
        if element.name in _LANGUAGE_ELEMENTS and element.text:
            yield element, element.text


@check("language-unknown")
def unknown(subject: Subject) -> Iterator[Breach]:
    """Find languages in harvested XML that could not be read."""
    for element, text in _stated(subject):
        if read_language(text) is None:
            message = f"{text!r} is the code or name of no language"
            yield Breach(message=message, field=element.path, value=text)


@check("language-in-words")
def in_words(subject: Subject) -> Iterator[Breach]:
    """Find names of languages where codes should be."""
    for element, text in _stated(subject):
        tag = read_language(text)
        if tag is not None and not langcodes.tag_is_valid(text.replace("_", "-")):
            message = f"{text!r} is no code: {tag} is"
            yield Breach(message=message, field=element.path, value=text)


@lru_cache(maxsize=1024)
def _script_of_language(tag: str) -> str | None:
    script = langcodes.Language.get(tag).assume_script().script
    return script if script in _KNOWN else None


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], "")


def _script_of_text(text: str) -> str | None:
    """Return the script of most letters, None where that is not clear."""
    if text.isascii():
        return "Latn" if _SOME_LATIN.match(text) else None
    scripts: Counter[str] = Counter()
    for character, count in Counter(text[:_ENOUGH]).items():
        if character.isalpha():
            scripts[_script(character)] += count
    if scripts.total() < _FEWEST:
        return None
    script, count = scripts.most_common(1)[0]
    return script if script and count >= _MOST * scripts.total() else None


@check("script-of-language")
def other_script(subject: Subject) -> Iterator[Breach]:
    """Find texts that cannot be in the language they are said to be in."""
    for text in subject.texts:
        expected = _script_of_language(text.lang) if text.lang else None
        if expected is None:
            continue
        found = _script_of_text(text.value)
        if found and found != expected:
            message = f"is said to be in {text.lang}, and is in the script {found}"
            yield Breach(message=message, field=text.path, value=text.value)


@check("script-mixed")
def mixed_script(subject: Subject) -> Iterator[Breach]:
    """Find Latin letters in Cyrillic words, and the other way round."""
    for text in subject.texts:
        value = text.value
        if value.isascii() or not (_CYRILLIC.search(value) and _LATIN.search(value)):
            continue
        for word in _WORD.findall(value):
            if _CYRILLIC.search(word) and _LATIN.search(word):
                message = f"{word!r} has Latin and Cyrillic letters"
                yield Breach(message=message, field=text.path, value=word)


CHECKS = (undetermined, unknown, in_words, other_script, mixed_script)
