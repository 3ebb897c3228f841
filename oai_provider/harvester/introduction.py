"""How a harvest begins: what an endpoint says of itself, and by what clock."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from oai_provider.harvester.endpoint import (
    DeclaredFormat,
    Endpoint,
    read_formats,
    read_identify,
)
from oai_provider.harvester.exchange import Exchange, FetchError
from oai_provider.harvester.listing import PageError, PageFault
from oai_provider.harvester.pages import Pages

_NO_ENDPOINT: Final = frozenset({PageFault.HTML, PageFault.NOT_OAI_PMH})


@dataclass(slots=True, kw_only=True)
class Introduction:
    """An endpoint, what it says, and what of that cannot be understood."""

    endpoint: Endpoint = field(default_factory=Endpoint)
    facts: dict[str, str] = field(default_factory=dict)
    quirks: dict[str, str] = field(default_factory=dict)


def introduced(pages: Pages) -> Introduction:
    """Ask an endpoint for Identify and ListMetadataFormats.

    Raises `FetchError` if it does not answer at all, `PageError` if what answers is
    no OAI-PMH.
    """
    met = Introduction()
    try:
        answer = pages.answer({"verb": "Identify"}, read_identify)
    except PageError as error:
        if error.fault in _NO_ENDPOINT:
            raise
        met.quirks["Identify"] = f"cannot be read: {error}"
    else:
        met.endpoint, exchange = answer.page, answer.exchange
        met.facts["clock"] = _skew(exchange, met.endpoint.response_date)
    met.endpoint = replace(met.endpoint, formats=_formats(pages, met))
    met.facts.update(_facts(met.endpoint))
    return met


def _formats(pages: Pages, met: Introduction) -> dict[str, DeclaredFormat]:
    try:
        return pages.answer({"verb": "ListMetadataFormats"}, read_formats).page
    except (FetchError, PageError) as error:
        met.quirks["ListMetadataFormats"] = f"cannot be read: {error}"
        return {}


def _skew(exchange: Exchange, date: datetime | None) -> str:
    if date is None:
        return "not told"
    # Half of the way there and back.
    middle = exchange.sent + timedelta(seconds=exchange.seconds / 2)
    return f"{(date - middle).total_seconds():+.0f} s against ours"


def _facts(endpoint: Endpoint) -> dict[str, str]:
    """Return what an endpoint says of itself, by name."""
    said = {
        "name": endpoint.name,
        "baseURL": endpoint.base_url,
        "deletedRecord": str(endpoint.deleted_record or "not told"),
        "granularity": str(endpoint.granularity or "not told"),
        "formats": ", ".join(endpoint.formats),
    }
    return {name: value for name, value in said.items() if value}
