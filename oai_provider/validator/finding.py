"""What a rule yields, and what becomes of it: a breach of a clause, with its proof."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.validator.exchange import Exchange
from oai_provider.validator.place import Excerpt, excerpt_of
from oai_provider.validator.rule import Rule

if TYPE_CHECKING:
    from oai_provider.validator.endpoint import Endpoint


class NotChecked(Exception):
    """A rule cannot be checked here; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Breach:
    """What a rule found; whose rule it is, the runner knows."""

    message: str
    exchange: Exchange
    element: etree._Element | None = None
    excerpt: Excerpt | None = None
    """Instead of where the element begins."""


def breach(
    message: str, exchange: Exchange, element: etree._Element | None = None
) -> Breach:
    """Return a breach that an element of an answer shows, or all of the answer."""
    return Breach(message=message, exchange=exchange, element=element)


Finds = Callable[["Endpoint"], Iterator[Breach]]


Check = Rule[Finds]
"""A rule about an endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A clause that is broken: which, how it shows, and what mends it."""

    rule: str
    severity: Severity
    clause: str
    url: str
    message: str
    request: str
    """As a line of a shell."""
    excerpt: Excerpt
    remedy: str
    address: str = ""
    """The URL that was asked."""


def finding_of(entry: Entry, found: Breach, base_url: str) -> Finding:
    """Return what is told of a breach."""
    exchange = found.exchange
    excerpt = found.excerpt or excerpt_of(exchange.body, found.element)
    return Finding(
        rule=entry.code,
        severity=entry.severity,
        clause=entry.clause,
        url=entry.url,
        message=found.message,
        request=exchange.request.curl(base_url),
        excerpt=excerpt,
        remedy=entry.remedy,
        address=exchange.request.address(base_url),
    )
