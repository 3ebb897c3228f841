"""ListIdentifiers and ListRecords (OAI-PMH 4.3, 4.5): that there are lists."""

from collections.abc import Iterator
from typing import Final

from oai_provider.protocol.errors import ErrorCode
from oai_provider.validator.endpoint import BUSY, Endpoint
from oai_provider.validator.finding import Breach, Check, NotChecked, breach
from oai_provider.validator.rule import Rule


def _answered(code: str, verb: str) -> Check:
    """Return the rule that a list of everything can be had, if it is empty or not."""

    def find(endpoint: Endpoint) -> Iterator[Breach]:
        exchange = endpoint.ask(verb, **endpoint.list_arguments())
        if not exchange.status or exchange.status in BUSY:
            raise NotChecked(f"{verb} was answered by {exchange.told}")
        if exchange.answer is None and ErrorCode.NO_RECORDS_MATCH not in exchange.codes:
            yield breach(
                f"{verb} of everything was answered by {exchange.told}", exchange
            )

    return Rule(code, find)


RULES: Final = (
    _answered("list-identifiers-answered", "ListIdentifiers"),
    _answered("list-records-answered", "ListRecords"),
)
