"""What sickle's users get for a page: the response they know, read once and strictly.

Vanilla sickle parses a page three times and mends what it cannot read without a word.
Here a page that is cut short, or HTML, or no answer to what was asked, is an error.
"""

import re
from functools import cached_property
from typing import Final

import requests
from lxml import etree
from sickle.response import OAIResponse

from oai_provider.harvester.exchange import Exchange
from oai_provider.harvester.listing import PageError, PageFault, Repair
from oai_provider.harvester.verbatim import outermost
from oai_provider.protocol.xml import parse

_NAMESPACE: Final = "{http://www.openarchives.org/OAI/2.0/}"
_HTML = re.compile(rb"\s*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)


class PageResponse(OAIResponse):  # type: ignore[misc]  # sickle has no types
    """A response of an endpoint that is a whole page."""

    def __init__(
        self, exchange: Exchange, *, encoding: str | None = None, is_strict: bool = True
    ) -> None:
        self.exchange = exchange
        self.repairs: tuple[Repair, ...] = ()
        """What was mended in the page before it was read."""
        self._is_strict = is_strict
        self._elements: dict[str, list[bytes]] = {}
        super().__init__(_http_response(exchange, encoding), dict(exchange.arguments))

    @property
    def raw(self) -> str:
        """The page as text: as it came, and never guessed to be Latin-1."""
        text: str = self.http_response.text
        return text

    @cached_property
    def xml(self) -> etree._Element:
        """The root element, the same each time.

        Raises `PageError` for what is no OAI-PMH, `XmlError` for what is no XML.
        """
        root = _root(self.exchange)
        if self._is_strict:
            _check(root, self.exchange)
        return root

    def elements(self, name: str) -> list[bytes]:
        """Return the bytes of each element of the answer with this name.

        Nothing where they cannot be told for certain: in UTF-16, or if the same
        name is written with several prefixes.
        """
        if name not in self._elements:
            path = f"{_NAMESPACE}{self.params.get('verb')}/{_NAMESPACE}{name}"
            self._elements[name] = _verbatim(self.exchange.body, self.xml.findall(path))
        return self._elements[name]


def _verbatim(body: bytes, elements: list[etree._Element]) -> list[bytes]:
    names = {(e.prefix, etree.QName(e).localname) for e in elements}
    if len(names) != 1:
        return []
    found = outermost(body, ":".join(part for part in names.pop() if part))
    return found if len(found) == len(elements) else []


def _http_response(exchange: Exchange, encoding: str | None) -> requests.Response:
    response = requests.Response()
    response.status_code = exchange.status
    response.headers.update(exchange.headers)
    response.url = exchange.url
    # OAI-PMH 3.2: all is UTF-8, whatever Content-Type says or leaves unsaid.
    response.encoding = encoding or "utf-8"
    response._content = exchange.body  # noqa: SLF001 - there is no other way
    return response


def _root(exchange: Exchange) -> etree._Element:
    body = exchange.body
    if not body.strip():
        raise PageError(
            f"{exchange.url} answered with nothing: ask later", fault=PageFault.EMPTY
        )
    if _HTML.match(body):
        raise PageError(
            f"{exchange.url} answered with a page of HTML: is this the base URL, and "
            "does it want credentials?",
            fault=PageFault.HTML,
        )
    return parse(body)


def _check(root: etree._Element, exchange: Exchange) -> None:
    """Refuse what is no response of OAI-PMH 2.0, or none to what was asked."""
    verb = exchange.arguments.get("verb", "")
    if root.tag != f"{_NAMESPACE}OAI-PMH":
        said = f"<{root.tag!s}>"
    elif (
        root.find(f"{_NAMESPACE}{verb}") is None
        and root.find(f"{_NAMESPACE}error") is None
    ):
        said = f"<OAI-PMH> without <{verb}> and <error>"
    else:
        return
    raise PageError(
        f"{exchange.url} answered with {said}, not with OAI-PMH 2.0's <{verb}>: "
        "is this the base URL?",
        fault=PageFault.NOT_OAI_PMH,
    )
