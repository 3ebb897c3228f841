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
from oai_provider.protocol.datestamp import (
    DatestampError,
    Granularity,
    parse_datestamp,
)
from oai_provider.protocol.model import DeletedRecord
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import XmlError, parse

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


def read_identify(body: bytes) -> Endpoint:
    """Return what an answer to Identify says; raises `PageError` if it is none."""
    root = _root(body)
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


def read_formats(body: bytes) -> dict[str, DeclaredFormat]:
    """Return formats by prefix; raises `PageError` for what is no response."""
    found = _root(body).iterfind(f"{_OAI}ListMetadataFormats/{_OAI}metadataFormat")
    return {
        _text(element, "metadataPrefix"): DeclaredFormat(
            namespace=_text(element, "metadataNamespace"),
            schema=_text(element, "schema"),
        )
        for element in found
    }


def read_sets(body: bytes) -> tuple[list[str], str]:
    """Return the set specs of a page of ListSets, and the token of the next one."""
    root = _root(body)
    found = root.iterfind(f"{_OAI}ListSets/{_OAI}set")
    token = _text(root, f"ListSets/{_OAI}resumptionToken")
    return [_text(element, "setSpec") for element in found], token


_DELETED: Final = {str(kept): kept for kept in DeletedRecord}
_GRANULARITIES: Final = {str(one): one for one in Granularity}


def _root(body: bytes) -> etree._Element:
    try:
        root = parse(body)
    except XmlError as error:
        raise PageError(f"is not XML: {error}", fault=PageFault.NOT_XML) from error
    if root.tag != f"{_OAI}OAI-PMH":
        raise PageError(
            f"<{root.tag!s}> is not an OAI-PMH 2.0 document",
            fault=PageFault.NOT_OAI_PMH,
        )
    return root


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{_OAI}{name}") or "").strip()


def _moment(value: str) -> datetime | None:
    try:
        return parse_datestamp(value)[0]
    except DatestampError:
        return None
