"""The repository of the proof over HTTP: the real application on a real socket.

One process with threads, so that it can be killed at once by its number; how the
application fares under Granian is told by tests/web. Run as
`python -m store.mirrors.server URL PORT`; prints its port, and ends with its
standard input.
"""

import io
import sys
from threading import Thread
from typing import Final

from store.mirrors.repository import provider_of
from store.mirrors.stopping import stop_asked_for
from store.mirrors.world import opened
from werkzeug.serving import WSGIRequestHandler, make_server

from oai_provider.config import Config
from oai_provider.web import create_app
from oai_provider.web.log import request_logger

_PAGE_SIZE: Final = 100


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write no log."""


def main(url: str, port: str) -> None:
    """Be the server."""
    stop, store = stop_asked_for(), opened(url)
    provider = provider_of(store, page_size=_PAGE_SIZE)
    app = create_app(Config(), provider=provider, log=request_logger(io.StringIO()))
    server = make_server(
        "127.0.0.1", int(port), app, threaded=True, request_handler=_Quiet
    )
    print(server.server_port, flush=True)  # noqa: T201 - the parent reads it
    Thread(target=server.serve_forever, daemon=True).start()
    stop.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
