"""HTTP as harvesters need it (OAI-PMH 3.1.2): waiting, sizes, caches, certificates.

What time it is, the answers say: a recording is judged by the same clock.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from oai_provider.harvester.exchange import FetchFault
from oai_provider.protocol.datestamp import parse_datestamp
from oai_provider.validator.endpoint import Endpoint, is_date
from oai_provider.validator.exchange import OAI, Exchange, Request, text
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check
from oai_provider.validator.rules.get_record import meaning
from oai_provider.validator.whole import whole

_IDENTIFY: Final = (("verb", "Identify"),)
_HOUR: Final = 3600
"""Seconds that a harvester waits, and that an answer may be old."""
_UNTOLD: Final = frozenset({0, 429, 503})
_DAYS_LEFT: Final = 14
_TRIED_ELSEWHERE: Final = frozenset({"gzip", "x-gzip", "identity"})
_KEPT: Final = re.compile(r"(?:max-age|s-maxage)\s*=\s*\"?([0-9]{1,18})")


@check("http-answered")
def answered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield requests to which nothing came."""
    for exchange in endpoint.basics():
        if not exchange.status and not exchange.redirects:
            yield breach(f"there was {exchange.told}", exchange)


@check("http-status")
def status(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that come with the status of an error."""
    for exchange in endpoint.basics():
        if exchange.answer is not None and 300 <= exchange.status < 500:  # noqa: PLR2004 - 3xx and 4xx
            yield breach(
                f"{exchange.request.verb} is answered, with HTTP {exchange.status}",
                exchange,
            )


@check("http-size")
def size(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that are too large for known harvesters."""
    for exchange in endpoint.basics():
        if exchange.fault == FetchFault.TOO_LARGE:
            yield breach(exchange.failure or "the answer is too large", exchange)


def _waits(endpoint: Endpoint) -> Iterator[tuple[Exchange, str]]:
    """Yield what each Retry-After says."""
    for exchange in endpoint.basics():
        for _, told in exchange.delays:
            if told.strip():
                yield exchange, told.strip()


@check("http-retry-after-form")
def retry_after_form(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a Retry-After that nobody can read."""
    for exchange, told in _waits(endpoint):
        if whole(told) is None and _moment(told) is None:
            yield breach(f"Retry-After is {told!r}", exchange)


@check("http-retry-after-date")
def retry_after_date(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a Retry-After that is a date."""
    for exchange, told in _waits(endpoint):
        if _moment(told) is not None:
            yield breach(f"Retry-After is the date {told}", exchange)


@check("http-retry-after-long")
def retry_after_long(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a Retry-After that is longer than harvesters wait."""
    for exchange, told in _waits(endpoint):
        if (whole(told) or 0) > _HOUR:
            yield breach(f"Retry-After asks to wait {told} seconds", exchange)


def _moment(told: str) -> datetime | None:
    """Return the moment that a header names, if it is one."""
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    # Where -0000 is said, which is UTC by a clock of unknown place.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@check("http-head")
def head(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if HEAD is not answered as GET is."""
    usual = endpoint.answered("Identify")
    exchange = endpoint.send(Request(arguments=_IDENTIFY, method="HEAD"))
    if exchange.status in _UNTOLD:
        raise NotChecked(f"HEAD was answered by {exchange.told}")
    told, expected = (
        (one.status, one.header("Content-Type")) for one in (exchange, usual)
    )
    if told != expected:
        yield breach(
            f"HEAD is answered by HTTP {told[0]} and {told[1] or 'no type'}; GET by"
            f" HTTP {expected[0]} and {expected[1] or 'no type'}",
            exchange,
        )


@check("http-post-get-record")
def post_get_record(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a record can be had by GET only."""
    _, exchange = _record_by_both(endpoint)
    if exchange.answer is None:
        yield breach(f"GetRecord by POST was answered by {exchange.told}", exchange)


@check("http-post-same-record")
def post_same_record(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a record that is another one by POST."""
    usual, exchange = _record_by_both(endpoint)
    if usual.answer is None or exchange.answer is None:
        raise NotChecked(f"GetRecord by POST was answered by {exchange.told}")
    if meaning(usual.answer) != meaning(exchange.answer):
        yield breach("GetRecord says something else by POST", exchange, exchange.answer)


def _record_by_both(endpoint: Endpoint) -> tuple[Exchange, Exchange]:
    """Return a record by GET and by POST; raises `NotChecked` without the first."""
    usual = endpoint.record(endpoint.some_live()[0])
    if usual.answer is None:
        raise NotChecked(f"GetRecord was answered by {usual.told}")
    arguments = usual.request.arguments
    exchange = endpoint.send(Request(arguments=arguments, method="POST"))
    if exchange.status in _UNTOLD:
        raise NotChecked(f"GetRecord by POST was answered by {exchange.told}")
    return usual, exchange


@check("http-codings-delivered")
def codings_delivered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield other codings than gzip that are listed and not used."""
    for element in endpoint.identify.iterchildren(f"{OAI}compression"):
        coding = text(element).lower()
        if not coding or coding in _TRIED_ELSEWHERE:
            continue
        headers = (("Accept-Encoding", coding),)
        exchange = endpoint.send(Request(arguments=_IDENTIFY, headers=headers))
        if exchange.header("Content-Encoding").lower() != coding:
            yield breach(
                f"Identify lists {coding}, and it is not used when asked for",
                exchange,
            )


@check("http-cache")
def cache(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that caches keep longer than a harvest may be behind."""
    for exchange in endpoint.basics():
        if exchange.response is None:
            continue
        told = exchange.header("Cache-Control").lower()
        is_kept = "no-store" not in told and "no-cache" not in told
        kept = [int(n) for n in _KEPT.findall(told) if is_kept]
        age = exchange.header("Age").strip()
        if max(kept, default=0) > _HOUR:
            yield breach(f"Cache-Control is {told}", exchange)
        elif (whole(age) or 0) > _HOUR:
            yield breach(f"the answer was in a cache for {age} seconds", exchange)


@check("http-certificate")
def certificate(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if the certificate of the server ends soon."""
    if urlsplit(endpoint.base_url).scheme != "https":
        return
    exchange = endpoint.ask("Identify")
    now = _moment(exchange.header("Date"))
    if not is_date(exchange.certificate_until) or now is None:
        raise NotChecked("it is not known when the certificate ends")
    left = (parse_datestamp(exchange.certificate_until)[0] - now).days
    if left < _DAYS_LEFT:
        yield breach(
            f"the certificate ends at {exchange.certificate_until},"
            f" {left} days after the answer",
            exchange,
        )
