"""The form of every response (OAI-PMH 3.2, 3.3): XML, UTF-8, the envelope."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from oai_provider.harvester.body import is_oai_pmh
from oai_provider.metadata.oai_dc.write import NAMESPACE, SCHEMA
from oai_provider.protocol.datestamp import Granularity, parse_datestamp
from oai_provider.protocol.names import OAI_NS, OAI_SCHEMA
from oai_provider.protocol.xml import SCHEMA_LOCATION, XSI, parse
from oai_provider.validator.endpoint import Endpoint, is_date
from oai_provider.validator.exchange import OAI, Exchange, child_text, text
from oai_provider.validator.finding import Breach, Check, breach
from oai_provider.validator.place import excerpt_at, excerpt_in_line
from oai_provider.validator.rule import Rule, check

_DECLARATION: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*[\"']1\.0[\"']"
    rb"\s+encoding\s*=\s*[\"'](?P<encoding>[A-Za-z0-9._-]+)[\"']"
)
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE")
_FORBIDDEN: Final = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]"
    rb"|&#x0*(?:[0-8bcef]|1[0-9a-f]);|&#0*(?:[0-8]|1[124-9]|2[0-9]|3[01]);",
    re.IGNORECASE,
)
_HEAD: Final = 1000
_CONTAINERS: Final = tuple(
    OAI + name for name in ("metadata", "about", "description", "setDescription")
)


def _xml(endpoint: Endpoint) -> Iterator[Exchange]:
    """Yield the answers of 2xx, which must be responses."""
    return (e for e in endpoint.basics() if e.status // 100 == 2)  # noqa: PLR2004 - 2xx


def _responses(endpoint: Endpoint) -> Iterator[tuple[Exchange, etree._Element]]:
    for exchange in endpoint.basics():
        if exchange.response is not None:
            yield exchange, exchange.response


@check("xml-well-formed")
def well_formed(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that are not well-formed."""
    for exchange in _xml(endpoint):
        error = exchange.xml_error
        if error is None or _DOCTYPE.search(exchange.body) or _explained(exchange):
            continue
        excerpt = excerpt_in_line(exchange.body, error.line, error.column)
        yield Breach(
            message=f"the answer is not well-formed XML: {error}",
            exchange=exchange,
            excerpt=excerpt,
        )


def _explained(exchange: Exchange) -> bool:
    """Tell whether a rule of its own says why an answer is not well-formed."""
    return any(place(exchange) is not None for place in _PLACES)


def _broken(exchange: Exchange) -> bool:
    """Tell whether it would be a response, could it be read."""
    return exchange.root is None and is_oai_pmh(exchange.body)


def _not_utf8(exchange: Exchange) -> int | None:
    """Return where the first byte is that is no UTF-8."""
    found = _DECLARATION.match(exchange.body)
    is_other = found and found["encoding"].lower() not in {b"utf-8", b"utf8"}
    if is_other or not _broken(exchange):
        return None
    try:
        exchange.body.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def _forbidden(exchange: Exchange) -> int | None:
    """Return where the first character is that XML 1.0 does not have."""
    found = _FORBIDDEN.search(exchange.body)
    return found.start() if found and _broken(exchange) else None


def _late(exchange: Exchange) -> int | None:
    """Return where the declaration begins that is not at the beginning."""
    at = exchange.body[:_HEAD].find(b"<?xml ")
    is_blank = at > 0 and not exchange.body[:at].strip()
    return at if is_blank and _broken(exchange) else None


_PLACES: Final = (_not_utf8, _forbidden, _late)


def _placed(code: str, place: Callable[[Exchange], int | None], told: str) -> Check:
    """Return the rule about what stands at a place in answers."""

    def find(endpoint: Endpoint) -> Iterator[Breach]:
        for exchange in _xml(endpoint):
            at = place(exchange)
            if at is not None:
                excerpt = excerpt_at(exchange.body, at)
                yield Breach(message=told, exchange=exchange, excerpt=excerpt)

    return Rule(code, find)


RULES: Final = (
    _placed("xml-utf8-bytes", _not_utf8, "the answer has bytes that are no UTF-8"),
    _placed(
        "xml-characters",
        _forbidden,
        "the answer has a control character that XML does not have",
    ),
    _placed("xml-blank-first", _late, "there is space before the XML declaration"),
)


