"""The one place where XML is escaped and the one place where it is parsed.

Writing knows three primitives: `text`, `attribute` and a `Payload`, which is
spliced in as it is. A Payload can only be made from a parsed element, so text
can never pass for markup. Parsing is strict: no DTD, no entity, no network, no
recovery; whatever is wrong is an `XmlError` with its line and column.
"""

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from oai_provider.errors import OaiProviderError

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA_LOCATION: Final = f"{{{XSI}}}schemaLocation"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

# XML 1.0, production 2 (Char), turned round.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Where a payload repeats its record's datestamp it carries this noncharacter
# instead, and the date is put in when the record is served (`Payload.stamped`).
# So a payload does not change because its datestamp did.
DATESTAMP_MARK: Final = "\ufdd0"
_MARK_BYTES: Final = DATESTAMP_MARK.encode()


class XmlError(OaiProviderError):
    """A document is not well-formed, or holds what we refuse to read."""

    def __init__(self, reason: str, *, line: int = 0, column: int = 0) -> None:
        place = f" (line {line}, column {column})" if line else ""
        super().__init__(f"{reason}{place}")
        self.reason = reason
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Payload:
    """A finished XML element, UTF-8, declaring every namespace it uses."""

    xml: bytes

    def stamped(self, date: str) -> "Payload":
        """Return the payload with the record's datestamp in its marked places."""
        if _MARK_BYTES in self.xml:
            return Payload(self.xml.replace(_MARK_BYTES, date.encode()))
        return self


def parse(document: bytes) -> etree._Element:
    """Return the root element of a document read strictly.

    Raises `XmlError` for what is not well-formed, and for a document type
    declaration, which nothing in this field needs and which attacks are made of.
    """
    try:
        root = etree.fromstring(document, _parser())  # noqa: TID251 - the one place
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise XmlError(str(error.msg), line=line or 0, column=column or 0) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlError("a document type declaration is not accepted: remove <!DOCTYPE>")
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
    )


def not_xml(value: str) -> str | None:
    """Return the first character that XML 1.0 cannot carry, if there is one."""
    found = _NOT_XML.search(value)
    return found.group() if found else None


def text(value: str) -> str:
    """Escape character data."""
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    if ">" in value:
        value = value.replace(">", "&gt;")
    if "\r" in value:
        value = value.replace("\r", "&#13;")
    return value


def attribute(value: str) -> str:
    """Escape an attribute value that will stand in double quotes."""
    value = text(value).replace('"', "&quot;")
    return value.replace("\t", "&#9;").replace("\n", "&#10;")


def payload(element: etree._Element) -> Payload:
    """Return the element as bytes that mean the same wherever they are spliced in.

    The normal form: every namespace used is declared inside, no declaration is
    there without use (a prefix that occurs in text or attribute values counts as
    used, since QNames live there), and elements of no namespace stay so inside an
    envelope that has a default namespace. `payload(parse(p.xml)) == p`.

    Raises `XmlError` for an element of no namespace, which OAI-PMH forbids there.
    """
    tag = str(element.tag)
    if not tag.startswith("{"):
        raise XmlError(f"<{tag}> is in no namespace: declare the format's namespace")
    root = parse(etree.tostring(element, encoding="utf-8", with_tail=False))
    prefixes = _prefixes_in_values(root)
    if _has_unqualified(root):
        return Payload(_with_unqualified(root, prefixes))
    etree.cleanup_namespaces(root, keep_ns_prefixes=prefixes)
    return Payload(etree.tostring(root, encoding="utf-8"))


def stored(data: bytes) -> Payload:
    """Return the payload whose bytes a store kept, as `payload` made them."""
    return Payload(data)


_QNAME_PREFIX = re.compile(r"([\w.-]+):")


def _prefixes_in_values(root: etree._Element) -> list[str]:
    declared = {p for e in root.iter() for p in e.nsmap if p}
    if not declared:
        return []
    found: set[str] = set()
    for element in root.iter():
        for value in (element.text, *element.attrib.values()):
            if value and ":" in value:
                found.update(_QNAME_PREFIX.findall(value))
    return sorted(declared & found)


def _has_unqualified(root: etree._Element) -> bool:
    return any(isinstance(e.tag, str) and e.tag[0] != "{" for e in root.iter())


def _with_unqualified(root: etree._Element, prefixes: list[str]) -> bytes:
    """Serialise so that elements of no namespace never fall to a default one.

    Exclusive C14N writes xmlns="" below a default namespace of the payload's own;
    the root must undeclare the envelope's. Rare enough not to be the usual way:
    C14N writes empty elements as two tags.
    """
    data = etree.tostring(
        root,
        method="c14n",
        exclusive=True,
        inclusive_ns_prefixes=prefixes,
        with_comments=True,
    )
    start = _START_TAG.match(data)
    assert start is not None  # noqa: S101 - a serialised element starts with its name
    if b' xmlns="' in start.group():
        return data
    return start.group(1) + b' xmlns=""' + data[start.end(1) :]


_START_TAG = re.compile(rb"(<[^\s/>]+)[^>]*>")
