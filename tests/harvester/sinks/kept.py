"""Harvested records for sinks to keep, and how they are told."""

from datetime import UTC, datetime

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks.base import Origin, Sink
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.xml import parse, payload

RESPONSE_DATE = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
ORIGIN = Origin(
    base_url="http://example.org/oai",
    metadata_prefix="oai_dc",
    response_date=RESPONSE_DATE,
    metadata_namespace=OAI_DC.namespace,
    schema=OAI_DC.schema,
)
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
