"""What is asked of other hosts than the endpoint's: schemas, where they are published.

An address comes from an answer, so it is asked with care: no secrets go along, private
addresses are refused unless the endpoint itself is at one, each redirect is looked at
anew, and neither size nor time is without bounds.
"""

import socket
from contextlib import closing
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import requests

from oai_provider.harvester.addressing import REDIRECTS, redirected
from oai_provider.harvester.asking import Asking
from oai_provider.protocol.names import has_web_host
from oai_provider.reach import is_public_address
from oai_provider.validator.exchange import Exchange, Request

_MOST_BYTES: Final = 2_000_000
_MOST_REDIRECTS: Final = 3
_TIMEOUT: Final = (5.0, 10.0)
_SECONDS: Final = 20.0
_PIECE: Final = 1 << 16


class _RefusedError(Exception):
    """An address is not asked; the message says why."""


def addresses(host: str) -> tuple[str, ...]:
    """Return the addresses of a host; raises `OSError`."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(str(one[4][0]) for one in found)


class Elsewhere:
    """Asks other hosts, with nothing that is for the endpoint alone."""

    def __init__(
        self,
        asking: Asking,
        base_url: str,
    ) -> None:
        self._session = asking.session
        self._transport = asking.transport
        self._environment = asking.environment
        self._deadline = asking.deadline
        self._monotonic = asking.timing.monotonic
        self._own = urlsplit(base_url).hostname or ""

    def send(self, request: Request) -> Exchange:
        """Return the exchange; why there was no answer is told in it."""
        began, url = self._monotonic(), request.url
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                self._refuse_private(url)
                with closing(self._asked(url)) as response:
                    location = response.headers.get("Location")
                    if response.status_code not in REDIRECTS or not location:
                        return Exchange(
                            request=request,
                            url=url,
                            status=response.status_code,
                            headers=tuple(response.headers.items()),
                            body=self._body(response),
                            seconds=self._monotonic() - began,
                        )
                url = redirected(url, location)
        except (_RefusedError, OSError, ValueError) as error:
            return Exchange(request=request, failure=_words(error))
        reason = f"it redirects more than {_MOST_REDIRECTS} times"
        return Exchange(request=request, failure=reason)

    def _asked(self, url: str) -> requests.Response:
        self._deadline.set(_SECONDS)
        headers = {**self._session.headers, "Accept-Encoding": "identity"}
        prepared = requests.Request("GET", url, headers=headers).prepare()
        proxies = self._transport.proxies
        proxies = self._environment.proxies(url) if proxies is None else dict(proxies)
        return self._session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=_TIMEOUT,
            verify=self._transport.verify,
            proxies=proxies,
        )

    def _body(self, response: requests.Response) -> bytes:
        body = b""
        for piece in response.iter_content(_PIECE):
            body += piece
            if len(body) > _MOST_BYTES:
                raise _RefusedError(f"it is longer than {_MOST_BYTES:,} bytes")
        return body

    def _refuse_private(self, url: str) -> None:
        host = urlsplit(url).hostname
        if not has_web_host(url) or not host:
            raise _RefusedError(f"{url} is no address of the web")
        if host == self._own or not self._is_private(host):
            return
        if not self._is_private(self._own):
            raise _RefusedError(f"{host} is a private address")

    def _is_private(self, host: str) -> bool:
        return not all(is_public_address(ip_address(a)) for a in addresses(host))


def _words(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "its host is not known"
    if isinstance(error, requests.RequestException):
        return f"it could not be had ({type(error).__name__})"
    return str(error)
