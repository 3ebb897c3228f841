"""A server on 127.0.0.1 that answers what it is told, byte for byte.

Replies are given in order, one a request, whichever connection it comes by. A reply
is bytes, or steps: bytes, `Pause`, `Drip`, and `RESET` or `CLOSE` as the last.
"""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Self


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Drip:
    """Bytes, one at a time."""

    data: bytes
    interval: float = 0.02


@dataclass(frozen=True, slots=True)
class End:
    """The connection ends here; by a reset, or in order."""

    is_reset: bool


RESET = End(is_reset=True)
CLOSE = End(is_reset=False)

Step = bytes | Pause | Drip | End
Reply = bytes | Sequence[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the server was asked."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes
    connection: int
    """The first is 1."""
    peer_certificate: bool = False


def answer(
    body: bytes = b"",
    status: str = "200 OK",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return an answer with its Content-Length."""
    said = {"Content-Length": str(len(body)), **(headers or {})}
    lines = [f"HTTP/1.1 {status}", *(f"{n}: {v}" for n, v in said.items()), "", ""]
    return "\r\n".join(lines).encode("utf-8") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(status=status, headers={"Location": location})


def chunked(*chunks: bytes, last: bytes = b"0\r\n\r\n") -> bytes:
    """Return an answer in chunks."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks) + last


@dataclass
class ScriptedServer:
    """The server; a context manager, since it runs until it is left."""

    replies: Sequence[Reply] = ()
    tls: ssl.SSLContext | None = None
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = list(self.replies)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.is_over = threading.Event()
        # Whether a connection ended.
        self.is_left = threading.Event()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/oai"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, run: object, *arguments: object) -> None:
        assert callable(run)
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        number = 0
        while not self.is_over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            number += 1
            with self._lock:
                self._open.add(connection)
            self._start(self.serve, connection, number)

    def serve(self, plain: socket.socket, number: int) -> None:
        connection = plain
        try:
            connection.settimeout(10)
            if self.tls:
                connection = self.tls.wrap_socket(plain, server_side=True)
            with connection.makefile("rb") as stream:
                while (request := _request(stream, connection, number)) is not None:
                    if not self.reply(connection, request):
                        break
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(plain)
            connection.close()
            self.is_left.set()

    def reply(self, connection: socket.socket, request: Request) -> bool:
        """Send what is next, and tell whether the connection stays."""
        with self._lock:
            self.asked.append(request)
            missing = answer(b"nothing is scripted", "599 Nothing")
            reply = self._left.pop(0) if self._left else missing
        for step in [reply] if isinstance(reply, bytes) else reply:
            if isinstance(step, End):
                if step.is_reset:
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return False
            self._send(connection, step)
        return True

    def _send(self, connection: socket.socket, step: bytes | Pause | Drip) -> None:
        if isinstance(step, Pause):
            self.is_over.wait(step.seconds)
        elif isinstance(step, bytes):
            connection.sendall(step)
        else:
            for byte in step.data:
                connection.sendall(bytes([byte]))
                time.sleep(step.interval)


def _request(
    stream: BinaryIO, connection: socket.socket, number: int
) -> Request | None:
    line = stream.readline().decode("latin-1")
    # Nothing more, or what is no HTTP, such as TLS.
    if line.count(" ") < 2:
        return None
    method, target, _ = line.split(" ", 2)
    headers = {}
    while text := stream.readline().decode("latin-1").strip():
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    certificate = isinstance(connection, ssl.SSLSocket) and connection.getpeercert()
    return Request(
        method=method,
        target=target,
        headers=headers,
        body=body,
        connection=number,
        peer_certificate=bool(certificate),
    )


class TunnellingProxy(ScriptedServer):
    """A forward proxy for HTTPS: CONNECT, and then bytes both ways."""

    def reply(self, connection: socket.socket, request: Request) -> bool:
        with self._lock:
            self.asked.append(request)
        host, _, port = request.target.partition(":")
        with socket.create_connection((host, int(port)), 5) as upstream:
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=_pipe, args=(upstream, connection))
            back.start()
            _pipe(connection, upstream)
            back.join(5)
        return False


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
