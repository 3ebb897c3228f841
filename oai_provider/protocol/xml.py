"""The one place where XML is escaped and the one place where it is parsed.

Writing knows three primitives: `text`, `attribute` and a `Payload`, which is
spliced in as it is: `payload` makes one from an element, and the constructor takes
only bytes that it made before. Parsing is strict: no DTD, no entity, no network, no
recovery, no size beyond libxml2's limits; whatever is wrong is an `XmlError` with its
line and column.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import BinaryIO, Final, NamedTuple, TypedDict

from lxml import etree

from oai_provider.errors import OaiProviderError

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA_LOCATION: Final = f"{{{XSI}}}schemaLocation"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

# XML 1.0, production 2 (Char), turned round.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Where a payload repeats its record's datestamp it carries this noncharacter
# instead, and the date is put in when the record is stamped. So a payload does not
# change because its datestamp did.
DATESTAMP_MARK: Final = "\ufdd0"
_MARK_BYTES: Final = DATESTAMP_MARK.encode()
MARK_START: Final = _MARK_BYTES[:1]
"""A byte that hardly ever occurs but in marks: where it is not there are none."""


class _Options(TypedDict):
    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    dtd_validation: bool
    attribute_defaults: bool
    huge_tree: bool
    recover: bool


_STRICT: Final = _Options(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    recover=False,
)
# One each for all documents, since making a parser costs as much as a short one.
_STRICTLY: Final = etree.XMLParser(**_STRICT)  # noqa: TID251 - the one place
_BELIEVING: Final = etree.XMLParser(  # noqa: TID251 - the one place
    **(_STRICT | {"huge_tree": True})
)


class XmlError(OaiProviderError):
    """A document is not well-formed, or holds what we refuse to read."""

    def __init__(self, reason: str, *, line: int = 0, column: int = 0) -> None:
        place = f" (line {line}, column {column})" if line else ""
        super().__init__(f"{reason}{place}")
        self.reason = reason
        self.line = line
        self.column = column


class Payload(NamedTuple):
    """A finished XML element, UTF-8, declaring every namespace it uses.

    The bytes are believed and never parsed, since pages are made of them: they are
    those that `payload` made, or `metadata.markup` in the same form, just now or
    before a store kept them.
    """

    xml: bytes

    def stamped(self, date: str) -> "Payload":
        """Return the payload with its record's datestamp in the marked places."""
        # Looking for one byte is ten times as fast as looking for three, and the one
        # place there usually is, near the end, is found soonest from there.
        if MARK_START not in self.xml:
            return self
        stamp = date.encode()
        head, mark, tail = self.xml.rpartition(_MARK_BYTES)
        if MARK_START in head:
            head = head.replace(_MARK_BYTES, stamp)
        return Payload(head + stamp + tail) if mark else self


def parse(document: bytes) -> etree._Element:
    """Return the root element of a document read strictly.

    Raises `XmlError` for what is not well-formed, and for a document type
    declaration, which nothing in this field needs and which attacks are made of.
    """
    root = _root(document, _STRICTLY)
    _refuse_dtd(root)
    return root


def element(payload: Payload) -> etree._Element:
    """Return the element of a payload, of any size.

    Raises `XmlError` for characters that XML cannot carry.
    """
    return _root(payload.xml, _BELIEVING)


def root_tag(payload: Payload) -> str:
    """Return the name of a payload's element, as lxml writes it: `{namespace}name`.

    Only the first tag is read, which in a payload declares what it is in. Raises
    `XmlError` if it is none.
    """
    end = payload.xml.find(b">") + 1
    try:
        return _tag(payload.xml[:end])
    except XmlError:
        return str(parse(payload.xml).tag)


# The same for most records of a repository.
@lru_cache(maxsize=16)
def _tag(start: bytes) -> str:
    return str(parse(start.removesuffix(b">").rstrip(b"/") + b"/>").tag)


def _root(
    document: bytes,
    parser: etree.XMLParser,  # noqa: TID251 - the one place
) -> etree._Element:
    try:
        return etree.fromstring(document, parser)  # noqa: TID251 - the one place
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise _xml_error(str(error.msg), line or 0, column or 0) from error


