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
_ARGUMENT: Final = frozenset({ErrorCode.BAD_ARGUMENT})
_FORMAT: Final = frozenset({ErrorCode.CANNOT_DISSEMINATE_FORMAT})
_UNKNOWN: Final = frozenset({ErrorCode.ID_DOES_NOT_EXIST})
_TOKEN: Final = frozenset({ErrorCode.BAD_RESUMPTION_TOKEN})
_SETS: Final = frozenset({ErrorCode.NO_SET_HIERARCHY})
# Nothing came, what came is no OAI-PMH, or it came too soon.
_UNTOLD: Final = frozenset({0, 200, 429, 503})
_NO_SUCH: Final = "oai:no-such-item.example.org:0"


def _refused(
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


def _always(*pairs: tuple[str, str]) -> Asks:
    return lambda _: pairs


def _listed(verb: str, *pairs: tuple[str, str]) -> Asks:
    return lambda e: (("verb", verb), ("metadataPrefix", e.prefix), *pairs)


def _of_a_record(*pairs: tuple[str, str]) -> Asks:
    def asks(endpoint: Endpoint) -> Pairs:
        identifier = endpoint.some_live()[0].identifier
        return (("verb", "GetRecord"), ("identifier", identifier), *pairs)

    return asks


def _record_and(*pairs: tuple[str, str]) -> Asks:
    return lambda e: (*_of_a_record()(e), ("metadataPrefix", e.prefix), *pairs)


RULES: Final = (
    _refused("error-no-verb", _always(), _VERB),
    _refused("error-unknown-verb", _always(("verb", "NoSuchVerb")), _VERB),
    _refused("error-empty-verb", _always(("verb", "")), _VERB),
    _refused("error-verb-case", _always(("verb", "identify")), _VERB),
    _refused(
        "error-repeated-verb",
        _always(("verb", "Identify"), ("verb", "ListSets")),
        _VERB | _ARGUMENT,
    ),
    _refused(
        "error-identify-argument",
        _always(("verb", "Identify"), ("metadataPrefix", "oai_dc")),
        _ARGUMENT,
    ),
    _refused(
        "error-list-sets-argument",
        _always(("verb", "ListSets"), ("metadataPrefix", "oai_dc")),
        _ARGUMENT | _SETS,
    ),
    _refused(
        "error-list-formats-argument",
        _always(("verb", "ListMetadataFormats"), ("metadataPrefix", "oai_dc")),
        _ARGUMENT,
    ),
    _refused(
        "error-get-record-argument", _record_and(("from", "2001-01-01")), _ARGUMENT
    ),
    _refused(
        "error-list-records-unknown-argument",
        _listed("ListRecords", ("noSuchArgument", "1")),
        _ARGUMENT,
    ),
    _refused(
        "error-list-identifiers-unknown-argument",
        _listed("ListIdentifiers", ("noSuchArgument", "1")),
        _ARGUMENT,
    ),
    _refused(
        "error-list-records-identifier",
        _listed("ListRecords", ("identifier", _NO_SUCH)),
        _ARGUMENT,
    ),
    _refused(
        "error-argument-case",
        lambda e: (("verb", "ListRecords"), ("metadataprefix", e.prefix)),
        _ARGUMENT,
    ),
    _refused(
        "error-repeated-argument",
        lambda e: _listed("ListRecords", ("metadataPrefix", e.prefix))(e),
        _ARGUMENT,
    ),
    _refused(
        "error-repeated-from",
        _listed("ListRecords", ("from", "2001-01-01"), ("from", "2001-01-02")),
        _ARGUMENT,
    ),
    _refused(
        "error-list-records-no-prefix", _always(("verb", "ListRecords")), _ARGUMENT
    ),
    _refused(
        "error-list-identifiers-no-prefix",
        _always(("verb", "ListIdentifiers")),
        _ARGUMENT,
    ),
    _refused("error-get-record-no-prefix", _of_a_record(), _ARGUMENT),
    _refused("error-get-record-no-identifier", _listed("GetRecord"), _ARGUMENT),
    _refused(
        "error-empty-prefix",
        _always(("verb", "ListRecords"), ("metadataPrefix", "")),
        _ARGUMENT | _FORMAT,
    ),
    _refused("error-empty-from", _listed("ListRecords", ("from", "")), _ARGUMENT),
    _refused("error-empty-until", _listed("ListRecords", ("until", "")), _ARGUMENT),
    _refused(
        "error-empty-token",
        _always(("verb", "ListRecords"), ("resumptionToken", "")),
        _ARGUMENT | _TOKEN,
    ),
    _refused(
        "error-prefix-syntax",
        _always(("verb", "ListRecords"), ("metadataPrefix", 'oai dc<">')),
        _ARGUMENT | _FORMAT,
        escaped=True,
    ),
    _refused(
        "error-list-records-format",
        _always(("verb", "ListRecords"), ("metadataPrefix", "no_such_format")),
        _FORMAT,
    ),
    _refused(
        "error-list-identifiers-format",
        _always(("verb", "ListIdentifiers"), ("metadataPrefix", "no_such_format")),
        _FORMAT,
    ),
    _refused(
        "error-get-record-format",
        _of_a_record(("metadataPrefix", "no_such_format")),
        _FORMAT,
    ),
    _refused(
        "error-get-record-unknown-id",
        _listed("GetRecord", ("identifier", _NO_SUCH)),
        _UNKNOWN,
    ),
    _refused(
        "error-list-formats-unknown-id",
        _always(("verb", "ListMetadataFormats"), ("identifier", _NO_SUCH)),
        _UNKNOWN,
    ),
    _refused(
        "error-identifier-quote",
        _listed("GetRecord", ("identifier", 'invalid"id')),
        _ARGUMENT | _UNKNOWN,
        escaped=True,
    ),
    _refused(
        "error-get-record-token",
        _record_and(("resumptionToken", "no-such-token")),
        _ARGUMENT,
    ),
    _refused(
        "error-identify-token",
        _always(("verb", "Identify"), ("resumptionToken", "no-such-token")),
        _ARGUMENT | _TOKEN,
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
