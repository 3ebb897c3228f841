"""Responses as bytes: OAI-PMH 3.2, elements without prefix, in the schema's order.

Generators produce, the caller joins. Values pass through `xml.text` and
`xml.attribute`; payloads are spliced in as the store keeps them. The inverse is
`read`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from oai_provider.protocol.datestamp import Granularity, format_datestamp
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
from oai_provider.protocol.xml import XSI, Payload, attribute, text

_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="{OAI_NS}" xmlns:xsi="{XSI}"\
 xsi:schemaLocation="{OAI_NS} {OAI_SCHEMA}">
<responseDate>""".encode()
_TAIL = b"</OAI-PMH>\n"


def write(response: Response) -> Iterator[bytes]:
    """Yield the document, in pieces to be joined."""
    yield _HEAD
    date = format_datestamp(response.response_date, Granularity.SECOND)
    attributes = "".join(f' {n}="{attribute(v)}"' for n, v in response.arguments)
    yield (
        f"{date}</responseDate>\n"
        f"<request{attributes}>{text(response.base_url)}</request>\n"
    ).encode()
    yield from _body(response.body, response.granularity)
    yield _TAIL


def _body(body: Body, granularity: Granularity) -> Iterator[bytes]:  # noqa: C901 - a type each
    match body:
        case Records():
            yield from _list("ListRecords", _records(body, granularity))
        case Headers():
            yield from _list("ListIdentifiers", _headers(body, granularity))
        case Record():
            yield from _list("GetRecord", _record(body, granularity))
        case Identity():
            yield from _list("Identify", _identity(body))
        case MetadataFormats():
            yield from _list("ListMetadataFormats", map(_format, body.formats))
        case Sets():
            yield from _list("ListSets", _sets(body))
        case Errors():
            for error in body.errors:
                message = text(error.message)
                yield f'<error code="{error.code}">{message}</error>\n'.encode()
        case _:
            assert_never(body)


def _list(name: str, content: Iterable[bytes]) -> Iterator[bytes]:
    yield f"<{name}>\n".encode()
    yield from content
    yield f"</{name}>\n".encode()


def _records(body: Records, granularity: Granularity) -> Iterator[bytes]:
    for record in body.records:
        yield from _record(record, granularity)
    yield from _token(body.resumption_token)


def _headers(body: Headers, granularity: Granularity) -> Iterator[bytes]:
    for header in body.headers:
        yield _header(header, granularity)
        yield b"\n"
    yield from _token(body.resumption_token)


def _record(record: Record, granularity: Granularity) -> Iterator[bytes]:
    yield b"<record>"
    yield _header(record.header, granularity)
    if record.metadata is not None:
        yield from _payload("metadata", record.metadata)
    for about in record.about:
        yield from _payload("about", about)
    yield b"</record>\n"


def _payload(name: str, payload: Payload) -> tuple[bytes, bytes, bytes]:
    return f"<{name}>".encode(), payload.xml, f"</{name}>".encode()


def _header(header: Header, granularity: Granularity) -> bytes:
    status = ' status="deleted"' if header.deleted else ""
    sets = "".join(f"<setSpec>{text(spec)}</setSpec>" for spec in header.set_specs)
    return (
        f"<header{status}><identifier>{text(header.identifier)}</identifier>"
        f"<datestamp>{format_datestamp(header.datestamp, granularity)}</datestamp>"
        f"{sets}</header>"
    ).encode()


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
