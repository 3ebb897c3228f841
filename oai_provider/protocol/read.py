"""A response document, read strictly into the values `write` takes.

Raises `XmlError` for what is not XML, `ResponseError` for XML that is no OAI-PMH
2.0 response. White space and comments between elements and around values mean
nothing (names for people and messages are kept verbatim), and attributes that are not
known, such as those of XML Schema, are passed over; everything else that is not
understood is an error, since data would be lost in silence.
"""

import re
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from lxml import etree

from oai_provider.errors import OaiProviderError
from oai_provider.protocol.datestamp import (
    DatestampError,
    Granularity,
    parse_datestamp,
)
from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import (
    Body,
    DeletedRecord,
    Errors,
    Header,
    Headers,
    Identity,
    MetadataFormat,
    MetadataFormats,
    Record,
    Records,
    Response,
    ResumptionToken,
    Set,
    Sets,
)
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import XSI, Payload, parse, payload

_E = TypeVar("_E", bound=StrEnum)
_OAI = f"{{{OAI_NS}}}"
_WHOLE = re.compile("[0-9]{1,18}")


class ResponseError(OaiProviderError):
    """An XML document is not an OAI-PMH 2.0 response; the message says where."""


def read(document: bytes) -> Response:
    """Return the response a document holds."""
    root = parse(document)
    if root.tag != f"{_OAI}OAI-PMH":
        raise ResponseError(f"<{root.tag!s}> is not an OAI-PMH 2.0 document")
    elements = _Children(root)
    date = _datestamp(elements.text("responseDate"))[0]
    request = elements.one("request")
    body, granularity = _body(elements)
    return Response(
        response_date=date,
        base_url=_text(request),
        arguments=tuple((str(n), str(v)) for n, v in request.attrib.items()),
        body=body,
        granularity=granularity or Granularity.SECOND,
    )


class _Children:
    """The child elements of an element, taken in order."""

    def __init__(self, parent: etree._Element) -> None:
        self._parent = parent
        self._left = deque(e for e in parent if isinstance(e.tag, str))
        stray = _own_text(parent).strip(_SPACE)
        if stray:
            raise ResponseError(
                f"text {stray[:40]!r} has no place in <{_local(parent)}>"
                f" (line {parent.sourceline})"
            )

    def many(self, name: str) -> list[etree._Element]:
        """Take the elements of this name that come next."""
        taken = []
        while self._left and self._left[0].tag == _OAI + name:
            taken.append(self._left.popleft())
        return taken

    def optional(self, name: str) -> etree._Element | None:
        found = self.many(name)
        if len(found) > 1:
            raise ResponseError(f"<{name}> is repeated (line {found[1].sourceline})")
        return found[0] if found else None

    def one(self, name: str) -> etree._Element:
        found = self.optional(name)
        if found is None:
            raise ResponseError(
                f"<{name}> is missing in <{_local(self._parent)}>"
                f" (line {self._parent.sourceline})"
            )
        return found

    def text(self, name: str) -> str:
        return _text(self.one(name))

    def next(self) -> etree._Element:
        if not self._left:
            raise ResponseError(f"<{_local(self._parent)}> ends without an answer")
        return self._left.popleft()

    def rest(self) -> list[etree._Element]:
        """Take all that is left, of whatever name."""
        taken, self._left = self._left, deque()
        return list(taken)

    def end(self) -> None:
        """Refuse whatever is left."""
        if self._left:
            extra = self._left[0]
            raise ResponseError(
                f"<{_local(extra)}> has no place in <{_local(self._parent)}>"
                f" (line {extra.sourceline})"
            )


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


# What XML calls white space; Python's notion would take no-break spaces off names.
_SPACE = " \t\r\n"


def _text(element: etree._Element) -> str:
    return _verbatim(element).strip(_SPACE)


def _verbatim(element: etree._Element) -> str:
    """Return the whole text of an element that has no other content."""
    if any(isinstance(e.tag, str) for e in element):
        raise ResponseError(
            f"<{_local(element)}> holds elements instead of text"
            f" (line {element.sourceline})"
        )
    return _own_text(element)


