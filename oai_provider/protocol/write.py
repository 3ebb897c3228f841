"""Responses as bytes: OAI-PMH 3.2, elements without prefix, in the schema's order.

Pieces are returned, the caller joins them. Values pass through `xml.text` and
`xml.attribute`; payloads are spliced in as the store keeps them. The inverse is
`read`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.errors import ProtocolError
from oai_provider.protocol.model import (
    Body,
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
from oai_provider.protocol.names import OAI_NS, OAI_SCHEMA
from oai_provider.protocol.written import WrittenHeaders, WrittenRecord, WrittenRecords
from oai_provider.protocol.xml import XSI, Payload, attribute, text

_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="{OAI_NS}" xmlns:xsi="{XSI}"\
 xsi:schemaLocation="{OAI_NS} {OAI_SCHEMA}">
<responseDate>""".encode()
_TAIL = b"</OAI-PMH>\n"


def write(response: Response) -> list[bytes]:
    """Return the document, in pieces to be joined."""
    date = format_datestamp(response.response_date, Granularity.SECOND)
    attributes = "".join([f' {n}="{attribute(v)}"' for n, v in response.arguments])
    begin = (
        f"{date}</responseDate>\n"
        f"<request{attributes}>{text(response.base_url)}</request>\n"
    ).encode()
    return [_HEAD, begin, *_body(response.body, response.granularity), _TAIL]


def _body(body: Body, granularity: Granularity) -> Iterable[bytes]:  # noqa: C901, PLR0911 - a type each
    match body:
        case Records():
            return _list("ListRecords", _records(body, granularity))
        case Headers():
            return _list("ListIdentifiers", _headers(body, granularity))
        case Record():
            return _list("GetRecord", [_record(body, HeaderWriter(granularity))])
        case WrittenRecord():
            return _list("GetRecord", [body.written(granularity)])
        case Identity():
            return _list("Identify", _identity(body))
        case MetadataFormats():
            return _list("ListMetadataFormats", map(_format, body.formats))
        case Sets():
            return _list("ListSets", _sets(body))
        case Errors():
            return map(_error, body.errors)
        case _:
            assert_never(body)


def _list(name: str, content: Iterable[bytes]) -> list[bytes]:
    return [f"<{name}>\n".encode(), *content, f"</{name}>\n".encode()]


def _error(error: ProtocolError) -> bytes:
    return f'<error code="{error.code}">{text(error.message)}</error>\n'.encode()


def write_record(header: bytes, content: bytes = b"") -> bytes:
    """Return a <record> of what was written before, and the line feed after it.

    A deleted record has no content.
    """
    return b"<record>%b%b</record>\n" % (header, content)


def write_content(metadata: Payload, about: Iterable[Payload] = ()) -> bytes:
    """Return what follows the header in a record: <metadata>, and any <about>."""
    written = b"<metadata>%b</metadata>" % metadata.xml
    return b"".join((written, *(b"<about>%b</about>" % part.xml for part in about)))


# What a store has written is passed on as it is: a page has hundreds of pieces.
def _records(body: Records, granularity: Granularity) -> list[bytes]:
    token = _token(body.resumption_token)
    if isinstance(body.records, WrittenRecords):
        return [*body.records.written(granularity), *token]
    header_of = HeaderWriter(granularity)
    return [*(_record(record, header_of) for record in body.records), *token]


def _headers(body: Headers, granularity: Granularity) -> list[bytes]:
    token = _token(body.resumption_token)
    if isinstance(body.headers, WrittenHeaders):
        return [*body.headers.written(granularity), *token]
    header_of = HeaderWriter(granularity)
    return [*(header_of(header) + b"\n" for header in body.headers), *token]


def _record(record: Record, header_of: "HeaderWriter") -> bytes:
    header, metadata, about = record
    content = b"" if metadata is None else write_content(metadata, about)
    return write_record(header_of(header), content)


def _payload(name: str, payload: Payload) -> tuple[bytes, bytes, bytes]:
    return f"<{name}>".encode(), payload.xml, f"</{name}>".encode()


class HeaderWriter:
    """Writes headers; on a page, seconds and sets repeat, and are written once."""

    def __init__(self, granularity: Granularity) -> None:
        self._granularity = granularity
        self._stamps: dict[datetime, str] = {}
        self._sets: dict[tuple[str, ...], str] = {}

    def __call__(self, header: Header) -> bytes:
        """Return a <header>."""
        identifier, datestamp, set_specs, deleted = header
        stamp = self._stamps.get(datestamp) or self._stamp(datestamp)
        sets = self._sets.get(set_specs) or self._set_specs(set_specs)
        start = '<header status="deleted">' if deleted else "<header>"
        return (
            f"{start}<identifier>{text(identifier)}</identifier>{stamp}{sets}"
        ).encode()

    def _stamp(self, datestamp: datetime) -> str:
        stamp = format_datestamp(datestamp, self._granularity)
        written = self._stamps[datestamp] = f"<datestamp>{stamp}</datestamp>"
        return written

    def _set_specs(self, set_specs: tuple[str, ...]) -> str:
        sets = "".join(f"<setSpec>{text(spec)}</setSpec>" for spec in set_specs)
        written = self._sets[set_specs] = f"{sets}</header>"
        return written


def _token(token: ResumptionToken | None) -> Iterator[bytes]:
    if token is None:
        return
    expires = token.expiration_date
    values = {
        "expirationDate": expires and _utc(expires),
        "completeListSize": token.complete_list_size,
        "cursor": token.cursor,
    }
    attributes = "".join(f' {n}="{v}"' for n, v in values.items() if v is not None)
    if token.value:
        value = text(token.value)
        yield f"<resumptionToken{attributes}>{value}</resumptionToken>\n".encode()
    else:
        yield f"<resumptionToken{attributes}/>\n".encode()


def _utc(moment: datetime) -> str:
    return format_datestamp(moment, Granularity.SECOND)


def _identity(identity: Identity) -> Iterator[bytes]:
    earliest = format_datestamp(identity.earliest_datestamp, identity.granularity)
    values = (
        ("repositoryName", identity.repository_name),
        ("baseURL", identity.base_url),
        ("protocolVersion", identity.protocol_version),
        *(("adminEmail", email) for email in identity.admin_emails),
        ("earliestDatestamp", earliest),
        ("deletedRecord", identity.deleted_record),
        ("granularity", identity.granularity),
        *(("compression", name) for name in identity.compressions),
    )
    for name, value in values:
        yield f"<{name}>{text(value)}</{name}>\n".encode()
    for description in identity.descriptions:
        yield from _payload("description", description)
        yield b"\n"


def _format(format_: MetadataFormat) -> bytes:
    return (
        f"<metadataFormat><metadataPrefix>{text(format_.metadata_prefix)}"
        f"</metadataPrefix><schema>{text(format_.schema)}</schema>"
        f"<metadataNamespace>{text(format_.namespace)}</metadataNamespace>"
        "</metadataFormat>\n"
    ).encode()


def _sets(body: Sets) -> Iterator[bytes]:
    for set_ in body.sets:
        yield from _set(set_)
    yield from _token(body.resumption_token)


def _set(set_: Set) -> Iterator[bytes]:
    yield (
        f"<set><setSpec>{text(set_.spec)}</setSpec><setName>{text(set_.name)}</setName>"
    ).encode()
    for description in set_.descriptions:
        yield from _payload("setDescription", description)
    yield b"</set>\n"
