"""Between columns and values: the only place that knows how a value is stored.

Set specs are parted by blanks and payloads by NUL, which neither can hold. This is
the hot path of every list, so a page's datestamps are converted once each.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from oai_provider.protocol.datestamp import EPOCH, Granularity, from_seconds
from oai_provider.protocol.model import Header, MetadataFormat, Set
from oai_provider.protocol.names import with_ancestors
from oai_provider.protocol.read import read_record
from oai_provider.protocol.token import Position
from oai_provider.protocol.write import HeaderWriter, write_record
from oai_provider.protocol.written import WrittenRecord, WrittenRecords
from oai_provider.protocol.xml import Payload
from oai_provider.store.base import Embargoed, HeaderPage, Page, StoredItem
from oai_provider.store.finished import header_of

Row = Sequence[Any]
"""What a driver gives: values in the order of the statement's columns."""

_NUL: Final = b"\0"


def joined(payloads: Iterable[Payload]) -> bytes | None:
    """Return several payloads as one column; None when there are none."""
    return _NUL.join(payload.xml for payload in payloads) or None


def parted(column: bytes | None) -> tuple[Payload, ...]:
    """Return the payloads of a column written by `joined`."""
    return tuple(map(Payload, column.split(_NUL))) if column else ()


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
    identifier, set_specs, deleted, created, json, newest = row
    datestamp = created if newest is None else newest
    header = Header(
        identifier, from_seconds(datestamp), tuple(set_specs.split()), bool(deleted)
    )
    return StoredItem(header=header, source=json, created=from_seconds(created))


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


def page_of(rows: Sequence[Row], limit: int) -> Page:
    """Return the page of up to `limit` records that one row more was asked for."""
    return _page([row[2] for row in rows[:limit]], rows, limit)


def page_of_set(rows: Sequence[Row], limit: int, set_spec: str) -> Page:
    """Return the same of a set, whose rows say which records are deleted there."""
    written = [
        _tombstone(xml, set_spec) if deleted else xml
        for _, _, xml, deleted in rows[:limit]
    ]
    return _page(written, rows, limit)


def _page(written: list[bytes], rows: Sequence[Row], limit: int) -> Page:
    newest = from_seconds(rows[len(written) - 1][0]) if written else EPOCH
    return Page(WrittenRecords(written, newest), _after(rows, limit))


def header_page_of(rows: Sequence[Row], limit: int, set_spec: str | None) -> HeaderPage:
    """Return the page of up to `limit` headers that one row more was asked for."""
    moments, sets = _Moments(), _Sets()
    headers = tuple(
        _deleted(identifier, moments[datestamp], set_specs, set_spec)
        if deleted
        else Header(identifier, moments[datestamp], sets[set_specs])
        for datestamp, _, deleted, identifier, set_specs in rows[:limit]
    )
    return HeaderPage(headers, _after(rows, limit))


def _tombstone(record: bytes, set_spec: str) -> bytes:
    """Return the record of what is deleted in a set, or has left it."""
    identifier, datestamp, set_specs, _ = read_record(
        write_record(header_of(record))
    ).header
    told = _deleted(identifier, datestamp, " ".join(set_specs), set_spec)
    return write_record(HeaderWriter(Granularity.SECOND)(told))


def _deleted(
    identifier: str, moment: datetime, set_specs: str, set_spec: str | None
) -> Header:
    """Return the header of a tombstone, which is in the set whose list it stands in.

    An item that has left a set is in it as a tombstone only.
    """
    specs = tuple(set_specs.split())
    if set_spec and not any(set_spec in with_ancestors(spec) for spec in specs):
        specs = (*specs, set_spec)
    return Header(identifier, moment, specs, deleted=True)


class _Moments(dict[int, datetime]):
    """Seconds as moments: many records share their second."""

    __slots__ = ()

    def __missing__(self, seconds: int) -> datetime:
        moment = self[seconds] = from_seconds(seconds)
        return moment


class _Sets(dict[str, tuple[str, ...]]):
    """Sets as stored, as tuples: many records are in the same."""

    __slots__ = ()

    def __missing__(self, set_specs: str) -> tuple[str, ...]:
        found = self[set_specs] = tuple(set_specs.split())
        return found


def _after(rows: Sequence[Row], limit: int) -> Position | None:
    if len(rows) <= limit:
        return None
    datestamp, key = rows[limit - 1][:2]
    return Position(datestamp=from_seconds(datestamp), key=key)
