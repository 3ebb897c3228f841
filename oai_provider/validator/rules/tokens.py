"""Flow control (OAI-PMH 3.5): tokens, and what they promise."""

from collections.abc import Iterator
from typing import Final

from oai_provider.protocol.datestamp import Granularity, last_second, parse_datestamp
from oai_provider.protocol.errors import ErrorCode
from oai_provider.validator import answers
from oai_provider.validator.answers import Token
from oai_provider.validator.course import moved
from oai_provider.validator.endpoint import Endpoint, is_date, way_on
from oai_provider.validator.exchange import Exchange, Request, child_text
from oai_provider.validator.finding import Breach, Check, NotChecked, breach
from oai_provider.validator.rule import Rule, check
from oai_provider.validator.rules.errors import not_refused
from oai_provider.validator.rules.sets import may_be_in
from oai_provider.validator.whole import whole

# OAI-PMH 3.5 makes it badArgument; who looks at the token first may not know it.
_EXCLUSIVE: Final = frozenset({ErrorCode.BAD_ARGUMENT, ErrorCode.BAD_RESUMPTION_TOKEN})
_TOKEN: Final = frozenset({ErrorCode.BAD_RESUMPTION_TOKEN})
_LISTS: Final = ("ListRecords", "ListIdentifiers")


def _pages(endpoint: Endpoint, verb: str = "ListRecords") -> tuple[Exchange, ...]:
    return endpoint.walk(verb, **endpoint.list_arguments())


def _ended(endpoint: Endpoint) -> tuple[Exchange, ...]:
    """Return the pages of a list that is read to its end, the longest there is.

    Where the whole list is too long, it is one until a date on its second page.
    """
    pages = _pages(endpoint)
    if not way_on(pages[-1]):
        return pages
    second = [one for page in pages[1:2] for one in answers.headers(page)]
    dates = [one.datestamp for one in second if is_date(one.datestamp)]
    if dates:
        arguments = endpoint.list_arguments()
        pages = endpoint.walk("ListRecords", **arguments, until=dates[0])
    if way_on(pages[-1]):
        raise NotChecked(f"no list was read to its end in {len(pages)} pages")
    return pages


def _tokens(endpoint: Endpoint) -> Iterator[Token]:
    """Yield the tokens of the pages that were read, the first of each page."""
    for page in _pages(endpoint):
        yield from answers.tokens(page)[:1]


