"""One try of a request: sent, redirects followed by hand, the body read to its end.

A body that ends before its Content-Length or its last chunk is a failure, never a
page. Redirects: what is secret between us and the endpoint is told to no other host;
POST stays POST, as all of OAI-PMH may be repeated, but after 303.
"""

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from typing import Any, Final

import requests
from urllib3.exceptions import HTTPError

from oai_provider.harvester import addressing
from oai_provider.harvester.connection import Secrets, Session, Transport
from oai_provider.harvester.deadline import Deadline
from oai_provider.harvester.decoding import decoded, too_large
from oai_provider.harvester.exchange import Arguments, FetchFault
from oai_provider.harvester.failing import Failure
from oai_provider.harvester.network_faults import network_failure
from oai_provider.harvester.pacing import Pacing
from oai_provider.harvester.timing import Timing

_PIECE: Final = 1 << 16
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
# These speak of who asks, or when, and not of what was asked.
_NEVER_AN_ANSWER: Final = frozenset({401, 403, 407, 408, 425, 429})
_OAI_PMH = re.compile(rb"<(?:[\w.-]+:)?OAI-PMH[\s>]")
_TITLE = re.compile(rb"<title[^>]*>(.{1,2000}?)</title>", re.IGNORECASE | re.DOTALL)
_HEAD: Final = 20_000
_WORDS: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it is sent to one address."""

    method: str
    url: str
    form: str | None = None
    """The body of POST."""
    secrets: Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `body` is without its content coding."""

    asked: Asked
    response: requests.Response
    body: bytes
    wire: bytes
    sent: datetime
    seconds: float
    """From asking until the last byte, without waiting for our turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer may be."""

    most_bytes: int
    most_redirects: int
    page_timeout: float
    per_second: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """All that is needed to ask, of one client."""

    session: Session
    transport: Transport
    limits: Limits
    deadline: Deadline
    pacing: Pacing
    timing: Timing
    hooks: Mapping[str, Any] = field(default_factory=dict)


def first_asked(url: str, method: str, arguments: Arguments, secrets: Secrets) -> Asked:
    """Return the request as it is first sent."""
    query = addressing.encoded(arguments)
    if method == "POST":
        return Asked(method=method, url=url, form=query, secrets=secrets)
    url = addressing.with_query(url, query)
    return Asked(method=method, url=url, secrets=secrets)


def ask(asking: Asking, asked: Asked, kind: str) -> Answer:
    """Return the answer to a request; `kind` is its verb.

    Raises `Failure`.
    """
    _wait_for_turn(asking, asked)
    sent, began = asking.timing.clock(), asking.timing.monotonic()
    seen: set[tuple[object, ...]] = set()
    while True:
        response = _sent(asking, _unseen(asking, asked, seen), asked, kind)
        location = response.headers.get("Location")
        if response.status_code not in addressing.REDIRECTS or not location:
            break
        _drain(response)
        asked = _redirected(asked, response.status_code, location)
        if len(seen) > asking.limits.most_redirects:
            most = asking.limits.most_redirects
            reason = f"it redirects more than {most} times, last to {asked.url}"
            raise Failure(FetchFault.REDIRECTS, reason)
        _wait_for_turn(asking, asked)
    body, wire = _read(asking, response)
    seconds = asking.timing.monotonic() - began
    return Answer(
        asked=asked, response=response, body=body, wire=wire, sent=sent, seconds=seconds
    )


def _wait_for_turn(asking: Asking, asked: Asked) -> None:
    host = addressing.host_of(asked.url)
    asking.pacing.wait(host, asking.limits.per_second)


def _unseen(
    asking: Asking, asked: Asked, seen: set[tuple[object, ...]]
) -> requests.PreparedRequest:
    """Return the request made ready; raises `Failure` if it was sent before."""
    prepared = _prepared(asking.session, asked)
    # With another cookie the same address may answer.
    request = (prepared.method, prepared.url, prepared.headers.get("Cookie"))
    if request in seen:
        reason = f"it redirects in a circle, back to {asked.url}"
        raise Failure(FetchFault.REDIRECTS, reason)
    seen.add(request)
    return prepared


def _redirected(asked: Asked, status: int, location: str) -> Asked:
    try:
        url = addressing.redirected(asked.url, location)
    except ValueError as error:
        raise Failure(FetchFault.REDIRECTS, str(error)) from error
    if not addressing.is_trusted(asked.url, url):
        asked = replace(asked, secrets=Secrets())
    if status == requests.codes.see_other:
        return replace(asked, url=url, method="GET", form=None)
    return replace(asked, url=url)


