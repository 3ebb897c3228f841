"""Errors (OAI-PMH 3.6): what must be refused, and by which code.

A table: each row is a request that is wrong in one way. Where the specification leaves
room, all codes that it allows are in the row: where two are true, one is enough.
"""

from collections.abc import Callable, Iterator
from typing import Final

from oai_provider.protocol.errors import UNECHOED, ErrorCode
from oai_provider.validator.answers import headers
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Exchange, Pairs, Request, text
from oai_provider.validator.finding import Breach, Check, NotChecked, breach
from oai_provider.validator.rule import Rule, check

Asks = Callable[[Endpoint], Pairs]

_VERB: Final = frozenset({ErrorCode.BAD_VERB})
ARGUMENT: Final = frozenset({ErrorCode.BAD_ARGUMENT})
FORMAT: Final = frozenset({ErrorCode.CANNOT_DISSEMINATE_FORMAT})
UNKNOWN: Final = frozenset({ErrorCode.ID_DOES_NOT_EXIST})
TOKEN: Final = frozenset({ErrorCode.BAD_RESUMPTION_TOKEN})
SETS: Final = frozenset({ErrorCode.NO_SET_HIERARCHY})
# Nothing came, what came is no OAI-PMH, or it came too soon.
_UNTOLD: Final = frozenset({0, 200, 429, 503})
_NO_SUCH: Final = "oai:no-such-item.example.org:0"


def refused(
    code: str, asks: Asks, allowed: frozenset[ErrorCode], *, escaped: bool = False
) -> Check:
    """Return the rule that a request is refused with one of some codes.

    `escaped` says that it is asked in order to see whether XML comes of it.
    """

    def find(endpoint: Endpoint) -> Iterator[Breach]:
        if escaped and endpoint.a_list().response is None:
            raise NotChecked(f"ListRecords was answered by {endpoint.a_list().told}")
        exchange = endpoint.send(Request(arguments=asks(endpoint)))
        if not escaped or exchange.response is not None:
            yield from not_refused(exchange, allowed)
        else:
            yield breach(f"it was answered by {exchange.told}", exchange)

    return Rule(code, find)


def not_refused(exchange: Exchange, allowed: frozenset[ErrorCode]) -> Iterator[Breach]:
    """Yield it if a request is not refused by one of some codes.

    Raises `NotChecked` for what cannot be read: there are other rules for that.
    """
    if exchange.response is None and exchange.status in _UNTOLD:
        raise NotChecked(f"it was answered by {exchange.told}")
    if allowed & {*exchange.codes}:
        return
    codes = " or ".join(sorted(allowed))
    shown = exchange.errors[0] if exchange.errors else exchange.answer
    yield breach(f"{codes} is expected; it was {exchange.told}", exchange, shown)


def always(*pairs: tuple[str, str]) -> Asks:
    """Return what asks every endpoint the same."""
    return lambda _: pairs


def listed(verb: str, *pairs: tuple[str, str]) -> Asks:
    """Return what asks in the metadataPrefix of the endpoint."""
    return lambda e: (("verb", verb), ("metadataPrefix", e.prefix), *pairs)


def _of_a_record(*pairs: tuple[str, str]) -> Asks:
    def asks(endpoint: Endpoint) -> Pairs:
        identifier = endpoint.some_live()[0].identifier
        return (("verb", "GetRecord"), ("identifier", identifier), *pairs)

    return asks


def record_and(*pairs: tuple[str, str]) -> Asks:
    """Return what asks for a record, and more."""
    return lambda e: (*_of_a_record()(e), ("metadataPrefix", e.prefix), *pairs)