@check("token-one")
def one(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield pages with several tokens."""
    for page in _pages(endpoint):
        found = answers.tokens(page)
        if len(found) > 1:
            yield breach(
                f"the page has {len(found)} resumptionTokens", page, found[1].element
            )


@check("token-first-not-empty")
def first_not_empty(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that are complete at once and have a token."""
    for verb in _LISTS:
        page = endpoint.answered(verb, **endpoint.list_arguments())
        for token in answers.tokens(page):
            if not token.value:
                yield breach(
                    f"the first page of {verb} has an empty resumptionToken",
                    page,
                    token.element,
                )


@check("token-leads-on")
def leads_on(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield tokens that lead nowhere."""
    for verb in _LISTS:
        last = _pages(endpoint, verb)[-1]
        value = way_on(last)
        if not value:
            continue
        page = endpoint.ask(verb, resumptionToken=value)
        if page.answer is None:
            yield breach(
                f"the resumptionToken of {verb} was answered by {page.told}", page
            )
    endpoint.a_token()


@check("token-moves")
def moves(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield tokens that lead to where they come from."""
    endpoint.a_token()
    for page in _pages(endpoint):
        asked = dict(page.request.arguments).get("resumptionToken")
        if asked is not None and way_on(page) == asked:
            yield breach(
                "the page that the resumptionToken leads to has the same token",
                page,
                answers.tokens(page)[0].element,
            )


@check("token-new-records")
def new_records(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that stand twice in a list, and did not change meanwhile."""
    for verb in _LISTS:
        seen: dict[str, str] = {}
        for page in _pages(endpoint, verb):
            for header in answers.headers(page):
                if seen.get(header.identifier) == header.datestamp:
                    yield breach(
                        f"{header.identifier} occurs twice in one {verb}",
                        page,
                        header.element,
                    )
                seen[header.identifier] = header.datestamp


@check("token-last-empty")
def last_empty(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists whose last part has no empty token."""
    endpoint.a_token()
    pages = _ended(endpoint)
    last = pages[-1]
    if len(pages) > 1 and not answers.tokens(last):
        yield breach(
            "the last page has no resumptionToken; it should have an empty one",
            last,
            last.answer,
        )


@check("token-again")
def again(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield tokens that lead to something else the second time."""
    endpoint.a_token()
    # OAI-PMH 3.5.1 promises it of the token asked last, so a new list is begun.
    start = (("verb", "ListRecords"), *endpoint.list_arguments().items())
    value = way_on(endpoint.send(Request(arguments=start, round=1)))
    pairs = (("verb", "ListRecords"), ("resumptionToken", value))
    first = endpoint.send(Request(arguments=pairs, round=1))
    second = endpoint.send(Request(arguments=pairs, round=2))
    if first.answer is None:
        raise NotChecked(f"the resumptionToken was answered by {first.told}")
    names = [[h.identifier for h in answers.headers(page)] for page in (first, second)]
    if names[0] != names[1]:
        yield breach(
            f"the same resumptionToken again was answered by {second.told}, with"
            f" {len(names[1])} records that are not the {len(names[0])} of before",
            second,
            second.errors[0] if second.errors else second.answer,
        )


@check("token-exclusive")
def exclusive(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a token is taken together with other arguments."""
    token = endpoint.a_token()
    arguments = endpoint.list_arguments()
    page = endpoint.ask("ListRecords", **arguments, resumptionToken=token.value)
    yield from not_refused(page, _EXCLUSIVE)


@check("token-exclusive-until")
def exclusive_until(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a token is taken together with `until`."""
    token = endpoint.a_token()
    page = endpoint.ask("ListRecords", resumptionToken=token.value, until="2035-01-01")
    yield from not_refused(page, _EXCLUSIVE)


@check("token-other-verb")
def other_verb(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a token of ListRecords is taken by ListIdentifiers."""
    token = endpoint.a_token()
    page = endpoint.ask("ListIdentifiers", resumptionToken=token.value)
    yield from not_refused(page, _TOKEN)


def _refused(code: str, verb: str) -> Check:
    def find(endpoint: Endpoint) -> Iterator[Breach]:
        page = endpoint.ask(verb, resumptionToken="no-such-token")
        allowed = _TOKEN
        if verb == "ListSets":
            # OAI-PMH 4.6: both may be the reason.
            allowed |= {ErrorCode.NO_SET_HIERARCHY}
        yield from not_refused(page, allowed)

    return Rule(code, find)


RULES: Final = (
    _refused("token-unknown-records", "ListRecords"),
    _refused("token-unknown-identifiers", "ListIdentifiers"),
    _refused("token-unknown-sets", "ListSets"),
)


@check("token-numbers")
def numbers(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield cursors and sizes that are no whole numbers."""
    for token in _tokens(endpoint):
        for name, value in (("cursor", token.cursor), ("completeListSize", token.size)):
            if value is not None and whole(value) is None:
                yield breach(
                    f"{name} {value!r} is no whole number",
                    token.exchange,
                    token.element,
                )


@check("token-cursor")
def cursor(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield cursors that are not the number of records that came before."""
    before = 0
    for page in _pages(endpoint):
        for token in answers.tokens(page)[:1]:
            if token.cursor is not None and token.cursor != str(before):
                yield breach(
                    f"cursor is {token.cursor}; {before} records came before this page",
                    page,
                    token.element,
                )
        before += len(answers.headers(page))


@check("token-size-stable")
def size_stable(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield sizes that change from page to page."""
    first = ""
    for token in _tokens(endpoint):
        first = first or token.size or ""
        if token.size is not None and token.size != first:
            yield breach(
                f"completeListSize is {token.size}; the first page said {first}",
                token.exchange,
                token.element,
            )


@check("token-size-true")
def size_true(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield sizes that a list does not have."""
    pages = _ended(endpoint)
    count = sum(len(answers.headers(page)) for page in pages)
    token = next(iter(answers.tokens(pages[0])), None)
    if token is None or token.size is None or whole(token.size) is None:
        raise NotChecked("no completeListSize is told")
    if moved(pages):
        raise NotChecked("records changed while the list was read")
    if whole(token.size) != count:
        yield breach(
            f"completeListSize is {token.size}; the list has {count} records",
            token.exchange,
            token.element,
        )


@check("token-expiration-date")
def expiration_date(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield expirationDates that are no dates with seconds."""
    for token in _tokens(endpoint):
        if token.expires is not None and not _has_seconds(token.expires):
            yield breach(
                f"expirationDate {token.expires!r} is not written as"
                f" {Granularity.SECOND}",
                token.exchange,
                token.element,
            )


@check("token-expiration-ahead")
def expiration_ahead(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield tokens that have expired when they are handed out."""
    for token in _tokens(endpoint):
        response = token.exchange.response
        now = "" if response is None else child_text(response, "responseDate")
        told = token.expires or ""
        if not (token.value and is_date(told) and is_date(now)):
            continue
        if parse_datestamp(told)[0] <= parse_datestamp(now)[0]:
            yield breach(
                f"expirationDate {told} is not after the responseDate {now}",
                token.exchange,
                token.element,
            )


def _has_seconds(date: str) -> bool:
    return is_date(date) and parse_datestamp(date)[1] is Granularity.SECOND


@check("token-keeps-until")
def keeps_until(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records after `until` on later pages."""
    dates = sorted(h.datestamp for h in endpoint.records if is_date(h.datestamp))
    if not dates:
        raise NotChecked("no datestamp can be read")
    last = dates[-1]
    until = next((date for date in reversed(dates) if date < last), last)
    end = last_second(*parse_datestamp(until))
    pages = endpoint.walk("ListRecords", **endpoint.list_arguments(), until=until)
    if len(pages) == 1:
        raise NotChecked(f"the list until {until} has one page")
    for page in pages[1:]:
        for header in answers.headers(page):
            date = header.datestamp
            if is_date(date) and parse_datestamp(date)[0] > end:
                yield breach(
                    f"the list until {until} goes on with {header.identifier},"
                    f" of {date}",
                    page,
                    header.element,
                )


@check("token-keeps-set")
def keeps_set(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records of other sets on later pages."""
    for spec in dict.fromkeys(s for h in endpoint.records for s in h.set_specs):
        top = spec.partition(":")[0]
        pages = endpoint.walk("ListRecords", **endpoint.list_arguments(), set=top)
        if len(pages) > 1:
            yield from _strangers(pages[1:], top)
            return
    raise NotChecked("no set whose list has two pages was met")


def _strangers(pages: tuple[Exchange, ...], spec: str) -> Iterator[Breach]:
    for page in pages:
        for header in answers.headers(page):
            if not may_be_in(header, spec):
                yield breach(
                    f"the list of the set {spec} goes on with {header.identifier},"
                    " which is not in it",
                    page,
                    header.element,
                )


@check("token-keeps-format")
def keeps_format(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield later pages in another format."""
    endpoint.a_token()
    pages = _pages(endpoint)
    tags = [
        {h.payload.tag for h in answers.headers(p) if h.payload is not None}
        for p in pages
    ]
    for page, found in zip(pages[1:], tags[1:], strict=True):
        if found and tags[0] and not found & tags[0]:
            first, later = (", ".join(sorted(map(str, t))) for t in (tags[0], found))
            yield breach(
                f"the list begins with {first} and goes on with {later}",
                page,
                page.answer,
            )
