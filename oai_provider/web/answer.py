"""An HTTP answer as a value, and the few kinds of it that are not pages."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, NamedTuple

from oai_provider.web.compression import compressed

Headers = tuple[tuple[str, str], ...]

NO_SNIFFING: Final = ("X-Content-Type-Options", "nosniff")
VARY: Final = ("Vary", "Accept-Encoding")
NO_STORE: Final = ("Cache-Control", "no-store")


class Answer(NamedTuple):
    """Status, headers and body; `facts` are what the log says of it."""

    status: HTTPStatus
    headers: Headers
    body: bytes = b""
    facts: Mapping[str, object] = MappingProxyType({})

    @property
    def length(self) -> int | None:
        """The bytes of the body, if there may be one."""
        return None if self.status is HTTPStatus.NOT_MODIFIED else len(self.body)

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return _STATUS_LINES[self.status]


# Looked up: an HTTPStatus takes longer to tell its phrase than to find it.
_STATUS_LINES: Final = {
    status: f"{status.value} {status.phrase}" for status in HTTPStatus
}


class Unanswered(Exception):
    """A request that HTTP itself refuses; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status_line)
        self.answer = answer


# OAI-PMH 3.1.2.1: the content type must be text/xml.
_XML: Final = ("Content-Type", "text/xml; charset=utf-8"), VARY, NO_SNIFFING
_GZIP: Final = (*_XML, ("Content-Encoding", "gzip"))


def document(
    body: bytes,
    accept_encoding: str | None,
    facts: Mapping[str, object],
    *headers: tuple[str, str],
) -> Answer:
    """Return an OAI-PMH response, compressed if the client wants that."""
    small = compressed(body, accept_encoding) if accept_encoding else None
    if small is None:
        told = (*_XML, _length(body), *headers)
        return Answer(HTTPStatus.OK, told, body, facts)
    return Answer(HTTPStatus.OK, (*_GZIP, _length(small), *headers), small, facts)


def plain(status: HTTPStatus, reason: str, *headers: tuple[str, str]) -> Answer:
    """Return a reason in plain text, for what the protocol has no error code for."""
    body = f"{reason}\n".encode()
    kind = ("Content-Type", "text/plain; charset=utf-8")
    # RFC 9110, 15.1: caches may keep some refusals unless they are told.
    common = (kind, NO_SNIFFING, NO_STORE, _length(body))
    return Answer(status, (*common, *headers), body)


def _length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))
