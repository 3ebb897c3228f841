"""Elements out of texts and texts out of elements: what every crosswalk does.

The language of a text is written twice in MODS, once in Dublin Core; both are made
here from its one tag. Reading folds white space and never yields an empty text.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from oai_provider.metadata.text import language_tag
from oai_provider.protocol.xml import DATESTAMP_MARK, XML_LANG

_NOTHING: Final[Mapping[str, str]] = {}


def add(
    parent: etree._Element,
    tag: str,
    text: str,
    attributes: Mapping[str, str] = _NOTHING,
) -> etree._Element:
    """Append an element that holds a text, and return it."""
    element = etree.SubElement(parent, tag, attributes)
    element.text = text
    return element


def text_in(element: etree._Element | None) -> str | None:
    """Return all text inside an element on one line, None if there is none."""
    if element is None:
        return None
    folded = " ".join("".join(_texts(element)).split())
    return folded.replace(DATESTAMP_MARK, "") or None


def _texts(element: etree._Element) -> Iterator[str]:
    for part in element.itertext(etree.Element):
        yield str(part)


def language_in(element: etree._Element, *attributes: str) -> str | None:
    """Return the language an element states for itself, if BCP 47 knows it."""
    for attribute in (XML_LANG, *attributes):
        stated = known_language(element.get(attribute, ""))
        if stated is not None:
            return stated
    return None


def known_language(code: str) -> str | None:
    """Return the tag of BCP 47 for a code such as en, eng or en_US."""
    try:
        return language_tag(code.strip().replace("_", "-"))
    except ValueError:
        return None
