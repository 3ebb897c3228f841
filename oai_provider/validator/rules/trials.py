"""Tokens tried in ways that harvesters do not plan (OAI-PMH 3.5), and lists that move.

A token that was tried once already may be spent: what needs a good one takes that of a
list which `token-again` has begun, and is not checked where it was not answered twice.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from oai_provider.protocol.datestamp import parse_datestamp
from oai_provider.protocol.errors import ErrorCode
from oai_provider.validator import answers
from oai_provider.validator.course import moved, told_at
from oai_provider.validator.endpoint import Endpoint, is_date, way_on
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check

_TAMPERED: Final = {ErrorCode.BAD_RESUMPTION_TOKEN, ErrorCode.BAD_ARGUMENT}
_UNTOLD: Final = frozenset({0, 429, 503})
_SHORTEST: Final = timedelta(hours=23)
"""Guidelines want tokens to live for a day; an hour is given for their clocks."""


@check("token-tampered")
def tampered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a token of which a character was changed makes the server fail."""
    value = endpoint.a_token().value
    # The last characters of Base64 may mean nothing.
    place = len(value) // 2
    other = "A" if value[place] != "A" else "B"
    changed = value[:place] + other + value[place + 1 :]
    page = endpoint.ask("ListRecords", resumptionToken=changed)
    if page.response is None and page.status in _UNTOLD:
        raise NotChecked(f"it was answered by {page.told}")
    if page.answer is None and not _TAMPERED & {*page.codes}:
        yield breach(
            f"a resumptionToken with one other character was answered by {page.told}",
            page,
            page.errors[0] if page.errors else None,
        )


@check("token-by-post")
def by_post(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a token has another answer by POST."""
    pairs, usual = _tried(endpoint)
    other = endpoint.send(Request(arguments=pairs, method="POST"))
    if endpoint.send(Request(arguments=_IDENTIFY, method="POST")).answer is None:
        raise NotChecked("POST is not answered at all")
    yield from _differs(endpoint, usual, other, "by POST")


@check("token-escaped")
def escaped(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a token has another answer with all its characters escaped."""
    pairs, usual = _tried(endpoint)
    value = "".join(f"%{byte:02X}" for byte in dict(pairs)["resumptionToken"].encode())
    written = f"verb=ListRecords&resumptionToken={value}"
    other = endpoint.send(Request(arguments=pairs, written=written))
    yield from _differs(endpoint, usual, other, "with its characters escaped")


_IDENTIFY: Final = (("verb", "Identify"),)
Pairs = tuple[tuple[str, str], ...]


def _tried(endpoint: Endpoint) -> tuple[Pairs, Exchange]:
    """Return how a token is asked for that was answered twice, and its page."""
    endpoint.a_token()
    start = (("verb", "ListRecords"), *endpoint.list_arguments().items())
    value = way_on(endpoint.send(Request(arguments=start, round=1)))
    pairs = (("verb", "ListRecords"), ("resumptionToken", value))
    endpoint.send(Request(arguments=pairs, round=1))
    again = endpoint.send(Request(arguments=pairs, round=2))
    if again.answer is None:
        raise NotChecked(f"the token again was answered by {again.told}")
    return pairs, again


def _differs(
    endpoint: Endpoint, usual: Exchange, other: Exchange, how: str
) -> Iterator[Breach]:
    """Yield it if another answer to a token is not the usual page."""
    names = [{*answers.names(page)} for page in (usual, other)]
    if names[0] == names[1]:
        return
    last = endpoint.send(Request(arguments=usual.request.arguments, round=3))
    if {*answers.names(last)} != names[0]:
        raise NotChecked("the page changes by itself")
    yield breach(
        f"the resumptionToken {how} was answered by {other.told}, with"
        f" {len(names[1])} records that are not the {len(names[0])} of the usual page",
        other,
        other.errors[0] if other.errors else other.answer,
    )


@check("token-life")
def life(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield tokens that are said to live for less than a day."""
    token = endpoint.a_token()
    now = told_at(token.exchange)
    if not is_date(token.expires or "") or now is None:
        raise NotChecked("no expirationDate is told, and a day is not waited for")
    seconds = parse_datestamp(token.expires or "")[0] - now
    if timedelta() < seconds < _SHORTEST:
        yield breach(
            f"expirationDate {token.expires} is {seconds} after the responseDate",
            token.exchange,
            token.element,
        )


@check("token-lives")
def lives(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a token that leads nowhere before its time is over.

    It is asked for the first time, when most of the judgement is done.
    """
    arguments = (("verb", "ListIdentifiers"), *endpoint.list_arguments().items())
    first = endpoint.send(Request(arguments=arguments, round=1))
    found = answers.tokens(first)
    if not found or not found[0].value:
        raise NotChecked("ListIdentifiers is complete on its first page")
    page = endpoint.ask("ListIdentifiers", resumptionToken=found[0].value)
    now, expires = told_at(page), found[0].expires or ""
    is_over = is_date(expires) and (now is None or parse_datestamp(expires)[0] <= now)
    if ErrorCode.BAD_RESUMPTION_TOKEN in page.codes and not is_over:
        yield breach(
            "the resumptionToken of a list begun some requests before was answered by"
            f" {page.told}; its expirationDate is {expires or 'not told'}",
            page,
            page.errors[0],
        )


@check("token-list-moved")
def list_moved(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield the first record that changed after its list was begun."""
    for verb in ("ListRecords", "ListIdentifiers"):
        pages = endpoint.walk(verb, **endpoint.list_arguments())
        header = moved(pages)
        if header is not None:
            yield breach(
                f"{header.identifier} of {header.datestamp} changed after {verb} was"
                " begun; numbers of this list are not judged",
                header.exchange,
                header.element,
            )
