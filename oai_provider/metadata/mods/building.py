"""MODS elements, and how they state the language and script of their text.

`lang` (ISO 639-2/B) and `xml:lang` (BCP 47) are made from one tag. The script is
stated on titles, descriptions and subjects, where all letters of the text are of
one script; names of other things (an affiliation, a place, a journal) have their
language only.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import langcodes
from lxml import etree

from oai_provider.metadata.agents import Organisation
from oai_provider.metadata.elements import text_in
from oai_provider.metadata.languages import iso639_2b, script_of
from oai_provider.metadata.markup import Markup, attributes, joined
from oai_provider.metadata.text import Text
from oai_provider.protocol.names import is_identifier

NAMESPACE: Final = "http://www.loc.gov/mods/v3"
XLINK: Final = "http://www.w3.org/1999/xlink"


@lru_cache(maxsize=1024)
def stated(lang: str | None, script: str | None = None) -> Markup:
    """Return the attributes that state a language and a script."""
    code = iso639_2b(lang) if lang else None
    said = (("lang", code), ("xml:lang", lang), ("script", script))
    return attributes({name: value for name, value in said if value is not None})


def worded(text: Text) -> Markup:
    """Return the attributes of a text that says something of the item itself."""
    return stated(text.lang, script_in(text.lang) or script_of(text.value))


def identified(organisation: Organisation) -> Markup:
    """Return an organisation's language, and its first identifier with an address."""
    lang = stated(organisation.name.lang)
    for identifier in organisation.identifiers:
        url = identifier.url
        if url is not None and is_identifier(url):
            said = {"authority": identifier.scheme, "valueURI": url}
            return joined(attributes(said), lang)
    return lang


@lru_cache(maxsize=1024)
def script_in(lang: str | None) -> str | None:
    """Return the script that a language tag names: Hant in zh-Hant."""
    return langcodes.Language.get(lang).script if lang else None


def inside(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the children of these names."""
    return element.iterchildren(*(f"{{{NAMESPACE}}}{name}" for name in names))


def text_inside(element: etree._Element, name: str) -> str | None:
    """Return the text of the first child of a name that has any."""
    return next(filter(None, map(text_in, inside(element, name))), None)
