"""Metadata formats (OAI-PMH 3.4, 4.4): what is declared, and what comes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from oai_provider.metadata.oai_dc.write import NAMESPACE, SCHEMA
from oai_provider.protocol.names import has_web_host, is_metadata_prefix
from oai_provider.protocol.xml import SCHEMA_LOCATION
from oai_provider.validator import answers
from oai_provider.validator.answers import Format, Header
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Exchange
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check

_MOST_OTHERS: Final = 8
"""Formats that are asked for beside that of lists: each takes requests of its own."""


def _listing(endpoint: Endpoint) -> Exchange:
    return endpoint.answered("ListMetadataFormats")


@check("formats-answered")
def answered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if ListMetadataFormats is not answered."""
    exchange = endpoint.ask("ListMetadataFormats")
    if not answers.formats(exchange):
        yield breach(f"ListMetadataFormats was answered by {exchange.told}", exchange)


@check("formats-oai-dc")
def oai_dc(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if Dublin Core is missing."""
    if "oai_dc" not in {one.prefix for one in endpoint.formats}:
        exchange = _listing(endpoint)
        yield breach("there is no format oai_dc", exchange, exchange.answer)


@check("formats-oai-dc-namespace")
def oai_dc_namespace(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield oai_dc with another namespace or schema than its own."""
    for one in _named(endpoint, "oai_dc"):
        if one.namespace != NAMESPACE:
            yield breach(
                f"oai_dc has the namespace {one.namespace}, not {NAMESPACE}",
                _listing(endpoint),
                one.element,
            )
        if one.schema.replace("https:", "http:") != SCHEMA:
            yield breach(
                f"oai_dc has the schema {one.schema}, not {SCHEMA}",
                _listing(endpoint),
                one.element,
            )


@check("formats-prefix-syntax")
def prefix_syntax(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield prefixes of illegal characters."""
    for one in endpoint.formats:
        if not is_metadata_prefix(one.prefix):
            yield breach(
                f"the metadataPrefix {one.prefix!r} has characters that need escaping",
                _listing(endpoint),
                one.element,
            )


@check("formats-prefix-unique")
def prefix_unique(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield prefixes that are declared twice."""
    counts = Counter(one.prefix for one in endpoint.formats)
    for prefix, count in counts.items():
        if count > 1:
            yield breach(
                f"the metadataPrefix {prefix} is listed {count} times",
                _listing(endpoint),
                [*_named(endpoint, prefix)][1].element,
            )


@check("formats-schema-url")
def schema_url(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield schemas that have no address."""
    for one in endpoint.formats:
        if not has_web_host(one.schema):
            yield breach(
                f"the schema of {one.prefix} is {one.schema!r}, which is no URL",
                _listing(endpoint),
                one.element,
            )


@check("formats-namespace-given")
def namespace_given(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield formats without a namespace."""
    for one in endpoint.formats:
        if ":" not in one.namespace:
            yield breach(
                f"the metadataNamespace of {one.prefix} is {one.namespace!r}, no URI",
                _listing(endpoint),
                one.element,
            )


@check("formats-of-item-declared")
def of_item_declared(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield formats of an item that the repository does not declare."""
    declared = {one.prefix for one in endpoint.formats}
    for header in endpoint.some_live():
        exchange = _of_item(endpoint, header)
        for one in answers.formats(exchange):
            if one.prefix not in declared:
                yield breach(
                    f"{header.identifier} has the format {one.prefix}, which the"
                    " repository does not list",
                    exchange,
                    one.element,
                )


@check("formats-of-item-answered")
def of_item_answered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield items of which no formats are told, though a record was listed."""
    for header in endpoint.some_live():
        exchange = _of_item(endpoint, header)
        prefixes = {one.prefix for one in answers.formats(exchange)}
        if endpoint.prefix not in prefixes:
            yield breach(
                f"{header.identifier} is listed in {endpoint.prefix}, and"
                f" ListMetadataFormats for it was answered by {exchange.told}"
                f" with {', '.join(sorted(prefixes)) or 'no format'}",
                exchange,
                exchange.answer,
            )


@check("formats-of-item-disseminated")
def of_item_disseminated(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield formats of an item in which it cannot be had."""
    header = endpoint.some_live()[0]
    formats = answers.formats(_of_item(endpoint, header))
    for one in _asked_for(formats, endpoint):
        exchange = endpoint.record(header, one.prefix)
        if exchange.answer is None:
            yield breach(
                f"{header.identifier} is said to be in {one.prefix}; GetRecord was"
                f" answered by {exchange.told}",
                exchange,
            )
    if reason := _left_out(formats, endpoint):
        raise NotChecked(reason)


@check("formats-payload-namespace")
def payload_namespace(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield metadata in another namespace than is declared."""
    for one, header in _disseminated(endpoint):
        payload = header.payload
        if payload is None:
            continue
        found = etree.QName(payload).namespace or ""
        if found != one.namespace:
            yield breach(
                f"the {one.prefix} of {header.identifier} is in the namespace"
                f" {found!r}; {one.namespace} is declared",
                header.exchange,
                payload,
            )


@check("formats-payload-schema-location")
def payload_schema_location(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield metadata that do not name their schema."""
    for one, header in _disseminated(endpoint):
        payload = header.payload
        if payload is None:
            continue
        pairs = payload.get(SCHEMA_LOCATION, "").split()
        if one.namespace not in pairs[::2]:
            yield breach(
                f"the {one.prefix} of {header.identifier} has no xsi:schemaLocation"
                f" for {one.namespace}",
                header.exchange,
                payload,
            )


@check("formats-payload-schema-agrees")
def payload_schema_agrees(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield metadata that name another schema than ListMetadataFormats."""
    for one, header in _disseminated(endpoint):
        payload = header.payload
        if payload is None:
            continue
        pairs = payload.get(SCHEMA_LOCATION, "").split()
        told = dict(zip(pairs[::2], pairs[1::2], strict=False)).get(one.namespace)
        if told is not None and told != one.schema:
            yield breach(
                f"the {one.prefix} of {header.identifier} names the schema {told};"
                f" ListMetadataFormats says {one.schema}",
                header.exchange,
                payload,
            )


@check("formats-payload-schema")
def payload_schema(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield metadata that are not valid."""
    unknown: set[str] = set()
    for one, header in _met(endpoint):
        payload = header.payload
        if payload is None:
            continue
        schema = _schema(endpoint, one)
        if schema is None:
            unknown.add(f"{one.prefix} ({one.schema})")
            continue
        for fault in endpoint.schemas.faults(payload, schema):
            yield breach(
                f"the {one.prefix} of {header.identifier} is not valid:"
                f" {fault.message} ({fault.path})",
                header.exchange,
                payload,
            )
    reasons = [_left_out(endpoint.formats, endpoint)]
    if unknown:
        reasons += [f"the catalogue has no schema of {', '.join(sorted(unknown))}"]
    if any(reasons):
        raise NotChecked("; ".join(filter(None, reasons)))


def _schema(endpoint: Endpoint, one: Format) -> str | None:
    """Return the address by which the catalogue knows the schema of a format."""
    if one.namespace == NAMESPACE:
        return SCHEMA
    url = one.schema.replace("https:", "http:")
    known = (u for u in (one.schema, url) if endpoint.schemas.knows(u))
    return next(known, None)


def _disseminated(endpoint: Endpoint) -> Iterator[tuple[Format, Header]]:
    """Yield records with the format they are in: listed ones, and a few of others.

    Raises `NotChecked` after them, if there are more formats than are asked for.
    """
    yield from _met(endpoint)
    if reason := _left_out(endpoint.formats, endpoint):
        raise NotChecked(reason)


def _met(endpoint: Endpoint) -> Iterator[tuple[Format, Header]]:
    declared = {one.prefix: one for one in endpoint.formats}
    if endpoint.prefix in declared:
        yield from ((declared[endpoint.prefix], one) for one in endpoint.records)
    for other in _asked_for(endpoint.formats, endpoint):
        if other.prefix != endpoint.prefix:
            exchange = endpoint.ask("ListRecords", metadataPrefix=other.prefix)
            yield from ((other, one) for one in answers.headers(exchange))


def _asked_for(formats: Sequence[Format], endpoint: Endpoint) -> list[Format]:
    """Return the formats that are asked for: that of lists, and some others."""
    asked = {endpoint.prefix, *_others(formats, endpoint)[:_MOST_OTHERS]}
    return [one for one in formats if one.prefix in asked]


def _left_out(formats: Sequence[Format], endpoint: Endpoint) -> str:
    """Return why some formats are not asked for, empty if all are."""
    left = len(_others(formats, endpoint)) - _MOST_OTHERS
    asked = f"{endpoint.prefix} and {_MOST_OTHERS} others"
    return f"only {asked} are asked for, and not {left:,} more" if left > 0 else ""


def _others(formats: Sequence[Format], endpoint: Endpoint) -> list[str]:
    return [*dict.fromkeys(f.prefix for f in formats if f.prefix != endpoint.prefix)]


def _named(endpoint: Endpoint, prefix: str) -> Iterator[Format]:
    return (one for one in endpoint.formats if one.prefix == prefix)


def _of_item(endpoint: Endpoint, header: Header) -> Exchange:
    return endpoint.ask("ListMetadataFormats", identifier=header.identifier)
