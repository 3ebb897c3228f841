"""What an element says, for crosswalks that read: folded text, languages, values.

White space is folded and nothing empty is returned. A value the item would refuse
is no value: it is kept in words where there is a place for words, else left out, and
the source's own XML still has it.
"""

import re
from functools import lru_cache
from typing import Final

from lxml import etree
from pydantic import TypeAdapter, ValidationError

from oai_provider.metadata.coverage import Place
from oai_provider.metadata.edtf import edtf
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.text import WebAddress, language_tag
from oai_provider.protocol.names import is_identifier
from oai_provider.protocol.xml import DATESTAMP_MARK, XML_LANG

_ADDRESS: Final[TypeAdapter[str]] = TypeAdapter(WebAddress)
# A day with a time, and a day without its hyphens; both name one day.
_TIMED: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ].*", re.ASCII)
_BASIC: Final = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
# English names, as found where a code belongs. Only whole names are certain.
_LANGUAGE_NAMES: Final = """
    afrikaans:af albanian:sq arabic:ar armenian:hy azerbaijani:az basque:eu
    belarusian:be bengali:bn bosnian:bs breton:br bulgarian:bg burmese:my catalan:ca
    chinese:zh croatian:hr czech:cs danish:da dutch:nl english:en esperanto:eo
    estonian:et finnish:fi french:fr galician:gl georgian:ka german:de gujarati:gu
    hebrew:he hindi:hi hungarian:hu icelandic:is indonesian:id irish:ga italian:it
    japanese:ja kazakh:kk khmer:km korean:ko kurdish:ku kyrgyz:ky latin:la latvian:lv
    lithuanian:lt macedonian:mk malay:ms malayalam:ml maltese:mt marathi:mr
    mongolian:mn nepali:ne norwegian:no persian:fa polish:pl portuguese:pt
    romanian:ro russian:ru sanskrit:sa serbian:sr sinhala:si slovak:sk slovenian:sl
    somali:so spanish:es swahili:sw swedish:sv tajik:tg tamil:ta tatar:tt telugu:te
    thai:th tibetan:bo turkish:tr turkmen:tk ukrainian:uk urdu:ur uzbek:uz
    vietnamese:vi welsh:cy yiddish:yi
"""
_CODES: Final = dict(entry.split(":") for entry in _LANGUAGE_NAMES.split())


def text_in(element: etree._Element | None) -> str | None:
    """Return all text inside an element on one line, None if there is none."""
    if element is None:
        return None
    text = "".join(map(str, element.itertext(etree.Element)))
    return folded(text)


def folded(text: str | None) -> str | None:
    """Return a text on one line, None if nothing is left of it."""
    return " ".join((text or "").replace(DATESTAMP_MARK, "").split()) or None


def worded_in(element: etree._Element) -> dict[str, object] | None:
    """Return text and language of an element as a Text is given, None if empty."""
    value = text_in(element)
    if value is None:
        return None
    lang = language_in(element)
    return {"value": value, "lang": lang} if lang else {"value": value}


def language_in(element: etree._Element) -> str | None:
    """Return the language an element states: xml:lang, else a lang of MODS."""
    return read_language(element.get(XML_LANG)) or read_language(element.get("lang"))


@lru_cache(maxsize=1024)
def read_language(code: str | None) -> str | None:
    """Return the tag of a language's code or English name, where that is certain."""
    code = (code or "").strip().replace("_", "-")
    try:
        return language_tag(_CODES.get(code.lower(), code))
    except ValueError:
        return None


def read_date(value: str) -> dict[str, object]:
    """Return a date as EDTF where it is one, or can be cut to a day; else as text."""
    timed = _TIMED.fullmatch(value)
    date = timed[1] if timed else value
    try:
        return {"date": edtf(date)}
    except ValueError:
        return {"text": value}


def hyphenated(value: str) -> str:
    """Return 20140531 as 2014-05-31, for sources known to leave hyphens out."""
    return _BASIC.sub(r"\1-\2-\3", value) if _BASIC.fullmatch(value) else value


def read_identifier(value: str, scheme: str | None = None) -> dict[str, object]:
    """Return an identifier; its scheme is detected where none is given.

    What is not in the form of its scheme is a local identifier.
    """
    given = {"scheme": scheme, "value": value} if scheme else None
    try:
        identifier = Identifier.model_validate(given or Identifier.from_scalar(value))
    except ValidationError:
        return {"scheme": "local", "value": value}
    return {"scheme": identifier.scheme, "value": identifier.value}


def read_uri(value: str | None) -> str | None:
    """Return a value that is a URI, None for any other."""
    return value if value and is_identifier(value) else None


def read_address(value: str | None) -> str | None:
    """Return a value that is a web address, None for any other."""
    try:
        return _ADDRESS.validate_python(value)
    except ValidationError:
        return None


def read_shape(**shape: object) -> dict[str, object]:
    """Return a point, box or polygon that lies on the earth, nothing for any other."""
    try:
        Place.model_validate(shape)
    except ValidationError:
        return {}
    return shape


def said(**fields: object) -> dict[str, object]:
    """Return the fields that say something."""
    return {
        name: value for name, value in fields.items() if value not in (None, [], {})
    }
