"""Between columns and values: the only place that knows how a value is stored.

Set specs are parted by blanks and payloads by NUL, which neither can hold. This is
the hot path of every list: what a page holds is passed on without a look.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from isal import isal_zlib

from oai_provider.protocol.datestamp import EPOCH, Granularity, from_seconds
from oai_provider.protocol.model import Header, MetadataFormat, Set
from oai_provider.protocol.names import with_ancestors
from oai_provider.protocol.read import read_header
from oai_provider.protocol.token import Position
from oai_provider.protocol.write import HeaderWriter, write_record
from oai_provider.protocol.written import WrittenHeaders, WrittenRecord, WrittenRecords
from oai_provider.protocol.xml import Payload
from oai_provider.store.base import Embargoed, HeaderPage, Page, StoredItem
from oai_provider.store.finished import header_of

Row = Sequence[Any]
"""What a driver gives: values in the order of the statement's columns."""

_NUL: Final = b"\0"
_XML: Final[Callable[[Row], bytes]] = itemgetter(2)
_LEVEL: Final = 1


def joined(payloads: Iterable[Payload]) -> bytes | None:
    """Return several payloads as one column; None when there are none."""
    return _NUL.join(payload.xml for payload in payloads) or None


def parted(column: bytes | None) -> tuple[Payload, ...]:
    """Return the payloads of a column written by `joined`."""
    return tuple(map(Payload, column.split(_NUL))) if column else ()


def compressed(text: str) -> bytes:
    """Return a text as a column that is seldom read: half as large, in 10 microseconds.

    Always the same for the same text, with the same release of ISA-L.
    """
    return isal_zlib.compress(text.encode(), _LEVEL)


def text_of(column: bytes) -> str:
    """Return the text of a column written by `compressed`."""
    return isal_zlib.decompress(column).decode()


def format_of(row: Row) -> MetadataFormat:
    """Return the format of a row: prefix, schema, namespace."""
    prefix, schema, namespace = row
    return MetadataFormat(metadata_prefix=prefix, schema=schema, namespace=namespace)


def set_of(row: Row) -> Set:
    """Return the set of a row: spec, name, descriptions."""
    spec, name, descriptions = row
    return Set(spec=spec, name=name, descriptions=parted(descriptions))


def item_of(row: Row) -> StoredItem:
    """Return the item of a row as `sql.ITEM` selects it."""
    identifier, set_specs, deleted, created, source, newest = row
    datestamp = created if newest is None else newest
    header = Header(
        identifier, from_seconds(datestamp), tuple(set_specs.split()), bool(deleted)
    )
    return StoredItem(
        header=header, source=text_of(source), created=from_seconds(created)
    )


def embargoed_of(row: Row) -> Embargoed:
    """Return the item of a row as `sql.EMBARGOED` selects it."""
    identifier, release, source = row
    return Embargoed(
        identifier=identifier, release=from_seconds(release), source=source
    )


def record_of(row: Row) -> WrittenRecord:
    """Return the record of a row as `sql.RECORD` selects it."""
    datestamp, xml = row
    return WrittenRecord(xml, from_seconds(datestamp))


def page_of(rows: Sequence[Row], limit: int, set_spec: str | None) -> Page:
    """Return the page of up to `limit` records that one row more was asked for."""
    written = _written(rows[:limit], set_spec, _tombstone)
    return Page(WrittenRecords(written, _newest(rows, limit)), _after(rows, limit))


def header_page_of(rows: Sequence[Row], limit: int, set_spec: str | None) -> HeaderPage:
    """Return the page of up to `limit` headers that one row more was asked for."""
    written = _written(rows[:limit], set_spec, _deleted)
    headers = WrittenHeaders(written, _newest(rows, limit))
    return HeaderPage(headers, _after(rows, limit))


def _written(
    rows: Sequence[Row], set_spec: str | None, deleted_in: Callable[[bytes, str], bytes]
) -> list[bytes]:
    """Return what rows have; those of a set say what is deleted there."""
    if set_spec is None:
        return list(map(_XML, rows))
    return [
        deleted_in(xml, set_spec) if deleted else xml for _, _, xml, deleted in rows
    ]


def _tombstone(record: bytes, set_spec: str) -> bytes:
    """Return the record of what is deleted in a set, or has left it."""
    header = _deleted(header_of(record), set_spec)
    return write_record(header.rstrip())


def _deleted(header: bytes, set_spec: str) -> bytes:
    """Return the header of a tombstone, which is in the set whose list it stands in.

    An item that has left a set is in it as a tombstone only.
    """
    identifier, moment, specs, _ = read_header(header)
    if not any(set_spec in with_ancestors(spec) for spec in specs):
        specs = (*specs, set_spec)
    told = Header(identifier, moment, specs, deleted=True)
    return HeaderWriter(Granularity.SECOND)(told) + b"\n"


def _newest(rows: Sequence[Row], limit: int) -> datetime:
    return from_seconds(rows[min(limit, len(rows)) - 1][0]) if rows else EPOCH


def _after(rows: Sequence[Row], limit: int) -> Position | None:
    if len(rows) <= limit:
        return None
    datestamp, key = rows[limit - 1][:2]
    return Position(datestamp=from_seconds(datestamp), key=key)
