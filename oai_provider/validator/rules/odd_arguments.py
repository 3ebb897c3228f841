"""More of what must be refused (OAI-PMH 3.6): bytes that nobody meant, and tokens."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from oai_provider.protocol.errors import ErrorCode
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Request
from oai_provider.validator.finding import Breach, Check, breach
from oai_provider.validator.rule import Rule
from oai_provider.validator.rules.errors import (
    ARGUMENT,
    FORMAT,
    SETS,
    TOKEN,
    UNKNOWN,
    always,
    listed,
    not_refused,
    record_and,
    refused,
)

_OF_SET: Final = frozenset({ErrorCode.NO_RECORDS_MATCH, ErrorCode.NO_SET_HIERARCHY})
_UNKNOWN: Final = ("noSuchArgument", "1")
_JUNK: Final = ("resumptionToken", "no-such-token")
_UNTIL: Final = ("until", "2000-02-05")


def _no_identifier(code: str, written: str) -> Check:
    """Return the rule that what stands for an identifier in a query is refused.

    A server may turn it away by HTTP, before the repository is asked.
    """

    def find(endpoint: Endpoint) -> Iterator[Breach]:
        prefix = quote(endpoint.prefix, safe="")
        exchange = endpoint.send(
            Request(
                arguments=listed("GetRecord", ("identifier", "?"))(endpoint),
                written=f"verb=GetRecord&metadataPrefix={prefix}&identifier={written}",
            )
        )
        if exchange.response is not None:
            yield from not_refused(exchange, ARGUMENT | UNKNOWN)
        elif exchange.status // 100 not in {0, 4}:
            yield breach(f"it was answered by {exchange.told}", exchange)

    return Rule(code, find)


def _bare_word(code: str) -> Check:
    """Return the rule that a query without any value is badVerb."""

    def find(endpoint: Endpoint) -> Iterator[Breach]:
        exchange = endpoint.send(Request(arguments=(("junk", ""),), written="junk"))
        yield from not_refused(exchange, frozenset({ErrorCode.BAD_VERB}))

    return Rule(code, find)


RULES: Final = (
    _bare_word("error-bare-word"),
    refused(
        "error-identify-unknown-argument",
        always(("verb", "Identify"), _UNKNOWN),
        ARGUMENT,
    ),
    refused(
        "error-list-sets-unknown-argument",
        always(("verb", "ListSets"), _UNKNOWN),
        ARGUMENT | SETS,
    ),
    refused(
        "error-list-formats-unknown-argument",
        always(("verb", "ListMetadataFormats"), _UNKNOWN),
        ARGUMENT,
    ),
    refused("error-get-record-unknown-argument", record_and(_UNKNOWN), ARGUMENT),
    refused("error-get-record-set", record_and(("set", "no-such-set-0")), ARGUMENT),
    refused(
        "error-list-identifiers-identifier",
        listed("ListIdentifiers", ("identifier", "oai:no-such-item.example.org:0")),
        ARGUMENT,
    ),
    refused("error-empty-set", listed("ListRecords", ("set", "")), ARGUMENT | _OF_SET),
    refused(
        "error-empty-identifier",
        listed("GetRecord", ("identifier", "")),
        ARGUMENT | UNKNOWN,
    ),
    refused(
        "error-get-record-empty-prefix",
        lambda e: (
            *(pair for pair in record_and()(e) if pair[0] != "metadataPrefix"),
            ("metadataPrefix", ""),
        ),
        ARGUMENT | FORMAT,
    ),
    refused(
        "error-junk-token-until",
        always(("verb", "ListIdentifiers"), _JUNK, _UNTIL),
        ARGUMENT | TOKEN,
    ),
    refused(
        "error-junk-token-prefix",
        listed("ListRecords", _JUNK, _UNTIL),
        ARGUMENT | TOKEN,
    ),
    _no_identifier("error-escape-broken", "%ZZ%"),
    _no_identifier("error-escape-not-utf8", "oai%FF%FE"),
    _no_identifier("error-escape-control", "oai%00%0B"),
    _no_identifier("error-escape-markup", quote("<!DOCTYPE a>&b;]]>")),
)
