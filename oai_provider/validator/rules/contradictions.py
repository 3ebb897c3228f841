"""One thing asked in several ways, which must have one answer (OAI-PMH 3.1, 4.3)."""

from collections.abc import Iterator

from oai_provider.validator import answers
from oai_provider.validator.course import moved
from oai_provider.validator.endpoint import Endpoint, way_on
from oai_provider.validator.exchange import Exchange, Pairs, Request
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check
from oai_provider.validator.rules.get_record import meaning


def _listing(endpoint: Endpoint) -> Pairs:
    return (("verb", "ListIdentifiers"), ("metadataPrefix", endpoint.prefix))


def _differs(endpoint: Endpoint, other: Exchange, how: str) -> Iterator[Breach]:
    """Yield it if the usual list and another that should be it are not one.

    Records have no order in OAI-PMH, and a list may change meanwhile.
    """
    pairs = _listing(endpoint)
    one = endpoint.send(Request(arguments=pairs))
    if one.answer is None:
        raise NotChecked(f"{one.request.verb} was answered by {one.told}")
    names = [sorted(answers.names(page)) for page in (one, other)]
    if other.answer is not None and names[0] == names[1]:
        return
    again = endpoint.send(Request(arguments=pairs, round=1))
    is_same = other is again or again.answer is None
    if not is_same and names[0] != sorted(answers.names(again)):
        raise NotChecked("the list changes by itself")
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
    yield from _differs(endpoint, other, "By POST")


@check("contradiction-order")
def order(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that differ by the order of the arguments."""
    pairs = _listing(endpoint)
    other = endpoint.send(Request(arguments=pairs[::-1]))
    how = "With its arguments in another order"
    yield from _differs(endpoint, other, how)


@check("contradiction-escapes")
def escapes(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that differ by how the arguments are escaped."""
    pairs = _listing(endpoint)
    escaped = "".join(f"%{byte:02X}" for byte in endpoint.prefix.encode())
    written = f"verb=ListIdentifiers&metadataPrefix={escaped}"
    other = endpoint.send(Request(arguments=pairs, written=written))
    how = "With its arguments escaped"
    yield from _differs(endpoint, other, how)


@check("contradiction-again")
def again(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists that differ from one time to the next."""
    pairs = _listing(endpoint)
    other = endpoint.send(Request(arguments=pairs, round=1))
    yield from _differs(endpoint, other, "Asked again")


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
    both = _both(endpoint)
    if both is None:
        date = endpoint.dated()[-1].datestamp
        both = _both(endpoint, from_=date, until=date)
    if both is None:
        raise NotChecked("no list was read to its end")
    records, identifiers = both
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


def _both(
    endpoint: Endpoint, **dates: str
) -> tuple[dict[str, Exchange], dict[str, Exchange]] | None:
    """Return what both lists hold, if both were read to their end."""
    found: list[dict[str, Exchange]] = []
    for verb in ("ListRecords", "ListIdentifiers"):
        pages = endpoint.walk(verb, **endpoint.list_arguments(), **dates)
        if way_on(pages[-1]):
            return None
        if moved(pages):
            raise NotChecked("records changed while the lists were read")
        listed = (one for page in pages for one in answers.headers(page))
        found.append({one.identifier: one.exchange for one in listed})
    return found[0], found[1]


@check("contradiction-headers")
def headers(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield headers that ListRecords and ListIdentifiers do not tell alike."""
    known = {one.identifier: one for one in endpoint.records}
    pages = endpoint.walk("ListIdentifiers", **endpoint.list_arguments())
    if moved(pages):
        raise NotChecked("records changed while the lists were read")
    for page in pages:
        for header in answers.headers(page):
            other = known.get(header.identifier)
            if other and other.said != header.said:
                yield breach(
                    f"the header of {header.identifier} in ListIdentifiers differs"
                    " from that in ListRecords",
                    page,
                    header.element,
                )