RULES: Final = (
    refused("error-no-verb", always(), _VERB),
    refused("error-unknown-verb", always(("verb", "NoSuchVerb")), _VERB),
    refused("error-empty-verb", always(("verb", "")), _VERB),
    refused("error-verb-case", always(("verb", "identify")), _VERB),
    refused(
        "error-repeated-verb",
        always(("verb", "Identify"), ("verb", "ListSets")),
        _VERB | ARGUMENT,
    ),
    refused(
        "error-identify-argument",
        always(("verb", "Identify"), ("metadataPrefix", "oai_dc")),
        ARGUMENT,
    ),
    refused(
        "error-list-sets-argument",
        always(("verb", "ListSets"), ("metadataPrefix", "oai_dc")),
        ARGUMENT | SETS,
    ),
    refused(
        "error-list-formats-argument",
        always(("verb", "ListMetadataFormats"), ("metadataPrefix", "oai_dc")),
        ARGUMENT,
    ),
    refused("error-get-record-argument", record_and(("from", "2001-01-01")), ARGUMENT),
    refused(
        "error-list-records-unknown-argument",
        listed("ListRecords", ("noSuchArgument", "1")),
        ARGUMENT,
    ),
    refused(
        "error-list-identifiers-unknown-argument",
        listed("ListIdentifiers", ("noSuchArgument", "1")),
        ARGUMENT,
    ),
    refused(
        "error-list-records-identifier",
        listed("ListRecords", ("identifier", _NO_SUCH)),
        ARGUMENT,
    ),
    refused(
        "error-argument-case",
        lambda e: (("verb", "ListRecords"), ("metadataprefix", e.prefix)),
        ARGUMENT,
    ),
    refused(
        "error-repeated-argument",
        lambda e: listed("ListRecords", ("metadataPrefix", e.prefix))(e),
        ARGUMENT,
    ),
    refused(
        "error-repeated-from",
        listed("ListRecords", ("from", "2001-01-01"), ("from", "2001-01-02")),
        ARGUMENT,
    ),
    refused("error-list-records-no-prefix", always(("verb", "ListRecords")), ARGUMENT),
    refused(
        "error-list-identifiers-no-prefix",
        always(("verb", "ListIdentifiers")),
        ARGUMENT,
    ),
    refused("error-get-record-no-prefix", _of_a_record(), ARGUMENT),
    refused("error-get-record-no-identifier", listed("GetRecord"), ARGUMENT),
    refused(
        "error-empty-prefix",
        always(("verb", "ListRecords"), ("metadataPrefix", "")),
        ARGUMENT | FORMAT,
    ),
    refused("error-empty-from", listed("ListRecords", ("from", "")), ARGUMENT),
    refused("error-empty-until", listed("ListRecords", ("until", "")), ARGUMENT),
    refused(
        "error-empty-token",
        always(("verb", "ListRecords"), ("resumptionToken", "")),
        ARGUMENT | TOKEN,
    ),
    refused(
        "error-prefix-syntax",
        always(("verb", "ListRecords"), ("metadataPrefix", 'oai dc<">')),
        ARGUMENT | FORMAT,
        escaped=True,
    ),
    refused(
        "error-list-records-format",
        always(("verb", "ListRecords"), ("metadataPrefix", "no_such_format")),
        FORMAT,
    ),
    refused(
        "error-list-identifiers-format",
        always(("verb", "ListIdentifiers"), ("metadataPrefix", "no_such_format")),
        FORMAT,
    ),
    refused(
        "error-get-record-format",
        _of_a_record(("metadataPrefix", "no_such_format")),
        FORMAT,
    ),
    refused(
        "error-get-record-unknown-id",
        listed("GetRecord", ("identifier", _NO_SUCH)),
        UNKNOWN,
    ),
    refused(
        "error-list-formats-unknown-id",
        always(("verb", "ListMetadataFormats"), ("identifier", _NO_SUCH)),
        UNKNOWN,
    ),
    refused(
        "error-identifier-quote",
        listed("GetRecord", ("identifier", 'invalid"id')),
        ARGUMENT | UNKNOWN,
        escaped=True,
    ),
    refused(
        "error-get-record-token",
        record_and(("resumptionToken", "no-such-token")),
        ARGUMENT,
    ),
    refused(
        "error-identify-token",
        always(("verb", "Identify"), ("resumptionToken", "no-such-token")),
        ARGUMENT | TOKEN,
    ),
)


@check("error-code-known")
def code_known(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield errors of other codes than the eight."""
    for exchange in endpoint.basics():
        for error in exchange.errors:
            if error.get("code") not in [*ErrorCode]:
                yield breach(
                    f"the code {error.get('code')!r} is none of {', '.join(ErrorCode)}",
                    exchange,
                    error,
                )


@check("error-message")
def message(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield errors that say nothing."""
    for exchange in endpoint.basics():
        for error in exchange.errors:
            if not text(error) and error.get("code") != ErrorCode.NO_SET_HIERARCHY:
                yield breach(
                    f"the error {error.get('code')} has no text", exchange, error
                )


@check("error-status")
def status(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield errors that come with an HTTP status of their own."""
    for exchange in endpoint.basics():
        if exchange.codes and exchange.status // 100 != 2:  # noqa: PLR2004 - 2xx
            yield breach(
                f"{', '.join(exchange.codes)} came with HTTP {exchange.status}",
                exchange,
                exchange.errors[0],
            )


@check("error-alone")
def alone(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that hold errors and something else."""
    for exchange in endpoint.basics():
        if exchange.errors and exchange.answer is not None:
            yield breach(
                f"an error stands beside <{exchange.request.verb}>",
                exchange,
                exchange.errors[0],
            )


@check("error-echo")
def echo(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield badVerb and badArgument that repeat arguments in <request>."""
    for exchange in endpoint.basics():
        request = exchange.child("request")
        if request is not None and request.attrib and UNECHOED & {*exchange.codes}:
            yield breach(
                f"{', '.join(exchange.codes)} repeats arguments in <request>:"
                f" {', '.join(map(str, request.attrib))}",
                exchange,
                request,
            )


@check("error-server")
def server(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield requests that the server failed at."""
    for exchange in endpoint.basics():
        if exchange.status >= 500 and not exchange.delays:  # noqa: PLR2004 - 5xx
            yield breach(f"it was answered by HTTP {exchange.status}", exchange)


@check("error-empty-list")
def empty_list(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lists without an entry, in place of noRecordsMatch."""
    for exchange in endpoint.basics():
        answer = exchange.answer
        is_list = exchange.request.verb in {"ListRecords", "ListIdentifiers"}
        if answer is not None and is_list and not headers(exchange):
            yield breach("the list is empty", exchange, answer)
