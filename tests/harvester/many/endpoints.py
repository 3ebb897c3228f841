"""Endpoints that are simulated, and a harvest of them, for tests of many sources.

One server is all endpoints: each has an address of its own, so that it is a host of
its own, and is asked for at 127.0.0.1. It says who was there: how many at once, and
when.
"""

import http.client
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.many.harvesting import Turn
from oai_provider.harvester.many.source import Source
from oai_provider.harvester.order import Order, Report, Verdict

_HERE: Final = "127.0.0.1"
Span = tuple[float, float]


@dataclass(slots=True)
class Endpoints:
    """A server that is many endpoints, and what it saw, by path."""

    latency: float = 0.0
    port: int = 0
    asked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    guard: threading.Lock = field(default_factory=threading.Lock)

    def source(self, number: int, *, host: int | None = None, **more: object) -> Source:
        """Return a source, at a host of its own unless one is given."""
        there = number if host is None else host
        address = f"127.1.{there // 250}.{there % 250 + 1}"
        given = {"to": "nowhere-{name}/", "limits": {"longest": "60s"}} | more
        return Source.model_validate(
            {
                "name": f"s{number:03}",
                "base_url": f"http://{address}:{self.port}/s{number:03}",
                **given,
            }
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Or a page would wait for the acknowledgement of its headers.
    disable_nagle_algorithm = True
    endpoints: Endpoints

    def do_GET(self) -> None:
        began = time.monotonic()
        endpoints = self.endpoints
        with endpoints.guard:
            endpoints.asked[self.path].append(began)
        time.sleep(endpoints.latency)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that were killed."""


@contextmanager
def endpoints(latency: float = 0.0) -> Iterator[Endpoints]:
    """Serve until the block ends."""
    made = Endpoints(latency=latency)
    server = _Server((_HERE, 0), type("_Bound", (_Handler,), {"endpoints": made}))
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class BadEndpoint(OaiProviderError):
    """What a harvest complains of."""


def _ask(order: Order) -> None:
    parts = urlsplit(order.base_url)
    connection = http.client.HTTPConnection(_HERE, parts.port, timeout=20)
    try:
        connection.request("GET", parts.path)
        connection.getresponse().read()
    except OSError as error:
        raise BadEndpoint(f"{order.base_url} does not answer: {error}") from error
    finally:
        connection.close()


def harvest(order: Order, turn: Turn) -> Report:
    """Ask three times; the formats of an order say what else happens."""
    first = order.metadata_prefixes[0]
    if first == "raises":
        raise ValueError("a fault in the code")
    if first == "exits":
        raise SystemExit(3)
    if first == "kills-once" and not Path(order.to).exists():
        Path(order.to).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    while first == "waits" and not Path(order.to).exists():
        turn()
        time.sleep(0.05)
    pages = 10_000 if first == "endless" else 3
    for _ in range(pages):
        turn()
        _ask(order)
        if first == "endless":
            time.sleep(0.02)
        if first == "hangs":
            time.sleep(3600)
    return Report(verdict=Verdict.COMPLETE, records=30, pages=pages)
