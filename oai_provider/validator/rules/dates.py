"""Selective harvesting by dates (OAI-PMH 2.7.1, 3.3): what windows hold."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from oai_provider.protocol.datestamp import (
    Granularity,
    format_datestamp,
    last_second,
    parse_datestamp,
)
from oai_provider.protocol.errors import ErrorCode
from oai_provider.validator import answers
from oai_provider.validator.answers import Header
from oai_provider.validator.endpoint import Endpoint, is_date, way_on
from oai_provider.validator.exchange import Exchange, Request, child_text, text
from oai_provider.validator.finding import Breach, Check, NotChecked, breach
from oai_provider.validator.rule import Rule, check
from oai_provider.validator.rules.errors import not_refused

_ARGUMENT: Final = frozenset({ErrorCode.BAD_ARGUMENT})
_NOTHING: Final = frozenset({ErrorCode.NO_RECORDS_MATCH})


def _window(endpoint: Endpoint, **dates: str) -> Exchange:
    return endpoint.ask("ListIdentifiers", **endpoint.list_arguments(), **dates)


def _outside(exchange: Exchange, first: str, last: str) -> Iterator[Breach]:
    """Yield records outside a window; either end may be empty."""
    for header in answers.headers(exchange):
        if not is_date(header.datestamp):
            continue
        moment = parse_datestamp(header.datestamp)[0]
        is_early = bool(first) and moment < parse_datestamp(first)[0]
        is_late = bool(last) and moment > last_second(*parse_datestamp(last))
        if is_early or is_late:
            end = f"from {first}" if is_early else f"until {last}"
            yield breach(
                f"the list {end} has {header.identifier} of {header.datestamp}",
                exchange,
                header.element,
            )


@check("dates-from")
def from_(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records before `from`."""
    date = endpoint.dated()[-1].datestamp
    yield from _outside(_window(endpoint, from_=date), date, "")


