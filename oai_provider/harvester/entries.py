"""The records of a list, one by one; an odd one is told and keeps none out.

What is not understood is never passed over: the record is `UnreadableRecord`, with
the reason. White space, comments and attributes that are not known mean nothing.
"""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.listing import HarvestedRecord, UnreadableRecord
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import XmlError, payload

_OAI: Final = f"{{{OAI_NS}}}"
_IDENTIFIER: Final = f"{_OAI}identifier"
_DATESTAMP: Final = f"{_OAI}datestamp"
_SET_SPEC: Final = f"{_OAI}setSpec"
_HEADER: Final = f"{_OAI}header"
_METADATA: Final = f"{_OAI}metadata"
_ABOUT: Final = f"{_OAI}about"
_PARTS: Final = (_HEADER, _METADATA)
TOKEN: Final = f"{_OAI}resumptionToken"
SPACE: Final = " \t\r\n"
"""What XML calls white space."""

_ENTRY: Final = {"ListIdentifiers": _HEADER}
_HAS_TEXT: Final = etree.XPath(
    "boolean(o:record/text()[normalize-space()])"
    " or boolean(o:record/*/text()[normalize-space()])",
    namespaces={"o": OAI_NS},
)
_STRAYS: Final = etree.XPath("text()[normalize-space()]", smart_strings=False)


class _OddError(OaiProviderError):
    """A record is not as OAI-PMH 2.5 has it."""


_Header = tuple[str, str, tuple[str, ...], bool]
"""Identifier, datestamp, sets, and whether it is deleted."""


def entries(
    holder: etree._Element, verb: str
) -> Iterator[HarvestedRecord | UnreadableRecord]:
    """Yield the records of the element that holds a list, in order."""
    reader, wanted = _Reader(holder, verb), _ENTRY.get(verb, f"{_OAI}record")
    for text in _STRAYS(holder):
        yield UnreadableRecord(
            reason=f"text {_short(str(text))} stands where a record should",
            xml=str(text).encode(),
            line=holder.sourceline or 0,
        )
    for element in holder:
        tag = element.tag
        if tag == wanted:
            yield reader.read(element)
        elif isinstance(tag, str) and tag != TOKEN:
            yield _unreadable(element, f"<{tag}> has no place in <{verb}>")


def text_of(element: etree._Element) -> str:
    """Return the text of an element without elements in it; raises `ValueError`."""
    if not len(element):
        return (element.text or "").strip(SPACE)
    if any(isinstance(child.tag, str) for child in element):
        raise ValueError("holds elements instead of text")
    parts = (element.text or "", *(child.tail or "" for child in element))
    return "".join(parts).strip(SPACE)


class _Reader:
    def __init__(self, holder: etree._Element, verb: str) -> None:
        self._has_metadata = verb != "ListIdentifiers"
        # Looked for once in the page, and in every record only if there is some.
        self._has_strays = self._has_metadata and bool(_HAS_TEXT(holder))

    def read(self, element: etree._Element) -> HarvestedRecord | UnreadableRecord:
        try:
            return self._record(element) if self._has_metadata else _alone(element)
        except (_OddError, XmlError) as error:
            return _unreadable(element, str(error))

    def _record(self, element: etree._Element) -> HarvestedRecord:
        if self._has_strays:
            _refuse_strays(element)
        parts, about = _parts(element)
        header = _header(_required(parts, _HEADER))
        # OAI-PMH 2.5.1: a deleted record has no other parts, whatever is sent.
        if header[-1]:
            return HarvestedRecord(*header)
        xml = self._inside(_required(parts, _METADATA))
        if not about:
            return HarvestedRecord(*header, xml)
        found = [part for part in map(self._inside, about) if part is not None]
        return HarvestedRecord(*header, xml, tuple(found))

    def _inside(self, container: etree._Element) -> bytes | None:
        """Return the one element in a container, None if the container is empty."""
        children = container[:]
        if len(children) == 1 and isinstance(children[0].tag, str):
            return payload(children[0]).xml
        found = [child for child in children if isinstance(child.tag, str)]
        if len(found) > 1:
            raise _OddError(f"<{_local(container)}> holds {len(found)} elements")
        return payload(found[0]).xml if found else None


def _alone(element: etree._Element) -> HarvestedRecord:
    _refuse_text(element)
    return HarvestedRecord(*_header(element))


def _parts(
    element: etree._Element,
) -> tuple[dict[str, etree._Element], list[etree._Element]]:
    """Return what a record has one of, by name, and each <about>."""
    parts: dict[str, etree._Element] = {}
    about: list[etree._Element] = []
    for child in element:
        tag = child.tag
        if tag in _PARTS and tag not in parts:
            parts[tag] = child
        elif tag == _ABOUT:
            about.append(child)
        elif isinstance(tag, str):
            raise _OddError(_misplaced(child, element))
    return parts, about


def _required(parts: dict[str, etree._Element], tag: str) -> etree._Element:
    found = parts.get(tag)
    if found is None:
        raise _OddError(f"<record> has no <{tag.removeprefix(_OAI)}>")
    return found


def _header(element: etree._Element) -> _Header:
    identifier = datestamp = ""
    set_specs: list[str] = []
    for child in element:
        tag = child.tag
        value = _value(child) if len(child) else (child.text or "").strip(SPACE)
        if tag == _SET_SPEC:
            set_specs.append(value)
        elif tag == _IDENTIFIER and not identifier:
            identifier = value
        elif tag == _DATESTAMP and not datestamp:
            datestamp = value
        elif isinstance(tag, str):
            raise _OddError(_misplaced(child, element))
    if not (identifier and datestamp):
        missing = "datestamp" if identifier else "identifier"
        raise _OddError(f"<header> has no <{missing}>, or an empty one")
    specs = tuple([spec for spec in set_specs if spec])
    return identifier, datestamp, specs, _is_deleted(element)


def _is_deleted(element: etree._Element) -> bool:
    status = element.get("status")
    if status is None:
        return False
    status = status.strip(SPACE).lower()
    if status not in {"", "deleted"}:
        raise _OddError(f"status {_short(status)} is not 'deleted'")
    return bool(status)


def _value(element: etree._Element) -> str:
    try:
        return text_of(element)
    except ValueError as error:
        raise _OddError(f"<{_local(element)}> {error}") from error


def _refuse_strays(element: etree._Element) -> None:
    _refuse_text(element)
    for child in element:
        if isinstance(child.tag, str):
            _refuse_text(child)


def _refuse_text(element: etree._Element) -> None:
    for text in _STRAYS(element):
        raise _OddError(f"text {_short(str(text))} has no place in <{_local(element)}>")


def _unreadable(element: etree._Element, reason: str) -> UnreadableRecord:
    found = element.find(f".//{_IDENTIFIER}")
    identifier = "" if found is None else (found.text or "").strip(SPACE)
    return UnreadableRecord(
        reason=reason,
        xml=etree.tostring(element, encoding="utf-8", with_tail=False),
        identifier=identifier or None,
        line=element.sourceline or 0,
    )


def _misplaced(child: etree._Element, parent: etree._Element) -> str:
    return f"<{_local(child)}> is repeated or has no place in <{_local(parent)}>"


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _short(text: str) -> str:
    return repr(text.strip(SPACE)[:40])
