"""What sickle's users say of how to fetch, turned into what is said here.

`Sickle(...)` hands on whatever requests takes; here each of it is known by name, and
what is not is refused when the client is made, not when it first asks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from oai_provider.harvester.asking import Limits
from oai_provider.harvester.connection import ConnectingError, Secrets, Transport
from oai_provider.harvester.order import Connecting
from oai_provider.harvester.retrying import RETRIED_STATUSES, Retrying

KNOWN: Final = frozenset(
    {
        "allow_redirects",
        "auth",
        "cert",
        "cookies",
        "headers",
        "hooks",
        "proxies",
        "stream",
        "timeout",
        "verify",
    }
)


def known_method(method: str) -> str:
    """Return the method; raises `ConnectingError` if it is none of OAI-PMH's."""
    if method not in {"GET", "POST"}:
        raise ConnectingError(f"method {method} is none of OAI-PMH: give GET or POST")
    return method


def refuse_unknown(request_args: Mapping[str, Any]) -> None:
    """Raise `TypeError` for what requests is told and we do not hand on."""
    unknown = sorted(set(request_args) - KNOWN)
    if unknown:
        raise TypeError(
            f"HarvestClient() got unexpected arguments: {', '.join(unknown)}; "
            f"of requests' it takes {', '.join(sorted(KNOWN))}"
        )


def limits(connecting: Connecting, request_args: Mapping[str, Any]) -> Limits:
    """Return what an answer may be."""
    if connecting.per_second is not None and connecting.per_second <= 0:
        raise ConnectingError(
            f"per_second {connecting.per_second} is not above 0: give requests a "
            "second, such as 0.5"
        )
    follows = request_args.get("allow_redirects", True)
    return Limits(
        most_bytes=connecting.most_bytes,
        most_redirects=connecting.most_redirects if follows else 0,
        page_timeout=connecting.page_timeout,
        per_second=connecting.per_second,
    )


def with_secrets(known: Secrets, request_args: Mapping[str, Any]) -> Secrets:
    """Return what is for the endpoint alone, with what requests is told."""
    headers = {**known.headers, **(request_args.get("headers") or {})}
    return Secrets(
        headers=headers,
        auth=request_args.get("auth") or known.auth,
        cookies=request_args.get("cookies") or known.cookies,
        certificate=request_args.get("cert") or known.certificate,
    )


def with_transport(known: Transport, request_args: Mapping[str, Any]) -> Transport:
    """Return how bytes reach a host, with what requests is told."""
    verify = request_args.get("verify")
    if verify is not None:
        known = replace(known, verify=verify)
    if request_args.get("proxies"):
        known = replace(known, proxies=request_args["proxies"])
    return replace(known, timeout=_timeouts(request_args.get("timeout"), known.timeout))


def _timeouts(
    said: float | tuple[float | None, float | None] | None,
    known: tuple[float, float],
) -> tuple[float, float]:
    """Return the timeouts; None, which lets requests wait for ever, is ours."""
    pair = said if isinstance(said, tuple) else (said, said)
    if len(pair) != len(known):
        raise ConnectingError(
            f"timeout {said} is not understood: give seconds, or (connect, read)"
        )
    connect, read = pair
    return (
        known[0] if connect is None else connect,
        known[1] if read is None else read,
    )


def retrying(
    connecting: Connecting,
    max_retries: int | None,
    statuses: Iterable[int] | None,
    default_retry_after: float | None,
) -> Retrying:
    """Return how often a request is tried; sickle's words go before ours."""
    tries = connecting.most_tries if max_retries is None else max_retries + 1
    return Retrying(
        most_tries=tries,
        longest_wait=connecting.longest_wait,
        unasked_wait=default_retry_after,
        statuses=RETRIED_STATUSES if statuses is None else frozenset(statuses),
    )
