"""MODS elements, and how they state the language and script of their text.

`lang` (ISO 639-2/B) and `xml:lang` (BCP 47) are made from one tag. The script is
stated on titles, descriptions and subjects, where all letters of the text are of
one script; names of other things (an affiliation, a place, a journal) have their
language only.

Attributes are what lxml is slow at, and most of ours repeat from record to record:
an element with attributes is a copy of an empty one that is made once.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from functools import lru_cache
from typing import Final, TypeAlias

import langcodes
from lxml import etree

from oai_provider.metadata.agents import Organisation
from oai_provider.metadata.elements import text_in
from oai_provider.metadata.languages import iso639_2b, script_of
from oai_provider.metadata.text import Text
from oai_provider.protocol.names import is_identifier
from oai_provider.protocol.xml import XML_LANG

NAMESPACE: Final = "http://www.loc.gov/mods/v3"
XLINK: Final = "http://www.w3.org/1999/xlink"
NSMAP: Final = {None: NAMESPACE, "xlink": XLINK}
Attributes: TypeAlias = Mapping[str, str]

_NOTHING: Final[Attributes] = {}


def wrap(
    parent: etree._Element, name: str, attributes: Attributes = _NOTHING
) -> etree._Element:
    """Append an element that holds others, and return it."""
    if not attributes:
        return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    return paste(parent, _blank(name, tuple(attributes.items())))


def paste(parent: etree._Element, template: etree._Element) -> etree._Element:
    """Append a copy of an element, and return the copy."""
    element = copy(template)
    parent.append(element)
    return element


def new(name: str, attributes: Attributes = _NOTHING) -> etree._Element:
    """Return an element that stands alone, to be made a template of."""
    return etree.Element(f"{{{NAMESPACE}}}{name}", attributes, NSMAP)


def say(
    parent: etree._Element, name: str, text: str, attributes: Attributes = _NOTHING
) -> None:
    """Append an element that holds a text."""
    wrap(parent, name, attributes).text = text


def say_if(
    parent: etree._Element,
    name: str,
    text: str | None,
    attributes: Attributes = _NOTHING,
) -> None:
    """Append an element that holds a text, if there is one."""
    if text is not None:
        wrap(parent, name, attributes).text = text


@lru_cache(maxsize=4096)
def _blank(name: str, attributes: tuple[tuple[str, str], ...]) -> etree._Element:
    return new(name, dict(attributes))


@lru_cache(maxsize=1024)
def stated(lang: str | None, script: str | None = None) -> Attributes:
    """Return the attributes that state a language and a script; never change them."""
    code = iso639_2b(lang) if lang else None
    said = (("lang", code), (XML_LANG, lang), ("script", script))
    return {name: value for name, value in said if value is not None}


def worded(text: Text) -> Attributes:
    """Return the attributes of a text that says something of the item itself."""
    return stated(text.lang, script_in(text.lang) or script_of(text.value))


def identified(organisation: Organisation) -> Attributes:
    """Return an organisation's language, and its first identifier with an address."""
    lang = stated(organisation.name.lang)
    for identifier in organisation.identifiers:
        url = identifier.url
        if url is not None and is_identifier(url):
            return {"authority": identifier.scheme, "valueURI": url, **lang}
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
