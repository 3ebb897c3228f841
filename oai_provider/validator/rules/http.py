"""HTTP (OAI-PMH 3.1): methods, headers, codings and time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from statistics import median
from typing import Final

from oai_provider.protocol.datestamp import parse_datestamp
from oai_provider.validator.endpoint import Endpoint, is_date
from oai_provider.validator.exchange import (
    FORM,
    OAI,
    Exchange,
    Request,
    child_text,
    text,
)
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check

_IDENTIFY: Final = (("verb", "Identify"),)
_SKEW: Final = 120.0
"""Seconds by which two clocks of one server may differ."""
_MEASURED: Final = 3
_GROWTH: Final = 3
_NOISE: Final = 0.5
"""Seconds by which answers differ for other reasons."""
_SLOW: Final = 60.0
"""Seconds after which known harvesters give up."""


@check("http-post")
def post(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if POST is not answered, where GET is."""
    endpoint.answered("Identify")
    exchange = endpoint.send(Request(arguments=_IDENTIFY, method="POST"))
    if exchange.answer is None:
        yield breach(f"Identify by POST was answered by {exchange.told}", exchange)


@check("http-post-charset")
def post_charset(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a POST is answered only where it names no charset."""
    if endpoint.send(Request(arguments=_IDENTIFY, method="POST")).answer is None:
        raise NotChecked("POST is not answered at all")
    headers = (("Content-Type", f"{FORM}; charset=UTF-8"),)
    request = Request(arguments=_IDENTIFY, method="POST", headers=headers)
    exchange = endpoint.send(request)
    if exchange.answer is None:
        yield breach(
            f"Identify by POST with a charset was answered by {exchange.told}", exchange
        )


@check("http-content-type")
def content_type(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers of another type than text/xml."""
    for exchange in endpoint.basics():
        told = exchange.header("Content-Type")
        kind = told.partition(";")[0].strip().lower()
        if exchange.response is not None and kind != "text/xml":
            yield breach(f"the Content-Type is {told or 'missing'}", exchange)


@check("http-charset")
def charset(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers whose Content-Type names another charset than UTF-8."""
    for exchange in endpoint.basics():
        told = exchange.header("Content-Type")
        _, found, value = told.lower().partition("charset=")
        name = value.partition(";")[0].strip("\"' ")
        if found and exchange.response is not None and name not in {"utf-8", "utf8"}:
            yield breach(f"the Content-Type is {told}", exchange)


@check("http-redirect")
def redirect(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if the base URL redirects to another one."""
    exchange = endpoint.ask("Identify")
    if exchange.url and exchange.address != endpoint.base_url:
        yield breach(f"{endpoint.base_url} redirects to {exchange.url}", exchange)


@check("http-retry-after")
def retry_after(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that ask to wait and do not say how long."""
    for exchange in endpoint.basics():
        for status, told in exchange.delays:
            if not told.strip():
                yield breach(f"HTTP {status} came without Retry-After", exchange)


def _coded(endpoint: Endpoint, coding: str) -> Exchange:
    headers = (("Accept-Encoding", coding),)
    return endpoint.send(Request(arguments=_IDENTIFY, headers=headers))


@check("http-identity")
def identity(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if what is to come as it is comes compressed."""
    exchange = _coded(endpoint, "identity")
    told = exchange.header("Content-Encoding")
    if told.lower() not in {"", "identity"}:
        yield breach(f"identity was asked for, {told} came", exchange)


@check("http-gzip")
def gzip(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a compressed answer is not the same."""
    exchange = _coded(endpoint, "gzip")
    plain = _coded(endpoint, "identity")
    if plain.answer is None:
        raise NotChecked(f"Identify was answered by {plain.told}")
    if exchange.answer is None:
        yield breach(f"with gzip, Identify was answered by {exchange.told}", exchange)


@check("http-compression-declared")
def compression_declared(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield codings that are listed and not used, or used and not listed."""
    found = [
        text(e).lower() for e in endpoint.identify.iterchildren(f"{OAI}compression")
    ]
    exchange = _coded(endpoint, "gzip")
    is_used = exchange.header("Content-Encoding").lower() in {"gzip", "x-gzip"}
    if is_used and "gzip" not in found:
        yield breach("gzip is used, and Identify does not list it", exchange)
    if "gzip" in found and not is_used:
        yield breach("Identify lists gzip, and it is not used when asked for", exchange)


@check("http-clock")
def clock(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a responseDate that is not the time of the answer."""
    exchange = endpoint.identified
    response = exchange.response
    told = "" if response is None else child_text(response, "responseDate")
    try:
        date = parsedate_to_datetime(exchange.header("Date"))
    except (ValueError, OverflowError):
        raise NotChecked("the answer has no Date") from None
    # Without a zone it is meant as GMT, like all of them.
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    if not is_date(told):
        raise NotChecked("responseDate is no date")
    seconds = abs((parse_datestamp(told)[0] - date).total_seconds())
    if seconds > _SKEW:
        yield breach(
            f"responseDate {told} is {seconds:,.0f} seconds from the Date"
            f" {exchange.header('Date')}",
            exchange,
            exchange.child("responseDate"),
        )


@check("http-depth-time")
def depth_time(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists whose pages take longer the further one gets, also when asked again.

    First and last pages are asked by turns, so that a load that comes and goes is in
    both.
    """
    pages = endpoint.walk("ListRecords", **endpoint.list_arguments())
    if len(pages) < _MEASURED:
        raise NotChecked(f"the list has fewer than {_MEASURED} pages")
    third = len(pages) // 3
    early, late = (
        median(page.seconds for page in some)
        for some in (pages[:third], pages[-third:])
    )
    if not _grows(early, late):
        return
    asked = [
        replace(page.request, round=n) for n in (1, 2) for page in (pages[0], pages[-1])
    ]
    again = [endpoint.send(request).seconds for request in asked]
    if _grows(max(again[::2]), min(again[1::2])):
        yield breach(
            f"the first pages took {early:.1f} seconds, the last {late:.1f} (page"
            f" {len(pages)}); again {max(again[::2]):.1f} and {min(again[1::2]):.1f}",
            pages[-1],
        )


def _grows(early: float, late: float) -> bool:
    return late > max(early * _GROWTH, early + _NOISE)


@check("http-time")
def time(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that known harvesters would not wait for."""
    for exchange in endpoint.basics():
        if exchange.seconds > _SLOW:
            yield breach(f"the answer took {exchange.seconds:.0f} seconds", exchange)
