"""Ways in which a response may be written: all say the same."""

import re
from typing import Final

from lxml import etree
from validator.specification import DC, Manner

from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import parse


def prefixed(xml: str) -> str:
    """Return the envelope with a prefix, and all else as it is."""
    root = parse(xml.encode())
    return etree.tostring(_copy(root), encoding="UTF-8", xml_declaration=True).decode()


def _copy(element: etree._Element) -> etree._Element:
    if etree.QName(element).namespace != OAI_NS:
        return element
    nsmap = {"oai": OAI_NS, "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
    copy = etree.Element(element.tag, dict(element.attrib), nsmap=nsmap)
    copy.text, copy.tail = element.text, element.tail
    copy.extend([_copy(child) for child in element.iterchildren("*")])
    return copy


def swapped(old: str, new: str) -> Manner:
    """Return what writes something otherwise; `old` is a pattern."""
    return Manner(written=lambda xml: re.sub(old, new, xml))


def otherwise_than_xsi(xml: str) -> str:
    """Return the response with another prefix for what usually is xsi."""
    return xml.replace("xsi:", "a:").replace(":xsi", ":a")


HEAD: Final = r"\A<\?xml[^>]*\?>"
MANNERS: Final = {
    "declared in apostrophes": swapped(
        HEAD, "<?xml version='1.0' encoding='utf-8' standalone='yes'?>"
    ),
    "remarks and instructions": swapped(
        r"(<(?:responseDate|header|Identify|setSpec|metadata|request)\b[^>]*>)",
        r"<!-- a remark --><?php ?>\1<!-- <header/> -->",
    ),
    "on one line": Manner(written=lambda xml: re.sub(r"\s*\n\s*", " ", xml)),
    "carriage returns": Manner(written=lambda xml: xml.replace("\n", "\r\n")),
    "character data": swapped(
        r"<((?:dc:)?\w+)>([^<>&]+)</\1>", r"<\1><![CDATA[\2]]></\1>"
    ),
    "references to characters": swapped(r"(?<=<identifier>)oai", "&#111;&#x61;i"),
    "payload by another prefix": swapped(r"oai_dc([:=])", r"x\1"),
    "payload without a prefix": swapped("oai_dc:(?=dc\\b)|:oai_dc", ""),
    "room around values": swapped(
        r"<(identifier|datestamp|baseURL)>([^<]+)<", r"<\1>\n    \2\n  <"
    ),
    "room in the last token": swapped(r"(<resumptionToken[^>]*>)(?=</)", r"\1\n  "),
    "https": swapped(
        "http://www.openarchives.org(/[^ ]*xsd)", r"https://www.openarchives.org\1"
    ),
    "two pairs in schemaLocation": swapped(
        "OAI-PMH.xsd", rf"OAI-PMH.xsd \t{DC[1]}\n  {DC[0]} "
    ),
    "no charset": Manner(content_type="text/xml"),
    "charset in quotes": Manner(content_type='Text/XML; charset="utf-8"'),
    "no Date": Manner(has_date=False),
    "errors without a text": Manner(has_error_texts=False),
    "one entry a page, and its token bare": Manner(page=1, has_token_attributes=False),
    "headers at once, records on pages": Manner(are_headers_paged=False),
    "pages of two": Manner(page=2),
    "exactly one page": Manner(page=6),
}
