"""What a record's <about> containers say: rights, and where it was harvested from."""

from collections.abc import Iterator
from typing import Final

from oai_provider.metadata.item import Item
from oai_provider.metadata.provenance import OriginDescription as Origin
from oai_provider.protocol.xml import Payload, parse, payload
from oai_provider.provider.containers import (
    OriginDescription,
    Provenance,
    container,
)

_RIGHTS: Final = "{http://www.openarchives.org/OAI/2.0/rights/}rights"


def about_payloads(item: Item, rights: Payload | None) -> tuple[Payload, ...]:
    """Return the containers of an item's records: given ones first, as they are.

    `rights` are those in the metadata of every record that does not tell its own; the
    item's licence is not among them, being one in the item. Raises `XmlError` if a
    given container is not XML.
    """
    given = tuple(parse(about.encode()) for about in item.about)
    told = any(about.tag == _RIGHTS for about in given)
    return (
        *map(payload, given),
        # guidelines-rights: one package a record.
        *(() if told or rights is None else (rights,)),
        *_provenance(item),
    )


def _provenance(item: Item) -> Iterator[Payload]:
    for origin in item.provenance.origin_descriptions if item.provenance else ():
        yield container(Provenance(origin=_origin(origin)))


def _origin(origin: Origin) -> OriginDescription:
    return OriginDescription(
        base_url=origin.base_url,
        identifier=origin.identifier,
        datestamp=origin.datestamp,
        metadata_namespace=origin.metadata_namespace,
        harvest_date=origin.harvested,
        altered=origin.altered,
        origin=_origin(origin.origin) if origin.origin else None,
    )
