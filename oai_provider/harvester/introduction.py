"""How a harvest begins: what an endpoint says of itself, and by what clock."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
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

_NOTABLE: Final = timedelta(minutes=1)
_NO_ENDPOINT: Final = frozenset({PageFault.HTML, PageFault.NOT_OAI_PMH})


@dataclass(slots=True, kw_only=True)
class Introduction:
    """An endpoint, what it says, and what of that cannot be understood."""

    endpoint: Endpoint = field(default_factory=Endpoint)
    facts: dict[str, str] = field(default_factory=dict)
    quirks: dict[str, str] = field(default_factory=dict)
    ahead: timedelta = timedelta(0)
    """How far its clock is before ours; nothing if it is behind, or not told."""


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
        _compare(met, exchange)
    met.endpoint = replace(met.endpoint, formats=_formats(pages, met))
    met.facts.update(_facts(met.endpoint))
    return met


def _formats(pages: Pages, met: Introduction) -> dict[str, DeclaredFormat]:
    try:
        return pages.answer({"verb": "ListMetadataFormats"}, read_formats).page
    except (FetchError, PageError) as error:
        met.quirks["ListMetadataFormats"] = f"cannot be read: {error}"
        return {}


def _compare(met: Introduction, exchange: Exchange) -> None:
    """Tell the clock of an endpoint from ours."""
    date = met.endpoint.response_date
    if date is None:
        met.facts["clock"] = "not told"
        return
    # Half of the way there and back.
    middle = exchange.sent + timedelta(seconds=exchange.seconds / 2)
    skew = date - middle
    met.facts["clock"] = told = f"{round(skew.total_seconds()):+} s against ours"
    met.ahead = timedelta(seconds=max(0, round(skew.total_seconds())))
    if abs(skew) > _NOTABLE:
        met.quirks["a clock that is wrong, or ours is"] = told


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
