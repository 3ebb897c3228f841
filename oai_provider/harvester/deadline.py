"""A transport for requests whose answers end in time, however slowly they drip.

A socket's own timeout begins anew with each byte, so a server that sends one now and
then holds its client for ever: in the status line, the headers, the size of a chunk
or the body. Here every read from the socket looks at one deadline for all of them.
It stands where `http.client` makes its response, below all that parses, and so also
notices headers that end before they are whole.
"""

import io
import time
from collections.abc import Callable, Mapping
from functools import partial
from http.client import HTTPResponse, IncompleteRead
from socket import socket
from typing import Any, Final, cast

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

_SHORTEST: Final = 0.001


class Deadline:
    """When the answer that is being read must be whole; one at a time."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._at = float("inf")

    def set(self, seconds: float) -> None:
        """Let it be so many seconds from now."""
        self._at = self._monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until then; below nought when it is past."""
        return self._at - self._monotonic()


class _TimelySocket(io.RawIOBase):
    """What a socket receives, until the deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket, deadline: Deadline) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self.is_at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - io's own signature
        left = self._deadline.left
        if left <= 0:
            raise TimeoutError("the whole answer takes too long")
        timeout = self._sock.gettimeout()
        # Hardly ever: only in the last seconds of the time for a whole answer.
        if timeout is None or timeout > left:
            self._sock.settimeout(max(left, _SHORTEST))
        received = self._raw.readinto(buffer)
        self.is_at_end = received == 0
        return received

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class TimelyResponse(HTTPResponse):
    """An answer every read of which looks at the deadline."""

    def __init__(
        self,
        sock: socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
        *,
        deadline: Deadline,
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._received = _TimelySocket(self.fp.detach(), sock, deadline)
        self.fp = io.BufferedReader(self._received)

    def begin(self) -> None:
        """Read the headers, which http.client takes to be whole where they are cut."""
        super().begin()
        if self._received.is_at_end:
            raise IncompleteRead(b"")


class TimelyAdapter(HTTPAdapter):
    """The transport of requests, with a deadline for whole answers."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._respond = partial(TimelyResponse, deadline=deadline)

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> HTTPConnectionPool:
        """Return connections whose responses know the deadline."""
        pool = cast(
            HTTPConnectionPool,
            super().get_connection_with_tls_context(request, verify, proxies, cert),
        )
        if not isinstance(pool.ConnectionCls, partial):
            made = partial(_timely, pool.ConnectionCls, self._respond)
            pool.ConnectionCls = made  # type: ignore[assignment]  # only ever called
        return pool

    def close(self) -> None:
        """Close every connection, which urllib3 leaves to the garbage collector."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 - no mapping to iterate
                manager.pools[key].close()
        super().close()


def _timely(
    kind: Callable[..., Any],
    respond: Any,  # noqa: ANN401 - a class, to http.client's types
    **named: Any,  # noqa: ANN401 - urllib3's signature
) -> HTTPConnection:
    connection: HTTPConnection = kind(**named)
    connection.response_class = respond
    return connection
