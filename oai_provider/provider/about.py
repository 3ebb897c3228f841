"""What a record's <about> containers say: rights, and where it was harvested from."""

from collections.abc import Iterator

from oai_provider.metadata.item import Item
from oai_provider.metadata.provenance import OriginDescription as Origin
from oai_provider.protocol.xml import Payload, parse, payload
from oai_provider.provider.containers import (
    OriginDescription,
    Provenance,
    Rights,
    container,
)


def about_payloads(item: Item) -> tuple[Payload, ...]:
    """Return the containers of an item's records: given ones first, as they are.

    Raises `XmlError` if a given one is not XML.
    """
    return tuple(_payloads(item))


def _payloads(item: Item) -> Iterator[Payload]:
    for given in item.about:
        yield payload(parse(given.encode()))
    addresses = [licence.uri for licence in item.rights.licenses] if item.rights else []
    # guidelines-rights: one package a record, so two licences cannot be told here.
    if len(addresses) == 1 and addresses[0]:
        yield container(Rights(reference=addresses[0]))
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
