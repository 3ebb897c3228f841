"""The database goes away under load, and comes back: the server goes on."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from postgresql import Postgresql
from spec.serving import Server, served

pytest_plugins = ["postgresql"]

TARGETS = (
    "/oai?verb=Identify",
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
    "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:example.org:1",
    "/",
)
LONGEST = 10.0
"""Seconds a request may take; connections are waited for half as long."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How one request went."""

    began: float
    took: float
    status: int
    retry_after: str | None


def ask(server: Server, target: str) -> Reply:
    """Send a request over a connection of its own."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(*server.address, timeout=3 * LONGEST)
    connection.request("GET", target)
    response = connection.getresponse()
    response.read()
    connection.close()
    took = time.monotonic() - began
    return Reply(began, took, response.status, response.getheader("Retry-After"))


@dataclass(slots=True)
class Load:
    """Threads that keep asking."""

    server: Server
    replies: list[Reply] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def ask(self, target: str) -> None:
        """Ask until it is enough."""
        while not self.done.is_set():
            try:
                self.replies.append(ask(self.server, target))
            except (OSError, http.client.HTTPException) as fault:
                self.faults.append(fault)
            time.sleep(0.01)

    def wait_for(self, status: int, count: int = 8) -> None:
        """Return when some more requests were answered so."""
        known = len(self.replies)
        end = time.monotonic() + 3 * LONGEST
        while [r.status for r in self.replies[known:]].count(status) < count:
            assert time.monotonic() < end, f"no {status}: {self.replies[-5:]}"
            time.sleep(0.02)


@contextmanager
def load(server: Server) -> Iterator[Load]:
    """Have a server asked by a thread for each target."""
    asking = Load(server)
    threads = [threading.Thread(target=asking.ask, args=(t,)) for t in TARGETS]
    for thread in threads:
        thread.start()
    try:
        yield asking
    finally:
        asking.done.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_server_outlives_its_database(
    postgresql: Postgresql, database: str, tmp_path: Path, mode: str
) -> None:
    with served(tmp_path, "--store", database) as server, load(server) as asked:
        asked.wait_for(200)
        postgresql.stop(mode)
        try:
            asked.wait_for(503)
        finally:
            postgresql.start()
        back = time.monotonic()
        asked.wait_for(200)
    assert asked.faults == []
    assert {reply.status for reply in asked.replies} == {200, 503}
    assert {r.status for r in asked.replies if r.began > back} == {200}
    assert all(reply.took < LONGEST for reply in asked.replies)
    away = [reply for reply in asked.replies if reply.status == 503]
    assert all(str(reply.retry_after).isdecimal() for reply in away)
    log = (tmp_path / "server.log").read_text("utf-8")
    assert "the store is away" in log
    assert "Traceback" not in log
