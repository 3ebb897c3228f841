"""A harvested record as the GetRecord response that it would have come in.

That loses nothing: header, metadata and containers stand as they came, and with them
who gave them, and when.
"""

from typing import Final

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks.base import Origin
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.names import OAI_NS, OAI_SCHEMA
from oai_provider.protocol.xml import XSI, attribute, text

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<OAI-PMH xmlns="{OAI_NS}" xmlns:xsi="{XSI}"'
    f' xsi:schemaLocation="{OAI_NS} {OAI_SCHEMA}">\n'
)


def document(record: HarvestedRecord, origin: Origin) -> bytes:
    """Return the response, in UTF-8."""
    asked = (
        f' verb="GetRecord" identifier="{attribute(record.identifier)}"'
        f' metadataPrefix="{attribute(origin.metadata_prefix)}"'
    )
    date = format_datestamp(origin.response_date, Granularity.SECOND)
    start = (
        f"{_HEAD}<responseDate>{date}</responseDate>\n"
        f"<request{asked}>{text(origin.base_url)}</request>\n<GetRecord>\n"
    )
    return b"".join((start.encode(), _record(record), b"\n</GetRecord>\n</OAI-PMH>\n"))


def _record(record: HarvestedRecord) -> bytes:
    parts = [b"<record>\n", _header(record)]
    if record.metadata is not None:
        parts += [b"\n<metadata>", record.metadata, b"</metadata>"]
    elif not record.deleted:
        parts.append(b"\n<metadata/>")
    for about in record.about:
        parts += [b"\n<about>", about, b"</about>"]
    return b"".join((*parts, b"\n</record>"))


def _header(record: HarvestedRecord) -> bytes:
    status = ' status="deleted"' if record.deleted else ""
    sets = "".join(f"<setSpec>{text(spec)}</setSpec>" for spec in record.set_specs)
    return (
        f"<header{status}><identifier>{text(record.identifier)}</identifier>"
        f"<datestamp>{text(record.datestamp)}</datestamp>{sets}</header>"
    ).encode()
