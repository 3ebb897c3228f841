"""Deleted records (OAI-PMH 2.5.1): what is declared, and what is done."""

from collections.abc import Iterator

from oai_provider.protocol.model import DeletedRecord
from oai_provider.validator import answers
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import OAI, child_text
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check


@check("deleted-policy-no")
def policy_no(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield deleted records of a repository that says it has none."""
    if child_text(endpoint.identify, "deletedRecord") != DeletedRecord.NO:
        return
    for header in endpoint.records:
        if header.is_deleted:
            yield breach(
                f"{header.identifier} is deleted, and Identify says deletedRecord no",
                header.exchange,
                header.element,
            )


@check("deleted-without-metadata")
def without_metadata(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield deleted records that have metadata or about."""
    endpoint.some_deleted()
    for header in endpoint.records:
        if not header.is_deleted or header.record is None:
            continue
        for name in ("metadata", "about"):
            found = header.record.find(OAI + name)
            if found is not None:
                yield breach(
                    f"{header.identifier} is deleted and has <{name}>",
                    header.exchange,
                    found,
                )


@check("deleted-get-record")
def get_record(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield deleted records that GetRecord does not tell as deleted."""
    for header in endpoint.some_deleted():
        exchange = endpoint.record(header)
        found = answers.headers(exchange)
        if not found or not found[0].is_deleted:
            yield breach(
                f"{header.identifier} is listed as deleted; GetRecord was answered by"
                f" {exchange.told}",
                exchange,
                exchange.answer if not exchange.errors else exchange.errors[0],
            )


@check("deleted-get-record-metadata")
def get_record_metadata(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield deleted records of which GetRecord has metadata all the same."""
    for header in endpoint.some_deleted():
        for found in answers.headers(endpoint.record(header)):
            if found.is_deleted and found.metadata is not None:
                yield breach(
                    f"GetRecord of {header.identifier}, which is deleted, has metadata",
                    found.exchange,
                    found.metadata,
                )


@check("deleted-in-window")
def in_window(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield deleted records that an incremental harvest would not be told of."""
    for header in filter(endpoint.is_told_truly, endpoint.some_deleted()):
        exchange = endpoint.ask(
            "ListIdentifiers",
            **endpoint.list_arguments(),
            from_=header.datestamp,
            until=header.datestamp,
        )
        found = {h.identifier: h for h in answers.headers(exchange)}
        if any(token.value for token in answers.tokens(exchange)):
            continue
        if header.identifier not in found:
            yield breach(
                f"{header.identifier} was deleted at {header.datestamp}; the list of"
                f" that moment was {exchange.told} without it",
                exchange,
                exchange.answer,
            )


@check("deleted-support")
def support(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if nobody can learn of deletions."""
    found = endpoint.identify.find(f"{OAI}deletedRecord")
    if found is None:
        raise NotChecked("Identify has no deletedRecord")
    if child_text(endpoint.identify, "deletedRecord") == DeletedRecord.NO:
        yield breach(
            "deletedRecord is no: harvesters learn of deletions by harvesting"
            " everything again",
            endpoint.identified,
            found,
        )


@check("deleted-first-page")
def first_page(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a list begins with a page of nothing but deleted records."""
    arguments = endpoint.list_arguments()
    found = answers.headers(endpoint.ask("ListIdentifiers", **arguments))
    if found and all(header.is_deleted for header in found):
        yield breach(
            f"all {len(found)} records of the first page are deleted",
            found[0].exchange,
            found[0].element,
        )
