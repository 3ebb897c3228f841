"""Between columns and values: the only place that knows how a value is stored.

Set specs are parted by blanks and payloads by NUL, which neither can hold. This is
the hot path of every list, so a page's datestamps are converted once each.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from oai_provider.protocol.datestamp import EPOCH, from_seconds
from oai_provider.protocol.model import Header, MetadataFormat, Record, Set
from oai_provider.protocol.names import with_ancestors
from oai_provider.protocol.read import read_header
from oai_provider.protocol.token import Position
from oai_provider.protocol.write import write_header
from oai_provider.protocol.written import WrittenRecord, WrittenRecords
from oai_provider.protocol.xml import MARK_START, Payload
from oai_provider.store.base import Embargoed, HeaderPage, Page, StoredItem

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


def record_of(row: Row) -> Record:
    """Return the record of a row as `sql.RECORD` selects it."""
    datestamp, deleted, identifier, set_specs, payload, about = row
    moment = from_seconds(datestamp)
    header = Header(identifier, moment, tuple(set_specs.split()), bool(deleted))
    if deleted:
        return Record(header)
    day = moment.date().isoformat()
    abouts = tuple(part.stamped(day) for part in parted(about))
    return Record(header, Payload(payload).stamped(day), abouts)


def page_of(rows: Sequence[Row], limit: int, set_spec: str | None) -> Page:
    """Return the page of up to `limit` records that one row more was asked for."""
    shown = rows[:limit]
    newest = from_seconds(shown[-1][0]) if shown else EPOCH
    written = WrittenRecords(_written(shown, set_spec), newest)
    return Page(written, _after(rows, limit))


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


def _written(rows: Sequence[Row], set_spec: str | None) -> list[WrittenRecord]:
    days = _Days()
    written: list[WrittenRecord] = []
    for datestamp, _, deleted, header, payload, about in rows:
        if deleted:
            told = _tombstone(header, set_spec) if set_spec else header
            written.append((told, None, ()))
            continue
        metadata = payload
        if MARK_START in payload:
            metadata = Payload(payload).stamped(days[datestamp]).xml
        if about:
            day = days[datestamp]
            abouts = tuple(part.stamped(day) for part in parted(about))
            written.append((header, metadata, abouts))
        else:
            written.append((header, metadata, ()))
    return written


def _tombstone(header: bytes, set_spec: str) -> bytes:
    """Return the header of what is deleted in a set, or has left it."""
    identifier, datestamp, set_specs, _ = read_header(header)
    told = _deleted(identifier, datestamp, " ".join(set_specs), set_spec)
    return write_header(told)


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


class _Days(dict[int, str]):
    """The days that seconds are in."""

    __slots__ = ()

    def __missing__(self, seconds: int) -> str:
        day = self[seconds] = from_seconds(seconds).date().isoformat()
        return day


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
