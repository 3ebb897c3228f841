"""Where the base URL leads (OAI-PMH 3.1.2): old harvesters follow no redirect."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from oai_provider.harvester.addressing import FOR_GOOD
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.finding import Breach, breach
from oai_provider.validator.rule import check

_FOR_GOOD: Final = frozenset(map(str, FOR_GOOD))


@check("http-redirect-permanent")
def permanent(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if the base URL has moved for good."""
    exchange = endpoint.ask("Identify")
    moved = [to for status, to in exchange.redirects if status in _FOR_GOOD]
    if moved:
        yield breach(f"{endpoint.base_url} has moved for good to {moved[-1]}", exchange)


@check("http-redirect-host")
def host(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if another host answers."""
    exchange = endpoint.ask("Identify")
    asked, answers = (
        urlsplit(url).hostname for url in (endpoint.base_url, exchange.url)
    )
    if answers and answers != asked:
        yield breach(f"{asked} was asked, and {answers} answers", exchange)


@check("http-redirect-ends")
def ends(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield redirects that lead to no answer."""
    for exchange in endpoint.basics():
        if exchange.redirects and not exchange.status:
            status, target = exchange.redirects[-1]
            yield breach(
                f"HTTP {status} leads to {target}, where nothing is answered"
                f" ({exchange.failure or 'no answer'})",
                exchange,
            )
