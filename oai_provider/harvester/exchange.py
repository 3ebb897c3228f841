"""One request that was answered, and one that was not: what the network gave.

Nothing here reads the answer; that is for `page`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from oai_provider.errors import OaiProviderError

Arguments = Mapping[str, str]
"""The arguments of an OAI-PMH request by name, `verb` among them."""


class FetchFault(StrEnum):
    """Why a request got no answer that can be read."""

    AWAY = "away"
    """No connection: refused, no such host, no route."""
    TIMEOUT = "timeout"
    RESET = "reset"
    """The connection ended before the answer did."""
    TLS = "TLS"
    REDIRECTS = "redirects"
    """Too many, in a circle, or to where nothing is asked."""
    STATUS = "status"
    """An HTTP status that is no answer."""
    CODING = "content coding"
    """The compressed body cannot be decompressed."""
    TOO_LARGE = "too large"
    """The body is larger than what is accepted, compressed or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try that failed, and how long was waited before the next, in seconds."""

    fault: FetchFault
    reason: str
    status: int | None = None
    waited: float = 0.0


class FetchError(OaiProviderError):
    """A request got no answer, whatever was tried; the message says what to do."""

    def __init__(
        self, message: str, *, fault: FetchFault, attempts: tuple[Attempt, ...] = ()
    ) -> None:
        super().__init__(message)
        self.fault = fault
        self.attempts = attempts
        self.is_to_wait = False
        """Whether the endpoint asks to be left alone longer than we can wait."""

    @property
    def status(self) -> int | None:
        """The HTTP status of the last try, if it was one."""
        return self.attempts[-1].status if self.attempts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer.

    `body` is without its content coding, `wire` as it came over the network.
    """

    arguments: Arguments
    method: str
    url: str
    """Where the answer came from, after redirects, with the arguments of GET."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """Those of the answer, as they came."""
    body: bytes
    wire: bytes
    sent: datetime
    """When it was asked, by our own clock."""
    seconds: float
    """From asking until the last byte, waiting for tries before not counted."""
    attempts: tuple[Attempt, ...] = ()
    """The tries that failed before."""

    def header(self, name: str) -> str:
        """Return the value of a header of the answer, empty if there is none."""
        wanted = name.lower()
        return next((v for n, v in self.headers if n.lower() == wanted), "")


class Fetches(Protocol):
    """What asks an endpoint."""

    def exchange(self, arguments: Arguments) -> Exchange:
        """Return the answer to a request; raises `FetchError`.

        Called by one thread at a time, though not always by the same.
        """
        ...