def _prepared(session: Session, asked: Asked) -> requests.PreparedRequest:
    secrets = asked.secrets
    headers = dict(secrets.headers) | (_FORM if asked.form is not None else {})
    request = requests.Request(
        asked.method,
        asked.url,
        headers=headers,
        data=asked.form,
        auth=secrets.auth,
        cookies=secrets.cookies,
    )
    try:
        return session.prepare_request(request)
    except (requests.RequestException, ValueError) as error:
        raise Failure(FetchFault.AWAY, str(error), is_final=True) from error


def _sent(
    asking: Asking, prepared: requests.PreparedRequest, asked: Asked, kind: str
) -> requests.Response:
    """Return the answer, its body not yet read."""
    asking.deadline.set(asking.limits.page_timeout)
    prepared.prepare_hooks(asking.hooks)
    began = asking.timing.monotonic()
    transport = asking.transport
    try:
        response = asking.session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=transport.timeout,
            verify=transport.verify,
            cert=asked.secrets.certificate,
            proxies=transport.proxies_for(asked.url),
        )
    except (requests.RequestException, HTTPError, OSError) as error:
        raise _timed(asking, network_failure(error)) from error
    latency = asking.timing.monotonic() - began
    host = addressing.host_of(asked.url)
    asking.pacing.answered(host, kind, latency, response.status_code)
    return response


def _timed(asking: Asking, failure: Failure) -> Failure:
    """Return the failure, saying which time it was if one was too long."""
    if failure.fault is not FetchFault.TIMEOUT:
        return failure
    limits = asking.limits
    if asking.deadline.left <= 0:
        reason = f"the whole answer did not come in {limits.page_timeout:g} seconds"
    else:
        connect, read = asking.transport.timeout
        reason = f"no connection in {connect:g} s, or nothing came for {read:g} s"
    return Failure(failure.fault, reason)


def _read(asking: Asking, response: requests.Response) -> tuple[bytes, bytes]:
    """Return the body without its content coding, and as it came.

    Raises `Failure` also for a status that is no answer.
    """
    status = response.status_code
    with closing(response):
        try:
            body, wire = _whole(asking, response)
        except Failure as failure:
            failure.response = response
            if not _is_error(status):
                raise
            # What the status says matters more than that its page is broken.
            body = wire = b""
    # The body is read past requests, whose Response users of sickle know.
    response._content = body  # noqa: SLF001 - there is no other way
    if status // 100 == 2 or _is_told_by_oai_pmh(status, body):  # noqa: PLR2004 - 2xx
        return body, wire
    reason = f"HTTP {status} {response.reason or ''}".rstrip() + _title(body)
    raise Failure(FetchFault.STATUS, reason, response=response)


def _whole(asking: Asking, response: requests.Response) -> tuple[bytes, bytes]:
    wire = _wire(asking, response)
    coding = response.headers.get("Content-Encoding", "")
    return decoded(wire, coding, most_bytes=asking.limits.most_bytes), wire


def _is_error(status: int) -> bool:
    return status >= 400  # noqa: PLR2004 - 4xx and 5xx


def _is_told_by_oai_pmh(status: int, body: bytes) -> bool:
    """Tell whether a status of HTTP accompanies errors of OAI-PMH.

    They should come with 200, and some endpoints send 404 or 422 with them.
    """
    is_asked_wrongly = 400 <= status < 500 and status not in _NEVER_AN_ANSWER  # noqa: PLR2004 - 4xx
    return is_asked_wrongly and _OAI_PMH.search(body[:_HEAD]) is not None


def _title(body: bytes) -> str:
    found = _TITLE.search(body[:_HEAD])
    if not found:
        return ""
    text = " ".join(unescape(found.group(1).decode("utf-8", "replace")).split())
    return f" ({text[:_WORDS]})"


def _wire(asking: Asking, response: requests.Response) -> bytes:
    """Return the body as it came, whole."""
    most_bytes = asking.limits.most_bytes
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > most_bytes:
        raise too_large(most_bytes)
    parts, size = [], 0
    try:
        # Not `read`, which waits for as much as was asked for.
        while part := response.raw.read1(_PIECE, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > most_bytes:
                raise too_large(most_bytes)
    except (HTTPError, OSError) as error:
        raise _timed(asking, network_failure(error)) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _drain(response: requests.Response) -> None:
    """Read a short body that nobody wants, so that the connection can stay."""
    with closing(response):
        try:
            if int(response.headers.get("Content-Length", _PIECE)) < _PIECE:
                response.raw.read(_PIECE, decode_content=False)
        except (HTTPError, OSError, ValueError):
            return
