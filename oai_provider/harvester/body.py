"""The body of an answer, read to its end and within bounds, and what its status says.

A body that ends before its Content-Length or its last chunk is a failure, never a
page.
"""

import re
from contextlib import closing
from html import unescape
from typing import Final

import requests
from urllib3.exceptions import HTTPError

from oai_provider.harvester.asking import Asking
from oai_provider.harvester.decoding import decoded, too_large
from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.failing import Failure
from oai_provider.harvester.network_faults import network_failure, timed

_PIECE: Final = 1 << 16
# These speak of who asks, or when, and not of what was asked.
_NEVER_AN_ANSWER: Final = frozenset({401, 403, 407, 408, 425, 429})
_OAI_PMH = re.compile(rb"<(?:[\w.-]+:)?OAI-PMH[\s>]")
_TITLE = re.compile(rb"<title[^>]*>(.{1,2000}?)</title>", re.IGNORECASE | re.DOTALL)
_HEAD: Final = 20_000
_WORDS: Final = 80


def read(asking: Asking, response: requests.Response) -> tuple[bytes, bytes]:
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
    return is_asked_wrongly and is_oai_pmh(body)


def is_oai_pmh(body: bytes) -> bool:
    """Tell whether a body looks like a response of OAI-PMH."""
    return _OAI_PMH.search(body[:_HEAD]) is not None


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
        raise timed(network_failure(error), asking) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


def drain(response: requests.Response) -> None:
    """Read a short body that nobody wants, so that the connection can stay."""
    with closing(response):
        try:
            if int(response.headers.get("Content-Length", _PIECE)) < _PIECE:
                response.raw.read(_PIECE, decode_content=False)
        except (HTTPError, OSError, ValueError):
            return
