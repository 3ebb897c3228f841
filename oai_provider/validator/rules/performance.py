"""How fast and how large answers are, and what servers in between make of them.

Nothing here breaks the protocol. Limits are far from what a quiet endpoint needs, so
that a busy network alone finds nothing.
"""

from collections.abc import Iterator
from statistics import median
from typing import Final

from oai_provider.validator import answers
from oai_provider.validator.answers import Header
from oai_provider.validator.endpoint import BUSY, Endpoint, way_on
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check
from oai_provider.validator.whole import whole

_SMALLEST_PAGE: Final = 100
_LARGEST_PAGE: Final = 500
_LONG: Final = 1000
"""Records of a list for which the size of pages matters."""
_FIRST_BYTE: Final = 5.0
_FEWEST: Final = 5.0
"""Records a second: with so few, a million takes two days."""
_LASTING: Final = 10.0
"""Seconds over which a rate means something."""
_LARGEST_RECORD: Final = 100_000


def _pages(endpoint: Endpoint) -> tuple[Exchange, ...]:
    return endpoint.walk("ListRecords", **endpoint.list_arguments())


@check("performance-page-size")
def page_size(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield pages that are too small or too large, of lists that are long."""
    pages = _pages(endpoint)
    size = len(answers.headers(pages[0]))
    read = sum(len(answers.headers(page)) for page in pages)
    told = answers.tokens(pages[0])
    number = told[0].size if told else None
    length = (whole(number) if number else None) or read
    is_long = length >= _LONG or (number is None and bool(way_on(pages[-1])))
    if (size < _SMALLEST_PAGE and is_long) or size > _LARGEST_PAGE:
        yield breach(
            f"the first page has {size} records; aggregators like {_SMALLEST_PAGE} to"
            f" {_LARGEST_PAGE}",
            pages[0],
            pages[0].answer,
        )


@check("performance-first-byte")
def first_byte(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists whose pages begin late."""
    pages = _pages(endpoint)
    seconds = median(page.first_byte for page in pages)
    if seconds > _FIRST_BYTE:
        slowest = max(pages, key=lambda page: page.first_byte)
        yield breach(
            f"the pages of ListRecords begin after {seconds:.1f} seconds (median of"
            f" {len(pages)}), the slowest after {slowest.first_byte:.1f}",
            slowest,
        )


@check("performance-rate")
def rate(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that bring few records a second."""
    pages = _pages(endpoint)
    seconds = sum(page.seconds for page in pages)
    count = sum(len(answers.headers(page)) for page in pages)
    if seconds > _LASTING and count / seconds < _FEWEST:
        yield breach(
            f"{count} records came in {seconds:.0f} seconds,"
            f" {count / seconds:.1f} a second",
            pages[-1],
        )


@check("performance-record-size")
def record_size(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists whose records are large."""
    pages = [page for page in _pages(endpoint) if answers.headers(page)]
    if not pages:
        raise NotChecked("no record was met")
    usual = median(len(page.body) / len(answers.headers(page)) for page in pages)
    if usual > _LARGEST_RECORD:
        yield breach(f"a record has {usual:,.0f} bytes", pages[0], pages[0].answer)


def _at_once(endpoint: Endpoint) -> tuple[tuple[Header, Exchange], ...]:
    """Return two records that are asked for at one time; raises `NotChecked`."""
    known = [
        one
        for one in endpoint.some_live()
        if [h.identifier for h in answers.headers(endpoint.record(one))]
        == [one.identifier]
    ]
    if len(known) < 2:  # noqa: PLR2004 - two
        raise NotChecked("there are not two records that can be had")
    both = known[0], known[-1]
    return tuple(
        zip(both, endpoint.send_at_once(*map(endpoint.asking_for, both)), strict=True)
    )


@check("performance-at-once")
def at_once(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield requests that are not answered while another one is."""
    for header, exchange in _at_once(endpoint):
        if exchange.answer is None and exchange.status not in BUSY:
            yield breach(
                f"asked for at the same time as another, {header.identifier} was"
                f" answered by {exchange.told}",
                exchange,
            )


@check("performance-not-mixed")
def not_mixed(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers to another request than they came for."""
    for header, exchange in _at_once(endpoint):
        found = [one.identifier for one in answers.headers(exchange)]
        if exchange.answer is not None and found != [header.identifier]:
            yield breach(
                f"asked for at the same time as another, {header.identifier} was"
                f" answered by {', '.join(found) or 'no record'}",
                exchange,
                exchange.answer,
            )


@check("performance-vary")
def vary(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield compressed answers that caches may give to who did not ask for them."""
    headers = (("Accept-Encoding", "gzip"),)
    request = Request(arguments=(("verb", "Identify"),), headers=headers)
    exchange = endpoint.send(request)
    named = exchange.header("Vary").lower()
    kept = exchange.header("Cache-Control").lower()
    if not exchange.header("Content-Encoding") or "no-store" in kept:
        return
    if "accept-encoding" not in named and named.strip() != "*":
        told = exchange.header("Vary") or "missing"
        coding = exchange.header("Content-Encoding")
        yield breach(f"the answer is in {coding}, and Vary is {told}", exchange)
