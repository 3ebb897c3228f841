"""XML of other systems: a metadata record, a modsCollection, an OAI-PMH response.

The id of an item comes from its source, for a lone record from the file's name;
never from a position, which is no name. Responses and collections are streamed, so
their size does not matter; where a file stops being XML, what came before stands.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from lxml import etree

from oai_provider.metadata.format import FormatError, Formats
from oai_provider.metadata.item import item_of, read_item
from oai_provider.protocol.xml import XmlError, parse
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.sources.local_id import id_of_identifier, local_id, stem_id
from oai_provider.sources.mapping import read_mapping
from oai_provider.sources.origins import Exchange
from oai_provider.sources.xml_records import (
    OAI,
    Fields,
    RecordError,
    identifier_of,
    payload_fields,
    record_fields,
)
from oai_provider.sources.xml_stream import elements, root_tag

_MODS: Final = "{http://www.loc.gov/mods/v3}"
_MODS_IDS: Final = (f"{_MODS}recordInfo/{_MODS}recordIdentifier", f"{_MODS}identifier")
_RECORD: Final = f"{OAI}record"
# What a response says of itself comes before its records (OAI-PMH 3.2).
_SAID: Final = {f"{OAI}responseDate": "response_date", f"{OAI}request": "base_url"}
_PARTS: Final = {_RECORD: 2, f"{OAI}error": 1, **dict.fromkeys(_SAID, 1)}
_OTHER_ANSWERS: Final = tuple(
    f"{OAI}{verb}"
    for verb in ("Identify", "ListIdentifiers", "ListMetadataFormats", "ListSets")
)
_REMEDY: Final = "save a response to ListRecords or GetRecord"
_LARGEST_RECORD: Final = 50_000_000


def read_oai_xml(path: Path, *, formats: Formats) -> Iterator[Read]:
    """Yield the items of an XML file; formats are those a payload may be in."""
    if path.stat().st_size == 0:
        reason = f"is empty: {_REMEDY}, or write a record into it"
        yield Unreadable(place=Place(path), reason=reason)
        return
    readers = {f"{OAI}OAI-PMH": _harvest, f"{_MODS}modsCollection": _collection}
    try:
        reader = readers.get(root_tag(path), _lone_record)
        yield from reader(path, formats)
    except XmlError as error:
        yield Unreadable(place=Place(path, error.line), reason=error.reason)


def _lone_record(path: Path, formats: Formats) -> Iterator[Read]:
    if path.stat().st_size > _LARGEST_RECORD:
        reason = f"is a record of more than {_LARGEST_RECORD:,} bytes: too large"
        yield Unreadable(place=Place(path), reason=reason)
        return
    root = parse(path.read_bytes())
    place = Place(path, root.sourceline or 0)
    ids: Fields = {"id": stem_id(path)}
    yield from _item(lambda: {**payload_fields(root, formats), **ids}, place)


def _collection(path: Path, formats: Formats) -> Iterator[Read]:
    for element in elements(path, {f"{_MODS}mods": 1}):
        place = Place(path, element.sourceline or 0)
        yield from _item(partial(_mods_fields, element, formats), place)


def _mods_fields(element: etree._Element, formats: Formats) -> Fields:
    found = (found for path in _MODS_IDS for found in element.findall(path))
    name = next(filter(None, ((e.text or "").strip() for e in found)), None)
    if name is None:
        raise RecordError(
            "has neither recordIdentifier nor identifier: give it one, since its"
            " place in the collection is no name"
        )
    return {**payload_fields(element, formats), "id": local_id(id_of_identifier(name))}


def _harvest(path: Path, formats: Formats) -> Iterator[Read]:
    """Yield the records of a response, each with the format that all are in.

    A tombstone tells no format. Those that come before any other record are held
    back until one does.
    """
    prefix, held = None, []
    for read in _response(path, formats):
        if not isinstance(read, Sourced):
            yield read
            continue
        prefix = next(iter(read.item.native), prefix)
        if prefix is None:
            held.append(read)
            continue
        for one in (*held, read):
            yield _harvested(one, prefix)
        held.clear()
    yield from (_harvested(one, None) for one in held)


def _harvested(read: Sourced, prefix: str | None) -> Sourced:
    return Sourced(
        place=read.place,
        item=read.item,
        tombstone=read.item.deleted,
        harvested=True,
        metadata_prefix=prefix,
        is_finished=True,
    )


def _response(path: Path, formats: Formats) -> Iterator[Read]:
    is_empty, exchange = True, Exchange()
    for element in elements(path, _PARTS, _OTHER_ANSWERS):
        place = Place(path, element.sourceline or 0)
        if element.tag in _SAID:
            said = {_SAID[str(element.tag)]: (element.text or "").strip()}
            exchange = replace(exchange, **said)
            continue
        is_empty = False
        if element.tag != _RECORD:
            yield Unreadable(place=place, reason=_no_records(element))
        else:
            fields = partial(record_fields, element, formats, exchange)
            yield from _item(fields, place, record=element)
        if element.tag in _OTHER_ANSWERS:
            return
    if is_empty:
        yield Unreadable(place=Place(path), reason=f"holds no records: {_REMEDY}")


def _no_records(element: etree._Element) -> str:
    name = etree.QName(element).localname
    if name == "error":
        message = " ".join((element.text or "").split())
        return f"is the error {element.get('code')}, {message!r}: {_REMEDY}"
    return f"answers {name}, which has no records: {_REMEDY}"


def _item(
    fields: Callable[[], Fields], place: Place, record: etree._Element | None = None
) -> Iterator[Read]:
    try:
        data = fields()
    except (RecordError, FormatError, XmlError) as error:
        identifier = None if record is None else identifier_of(record)
        yield Unreadable(place=place, reason=str(error), identifier=identifier)
        return
    read = read_item if record is None else item_of
    yield from read_mapping(data, place, read=read)
