"""How tests ask an endpoint: one request a connection, the bytes as they come."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from itertools import islice
from urllib.parse import quote, urlsplit

from oai_provider.protocol.read import read
from oai_provider.protocol.xml import XmlError, parse
from oai_provider.testing.hostile import HostileEndpoint

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
IDENTIFY = "verb=Identify"
GET = "verb=GetRecord&metadataPrefix=oai_dc&identifier="
RECORDS = "verb=ListRecords&metadataPrefix=oai_dc"
HEADERS = "verb=ListIdentifiers&metadataPrefix=oai_dc"
Check = Callable[[HostileEndpoint], bool]
"""Tells whether an endpoint does what its fault says."""
_TOKEN = re.compile(rb"<resumptionToken([^>]*)>([^<]*)</resumptionToken>")
_LAST = re.compile(rb"<resumptionToken([^>]*)/>")
_IDENTIFIER = re.compile(rb"<identifier>([^<]*)</identifier>")
_STAMP = re.compile(rb"<datestamp>([^<]*)</datestamp>")
_ERROR = re.compile(rb'<error code="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Got:
    """A reply that came whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def token(self) -> str:
        found = _TOKEN.search(self.body)
        value = found[2].decode() if found else ""
        return value.replace("&amp;", "&")

    @property
    def size(self) -> int | None:
        return self._number("completeListSize")

    @property
    def cursor(self) -> int | None:
        return self._number("cursor")

    @property
    def identifiers(self) -> list[str]:
        return [found.decode() for found in _IDENTIFIER.findall(self.body)]

    @property
    def datestamps(self) -> list[str]:
        return [found.decode() for found in _STAMP.findall(self.body)]

    @property
    def errors(self) -> list[str]:
        return [found.decode() for found in _ERROR.findall(self.body)]

    def _number(self, name: str) -> int | None:
        element = _TOKEN.search(self.body) or _LAST.search(self.body)
        found = re.search(rf'{name}="(\d+)"'.encode(), element[1]) if element else None
        return int(found[1]) if found else None


def ask(
    endpoint: HostileEndpoint,
    query: str,
    *,
    path: str = "/oai",
    form: str | None = None,
    timeout: float = 10,
) -> Got:
    """Return the reply to GET, or to POST if there is a form."""
    connection = _connection(endpoint, timeout)
    try:
        response = _response(connection, f"{path}?{query}" if query else path, form)
        return Got(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def first_bytes(endpoint: HostileEndpoint, query: str, count: int) -> bytes:
    """Return how the body begins, and leave the rest."""
    connection = _connection(endpoint, 10)
    try:
        return _response(connection, f"/oai?{query}", None).read(count)
    finally:
        connection.close()


def walk(endpoint: HostileEndpoint, query: str = RECORDS, most: int = 12) -> list[Got]:
    """Return the pages of a list, as long as there are tokens, and not too many."""
    return list(islice(_pages(endpoint, query), most))


def second(
    endpoint: HostileEndpoint, query: str = RECORDS, *, timeout: float = 10
) -> Got:
    """Return page 2 of a list."""
    return ask(endpoint, second_query(endpoint, query), timeout=timeout)


def second_query(endpoint: HostileEndpoint, query: str = RECORDS) -> str:
    """Return what asks for page 2 of a list."""
    return _next(query, ask(endpoint, query).token)


def listed(pages: list[Got]) -> list[str]:
    """Return the identifiers on some pages, in order."""
    return [identifier for page in pages for identifier in page.identifiers]


def honest(page: Got) -> bool:
    """Tell whether it is a response as the specification wants it."""
    return page.status == 200 and read(page.body) is not None


def unreadable(document: bytes) -> bool:
    """Tell whether a strict parser refuses a document."""
    try:
        parse(document)
    except XmlError:
        return True
    return False


def _pages(endpoint: HostileEndpoint, query: str) -> Iterator[Got]:
    while query:
        page = ask(endpoint, query)
        yield page
        query = _next(query, page.token)


def _next(query: str, token: str) -> str:
    verb = query.partition("&")[0]
    return f"{verb}&resumptionToken={quote(token, safe='')}" if token else ""


def _connection(endpoint: HostileEndpoint, timeout: float) -> HTTPConnection:
    return HTTPConnection(str(urlsplit(endpoint.url).netloc), timeout=timeout)


def _response(
    connection: HTTPConnection, target: str, form: str | None
) -> HTTPResponse:
    if form is None:
        connection.request("GET", target)
    else:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", target, form, kind)
    return connection.getresponse()
