"""A request as it is sent, legal or not, and what came back, read as far as it goes.

Reading here is patient: whatever a broken answer holds is handed out, since the rules
must be able to say what is wrong with it.
"""

import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import quote, urlencode

from lxml import etree

from oai_provider.harvester.addressing import with_query
from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.request import Parsed
from oai_provider.protocol.request import parse as read_request
from oai_provider.protocol.xml import XmlError, parse

Pairs = tuple[tuple[str, str], ...]

OAI: Final = f"{{{OAI_NS}}}"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked; two that are equal have one answer."""

    arguments: Pairs
    method: str = "GET"
    headers: Pairs = ()
    """In place of the usual ones."""
    written: str | None = None
    """The arguments as they are sent, where that itself is tried out."""
    round: int = 0
    """Tells apart requests that are made again on purpose."""

    @property
    def form(self) -> str:
        """The arguments as a query or a form."""
        if self.written is not None:
            return self.written
        return urlencode(self.arguments, quote_via=quote, safe="")

    @property
    def verb(self) -> str:
        """The first verb that is asked for, empty without one."""
        return next((value for name, value in self.arguments if name == "verb"), "")

    @property
    def is_legal(self) -> bool:
        """Whether a repository of seconds could answer it."""
        return isinstance(read_request(self.arguments, Granularity.SECOND), Parsed)

    def curl(self, base_url: str) -> str:
        """Return the request as a line of a shell."""
        words = ["curl", "-s"]
        for name, value in self.headers:
            words += ["-H", f"{name}: {value}"]
        if self.method == "POST":
            words += ["-d", self.form]
        return shlex.join([*words, self.address(base_url)])

    def address(self, base_url: str) -> str:
        """Return the URL that is asked."""
        return base_url if self.method == "POST" else with_query(base_url, self.form)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and its answer; `body` is without its content coding."""

    request: Request
    url: str = ""
    """Where the answer came from, after redirects."""
    status: int = 0
    """0 where there was no answer."""
    headers: Pairs = ()
    body: bytes = b""
    seconds: float = 0.0
    failure: str = ""
    """Why there is no answer that could be read."""
    delays: Pairs = ()
    """The status and Retry-After of each answer before that asked to wait."""

    requests: int = 1
    """How many were made until this came: tries and redirects."""

    @property
    def address(self) -> str:
        """The base URL that answered, after redirects."""
        for mark in ("?", "&"):
            asked = f"{mark}{self.request.form}"
            if self.url.endswith(asked):
                return self.url.removesuffix(asked)
        return self.url.partition("?")[0]

    def header(self, name: str) -> str:
        """Return the value of a header, empty if there is none."""
        wanted = name.lower()
        return next((v for n, v in self.headers if n.lower() == wanted), "")

    @cached_property
    def _parsed(self) -> "etree._Element | XmlError":
        try:
            return parse(self.body)
        except XmlError as error:
            return error

    @property
    def xml_error(self) -> XmlError | None:
        """Why the body is no XML that can be read."""
        return self._parsed if isinstance(self._parsed, XmlError) else None

    @property
    def root(self) -> etree._Element | None:
        """The root element of what is XML."""
        return None if isinstance(self._parsed, XmlError) else self._parsed

    @property
    def response(self) -> etree._Element | None:
        """The root element of what is a response of OAI-PMH."""
        root = self.root
        return root if root is not None and root.tag == f"{OAI}OAI-PMH" else None

    def child(self, name: str) -> etree._Element | None:
        """Return the first element of this name below the root."""
        return None if self.response is None else self.response.find(OAI + name)

    @property
    def answer(self) -> etree._Element | None:
        """The element that answers the verb that was asked for."""
        return self.child(self.request.verb) if self.request.verb.isalnum() else None

    @property
    def errors(self) -> tuple[etree._Element, ...]:
        """The <error> elements."""
        return () if self.response is None else (*self.response.iterchildren(_ERROR),)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the errors."""
        return tuple(error.get("code") or "" for error in self.errors)

    @property
    def told(self) -> str:
        """What came, in a few words."""
        if self.failure and not self.status:
            return f"no answer ({self.failure})"
        if self.codes:
            return f"the error {', '.join(self.codes)}"
        if self.answer is not None:
            return f"a {self.request.verb} response"
        what = "" if self.response is None else " and another response"
        return f"HTTP {self.status}{what or ' and no OAI-PMH'}"


_ERROR: Final = f"{OAI}error"


def text(element: etree._Element | None) -> str:
    """Return the text of an element, without the space around it."""
    return "" if element is None else "".join(map(str, element.itertext())).strip()


def child_text(parent: etree._Element, name: str) -> str:
    """Return the text of the first element of this name."""
    return text(parent.find(OAI + name))
