"""HTTP as the hostile endpoint speaks it: requests read, replies sent as told.

Not `http.server`: a reply may say one length and have another, end in the middle, or
end the connection by a reset. What is asked is read leniently.
"""

import socket
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import BinaryIO, Final
from urllib.parse import parse_qsl, urlsplit

_LONGEST_LINE: Final = 1 << 20
_RESET: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    arguments: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    time: datetime

    @property
    def verb(self) -> str:
        """The verb, empty if there is none."""
        return self.argument("verb")

    def argument(self, name: str) -> str:
        """Return the value of an argument, empty if it was not given."""
        return next((value for key, value in self.arguments if key == name), "")

    def header(self, name: str) -> str:
        """Return the value of a header, empty if it was not sent."""
        wanted = name.lower()
        return next((v for key, v in self.headers if key.lower() == wanted), "")


class Ending(StrEnum):
    """What becomes of the connection after a reply."""

    KEEP = "keep"
    CLOSE = "close"
    """Closed without a word, and without the last chunk if there are chunks."""
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply, whether or not it keeps to HTTP."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (
        ("Content-Type", "text/xml; charset=UTF-8"),
    )
    body: bytes = b""
    pieces: Iterable[bytes] | None = None
    """What is sent instead of the body, one after the other."""
    length: int | None = None
    """What Content-Length says, if not the length of the body."""
    chunked: bool = False
    delay: float = 0.0
    """Seconds before the first byte."""
    pause: float = 0.0
    """Seconds after each piece."""
    ending: Ending = Ending.KEEP


def read_request(stream: BinaryIO, clock: Callable[[], datetime]) -> Asked | None:
    """Return the next request of a connection; None at its end, or if it is none."""
    parts = _line(stream).split()
    if len(parts) < 2:  # noqa: PLR2004 - a method and a target
        return None
    headers = []
    while line := _line(stream):
        name, _, value = line.partition(":")
        headers.append((name.strip(), value.strip()))
    sizes = [value for name, value in headers if name.lower() == "content-length"]
    form = stream.read(int(sizes[0])).decode() if sizes else ""
    target = urlsplit(parts[1])
    return Asked(
        method=parts[0],
        path=target.path,
        arguments=tuple(parse_qsl("&".join(filter(None, (target.query, form))), True)),
        headers=tuple(headers),
        time=clock(),
    )


def _line(stream: BinaryIO) -> str:
    return stream.readline(_LONGEST_LINE).decode("latin-1").strip()


def send_reply(
    connection: socket.socket,
    asked: Asked,
    reply: Reply,
    sleep: Callable[[float], object],
) -> bool:
    """Send a reply; whether the connection can be asked again is returned."""
    if reply.delay:
        sleep(reply.delay)
    keeps = reply.ending is Ending.KEEP and _asks_to_keep(asked)
    pieces = [] if asked.method == "HEAD" else reply.pieces or (reply.body,)
    pending = _head(reply, says_close=not _asks_to_keep(asked))
    for piece in pieces:
        connection.sendall(pending + (_chunk(piece) if reply.chunked else piece))
        pending = b""
        if reply.pause:
            sleep(reply.pause)
    if reply.chunked and reply.ending is Ending.KEEP:
        pending += _chunk(b"")
    if pending:
        connection.sendall(pending)
    if reply.ending is Ending.RESET:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    return keeps


def _asks_to_keep(asked: Asked) -> bool:
    return asked.header("Connection").lower() != "close"


def _head(reply: Reply, *, says_close: bool) -> bytes:
    length = len(reply.body) if reply.length is None else reply.length
    framing = (
        ("Transfer-Encoding", "chunked")
        if reply.chunked
        else ("Content-Length", str(length))
    )
    closing = [("Connection", "close")] if says_close else []
    lines = [f"{name}: {value}" for name, value in (*reply.headers, framing, *closing)]
    phrase = HTTPStatus(reply.status).phrase
    head = [f"HTTP/1.1 {reply.status} {phrase}", *lines, "", ""]
    return "\r\n".join(head).encode("latin-1")


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)
