"""Namespaces and schemas of formats (OAI-PMH 3.4, 4.4): whose they are, what is there.

What stands at the address of a schema is asked of its own host, for a few formats that
our catalogue does not know.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from oai_provider.protocol.names import has_web_host
from oai_provider.validator.answers import Format
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Exchange
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check

_MOST: Final = 4
"""Schemas that are asked for."""
_XSD: Final = b"http://www.w3.org/2001/XMLSchema"
_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?schema(?=[\s>])([^>]*)>")
_TARGET: Final = re.compile(rb"\btargetNamespace\s*=\s*[\"']([^\"']*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A format that many know, by the beginning of its namespace."""

    prefixes: tuple[str, ...]
    namespace: str
    host: str
    """Where its official schema is."""


_KNOWN: Final = tuple(
    _Known(prefixes=tuple(prefixes.split()), namespace=namespace, host=host)
    for prefixes, namespace, host in (
        ("mods", "http://www.loc.gov/mods/", "www.loc.gov"),
        ("mets", "http://www.loc.gov/METS/", "www.loc.gov"),
        ("marcxml marc21", "http://www.loc.gov/MARC21/slim", "www.loc.gov"),
        (
            "oai_openaire",
            "http://namespace.openaire.eu/schema/oaire/",
            "www.openaire.eu",
        ),
        (
            "oai_cerif_openaire",
            "https://www.openaire.eu/cerif-profile/",
            "www.openaire.eu",
        ),
        ("oai_etdms", "http://www.ndltd.org/standards/metadata/", "www.ndltd.org"),
    )
)


@check("formats-namespace-known")
def namespace_known(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield prefixes that many know, in a namespace that nobody expects."""
    for one in endpoint.formats:
        for known in _KNOWN:
            if one.prefix in known.prefixes and not _is_in(one, known):
                yield _shown(
                    endpoint,
                    one,
                    f"{one.prefix} has the namespace {one.namespace}; known by this"
                    f" name is {known.namespace}",
                )


@check("formats-schema-official")
def schema_official(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield namespaces that many know, with a schema from elsewhere."""
    for one in endpoint.formats:
        for known in _KNOWN:
            host = urlsplit(one.schema).hostname if has_web_host(one.schema) else None
            if _is_in(one, known) and host and not _is_same(host, known.host):
                yield _shown(
                    endpoint,
                    one,
                    f"the schema of {one.prefix} is {one.schema}; that of"
                    f" {one.namespace} is published at {known.host}",
                )


def _is_in(one: Format, known: _Known) -> bool:
    def plain(url: str) -> str:
        return url.replace("https:", "http:", 1)

    return plain(one.namespace).startswith(plain(known.namespace))


def _is_same(host: str, official: str) -> bool:
    return host.removeprefix("www.") == official.removeprefix("www.")


@check("formats-namespace-unique")
def namespace_unique(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield formats that share a namespace."""
    yield from _shared(
        endpoint, "namespace", {one: one.namespace for one in _all(endpoint)}
    )


@check("formats-schema-unique")
def schema_unique(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield formats that share a schema."""
    yield from _shared(endpoint, "schema", {one: one.schema for one in _all(endpoint)})


def _all(endpoint: Endpoint) -> Iterator[Format]:
    """Yield the formats; of those that share a prefix, which is said elsewhere, one."""
    yield from {one.prefix: one for one in endpoint.formats}.values()


def _shared(endpoint: Endpoint, what: str, told: dict[Format, str]) -> Iterator[Breach]:
    groups: dict[str, list[Format]] = defaultdict(list)
    for one, value in told.items():
        groups[value].append(one)
    for value, found in groups.items():
        if value and len(found) > 1:
            prefixes = ", ".join(one.prefix for one in found)
            message = f"{prefixes} have one {what}, {value}"
            yield _shown(endpoint, found[1], message)


@check("formats-schema-there")
def schema_there(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield formats at whose schema's address there is no schema."""
    for one, exchange in _fetched(endpoint):
        if exchange.status and _root(exchange) is None:
            yield breach(
                f"at {one.schema}, said to be the schema of {one.prefix}, there was"
                f" HTTP {exchange.status} and no XML Schema",
                exchange,
            )


@check("formats-schema-namespace")
def schema_namespace(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield formats whose schema is of another namespace than is declared."""
    for one in endpoint.formats:
        url = endpoint.known_schema(one.schema)
        if url is not None and endpoint.schemas.namespace(url) != one.namespace:
            yield _shown(endpoint, one, _other(one, endpoint.schemas.namespace(url)))
    for one, exchange in _fetched(endpoint):
        root = _root(exchange)
        if root is not None:
            target = _TARGET.search(root)
            told = target[1].decode("utf-8", "replace") if target else ""
            if told != one.namespace:
                yield breach(_other(one, told), exchange)


def _other(one: Format, told: str) -> str:
    return (
        f"{one.prefix} is said to be in the namespace {one.namespace}; its schema"
        f" {one.schema} is of {told or 'none'}"
    )


def _fetched(endpoint: Endpoint) -> Iterator[tuple[Format, Exchange]]:
    """Yield formats with what is at the address of their schema.

    Raises `NotChecked` in the end for those that could not be asked for.
    """
    unknown = [
        one
        for one in _all(endpoint)
        if has_web_host(one.schema) and endpoint.known_schema(one.schema) is None
    ]
    problems = []
    for one in unknown[:_MOST]:
        exchange = endpoint.elsewhere(one.schema)
        if not exchange.status:
            problems.append(f"{one.schema}: {exchange.failure}")
        yield one, exchange
    if unknown[_MOST:]:
        problems.append(f"{len(unknown)} schemas are not known, {_MOST} were asked for")
    if problems:
        raise NotChecked("; ".join(problems))


def _root(exchange: Exchange) -> bytes | None:
    """Return what the root of a schema says of itself; schemas may have a DOCTYPE."""
    found = _ROOT.search(exchange.body) if _XSD in exchange.body else None
    return found[1] if found and exchange.status // 100 == 2 else None  # noqa: PLR2004 - 2xx


def _shown(endpoint: Endpoint, one: Format, message: str) -> Breach:
    return breach(message, endpoint.answered("ListMetadataFormats"), one.element)
