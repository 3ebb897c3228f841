"""Payloads of a page in normal form, as `protocol.xml.payload` makes it, and sooner.

On a page the start tags of payloads repeat: each is judged once, and what has no use
is cut out of it. Whatever is not plain is left to `payload`, which must give the
same for all.
"""

import re
from typing import Final, NamedTuple

from lxml import etree

from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import MAX_DEPTH, XSI, payload

_DECLARATION: Final = re.compile(rb' xmlns(?::([^=\s]+))?="([^"]*)"')
# The serialiser writes them before the attributes, which may look like them.
_HEAD: Final = re.compile(rb'<[^\s/>]+(?: xmlns(?::[^=\s]+)?="[^"]*")*')
_XSI_NAME: Final = re.compile(rb'<(?:xsi:|[^<>]* xsi:[^\s="]+=")')
_XSI: Final = XSI.encode()
_OAI: Final = OAI_NS.encode()
_NO_DOUBT: Final = frozenset({(), (b"xsi",)})
# One rare byte is looked for, and only then what follows it: that is faster.
_NESTED: Final = re.compile(rb"x(?=mlns|si:)")
_IS_DEEP: Final = etree.XPath("boolean(*/*/*/*/*/*/*/*/*/*/*/*)")
_IS_WITHIN: Final = etree.XPath(
    "boolean(o:record/o:metadata/*//o:*) or boolean(o:record/o:about/*//o:*)",
    namespaces={"o": OAI_NS},
)
_Names = tuple[object, ...]
_NODES: Final[_Names] = ("{}*", etree.Comment, etree.ProcessingInstruction)


class _Start(NamedTuple):
    """A start tag, and what may be left out of it."""

    odd: _Names
    """The nodes that make a payload one for `payload`; none if the page has none."""
    plain: bytes
    """The tag without the declarations that it does not use itself."""
    doubtful: tuple[bytes, ...]
    """The prefixes of those."""
    has_default: bool
    """Whether a default namespace is declared that nothing plain uses."""


class Payloads:
    """Makes payloads; for one page, whose list element it is given."""

    def __init__(self, holder: etree._Element) -> None:
        self._starts: dict[bytes, _Start | None] = {}
        # What hardly ever occurs is looked for in the page first, then in records.
        self._is_deep = bool(_IS_DEEP(holder))
        self._is_within = bool(_IS_WITHIN(holder))
        self._nodes = () if _first(holder, _NODES) is None else _NODES

    def xml(self, element: etree._Element) -> bytes:
        """Return what `payload` does; raises `XmlError` as it does."""
        data = etree.tostring(element, encoding="utf-8", with_tail=False)
        # In values the serialiser escapes it.
        end = data.index(b">") + 1
        tag = data[:end]
        if tag in self._starts:
            start = self._starts[tag]
        else:
            start = self._starts[tag] = self._judged(element, tag)
        if start is None or (start.odd and _first(element, start.odd) is not None):
            return payload(element).xml
        # As many levels as it has elements at the most.
        if self._is_deep and data.count(b"<") >= MAX_DEPTH:
            return payload(element).xml
        if _NESTED.search(data, end) is not None:
            if data.find(b"xmlns", end) >= 0:
                return payload(element).xml
        elif start.doubtful in _NO_DOUBT:
            return start.plain + data[end:]
        return _started(data, end, start)

    def _judged(self, element: etree._Element, tag: bytes) -> _Start | None:
        """Return what a tag tells; None if all that begins so is for `payload`."""
        head, attributes = _parted(tag)
        declared = dict(_DECLARATION.findall(head))
        default = declared.pop(b"", None)
        if default == b"" or not (declared or default):
            return None
        if declared.get(b"xsi", _XSI) != _XSI:
            return None
        # A default namespace is of use to elements without prefix alone: below one
        # that has a prefix there are hardly ever any.
        is_idle = default is not None and element.prefix is not None
        odd = self._nodes
        if is_idle and (default != _OAI or self._is_within):
            odd = (*odd, f"{{{element.nsmap[None]}}}*")
        said = _DECLARATION.sub(b"", head) + attributes
        doubtful = tuple(prefix for prefix in declared if not _uses(said, prefix))
        unused = {*doubtful, b""} if is_idle else {*doubtful}
        return _Start(odd, _without(tag, unused), doubtful, is_idle)


def _first(element: etree._Element, names: _Names) -> object:
    return next(element.iter(*names), None)  # type: ignore[call-overload]  # the factories of comments are names too


def _started(data: bytes, end: int, start: _Start) -> bytes:
    """Return the payload with those of the doubtful declarations that it uses."""
    rest = data[end:]
    if not start.doubtful:
        return start.plain + rest
    unused = {prefix for prefix in start.doubtful if not _uses(rest, prefix)}
    if start.has_default:
        unused.add(b"")
    return _without(data[:end], unused) + rest


def _parted(tag: bytes) -> tuple[bytes, bytes]:
    """Return a tag up to its last declaration, and from there."""
    found = _HEAD.match(tag)
    end = 0 if found is None else found.end()
    return tag[:end], tag[end:]


def _without(tag: bytes, prefixes: set[bytes]) -> bytes:
    head, attributes = _parted(tag)
    kept = _DECLARATION.sub(lambda m: b"" if (m[1] or b"") in prefixes else m[0], head)
    return kept + attributes


def _uses(said: bytes, prefix: bytes) -> bool:
    """Tell whether a prefix occurs in names or values; xsi in names only."""
    if prefix + b":" not in said:
        return False
    return prefix != b"xsi" or _XSI_NAME.search(said) is not None
