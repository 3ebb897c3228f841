"""What sickle's users get for a page: the response they know, read once and strictly.

Vanilla sickle parses a page three times and mends what it cannot read without a word.
Here a page that is cut short, or HTML, or no answer to what was asked, is an error.
"""

from functools import cached_property
from typing import Final

import requests
from lxml import etree
from sickle.response import OAIResponse

from oai_provider.harvester.exchange import Exchange
from oai_provider.harvester.frame import no_list, parsed, refuse_other
from oai_provider.harvester.listing import PageError
from oai_provider.harvester.verbatim import outermost
from oai_provider.protocol.names import OAI_NS

_OAI: Final = f"{{{OAI_NS}}}"


class PageResponse(OAIResponse):  # type: ignore[misc]  # sickle has no types
    """A response of an endpoint that is a whole page."""

    def __init__(
        self, exchange: Exchange, *, encoding: str | None = None, is_strict: bool = True
    ) -> None:
        self.exchange = exchange
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

        Raises `PageError` for what is no answer of OAI-PMH to what was asked.
        """
        exchange = self.exchange
        try:
            root = parsed(exchange.body, exchange.header("Content-Type"))
            if self._is_strict:
                _refuse_others(root, exchange.arguments.get("verb", ""))
        except PageError as error:
            raise PageError(f"{exchange.url}: {error}", fault=error.fault) from error
        return root

    def elements(self, name: str) -> list[bytes]:
        """Return the bytes of each element of the answer with this name.

        Nothing where they cannot be told for certain: in UTF-16, or if the same
        name is written with several prefixes.
        """
        if name not in self._elements:
            path = f"{_OAI}{self.params.get('verb')}/{_OAI}{name}"
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


def _refuse_others(root: etree._Element, verb: str) -> None:
    refuse_other(root)
    if root.find(_OAI + verb) is None and root.find(f"{_OAI}error") is None:
        raise no_list(f"it holds neither <{verb}> nor <error>")
