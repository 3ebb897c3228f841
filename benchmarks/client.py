"""A harvester that costs next to nothing: one connection, one buffer, no parser.

Its seconds run from the sending of a request to the last byte of the response; what
it does with the response is not counted.
"""

import re
import socket
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from time import perf_counter
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import urlencode

_TOKEN: Final = re.compile(
    rb"<resumptionToken[^>]*>\s*([^<\s]+)\s*</resumptionToken>\s*</List\w+>"
)
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD_END: Final = b"\r\n\r\n"
_RECORD_END: Final = b"</header>"
_TOKEN_BYTES: Final = 2_000
_GZIP: Final = 31
_PLAIN: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, by what matters of it."""

    records: int
    bytes: int
    """As sent, headers included."""
    seconds: float
    token: str | None


class Client:
    """One connection, kept alive."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(1 << 20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(
        self, arguments: Mapping[str, str], headers: Mapping[str, str] = _PLAIN
    ) -> tuple[bytes, int, float]:
        """Return the body of a response, the bytes it came in, and the seconds."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        query = urlencode(arguments)
        request = f"GET /oai?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n"
        start = perf_counter()
        self._socket.sendall(request.encode())
        head, end = self._received()
        seconds = perf_counter() - start
        if not self._buffer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{query}: {bytes(self._buffer[:200])!r}")
        return bytes(self._buffer[head:end]), end, seconds

    def page(self, arguments: Mapping[str, str], *, gzip: bool = False) -> Page:
        """Return a page of a list. Raises `RuntimeError` for anything else."""
        headers = {"Accept-Encoding": "gzip"} if gzip else _PLAIN
        body, size, seconds = self.get(arguments, headers)
        if gzip:
            body = zlib.decompress(body, _GZIP)
        records = body.count(_RECORD_END)
        if not records:
            raise RuntimeError(f"no list for {arguments}: {body[:600]!r}")
        found = _TOKEN.search(body, max(0, len(body) - _TOKEN_BYTES))
        token = unescape(found[1].decode()) if found else None
        return Page(records, size, seconds, token)

    def pages(
        self, arguments: Mapping[str, str], *, gzip: bool = False
    ) -> Iterator[Page]:
        """Yield the pages of a whole list."""
        asked: Mapping[str, str] | None = arguments
        while asked is not None:
            page = self.page(asked, gzip=gzip)
            yield page
            asked = resumed(arguments, page.token) if page.token else None

    def _received(self) -> tuple[int, int]:
        """Receive a response; return where its body begins and ends."""
        have, head, end = 0, 0, -1
        while end < 0 or have < end:
            view = memoryview(self._buffer)
            got = self._socket.recv_into(view[have:])
            view.release()
            if not got:
                raise RuntimeError("the server closed the connection")
            have += got
            if end < 0:
                head, end = self._measured(have)
            if max(end, have) >= len(self._buffer):
                self._buffer.extend(bytes(max(end, have)))
        return head, end

    def _measured(self, have: int) -> tuple[int, int]:
        place = self._buffer.find(_HEAD_END, 0, have)
        if place < 0:
            return 0, -1
        found = _LENGTH.search(self._buffer, 0, place)
        if not found:
            raise RuntimeError("a response has no Content-Length")
        head = place + len(_HEAD_END)
        return head, head + int(found[1])


def resumed(arguments: Mapping[str, str], token: str) -> dict[str, str]:
    """Return the arguments of the request for the page a token leads to."""
    return {"verb": arguments["verb"], "resumptionToken": token}
