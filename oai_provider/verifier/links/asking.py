"""One request of one address: no credentials, no body, no redirect followed.

The connection goes to an address that was looked at. What is in the answer besides its
status and two headers is not read.
"""

import socket
import ssl
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from oai_provider.harvester.connection import user_agent
from oai_provider.harvester.deadline import Deadline, TimelyResponse
from oai_provider.reach import (
    Address,
    MayReach,
    is_public_address,
    resolved,
)

_PORTS: Final = {"http": 80, "https": 443}
_LOWEST_PORT: Final = 1024
"""Below it are services that are not the web's, but for 80 and 443."""
_KEPT: Final = "%/:?#[]@!$&'()*+,;=~|"
_LONGEST: Final = 8000


class NoAddress(Exception):
    """What stands there is no address of the web; the message says why."""


class Unwelcome(Exception):
    """An address that is not asked; the message says why."""


class Failed(Exception):
    """No answer came; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an answer says in its head."""

    status: int
    location: str | None = None
    """Where it leads to, as a whole address."""
    retry_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """How addresses are asked."""

    timeout: float = 20.0
    """Seconds until the head of an answer is there."""
    may_reach: MayReach = is_public_address
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def ask(self, method: str, url: str) -> Reply:
        """Return the head of an answer.

        Raises `NoAddress`, `Unwelcome`, `Failed` or `Unreachable`.
        """
        parts = _parts(url)
        port = _port(parts)
        host = _host(parts)
        addresses = resolved(host, port, self.may_reach)
        deadline = Deadline()
        deadline.set(self.timeout)
        connection = self._connection(parts.scheme, host, port, addresses, deadline)
        try:
            connection.request(method, _target(parts), headers=_headers())
            response = connection.getresponse()
            location = response.getheader("Location")
            return Reply(
                status=response.status,
                location=urljoin(url, location) if location else None,
                retry_after=response.getheader("Retry-After"),
            )
        except TimeoutError as error:
            raise Failed(f"no answer came in {self.timeout:g} seconds") from error
        except ssl.SSLError as error:
            raise Failed(f"no safe connection: {error.reason or error}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise Failed(_reason(error)) from error
        finally:
            connection.close()

    def _connection(
        self,
        scheme: str,
        host: str,
        port: int,
        addresses: tuple[Address, ...],
        deadline: Deadline,
    ) -> HTTPConnection:
        connect = partial(_connected, addresses, port, deadline)
        made: _Plain | _Secure = (
            _Secure(host, port, self.tls, connect)
            if scheme == "https"
            else _Plain(host, port, connect)
        )
        responds: Any = partial(TimelyResponse, deadline=deadline)
        made.response_class = responds
        return made


class _Plain(HTTPConnection):
    """A connection to an address that is known."""

    def __init__(self, host: str, port: int, connected: Any) -> None:  # noqa: ANN401 - a partial
        super().__init__(host, port)
        self._connected = connected

    def connect(self) -> None:
        self.sock = self._connected()


class _Secure(HTTPSConnection):
    """The same, with a certificate for the name."""

    def __init__(
        self,
        host: str,
        port: int,
        tls: ssl.SSLContext,
        connected: Any,  # noqa: ANN401 - a partial
    ) -> None:
        super().__init__(host, port, context=tls)
        self._tls, self._connected = tls, connected

    def connect(self) -> None:
        sock = self._connected()
        try:
            self.sock = self._tls.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise


def _connected(
    addresses: tuple[Address, ...], port: int, deadline: Deadline
) -> socket.socket:
    """Return a connection to the first address that takes one."""
    problem: OSError | None = None
    for address in addresses:
        if deadline.left <= 0:
            break
        try:
            return socket.create_connection((str(address), port), deadline.left)
        except OSError as error:
            problem = error
    raise problem or TimeoutError


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise NoAddress(f"is no address: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise NoAddress("is no address of the web")
    if len(url) > _LONGEST:
        raise NoAddress(f"is longer than {_LONGEST} characters")
    return parts


def _port(parts: SplitResult) -> int:
    port = parts.port or _PORTS[parts.scheme]
    if port not in _PORTS.values() and port < _LOWEST_PORT:
        raise Unwelcome(f"port {port} is not the web's")
    return port


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise NoAddress(f"{host} is no name of a host") from error


def _target(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote(f"{parts.path or '/'}{query}", safe=_KEPT)


def _headers() -> dict[str, str]:
    return {"User-Agent": user_agent(None), "Accept": "*/*", "Connection": "close"}


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the host takes no connection"
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"the connection failed: {told}"
