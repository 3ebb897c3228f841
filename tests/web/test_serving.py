"""The application under real servers, asked over real sockets."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from web.samples import Site

from oai_provider.protocol.model import Identity
from oai_provider.protocol.read import read


@pytest.fixture(scope="module")
def granian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a Granian that serves `oai_provider.wsgi:app`, configured by file."""
    folder = tmp_path_factory.mktemp("served")
    port = _free_port()
    config = folder / "site.toml"
    config.write_text(
        f'[repository]\nbase_url = "http://127.0.0.1:{port}/oai"\n'
        f'[store]\nurl = "sqlite:///{folder}/items.db"\n'
    )
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "oai_provider.wsgi:app"],
        cwd=folder,
        env=os.environ
        | {"OAI_PROVIDER_CONFIG": str(config), "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"nothing listens on port {port} after a minute")


def ask(
    port: int, method: str, target: str, body: bytes | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def test_granian_serves_the_endpoint(granian: int) -> None:
    _, content = ask(granian, "GET", "/oai?verb=Identify")
    identity = read(content).body
    assert isinstance(identity, Identity)
    assert identity.base_url == f"http://127.0.0.1:{granian}/oai"


def test_granian_passes_a_form_on(granian: int) -> None:
    _, content = ask(granian, "POST", "/oai?verb=ListSets", b"verb=Identify")
    assert isinstance(read(content).body, Identity)


def test_granian_answers_head_with_the_length_of_get(granian: int) -> None:
    got, content = ask(granian, "GET", "/oai?verb=Identify")
    head, nothing = ask(granian, "HEAD", "/oai?verb=Identify")
    assert (head.getheader("Content-Length"), nothing) == (str(len(content)), b"")
    assert got.getheader("Content-Type") == head.getheader("Content-Type")


def test_granian_passes_octets_on_that_are_not_utf_8(granian: int) -> None:
    response, content = ask(granian, "GET", "/oai?verb=%ff%zz")
    assert (response.status, b"badVerb" in content) == (200, True)


def test_granian_serves_pages(granian: int) -> None:
    response, content = ask(granian, "GET", "/")
    assert response.getheader("Content-Type") == "text/html; charset=utf-8"
    assert b"OAI-PMH" in content


class Quiet(WSGIRequestHandler):
    """A handler that writes no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


def test_the_reference_server_of_python_serves_the_endpoint(site: Site) -> None:
    with make_server("127.0.0.1", 0, site.app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        _, content = ask(server.server_port, "POST", "/oai", b"verb=Identify")
        thread.join()
    assert isinstance(read(content).body, Identity)
