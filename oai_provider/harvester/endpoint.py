"""What an endpoint says of itself, read with patience: a harvest needs little of it.

What is missing or odd is None or empty, since a list may be whole all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lxml import etree

from oai_provider.harvester.listing import PageError, PageFault
from oai_provider.harvester.page import read_root
from oai_provider.harvester.sinks.base import Origin
from oai_provider.protocol.datestamp import (
    DatestampError,
    Granularity,
    parse_datestamp,
)
from oai_provider.protocol.model import DeletedRecord
from oai_provider.protocol.names import OAI_NS

_OAI: Final = f"{{{OAI_NS}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFormat:
    """A format as ListMetadataFormats declares it."""

    namespace: str
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint, as Identify and ListMetadataFormats describe it."""

    base_url: str = ""
    """As it says it itself."""
    name: str = ""
    earliest: datetime | None = None
    deleted_record: DeletedRecord | None = None
    granularity: Granularity | None = None
    response_date: datetime | None = None
    formats: Mapping[str, DeclaredFormat] = field(
        default_factory=lambda: MappingProxyType({})
    )


def origin_of(
    endpoint: Endpoint, base_url: str, metadata_prefix: str, response_date: datetime
) -> Origin:
    """Return where records of a response come from; `base_url` is what was asked."""
    declared = endpoint.formats.get(metadata_prefix)
    return Origin(
        base_url=endpoint.base_url or base_url,
        metadata_prefix=metadata_prefix,
        response_date=response_date,
        metadata_namespace=declared.namespace if declared else "",
        schema=declared.schema if declared else "",
    )


def read_identify(body: bytes, content_type: str = "") -> Endpoint:
    """Return what an answer to Identify says; raises `PageError` if it is none."""
    root = read_root(body, content_type)
    identify = root.find(f"{_OAI}Identify")
    if identify is None:
        raise PageError(
            "the answer to Identify holds no <Identify>: is this the base URL?",
            fault=PageFault.NOT_OAI_PMH,
        )
    return Endpoint(
        base_url=_text(identify, "baseURL"),
        name=_text(identify, "repositoryName"),
        earliest=_moment(_text(identify, "earliestDatestamp")),
        deleted_record=_DELETED.get(_text(identify, "deletedRecord")),
        granularity=_GRANULARITIES.get(_text(identify, "granularity")),
        response_date=_moment(_text(root, "responseDate")),
    )


def read_formats(body: bytes, content_type: str = "") -> dict[str, DeclaredFormat]:
    """Return formats by prefix; raises `PageError` for what is no response."""
    found = read_root(body, content_type).iterfind(
        f"{_OAI}ListMetadataFormats/{_OAI}metadataFormat"
    )
    return {
        _text(element, "metadataPrefix"): DeclaredFormat(
            namespace=_text(element, "metadataNamespace"),
            schema=_text(element, "schema"),
        )
        for element in found
    }


_DELETED: Final = {str(kept): kept for kept in DeletedRecord}
_GRANULARITIES: Final = {str(one): one for one in Granularity}


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{_OAI}{name}") or "").strip()


def _moment(value: str) -> datetime | None:
    try:
        return parse_datestamp(value)[0]
    except DatestampError:
        return None
