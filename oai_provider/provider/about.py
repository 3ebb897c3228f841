"""What a record's <about> containers say: rights, and where it was harvested from."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from oai_provider.metadata.format import Format
from oai_provider.metadata.item import Item
from oai_provider.metadata.provenance import OriginDescription as Origin
from oai_provider.protocol.xml import Payload, parse, payload
from oai_provider.provider.containers import (
    RIGHTS_NS,
    OriginDescription,
    Provenance,
    container,
)
from oai_provider.provider.repository import Repository

_RIGHTS: Final = f"{{{RIGHTS_NS}}}rights"


def about_payloads(
    item: Item, format_: Format, repository: Repository
) -> tuple[Payload, ...]:
    """Return the containers of an item's record: given ones first, as they are.

    The repository's rights in the metadata stand with every record that does not
    tell its own; the item's licence is not among them, being one in the item. Raises
    `XmlError` if a given container is not XML.
    """
    own = item.record_about.get(format_.metadata_prefix, ())
    given = tuple(parse(about.encode()) for about in (*item.about, *own))
    told = any(about.tag == _RIGHTS for about in given)
    rights = repository.record_rights
    origins = (o for o in _origins(item, format_) if o.base_url != repository.base_url)
    return (
        *map(payload, given),
        # guidelines-rights: one package a record.
        *(() if told or rights is None else (rights,)),
        *(container(Provenance(origin=origin)) for origin in origins),
    )


def _origins(item: Item, format_: Format) -> Iterator[OriginDescription]:
    """Yield where the record in a format was harvested.

    A record that is served as it came has the origin of its own; one that was made
    here out of others has those of all, and is altered (guidelines-provenance).
    """
    told = item.provenance.origin_descriptions if item.provenance else ()
    if format_.metadata_prefix in item.native:
        own = (o for o in told if o.metadata_namespace == format_.namespace)
        yield from map(_origin, own)
    else:
        yield from (replace(_origin(origin), altered=True) for origin in told)


def told_origin(origin: Origin) -> Payload:
    """Return the container that tells an origin."""
    return container(Provenance(origin=_origin(origin)))


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
