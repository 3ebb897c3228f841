"""Endpoints that are simulated: each a host of its own, with a latency, and few pages.

All are one server in this process, which mostly sleeps. What is measured is how a run
over many sources grows with its lanes, so the harvest is as little as one can be: it
asks, and parses what comes.
"""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from oai_provider.harvester.many.harvesting import Turn
from oai_provider.harvester.many.source import Source
from oai_provider.harvester.order import Order, Report, Verdict
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import parse

LATENCY: Final = 0.05
PAGES: Final = 3
_RECORDS: Final = 50
_HERE: Final = "127.0.0.1"
_RECORD: Final = (
    "<record><header><identifier>oai:example.org:{}</identifier>"
    "<datestamp>2026-05-01</datestamp></header><metadata>"
    '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>A title of some length</title>'
    "<creator>Author, An</creator><date>2026</date></dc></metadata></record>"
)
_PAGE: Final = (
    f'<OAI-PMH xmlns="{OAI_NS}"><ListRecords>'
    f"{''.join(map(_RECORD.format, range(_RECORDS)))}</ListRecords></OAI-PMH>"
).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Or a page would wait for the acknowledgement of its headers.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        time.sleep(LATENCY)
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(_PAGE)))
        self.end_headers()
        self.wfile.write(_PAGE)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def endpoints(count: int) -> Iterator[tuple[Source, ...]]:
    """Serve so many endpoints until the block ends; lend a source for each."""
    server = ThreadingHTTPServer((_HERE, 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        port = server.server_address[1]
        yield tuple(_source(number, port) for number in range(count))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _source(number: int, port: int) -> Source:
    # An address for each; all are answered by the one server.
    host = f"127.1.{number // 250}.{number % 250 + 1}"
    url = f"http://{host}:{port}/oai"
    return Source(name=f"source-{number}", base_url=url, to="nowhere/")


def harvest(order: Order, turn: Turn) -> Report:
    """Ask for the pages of an endpoint, one after the other."""
    parts = urlsplit(order.base_url)
    connection = http.client.HTTPConnection(_HERE, parts.port, timeout=60)
    records = 0
    for _ in range(PAGES):
        turn()
        connection.request("GET", parts.path)
        root = parse(connection.getresponse().read())
        records += sum(1 for _ in root.iter(f"{{{OAI_NS}}}record"))
    connection.close()
    return Report(verdict=Verdict.COMPLETE, records=records, pages=PAGES)