def _own_text(element: etree._Element) -> str:
    """Return the text outside child elements; comments may stand in its midst."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _body(elements: _Children) -> tuple[Body, Granularity | None]:
    errors = elements.many("error")
    if errors:
        elements.end()
        return Errors(tuple(map(_error, errors))), None
    element = elements.next()
    elements.end()
    reader = _READERS.get(str(element.tag))
    if reader is None:
        raise ResponseError(f"<{_local(element)}> answers no verb of OAI-PMH 2.0")
    return reader(_Children(element))


def _error(element: etree._Element) -> ProtocolError:
    return ProtocolError(
        _member(ErrorCode, element.get("code") or ""), _verbatim(element)
    )


def _member(kind: type[_E], value: str) -> _E:
    try:
        return kind(value)
    except ValueError as error:
        allowed = ", ".join(kind)
        raise ResponseError(f"{value!r} is none of {allowed}") from error


def _datestamp(value: str) -> tuple[datetime, Granularity]:
    try:
        return parse_datestamp(value)
    except DatestampError as error:
        raise ResponseError(f"{value!r} is not a UTCdatetime: {error}") from error


def _identity(elements: _Children) -> tuple[Identity, Granularity]:
    name, base_url = _verbatim(elements.one("repositoryName")), elements.text("baseURL")
    version = elements.text("protocolVersion")
    emails = tuple(map(_text, elements.many("adminEmail")))
    earliest, _ = _datestamp(elements.text("earliestDatestamp"))
    deleted = _member(DeletedRecord, elements.text("deletedRecord"))
    granularity = _member(Granularity, elements.text("granularity"))
    identity = Identity(
        repository_name=name,
        base_url=base_url,
        protocol_version=version,
        admin_emails=emails,
        earliest_datestamp=earliest,
        deleted_record=deleted,
        granularity=granularity,
        compressions=tuple(map(_text, elements.many("compression"))),
        descriptions=tuple(map(_container, elements.many("description"))),
    )
    elements.end()
    return identity, granularity


def _container(element: etree._Element) -> Payload:
    """Return the one element inside <metadata>, <about> and the like."""
    children = _Children(element).rest()
    if len(children) != 1:
        raise ResponseError(
            f"<{_local(element)}> holds {len(children)} elements instead of one"
            f" (line {element.sourceline})"
        )
    return payload(children[0])


def _formats(elements: _Children) -> tuple[MetadataFormats, None]:
    formats = tuple(_format(_Children(e)) for e in elements.many("metadataFormat"))
    elements.end()
    return MetadataFormats(formats), None


def _format(elements: _Children) -> MetadataFormat:
    prefix, schema = elements.text("metadataPrefix"), elements.text("schema")
    namespace = elements.text("metadataNamespace")
    elements.end()
    return MetadataFormat(metadata_prefix=prefix, schema=schema, namespace=namespace)


def _sets(elements: _Children) -> tuple[Sets, None]:
    sets = tuple(_set(_Children(e)) for e in elements.many("set"))
    return Sets(sets, _token(elements)), None


def _set(elements: _Children) -> Set:
    spec, name = elements.text("setSpec"), _verbatim(elements.one("setName"))
    descriptions = tuple(map(_container, elements.many("setDescription")))
    elements.end()
    return Set(spec=spec, name=name, descriptions=descriptions)


def _token(elements: _Children) -> ResumptionToken | None:
    element = elements.optional("resumptionToken")
    elements.end()
    if element is None:
        return None
    expires = element.get("expirationDate")
    return ResumptionToken(
        value=_text(element),
        complete_list_size=_whole(element, "completeListSize"),
        cursor=_whole(element, "cursor"),
        expiration_date=_datestamp(expires)[0] if expires else None,
    )


def _whole(element: etree._Element, name: str) -> int | None:
    value = element.get(name)
    if value is None:
        return None
    if not _WHOLE.fullmatch(value):
        raise ResponseError(f"{name} {value[:40]!r} is not a whole number")
    return int(value)


def _headers(elements: _Children) -> tuple[Headers, Granularity | None]:
    found = [_header(e) for e in elements.many("header")]
    body = Headers(tuple(h for h, _ in found), _token(elements))
    return body, _granularity([g for _, g in found])


def _records(elements: _Children) -> tuple[Records, Granularity | None]:
    found = [_record(e) for e in elements.many("record")]
    body = Records(tuple(r for r, _ in found), _token(elements))
    return body, _granularity([g for _, g in found])


def _granularity(found: list[Granularity]) -> Granularity | None:
    if len(set(found)) > 1:
        raise ResponseError("datestamps of two granularities stand in one response")
    return found[0] if found else None


def _single(elements: _Children) -> tuple[Record, Granularity]:
    record, granularity = _record(elements.one("record"))
    elements.end()
    return record, granularity


def _record(element: etree._Element) -> tuple[Record, Granularity]:
    elements = _Children(element)
    header, granularity = _header(elements.one("header"))
    metadata = elements.optional("metadata")
    about = tuple(map(_container, elements.many("about")))
    elements.end()
    payload_ = None if metadata is None else _container(metadata)
    return Record(header, payload_, about), granularity


def read_record(record: bytes) -> Record:
    """Return the record that was written, as `write_record` does."""
    # As within a response: payloads rely on nothing else that stands above them.
    return _record(parse(_RECORD_START + record.removeprefix(b"<record")))[0]


def read_header(header: bytes) -> Header:
    """Return the header that was written, as `HeaderWriter` does."""
    return _header(parse(_HEADER_START + header.removeprefix(b"<header")))[0]


_RECORD_START = f'<record xmlns="{OAI_NS}" xmlns:xsi="{XSI}"'.encode()
_HEADER_START = f'<header xmlns="{OAI_NS}"'.encode()


def _header(element: etree._Element) -> tuple[Header, Granularity]:
    elements = _Children(element)
    identifier = elements.text("identifier")
    datestamp, granularity = _datestamp(elements.text("datestamp"))
    specs = tuple(map(_text, elements.many("setSpec")))
    elements.end()
    status = element.get("status")
    if status not in (None, "deleted"):
        raise ResponseError(f"status {status!r} is not 'deleted'")
    return Header(identifier, datestamp, specs, status is not None), granularity


_READERS: dict[str, Callable[[_Children], tuple[Body, Granularity | None]]] = {
    f"{_OAI}GetRecord": _single,
    f"{_OAI}Identify": _identity,
    f"{_OAI}ListIdentifiers": _headers,
    f"{_OAI}ListMetadataFormats": _formats,
    f"{_OAI}ListRecords": _records,
    f"{_OAI}ListSets": _sets,
}
