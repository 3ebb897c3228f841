"""One thing asked in several ways, which must have one answer (OAI-PMH 3.1, 4.3)."""

from collections.abc import Iterator

from oai_provider.validator import answers
from oai_provider.validator.endpoint import Endpoint, way_on
from oai_provider.validator.exchange import Exchange, Pairs, Request
from oai_provider.validator.finding import Breach, NotChecked, breach, check
from oai_provider.validator.rules.get_record import meaning


def _listing(endpoint: Endpoint) -> Pairs:
    return (("verb", "ListIdentifiers"), ("metadataPrefix", endpoint.prefix))


def _differs(one: Exchange, other: Exchange, how: str) -> Iterator[Breach]:
    """Yield it if two answers that should be one are not."""
    names = [[h.identifier for h in answers.headers(page)] for page in (one, other)]
    if one.answer is None:
        raise NotChecked(f"{one.request.verb} was answered by {one.told}")
    if other.answer is None or names[0] != names[1]:
        yield breach(
            f"{how}, {one.request.verb} was answered by {other.told} with"
            f" {len(names[1])} records that are not the {len(names[0])} of the usual"
            " request",
            other,
            other.errors[0] if other.errors else other.answer,
        )


@check("contradiction-post")
def post(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that differ by GET and by POST."""
    pairs = _listing(endpoint)
    other = endpoint.send(Request(arguments=pairs, method="POST"))
    yield from _differs(endpoint.send(Request(arguments=pairs)), other, "By POST")


@check("contradiction-order")
def order(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that differ by the order of the arguments."""
    pairs = _listing(endpoint)
    other = endpoint.send(Request(arguments=pairs[::-1]))
    how = "With its arguments in another order"
    yield from _differs(endpoint.send(Request(arguments=pairs)), other, how)


@check("contradiction-escapes")
def escapes(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that differ by how the arguments are escaped."""
    pairs = _listing(endpoint)
    escaped = "".join(f"%{byte:02X}" for byte in endpoint.prefix.encode())
    written = f"verb=ListIdentifiers&metadataPrefix={escaped}"
    other = endpoint.send(Request(arguments=pairs, written=written))
    how = "With its arguments escaped"
    yield from _differs(endpoint.send(Request(arguments=pairs)), other, how)


@check("contradiction-again")
def again(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that differ from one time to the next."""
    pairs = _listing(endpoint)
    other = endpoint.send(Request(arguments=pairs, round=1))
    yield from _differs(endpoint.send(Request(arguments=pairs)), other, "Asked again")


@check("contradiction-identify")
def identify(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an Identify that says something else by POST."""
    pairs = (("verb", "Identify"),)
    other = endpoint.send(Request(arguments=pairs, method="POST"))
    if other.answer is None:
        raise NotChecked(f"Identify by POST was answered by {other.told}")
    if meaning(other.answer) != meaning(endpoint.identify):
        yield breach("Identify says something else by POST", other, other.answer)


@check("contradiction-lists")
def lists(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield what one of ListRecords and ListIdentifiers has, and the other has not."""
    found: list[dict[str, Exchange]] = []
    for verb in ("ListRecords", "ListIdentifiers"):
        pages = endpoint.walk(verb, **endpoint.list_arguments())
        if way_on(pages[-1]):
            date = endpoint.dated()[-1].datestamp
            window = {**endpoint.list_arguments(), "from_": date, "until": date}
            pages = endpoint.walk(verb, **window)
        if way_on(pages[-1]):
            raise NotChecked("no list short enough to be read whole was met")
        listed = (one for page in pages for one in answers.headers(page))
        found.append({one.identifier: one.exchange for one in listed})
    records, identifiers = found
    for identifier in sorted(records.keys() - identifiers.keys()):
        yield breach(
            f"{identifier} is in ListRecords and not in ListIdentifiers",
            records[identifier],
        )
    for identifier in sorted(identifiers.keys() - records.keys()):
        yield breach(
            f"{identifier} is in ListIdentifiers and not in ListRecords",
            identifiers[identifier],
        )


@check("contradiction-headers")
def headers(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield headers that ListRecords and ListIdentifiers do not tell alike."""
    known = {one.identifier: one for one in endpoint.records}
    for page in endpoint.walk("ListIdentifiers", **endpoint.list_arguments()):
        for header in answers.headers(page):
            other = known.get(header.identifier)
            if other and other.said != header.said:
                yield breach(
                    f"the header of {header.identifier} in ListIdentifiers differs"
                    " from that in ListRecords",
                    page,
                    header.element,
                )
