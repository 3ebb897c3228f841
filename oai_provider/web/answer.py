"""An HTTP answer as a value, and the few kinds of it that are not pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from oai_provider.web.compression import compressed

Headers = tuple[tuple[str, str], ...]

NO_SNIFFING: Final = ("X-Content-Type-Options", "nosniff")
VARY: Final = ("Vary", "Accept-Encoding")
NO_STORE: Final = ("Cache-Control", "no-store")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body; `facts` are what the log says of it."""

    status: HTTPStatus
    headers: Headers
    body: bytes = b""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return f"{self.status.value} {self.status.phrase}"


class Unanswered(Exception):
    """A request that HTTP itself refuses; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status_line)
        self.answer = answer


def document(
    body: bytes, accept_encoding: str | None, facts: Mapping[str, object]
) -> Answer:
    """Return an OAI-PMH response, compressed if the client wants that."""
    headers: Headers = (
        # OAI-PMH 3.1.2.1: the content type must be text/xml.
        ("Content-Type", "text/xml; charset=utf-8"),
        VARY,
        NO_SNIFFING,
    )
    small = compressed(body, accept_encoding)
    if small is not None:
        headers, body = (*headers, ("Content-Encoding", "gzip")), small
    return Answer(HTTPStatus.OK, (*headers, _length(body)), body, facts)


def plain(status: HTTPStatus, reason: str, *headers: tuple[str, str]) -> Answer:
    """Return a reason in plain text, for what the protocol has no error code for."""
    body = f"{reason}\n".encode()
    kind = ("Content-Type", "text/plain; charset=utf-8")
    # RFC 9110, 15.1: caches may keep some refusals unless they are told.
    common = (kind, NO_SNIFFING, NO_STORE, _length(body))
    return Answer(status, (*common, *headers), body)


def _length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))
