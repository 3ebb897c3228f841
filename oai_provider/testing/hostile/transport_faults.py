"""Faults of HTTP and of the connection: status, headers, coding, time, ending."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Final

from oai_provider.testing.hostile.fault import (
    Condition,
    Fault,
    Hook,
    Visit,
    always,
    on_page_2,
    once,
    when,
)
from oai_provider.testing.hostile.wire import Ending, Reply

LOGIN_PATH: Final = "/login"
_MOVED_PATH: Final = "/moved"
_HTML: Final = ("Content-Type", "text/html; charset=UTF-8")
_GZIP: Final = ("Content-Encoding", "gzip")
_LIST_END: Final = b"</ListRecords>"
_HUGE: Final = 2 << 30
_PART: Final = 1 << 24
_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
# Longer than any test waits; a client that waits for ever is not let go before.
_FOR_EVER: Final = 3600.0


def _failed(status: int, *headers: tuple[str, str]) -> Hook[Reply]:
    page = f"<html><body><h1>{status}</h1></body></html>\n".encode()
    return lambda _visit, _reply: Reply(
        status=status, headers=(_HTML, *headers), body=page
    )


def _sent(change: Callable[[Reply], Reply]) -> Hook[Reply]:
    return lambda _, reply: change(reply)


def _half(reply: Reply) -> bytes:
    return reply.body[: len(reply.body) // 2]


def _retry_date(visit: Visit, reply: Reply) -> Reply:
    moment = format_datetime(
        visit.asked.time.replace(microsecond=0) + timedelta(seconds=2), usegmt=True
    )
    return _failed(503, ("Retry-After", moment))(visit, reply)


def _redirect(path: str, status: int) -> Hook[Reply]:
    def send(visit: Visit, _reply: Reply) -> Reply:
        query = "&".join(f"{name}={value}" for name, value in visit.asked.arguments)
        target = visit.url.rpartition("/")[0] + path
        return Reply(status=status, headers=(_HTML, ("Location", f"{target}?{query}")))

    return send


def _moved(visit: Visit, reply: Reply) -> Reply:
    if visit.asked.path == _MOVED_PATH:
        return reply
    return _redirect(_MOVED_PATH, 301)(visit, reply)


def _loop(visit: Visit, reply: Reply) -> Reply:
    turn = "/there" if visit.asked.path == "/back" else "/back"
    return _redirect(turn, 302)(visit, reply)


def _poisoned(visit: Visit, reply: Reply) -> Reply:
    is_served = b"<metadata>" in reply.body and visit.marked.encode() in reply.body
    return _failed(500)(visit, reply) if is_served else reply


def _unmatched(reply: Reply) -> Reply:
    is_empty = b'code="noRecordsMatch"' in reply.body
    return replace(reply, status=422) if is_empty else reply


def _gzipped(change: Callable[[bytes], bytes]) -> Hook[Reply]:
    return lambda _, reply: replace(
        reply, headers=(*reply.headers, _GZIP), body=change(reply.body)
    )


def _cut_gzip(body: bytes) -> bytes:
    packed = gzip.compress(body)
    return packed[: len(packed) // 2]


def _huge(reply: Reply) -> Iterator[bytes]:
    """Yield a valid document of 2 GB: line feeds stand where they mean nothing."""
    head, end, tail = reply.body.partition(_LIST_END)
    filler = b"\n" * (1 << 16)
    yield head
    for _ in range(_HUGE // len(filler)):
        yield filler
    yield end + tail


def gzip_bomb(reply: Reply, parts: int = _HUGE // _PART) -> Iterator[bytes]:
    """Yield the same in 2 MB of gzip, as one member that is right to its end."""
    head, end, tail = reply.body.partition(_LIST_END)
    filler = b"\n" * _PART
    # After a full flush, what is packed knows nothing of what was packed before; so
    # one part is packed once and sent many times.
    packed = _flushed(filler)
    crc = zlib.crc32(head)
    yield _GZIP_HEAD + _flushed(head)
    for _ in range(parts):
        crc = zlib.crc32(filler, crc)
        yield packed
    last = end + tail
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    size = (len(head) + parts * _PART + len(last)) & 0xFFFFFFFF
    yield packer.compress(last) + packer.flush()
    yield zlib.crc32(last, crc).to_bytes(4, "little") + size.to_bytes(4, "little")


def _flushed(plain: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)


def _dripped(reply: Reply) -> Reply:
    size = 16
    pieces = [reply.body[n : n + size] for n in range(0, len(reply.body), size)]
    return replace(reply, pieces=pieces, pause=0.1)


def _reset(condition: Condition) -> Hook[Reply]:
    return when(
        condition,
        _sent(
            lambda reply: replace(
                reply,
                body=_half(reply),
                length=len(reply.body),
                ending=Ending.RESET,
            )
        ),
    )


def _silence(condition: Condition) -> Hook[Reply]:
    return when(condition, _sent(lambda reply: replace(reply, delay=_FOR_EVER)))


def _is_post(visit: Visit) -> bool:
    return visit.asked.method == "POST"


TRANSPORT_FAULTS: Final = (
    Fault(
        name="login-redirect",
        description="Every request is redirected to a page where people log in.",
        source="sickle#58",
        send=_redirect(LOGIN_PATH, 302),
    ),
    Fault(
        name="moved",
        description="Every request is redirected for good to where it is answered.",
        source="osulp#2548",
        send=_moved,
    ),
    Fault(
        name="redirect-loop",
        description="Every request is redirected in a circle.",
        source="oaipmh-validator",
        send=_loop,
    ),
    Fault(
        name="post-refused",
        description="POST is answered with 405, which OAI-PMH does not allow.",
        source="OVAL",
        send=when(_is_post, _failed(405, ("Allow", "GET"))),
    ),
    Fault(
        name="html-type",
        description="The documents are right, and called text/html.",
        source="oaipmh-validator, measured",
        send=_sent(lambda reply: replace(reply, headers=(_HTML,))),
    ),
    Fault(
        name="422-no-records",
        description="noRecordsMatch comes with status 422.",
        source="metha#39, zenodo",
        send=_sent(_unmatched),
    ),
    Fault(
        name="503-once",
        description="Page 2 is 503 without Retry-After the first time.",
        source="sickle#36",
        heals=True,
        send=when(once(on_page_2), _failed(503)),
    ),
    Fault(
        name="503-with-date",
        description="Page 2 is 503 the first time, Retry-After a date in 2 seconds.",
        source="sickle 0.7, measured",
        heals=True,
        send=when(once(on_page_2), _retry_date),
    ),
    Fault(
        name="503-for-ever",
        description="Page 2 is 503 without Retry-After, however often it is asked for.",
        source="zenodo#2555",
        send=when(on_page_2, _failed(503)),
    ),
    Fault(
        name="429-with-seconds",
        description="Page 2 is 429 the first time, Retry-After a second.",
        source="geoportal-server-harvester#89",
        heals=True,
        send=when(once(on_page_2), _failed(429, ("Retry-After", "1"))),
    ),
    Fault(
        name="500-once",
        description="Page 2 is 500 the first time.",
        source="sickle#36",
        heals=True,
        send=when(once(on_page_2), _failed(500)),
    ),
    Fault(
        name="500-on-page-2",
        description="Page 2 of ListRecords is 500, however often it is asked for.",
        source="datacite#908",
        send=when(on_page_2, _failed(500)),
    ),
    Fault(
        name="poisoned-record",
        description="Whatever holds the metadata of one record is 500.",
        source="datacite#941, datacite#1442",
        send=_poisoned,
    ),
    Fault(
        name="gzip-cut",
        description="Page 2 is gzip that ends in the middle.",
        source="RFC 9110, 8.4",
        send=when(on_page_2, _gzipped(_cut_gzip)),
    ),
    Fault(
        name="gzip-false",
        description="Page 2 is called gzip and is not compressed.",
        source="RFC 9110, 8.4",
        send=when(on_page_2, _gzipped(lambda body: body)),
    ),
    Fault(
        name="gzip-bomb",
        description="Page 2 is 2 MB of gzip that hold 2 GB.",
        source="CWE-409",
        send=when(
            on_page_2,
            _sent(
                lambda reply: replace(
                    reply,
                    headers=(*reply.headers, _GZIP),
                    pieces=gzip_bomb(reply),
                    chunked=True,
                )
            ),
        ),
    ),
    Fault(
        name="2-gb-page",
        description="Page 2 is a valid document of 2 GB.",
        source="pyoai#14",
        send=when(
            on_page_2,
            _sent(lambda reply: replace(reply, pieces=_huge(reply), chunked=True)),
        ),
    ),
    Fault(
        name="slow-drip",
        description="Page 2 comes at 160 bytes a second.",
        source="pod4lib#571",
        send=when(on_page_2, _sent(_dripped)),
    ),
    Fault(
        name="silence",
        description="Page 2 is never answered, though the connection stays open.",
        source="sickle#43, dataverse#4548",
        send=_silence(on_page_2),
    ),
    Fault(
        name="silence-once",
        description="Page 2 is not answered the first time it is asked for.",
        source="scythe#441",
        heals=True,
        send=_silence(once(on_page_2)),
    ),
    Fault(
        name="reset",
        description="The connection is reset in the middle of page 2.",
        source="metha#29",
        send=_reset(on_page_2),
    ),
    Fault(
        name="reset-once",
        description="The connection is reset in the middle of page 2 the first time.",
        source="metha#29",
        heals=True,
        send=_reset(once(on_page_2)),
    ),
    Fault(
        name="keep-alive-closed",
        description="After each reply the connection is closed without a word.",
        source="RFC 9112, 9.5",
        heals=True,
        send=when(always, _sent(lambda reply: replace(reply, ending=Ending.CLOSE))),
    ),
    Fault(
        name="length-too-large",
        description="Content-Length of page 2 is larger than what comes.",
        source="RFC 9112, 8",
        send=when(
            on_page_2,
            _sent(
                lambda reply: replace(
                    reply, length=len(reply.body) + 100, ending=Ending.CLOSE
                )
            ),
        ),
    ),
    Fault(
        name="chunks-cut",
        description="Page 2 comes in chunks, and ends in the middle without the last.",
        source="RFC 9112, 8",
        send=when(
            on_page_2,
            _sent(
                lambda reply: replace(
                    reply, body=_half(reply), chunked=True, ending=Ending.CLOSE
                )
            ),
        ),
    ),
    Fault(
        name="refused-at-first",
        description="Connections are refused for the first half second.",
        source="combine#432",
        heals=True,
        refuses_for=0.5,
    ),
)
