"""Formats of items that have none (OAI-PMH 4.4): deleted ones, and empty answers."""

from collections.abc import Iterator
from typing import Final

from oai_provider.protocol.errors import ErrorCode
from oai_provider.protocol.model import DeletedRecord
from oai_provider.validator import answers
from oai_provider.validator.answers import Header
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Exchange, child_text
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check

_NONE: Final = ErrorCode.NO_METADATA_FORMATS


@check("formats-none-of-item")
def none_of_item(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield items whose formats are an empty list."""
    for header in endpoint.some_live():
        exchange = _of_item(endpoint, header)
        if exchange.answer is not None and not answers.formats(exchange):
            yield breach(
                f"the formats of {header.identifier} are an empty list, not the"
                f" error {_NONE}",
                exchange,
                exchange.answer,
            )


@check("formats-of-deleted")
def of_deleted(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield deleted items that are said never to have been."""
    if child_text(endpoint.identify, "deletedRecord") == DeletedRecord.NO:
        return
    for header in endpoint.some_deleted()[:1]:
        exchange = _of_item(endpoint, header)
        if exchange.response is None:
            raise NotChecked(f"it was answered by {exchange.told}")
        if exchange.answer is None and _NONE not in exchange.codes:
            yield breach(
                f"{header.identifier} is deleted; ListMetadataFormats for it was"
                f" answered by {exchange.told}",
                exchange,
                exchange.errors[0] if exchange.errors else None,
            )


def _of_item(endpoint: Endpoint, header: Header) -> Exchange:
    return endpoint.ask("ListMetadataFormats", identifier=header.identifier)
