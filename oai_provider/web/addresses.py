"""Notices when requests come to another address than the one that is announced.

Harvesters compare baseURL byte for byte, so a repository reached at an address it
does not announce fails registration. Each such address is reported once, and only
so many of them: the Host header is the client's to make up.
"""

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes, urlsplit

from oai_provider.web.log import Log, escaped

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MOST_REPORTED: Final = 50
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}

Address = tuple[str, str, str]
"""Scheme, host with its port, path."""


class Addresses:
    """The address announced, and those that requests came to."""

    def __init__(self, base_url: str, log: Log) -> None:
        parts = urlsplit(base_url)
        self._announced = _normal((parts.scheme, parts.netloc, wsgi_path(base_url)))
        self._base_url = base_url
        self._log = log
        self._met: set[Address] = set()

    def notice(self, environ: "WSGIEnvironment", path: str) -> None:
        """Warn if a request for this path is the first one to its address."""
        host = environ.get("HTTP_HOST") or _server(environ)
        address = (environ["wsgi.url_scheme"], host, path)
        if address in self._met or len(self._met) > _MOST_REPORTED:
            return
        self._met.add(address)
        if _normal(address) != self._announced:
            self._log.warning(
                "a request came to another address than the one announced",
                address=escaped("{}://{}{}".format(*address)),
                base_url=self._base_url,
                remedy="set repository.base_url to the address harvesters use, and"
                " server.trusted_proxies to the number of reverse proxies before it;"
                " proxies must pass the whole path on, or X-Forwarded-Prefix",
            )


def wsgi_path(url: str) -> str:
    """Return the path of a URL as PATH_INFO has it: octets as ISO 8859-1 (PEP 3333)."""
    return unquote_to_bytes(urlsplit(url).path).decode("latin-1")


def _server(environ: "WSGIEnvironment") -> str:
    return f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"


def _normal(address: Address) -> Address:
    scheme, host, path = address
    return scheme, host.lower().removesuffix(_DEFAULT_PORTS.get(scheme, "")), path