@check("dates-until")
def until(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records after `until`."""
    for verb in ("ListIdentifiers", "ListRecords"):
        date = endpoint.dated()[0].datestamp
        arguments = endpoint.list_arguments()
        yield from _outside(endpoint.ask(verb, **arguments, until=date), "", date)


@check("dates-inclusive")
def inclusive(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that the list from and until their own datestamp does not have."""
    for header in _of_granularity(endpoint):
        exchange = _window(endpoint, from_=header.datestamp, until=header.datestamp)
        yield from _missing(endpoint, exchange, header)


@check("dates-inclusive-records")
def inclusive_records(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a record that ListRecords does not have at its own datestamp."""
    for header in _of_granularity(endpoint)[:1]:
        date, arguments = header.datestamp, endpoint.list_arguments()
        exchange = endpoint.ask("ListRecords", **arguments, from_=date, until=date)
        yield from _missing(endpoint, exchange, header)


@check("dates-moment")
def moment(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records of another time in the list of one moment."""
    for header in _of_granularity(endpoint):
        date = header.datestamp
        yield from _outside(_window(endpoint, from_=date, until=date), date, date)


@check("dates-days")
def days(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that the list of their day does not have."""
    for header in _of_granularity(endpoint):
        day = header.datestamp[:10]
        exchange = _window(endpoint, from_=day, until=day)
        yield from _missing(endpoint, exchange, header)
        yield from _outside(exchange, day, day)


def _missing(
    endpoint: Endpoint, exchange: Exchange, header: Header
) -> Iterator[Breach]:
    """Yield it if the record is on no page of a list."""
    page, pages, verb = exchange, 1, exchange.request.verb
    while header.identifier not in {one.identifier for one in answers.headers(page)}:
        value = way_on(page)
        if not value:
            yield _not_found(exchange, header)
            return
        if pages >= endpoint.depth.pages:
            raise NotChecked("the list of one moment is longer than is read")
        page, pages = endpoint.ask(verb, resumptionToken=value), pages + 1


def _not_found(exchange: Exchange, header: Header) -> Breach:
    return breach(
        f"{header.identifier} has the datestamp {header.datestamp}; the list of that"
        f" time was {exchange.told} without it",
        exchange,
        exchange.errors[0] if exchange.errors else exchange.answer,
    )


def _of_granularity(endpoint: Endpoint) -> tuple[Header, ...]:
    granularity = endpoint.granularity
    found = [*filter(endpoint.is_told_truly, endpoint.dated())]
    if not found:
        raise NotChecked(f"no datestamp in the granularity {granularity} was met")
    return tuple(found[: endpoint.depth.samples])


@check("dates-before-all")
def before_all(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if there are records until a year before the first."""
    told = child_text(endpoint.identify, "earliestDatestamp")
    dates = [h.datestamp for h in endpoint.records if is_date(h.datestamp)]
    legal = [date for date in (told, *dates) if is_date(date)]
    if not legal:
        raise NotChecked("no date is known to be before all records")
    first = min(parse_datestamp(date)[0] for date in legal)
    if first.year <= 1:
        raise NotChecked("there is no time before the earliest datestamp")
    exchange = _window(endpoint, until=_day(first, -366))
    yield from not_refused(exchange, _NOTHING | _ARGUMENT)


@check("dates-future")
def future(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if there are records from a time that is still to come."""
    now = text(endpoint.identified.child("responseDate"))
    if not is_date(now):
        raise NotChecked("responseDate is no date")
    exchange = _window(endpoint, from_=_day(parse_datestamp(now)[0], 366))
    yield from not_refused(exchange, _NOTHING | _ARGUMENT)


def _day(moment: datetime, days_later: int) -> str:
    return format_datestamp(_later(moment, days=days_later), Granularity.DAY)


def _later(moment: datetime, **by: int) -> datetime:
    """Return a moment that is so much later; raises `NotChecked` if there is none."""
    try:
        return moment + timedelta(**by)
    except OverflowError:
        raise NotChecked("dates end before what would have to be asked for") from None


@check("dates-windows")
def windows(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if two windows that part a list do not hold what the list holds."""
    whole = _all(endpoint)
    dates = sorted({*whole.values()})
    if len(dates) < 2 or not all(map(is_date, dates)):  # noqa: PLR2004 - to part
        raise NotChecked("the records have not two datestamps to part the list at")
    middle = dates[len(dates) // 2 - 1]
    moment, granularity = parse_datestamp(middle)
    step = {"days": 1} if granularity is Granularity.DAY else {"seconds": 1}
    after = format_datestamp(_later(moment, **step), granularity)
    early, late = _all(endpoint, until=middle), _all(endpoint, from_=after)
    shown = _window(endpoint, from_=after)
    lost = sorted(whole.keys() - early.keys() - late.keys())
    for identifier in lost:
        yield breach(
            f"{identifier} of {whole[identifier]} is neither in the list"
            f" until {middle} nor in that from {after}",
            shown,
        )
    places = {one.identifier: one.element for one in answers.headers(shown)}
    for identifier in sorted(early.keys() & late.keys()):
        yield breach(
            f"{identifier} is in the list until {middle} and in that from {after}",
            shown,
            places.get(identifier),
        )


def _all(endpoint: Endpoint, **dates: str) -> dict[str, str]:
    """Return the datestamps of a list; raises `NotChecked` if it is not read whole."""
    first = _window(endpoint, **dates)
    if ErrorCode.NO_RECORDS_MATCH in first.codes:
        return {}
    arguments = endpoint.list_arguments()
    pages = endpoint.walk("ListIdentifiers", **arguments, **dates)
    if way_on(pages[-1]):
        raise NotChecked(
            f"the list is longer than the {len(pages)} pages that are read"
        )
    found = (one for page in pages for one in answers.headers(page))
    return {one.identifier: one.datestamp for one in found}


@check("dates-finer")
def finer(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a repository of days takes seconds."""
    if endpoint.granularity is Granularity.SECOND:
        return
    exchange = _window(endpoint, from_="2001-01-01T00:00:00Z")
    yield from not_refused(exchange, _ARGUMENT)


@check("dates-leap-second")
def leap_second(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a leap second, which there was, is neither refused nor understood."""
    if endpoint.granularity is Granularity.DAY:
        return
    arguments = endpoint.list_arguments()
    exchange = endpoint.ask("ListRecords", **arguments, until="2016-12-31T23:59:60Z")
    if exchange.answer is None:
        yield from not_refused(exchange, _NOTHING | _ARGUMENT)


def _refused(
    code: str, *, verb: str = "ListRecords", seconds: bool = False, **dates: str
) -> Check:
    """Return the rule that dates are refused; with seconds where there are any."""

    def find(endpoint: Endpoint) -> Iterator[Breach]:
        if seconds and endpoint.granularity is Granularity.DAY:
            return
        named = [(name.rstrip("_"), value) for name, value in dates.items()]
        pairs = (("verb", verb), ("metadataPrefix", endpoint.prefix), *named)
        exchange = endpoint.send(Request(arguments=pairs))
        yield from not_refused(exchange, _ARGUMENT)

    return Rule(code, find)


RULES: Final = (
    _refused("dates-junk-from", from_="junk"),
    _refused("dates-junk-until", until="junk"),
    _refused("dates-turned", from_="2002-02-02", until="2001-01-01"),
    _refused(
        "dates-mixed", seconds=True, from_="2001-01-01", until="2035-01-01T00:00:00Z"
    ),
    _refused("dates-no-such-day", from_="2001-02-30"),
    _refused("dates-no-leap-day", from_="1900-02-29"),
    _refused("dates-no-such-month", until="2001-13-01"),
    _refused("dates-no-such-hour", seconds=True, from_="2001-01-01T25:00:00Z"),
    _refused("dates-hour-24", seconds=True, from_="2001-01-01T24:00:00Z"),
    _refused("dates-no-such-minute", seconds=True, from_="2001-01-01T00:60:00Z"),
    _refused("dates-no-such-second", seconds=True, from_="2001-01-01T00:00:61Z"),
    _refused("dates-zero", from_="0000-00-00"),
    _refused("dates-without-hyphens", from_="20010101"),
    _refused("dates-junk-identifiers-from", verb="ListIdentifiers", from_="junk"),
    _refused("dates-junk-identifiers-until", verb="ListIdentifiers", until="junk"),
    _refused("dates-year-alone", from_="2001"),
    _refused("dates-fraction", seconds=True, from_="2001-01-01T00:00:00.0Z"),
    _refused("dates-offset", seconds=True, from_="2001-01-01T00:00:00+01:00"),
    _refused("dates-without-z", seconds=True, from_="2001-01-01T00:00:00"),
    _refused("dates-lower-case", seconds=True, from_="2001-01-01T00:00:00z"),
    _refused("dates-blank", seconds=True, until="2035-01-01 00:00:00"),
)
