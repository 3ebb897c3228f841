"""Where the records of a response were harvested, as their items keep it.

The provenance that came with a record is kept within the new one, as the guidelines
for provenance ask, and no longer stands beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree
from pydantic import ValidationError

from oai_provider.metadata.provenance import OriginDescription
from oai_provider.protocol.datestamp import DatestampError, parse_datestamp
from oai_provider.protocol.names import OAI_NS

_PROVENANCE: Final = f"{{{OAI_NS}provenance}}"
_ORIGIN: Final = f"{_PROVENANCE}originDescription"
_TRUE: Final = ("true", "1")

Fields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a response says of itself: who answered, and when."""

    base_url: str = ""
    response_date: str = ""

    @property
    def moment(self) -> str | None:
        """When it was answered, None if that is no datestamp."""
        try:
            parse_datestamp(self.response_date)
        except DatestampError:
            return None
        return self.response_date


def is_provenance(about: etree._Element) -> bool:
    """Tell whether a container says where its record was harvested."""
    return about.tag == f"{_PROVENANCE}provenance"


def origin_of(
    exchange: Exchange, header: Fields, namespace: str, abouts: Iterable[etree._Element]
) -> OriginDescription | None:
    """Return the origin of a record in a namespace.

    None where it cannot be told: the response does not say who answered and when, or
    the provenance given with the record is none. The containers then stay as they are.
    """
    given = [about.find(_ORIGIN) for about in abouts if is_provenance(about)]
    if len(given) > 1 or None in given:
        return None
    of_record = {key: header[key] for key in ("identifier", "datestamp")}
    if given:
        of_record["origin"] = _read(given[0])
        return _valid({**_said(exchange, namespace), **of_record})
    shared = _shared(exchange, namespace)
    # The reader of items checks the identifier, and the datestamp if there is one.
    if shared is None or header["datestamp"] is None:
        return None
    return shared.model_copy(update=of_record)


# The same for all records of a response.
@lru_cache(maxsize=16)
def _shared(exchange: Exchange, namespace: str) -> OriginDescription | None:
    """Return an origin to be given the identifier and the datestamp of a record."""
    anything = {"identifier": "oai:any", "datestamp": "1970-01-01"}
    return _valid({**_said(exchange, namespace), **anything})


def _said(exchange: Exchange, namespace: str) -> Fields:
    return {
        "base_url": exchange.base_url,
        "metadata_namespace": namespace,
        "harvested": exchange.response_date,
        "altered": False,
    }


def _valid(fields: Fields) -> OriginDescription | None:
    try:
        return OriginDescription.model_validate(fields)
    except ValidationError:
        return None


def _read(origin: etree._Element | None) -> Fields | None:
    if origin is None:
        return None
    return {
        "base_url": _text(origin, "baseURL"),
        "identifier": _text(origin, "identifier"),
        "datestamp": _text(origin, "datestamp"),
        "metadata_namespace": _text(origin, "metadataNamespace"),
        "harvested": origin.get("harvestDate"),
        "altered": origin.get("altered", "").strip() in _TRUE,
        "origin": _read(origin.find(_ORIGIN)),
    }


def _text(origin: etree._Element, name: str) -> str:
    return origin.findtext(f"{_PROVENANCE}{name}", "").strip()