@check("xml-doctype")
def doctype(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers with a document type declaration."""
    for exchange in _xml(endpoint):
        if exchange.root is None and _DOCTYPE.search(exchange.body):
            yield breach("the answer has a document type declaration", exchange)


@check("xml-declaration")
def declaration(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that do not begin with a declaration of version and encoding."""
    for exchange, _ in _responses(endpoint):
        if not _DECLARATION.match(exchange.body):
            yield breach(
                "the answer does not begin with an XML declaration of version 1.0 and"
                " an encoding",
                exchange,
            )


@check("xml-utf8")
def utf8(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers in another encoding."""
    for exchange in _xml(endpoint):
        found = _DECLARATION.match(exchange.body)
        if found and found["encoding"].lower() not in {b"utf-8", b"utf8"}:
            name = found["encoding"].decode()
            yield breach(f"the encoding is declared to be {name}", exchange)


@check("xml-bom")
def bom(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield answers that begin with a byte order mark."""
    for exchange, _ in _responses(endpoint):
        if exchange.body.startswith(b"\xef\xbb\xbf"):
            yield breach("the answer begins with a byte order mark", exchange)


@check("xml-root")
def root(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield XML of another root."""
    for exchange in _xml(endpoint):
        found = exchange.root
        if found is not None and exchange.response is None:
            yield breach(f"the root element is {found.tag!s}", exchange, found)


@check("xml-prefixed")
def prefixed(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield envelopes that are written with a prefix."""
    for exchange, found in _responses(endpoint):
        if found.prefix:
            yield breach(
                f"the root is written <{found.prefix}:OAI-PMH>", exchange, found
            )


@check("xml-schema-location")
def schema_location(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield envelopes that do not name their schema."""
    for exchange, found in _responses(endpoint):
        pairs = found.get(SCHEMA_LOCATION, "").split()
        told = dict(zip(pairs[::2], pairs[1::2], strict=False)).get(OAI_NS, "")
        if told.replace("https:", "http:") != OAI_SCHEMA:
            yield breach(
                f"xsi:schemaLocation does not pair {OAI_NS} with {OAI_SCHEMA}",
                exchange,
                found,
            )


@check("xml-schema-location-literal")
def schema_location_literal(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an xsi:schemaLocation that is written in an unusual way."""
    for exchange, found in _responses(endpoint):
        pairs = found.get(SCHEMA_LOCATION, "").split()
        is_first = pairs[:1] == [OAI_NS]
        if pairs and not (is_first and found.nsmap.get("xsi") == XSI):
            yield breach(
                f"it is not written xsi, or {OAI_NS} is not its first namespace",
                exchange,
                found,
            )


@check("xml-response-date")
def response_date(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield responseDates that are none."""
    for exchange, found in _responses(endpoint):
        told = child_text(found, "responseDate")
        if not is_date(told) or parse_datestamp(told)[1] is not Granularity.SECOND:
            yield breach(
                f"responseDate {told!r} is not written as {Granularity.SECOND}",
                exchange,
                exchange.child("responseDate"),
            )


@check("xml-request-base-url")
def request_base_url(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a <request> that is not the base URL."""
    expected = child_text(endpoint.identify, "baseURL")
    for exchange, _ in _responses(endpoint):
        request = exchange.child("request")
        if request is not None and text(request) != expected:
            yield breach(
                f"<request> is {text(request)!r}; Identify says baseURL {expected}",
                exchange,
                request,
            )


@check("xml-request-echo")
def request_echo(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a <request> without the arguments that were answered."""
    for exchange, _ in _responses(endpoint):
        request = exchange.child("request")
        # What is to be refused has rules of its own.
        is_answered = exchange.answer is not None and exchange.request.is_legal
        if request is None or not is_answered:
            continue
        told = {str(name): str(value) for name, value in request.attrib.items()}
        missing = {n: v for n, v in exchange.request.arguments if told.get(n) != v}
        if missing:
            yield breach(
                f"<request> does not repeat {_shown(missing)}", exchange, request
            )


@check("xml-request-invented")
def request_invented(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a <request> with arguments that were not given."""
    for exchange, _ in _responses(endpoint):
        request, asked = exchange.child("request"), dict(exchange.request.arguments)
        if request is None:
            continue
        told = {str(name): str(value) for name, value in request.attrib.items()}
        more = {n: v for n, v in told.items() if n[:1] != "{" and n not in asked}
        if more:
            yield breach(
                f"<request> has {_shown(more)}, which was not given", exchange, request
            )


@check("xml-answer")
def answer(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield responses that hold neither an error nor what was asked for."""
    for exchange, found in _responses(endpoint):
        is_answered = exchange.errors or exchange.answer is not None
        if not is_answered and exchange.request.is_legal:
            names = ", ".join(etree.QName(e).localname for e in found.iterchildren("*"))
            yield breach(
                f"{exchange.request.verb} was answered by {names}", exchange, found
            )


@check("xml-envelope-schema")
def envelope_schema(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield responses that break OAI-PMH.xsd, whatever their payloads are."""
    for exchange, _ in _responses(endpoint):
        copy = _without_payloads(exchange.body)
        if not exchange.request.is_legal:
            # Whether what is illegal is repeated, `error-echo` judges.
            for request in copy.iterchildren(f"{OAI}request"):
                request.attrib.clear()
        for fault in endpoint.schemas.response_faults(copy, [SCHEMA]):
            yield Breach(
                message=f"{fault.message} ({fault.path})",
                exchange=exchange,
                excerpt=excerpt_in_line(exchange.body, fault.line, 1),
            )


def _without_payloads(body: bytes) -> etree._Element:
    """Return a response in which every payload is an empty Dublin Core."""
    copy = parse(body)
    for container in copy.iter(*_CONTAINERS):
        for payload in container.iterchildren("*"):
            stand_in = etree.Element(f"{{{NAMESPACE}}}dc")
            stand_in.tail = payload.tail
            container.replace(payload, stand_in)
    return copy


def _shown(arguments: dict[str, str]) -> str:
    return ", ".join(f'{name}="{value}"' for name, value in arguments.items())
