"""Harvested records for sinks to keep, and how they are told."""

from dataclasses import replace
from datetime import UTC, datetime

from spec.library import Library

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks.base import Origin, Sink
from oai_provider.metadata.mods import MODS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.model import Record
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import parse, payload

RESPONSE_DATE = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
ORIGIN = Origin(
    base_url="http://example.org/oai",
    metadata_prefix="oai_dc",
    response_date=RESPONSE_DATE,
    metadata_namespace=OAI_DC.namespace,
    schema=OAI_DC.schema,
)
MARC_NS = "http://www.loc.gov/MARC21/slim"
MARC = replace(
    ORIGIN,
    metadata_prefix="marc21",
    metadata_namespace=MARC_NS,
    schema="http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
)
MODS_ORIGIN = replace(
    ORIGIN,
    metadata_prefix="mods3",
    metadata_namespace=MODS.namespace,
    schema=MODS.schema,
)
PROVENANCE = f"{{{OAI_NS}provenance}}"
RIGHTS = (
    b'<rights xmlns="http://www.openarchives.org/OAI/2.0/rights/"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    b' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/rights/'
    b' http://www.openarchives.org/OAI/2.0/rights.xsd">'
    b'<rightsReference ref="http://creativecommons.org/publicdomain/zero/1.0/"/>'
    b"</rights>"
)


def dublin_core(*titles: str, inside: str = "") -> bytes:
    """Return metadata in the normal form, of titles and more."""
    said = "".join(f"<dc:title>{title}</dc:title>" for title in titles)
    document = (
        f'<oai_dc:dc xmlns:oai_dc="{OAI_DC.namespace}"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{OAI_DC.namespace} {OAI_DC.schema}">'
        f"{said}{inside}</oai_dc:dc>"
    )
    return payload(parse(document.encode())).xml


def alive(
    name: object,
    title: str = "Слово",
    *,
    sets: tuple[str, ...] = (),
    about: tuple[bytes, ...] = (),
) -> HarvestedRecord:
    return HarvestedRecord(
        identifier=f"oai:example.org:{name}",
        datestamp="2024-01-02T03:04:05Z",
        set_specs=sets,
        metadata=dublin_core(title),
        about=about,
    )


def dead(name: object) -> HarvestedRecord:
    return HarvestedRecord(
        identifier=f"oai:example.org:{name}",
        datestamp="2024-02-03T04:05:06Z",
        deleted=True,
    )


def write(sink: Sink, *records: HarvestedRecord, origin: Origin = ORIGIN) -> list[int]:
    return sink.write(records, origin)


def marc(name: object) -> HarvestedRecord:
    xml = f'<record xmlns="{MARC_NS}"><leader>{name}</leader></record>'
    return alive(name)._replace(metadata=payload(parse(xml.encode())).xml)


def mods(name: object) -> HarvestedRecord:
    xml = (
        f'<mods xmlns="{MODS.namespace}" version="3.8"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{MODS.namespace} {MODS.schema}">'
        f"<titleInfo><title>{name}</title></titleInfo></mods>"
    )
    return alive(name)._replace(metadata=payload(parse(xml.encode())).xml)


def served(library: Library, prefix: str = "oai_dc") -> list[Record]:
    """Return all records that a repository serves in a format."""
    pages = library.client.walk("ListRecords", f"metadataPrefix={prefix}")
    return [record for page in pages for record in page.records]