def events(
    stream: BinaryIO, names: Sequence[str] | None = None
) -> Iterator[tuple[str, etree._Element]]:
    """Yield `start` and `end` of the elements of a stream, as strictly as `parse`.

    All elements, or those named. Raises `XmlError` where the stream stops being XML,
    and for a document type declaration before the first element told.
    """
    parser = etree.iterparse(  # noqa: TID251 - the one place
        stream, events=("start", "end"), tag=names, **_STRICT
    )
    is_checked = False
    try:
        for event, element in parser:
            if not is_checked:
                _refuse_dtd(element)
                is_checked = True
            yield event, element
    except etree.XMLSyntaxError as error:
        # Of entities that are not declared, only the log says so.
        for entry in parser.error_log:
            raise _xml_error(entry.message, entry.line, entry.column) from error
        raise _xml_error(str(error.msg), 0, 0) from error
    _refuse_dtd(parser.root)


def _xml_error(message: str, line: int, column: int) -> XmlError:
    # libxml2 says the place a second time, and advises what we never do.
    reason = message.partition(", line ")[0]
    reason = re.sub(r", (try|use) XML_PARSE_HUGE.*", "", reason).strip()
    return XmlError(reason, line=line, column=column)


def _refuse_dtd(element: etree._Element | None) -> None:
    # A stream that ended well has a root, though its type does not say so.
    if element is not None and element.getroottree().docinfo.internalDTD is not None:
        raise XmlError("a document type declaration is not accepted: remove <!DOCTYPE>")


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

    Raises `XmlError` for an element of no namespace, which OAI-PMH forbids there,
    and for one nested too deeply to be read inside a response.
    """
    tag = str(element.tag)
    if not tag.startswith("{"):
        raise XmlError(f"<{tag}> is in no namespace: declare the format's namespace")
    is_plain = _first(element, *_NOT_PLAIN) is None
    if not is_plain and _first(element, _UNQUALIFIED) is not None:
        return Payload(_with_unqualified(element))
    data = etree.tostring(element, encoding="utf-8", with_tail=False)
    plain = _plain(element, data) if is_plain else None
    if plain is not None:
        return Payload(plain)
    root = _shallow(data)
    etree.cleanup_namespaces(root, keep_ns_prefixes=_prefixes_in_values(root))
    return Payload(etree.tostring(root, encoding="utf-8"))


_UNQUALIFIED: Final = "{}*"
_NOT_PLAIN: Final = (_UNQUALIFIED, etree.Comment, etree.ProcessingInstruction)


def _first(element: etree._Element, *names: object) -> object:
    return next(element.iter(*names), None)  # type: ignore[call-overload]  # the factories of comments are names too


_DECLARATION: Final = re.compile(rb' xmlns(?::([^=\s]+))?="[^"]*"')
# The serialiser writes them before the attributes, which may look like them.
_HEAD: Final = re.compile(rb'<[^\s/>]+(?: xmlns(?::[^=\s]+)?="[^"]*")*')
_DEFAULT: Final = re.compile(rb' xmlns="([^"]*)"')
# What means something else in a name such as {namespace}local, or is escaped.
_ODD_IN_NAMES: Final = re.compile(rb"[{}*&]")
_XSI_NAME: Final = re.compile(rb'<(?:xsi:|[^<>]* xsi:[^\s="]+=")')


class _FirstTag(NamedTuple):
    """The first tag of a payload, which declares all namespaces."""

    start: bytes
    """The tag up to its end, without a default namespace that it makes no use of."""
    shed: str
    """The name of all elements in the namespace that was left out, if one was."""
    unsaid: tuple[bytes, ...]
    """The prefixes that it declares, and makes no use of itself."""


def _plain(element: etree._Element, data: bytes) -> bytes | None:
    """Return the normal form of what is plain, ten times as fast; None for the rest.

    Plain is what declares all its namespaces in its first tag, as nearly everything
    does that is elements and text alone: then what has no use can be cut out of it.
    """
    start, end, rest = data.partition(b">")
    if b"xmlns" in rest:
        return None
    # As many levels as this has elements at the most.
    if rest.count(b"<") >= MAX_DEPTH:
        return None
    tag = _first_tag(start)
    if tag is None:
        return None
    # The default is that of a response, mostly, out of which a payload is taken.
    if tag.shed and _first(element, tag.shed) is not None:
        return None
    start = tag.start
    for prefix in tag.unsaid:
        if not _uses(rest, prefix):
            start = re.sub(rb' xmlns:%b="[^"]*"' % re.escape(prefix), b"", start)
    return start + end + rest


# The same for most records of a repository.
@lru_cache(maxsize=16)
def _first_tag(start: bytes) -> _FirstTag | None:
    """Return what a first tag says; None if that is not what it always means."""
    if not _is_clear(start):
        return None
    declared = _DECLARATION.findall(start)
    shed = ""
    default = _DEFAULT.search(start)
    if default is not None and b":" in _name(start):
        if _ODD_IN_NAMES.search(default[1]) or not default[1]:
            return None
        shed = f"{{{default[1].decode()}}}*"
        start = _DEFAULT.sub(b"", start)
    said = _DECLARATION.sub(b"", start)
    unsaid = tuple(p for p in declared if p and not _uses(said, p))
    return _FirstTag(start, shed, unsaid)


def _is_clear(start: bytes) -> bool:
    """Tell whether the first tag declares what it is in, and xsi as it always is."""
    # What is left looks like a declaration, and stands in an attribute's value.
    if b"xmlns" in _HEAD.sub(b"", start, 1):
        return False
    if b"xmlns:xsi=" in start and b'xmlns:xsi="%b"' % XSI.encode() not in start:
        return False
    return b' xmlns="' in start or b":" in _name(start)


def _uses(said: bytes, prefix: bytes) -> bool:
    """Tell whether a prefix occurs in names or values; xsi in names only."""
    if prefix + b":" not in said:
        return False
    # Every envelope declares xsi: a payload never has to for a value's sake.
    return prefix != b"xsi" or _XSI_NAME.search(said) is not None


def _name(tag: bytes) -> bytes:
    return tag.split(None, 1)[0].rstrip(b"/")


# libxml2 stops at 256, and a response holds its payloads four levels down.
MAX_DEPTH: Final = 250
_TOO_DEEP = etree.XPath(f"boolean(//*[count(ancestor::*) >= {MAX_DEPTH}])")


def _shallow(data: bytes) -> etree._Element:
    root = parse(data)
    if _TOO_DEEP(root):
        raise XmlError(f"elements are nested more than {MAX_DEPTH} levels deep")
    return root


def _prefixes_in_values(root: etree._Element) -> list[str]:
    bindings = {binding for e in root.iter() for binding in e.nsmap.items()}
    # Every envelope declares xsi: a payload never has to for a value's sake.
    declared = {p for p, uri in bindings if p and (p, uri) != ("xsi", XSI)}
    if not declared:
        return []
    values = "\n".join(_values(root))
    return sorted(prefix for prefix in declared if f"{prefix}:" in values)


def _values(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        yield element.text or ""
        yield from map(str, element.attrib.values())
        if element is not root:
            yield element.tail or ""


def _unqualified(root: etree._Element) -> int:
    """Return how many elements are in no namespace."""
    return sum(1 for _ in root.iter("{}*"))


def _with_unqualified(element: etree._Element) -> bytes:
    """Serialise so that elements of no namespace never fall to a default one.

    Exclusive C14N writes xmlns="" below a default namespace of the payload's own;
    the root must undeclare the envelope's. Rare enough not to be the usual way:
    C14N writes empty elements as two tags.
    """
    if any("&" in uri for e in element.iter() for uri in e.nsmap.values()):
        # libxml2's C14N leaves the character unescaped in declarations.
        raise XmlError("a namespace with & cannot stand beside elements of none")
    try:
        data = etree.tostring(
            element,
            method="c14n",
            exclusive=True,
            inclusive_ns_prefixes=_prefixes_in_values(element),
            with_comments=True,
        )
    except etree.C14NError as error:
        raise XmlError(
            "a namespace is a relative URI: give it a scheme, such as http:"
        ) from error
    if _unqualified(_shallow(data)) != _unqualified(element):
        # A tree built in memory that the serialiser cannot tell apart.
        raise XmlError("an element of no namespace is built below a default namespace")
    if element.prefix is None:
        return data
    name = f"<{element.prefix}:{etree.QName(element).localname}".encode()
    return name + b' xmlns=""' + data.removeprefix(name)
