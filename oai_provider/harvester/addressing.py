"""Where a request goes: the base URL, the arguments in it, and where redirects lead.

Pure. Arguments are encoded once and for all, every character that is not unreserved
(OAI-PMH 3.1.1.3), so that a token arrives as the endpoint gave it.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import (
    SplitResult,
    quote,
    unquote,
    urlencode,
    urljoin,
    urlsplit,
    urlunsplit,
)

from requests.utils import requote_uri

from oai_provider.harvester.exchange import Arguments

SCHEMES: Final = frozenset({"http", "https"})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
FOR_GOOD: Final = frozenset({301, 308})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A base URL without the credentials that stood in it."""

    url: str
    user: str | None = None
    password: str | None = None


def endpoint(base_url: str) -> Endpoint:
    """Return the endpoint of a base URL.

    Raises `ValueError` for what is no address of HTTP.
    """
    parts = urlsplit(base_url.strip())
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError(
            f"{base_url} is not the address of an endpoint: "
            "give a base URL that begins with https:// or http://"
        )
    _ = parts.port  # ValueError, if it is no number
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return Endpoint(url=_bare(parts), user=user, password=password)


def _bare(parts: SplitResult) -> str:
    """Return an address without credentials and fragment."""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def encoded(arguments: Arguments) -> str:
    """Return the arguments as a query, or as the body of POST."""
    return urlencode(arguments, quote_via=quote, safe="")


def with_query(url: str, query: str) -> str:
    """Return the address with more in its query."""
    if not query:
        return url
    start = "" if url.endswith(("?", "&")) else "&" if "?" in url else "?"
    return f"{url}{start}{query}"


def redirected(url: str, location: str) -> str:
    """Return where a Location leads from an address; credentials in it are left out.

    Raises `ValueError` for where nothing is asked: another scheme, and plain HTTP
    after HTTPS.
    """
    # http.client reads headers as Latin-1; those that are not ASCII are UTF-8.
    text = location.strip().encode("latin-1", "replace").decode("utf-8", "replace")
    parts = urlsplit(urljoin(url, text))
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError(f"it redirects to {text}, which is no address of HTTP")
    target = requote_uri(_bare(parts))
    if parts.scheme == "http" and urlsplit(url).scheme == "https":
        raise ValueError(f"it redirects from HTTPS to {target}, which is not secure")
    return target


def is_trusted(url: str, target: str) -> bool:
    """Tell whether what is secret between us and `url` may be told to `target`.

    The same host and port, or HTTPS instead of HTTP on the ports they usually have.
    """
    old, new = urlsplit(url), urlsplit(target)
    if old.hostname != new.hostname:
        return False
    if (_port(old), _port(new)) == (80, 443):
        return (old.scheme, new.scheme) == ("http", "https")
    return (old.scheme, _port(old)) == (new.scheme, _port(new))


def host_of(url: str) -> str:
    """Return the host and port of an address, as pacing knows them."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{_port(parts)}"


def _port(parts: SplitResult) -> int | None:
    return parts.port or _DEFAULT_PORTS.get(parts.scheme)
