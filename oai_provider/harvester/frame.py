"""What a document that is no page is, as far as its two ends tell.

Every pattern here is linear in the document: names hold no `<`, and nothing is tried
twice.
"""

import re
from typing import Final

from lxml import etree

from oai_provider.harvester.listing import PageError, PageFault
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import XmlError, parse

PREFIX: Final = rb"(?:[A-Za-z_][\w.\-]*+:)?+"
START: Final = re.compile(rb"<" + PREFIX + rb"OAI-PMH(?=[\s/>])")
END: Final = re.compile(rb"</" + PREFIX + rb"OAI-PMH\s*+>")
DECLARATION: Final = re.compile(rb"<\?xml\s[^<>]*\?>")
MISC: Final = rb"(?:\s++|<!--(?:(?!-->).)*+-->|<\?(?!xml\s)(?:(?!\?>).)*+\?>)*+"
BOM: Final = b"\xef\xbb\xbf"
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE(\s+html\b)?", re.IGNORECASE)
_HTML: Final = re.compile(rb"<html[\s>]", re.IGNORECASE)
_TAG: Final = re.compile(rb"<[A-Za-z_][^<]*>")
_TYPES: Final = ("text/html", "application/xhtml")


def parsed(body: bytes, content_type: str = "") -> etree._Element:
    """Return the root of a document as it came; raises `PageError`."""
    try:
        return parse(body)
    except XmlError as error:
        raise fault_of(body, error, content_type) from error


def refuse_other(root: etree._Element) -> None:
    """Raise `PageError` for what is no response of OAI-PMH 2.0."""
    name = etree.QName(root)
    if name.text == f"{{{OAI_NS}}}OAI-PMH":
        return
    if name.localname.lower() == "html":
        raise PageError(_WORDS[PageFault.HTML], fault=PageFault.HTML)
    space = f" in the namespace {name.namespace}" if name.namespace else ""
    raise no_list(f"its root is <{name.localname}>{space}")


def no_list(reason: str) -> PageError:
    """Return what is to be said of XML that is no page of a list."""
    return PageError(
        f"the answer is no page of a list of OAI-PMH 2.0: {reason}",
        fault=PageFault.NOT_OAI_PMH,
    )


def fault_of(body: bytes, error: XmlError, content_type: str = "") -> PageError:
    """Return what is to be said of a document that `parse` refused."""
    fault = _fault(body, error, content_type)
    words = _WORDS.get(fault) or f"the answer is not well-formed XML: {error}"
    return PageError(words, fault=fault)


def _fault(body: bytes, error: XmlError, content_type: str) -> PageFault:
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return PageFault.EMPTY
    start = START.search(body)
    head = len(body) if start is None else start.start()
    doctype = _DOCTYPE.search(body, 0, head)
    if _HTML.search(body, 0, head) or (doctype and doctype[1]):
        return PageFault.HTML
    # Of other encodings, `parse` alone can tell.
    if doctype or error.reason.startswith("a document type declaration"):
        return PageFault.DTD
    if start is None:
        return _without_start(body, content_type)
    return PageFault.NOT_XML if END.search(body, head) else PageFault.CUT


def _without_start(body: bytes, content_type: str) -> PageFault:
    if content_type.lower().startswith(_TYPES):
        return PageFault.HTML
    # With NUL it is of another encoding, and read when that is known.
    begins = body.removeprefix(BOM).lstrip().startswith(b"<") and b"\0" not in body
    return PageFault.CUT if begins and _TAG.search(body) is None else PageFault.NOT_XML


_WORDS: Final = {
    PageFault.EMPTY: "the answer is empty: ask again",
    PageFault.CUT: "the answer is cut: it ends before </OAI-PMH>: ask again",
    PageFault.HTML: "the answer is an HTML page: see whether the address is the base"
    " URL of OAI-PMH, and asks for no login",
    PageFault.DTD: "the answer has a document type declaration, which is not accepted:"
    " the endpoint must leave <!DOCTYPE> out",
}
