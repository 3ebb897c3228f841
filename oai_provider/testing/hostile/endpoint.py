"""The hostile endpoint: a correct repository behind a socket, and a fault between.

Everything runs in threads of the test's own process; `close` ends them all, those
that wait or stream included.
"""

import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from threading import Event, RLock, Thread, current_thread
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Self

from oai_provider.assembly import utc_now
from oai_provider.errors import OaiProviderError
from oai_provider.protocol.request import Selection
from oai_provider.protocol.write import write
from oai_provider.testing.hostile.document_faults import ENTITY_PATH, LOGIN
from oai_provider.testing.hostile.fault import NO_FAULT, Fault, Visit
from oai_provider.testing.hostile.faults import FAULTS
from oai_provider.testing.hostile.holdings import Holdings
from oai_provider.testing.hostile.listener import Listener
from oai_provider.testing.hostile.repository import Repository
from oai_provider.testing.hostile.transport_faults import LOGIN_PATH
from oai_provider.testing.hostile.wire import (
    Asked,
    Reply,
    read_request,
    send_reply,
)
from oai_provider.testing.values import OAI_DC

_EVERYTHING: Final = Selection(metadata_prefix=OAI_DC.metadata_prefix)
_ASIDE: Final = {
    LOGIN_PATH: Reply(headers=(("Content-Type", "text/html"),), body=LOGIN),
    ENTITY_PATH: Reply(headers=(("Content-Type", "text/plain"),), body=b"fetched"),
}


class UnknownFault(OaiProviderError):
    """A test names a fault that there is not."""


class Held(NamedTuple):
    """What a perfect harvester ends with, for one item."""

    identifier: str
    datestamp: datetime
    deleted: bool


class HostileEndpoint:
    """An OAI-PMH 2.0 endpoint on 127.0.0.1 that has at most one fault at a time.

    Use it in a `with` statement. All it holds can be changed while it is open.
    """

    def __init__(
        self,
        fault: str | Fault | None = None,
        *,
        records: int = 20,
        page: int = 5,
        latency: float = 0.0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._fault = _fault(fault)
        self._latency = latency
        self._clock = clock
        self._lock = RLock()
        self._closing = Event()
        self._asked: list[Asked] = []
        self._seen: Counter[tuple[object, ...]] = Counter()
        self._number = 0
        self._connections: dict[socket.socket, Thread] = {}
        self._listener = Listener(self._serve)
        self.url = f"http://127.0.0.1:{self._listener.port}/oai"
        self._repository = Repository(Holdings(records, clock), page, self.url)

    def __enter__(self) -> Self:
        """Open the endpoint."""
        self._listener.open(self._fault.refuses_for)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the endpoint."""
        self.close()

    def close(self) -> None:
        """Accept no more connections, and end those that there are."""
        self._closing.set()
        self._listener.close()
        with self._lock:
            threads = list(self._connections.values())
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()

    @property
    def fault(self) -> Fault:
        """What is wrong at present; a fault, its name or None can be set."""
        return self._fault

    @fault.setter
    def fault(self, fault: str | Fault | None) -> None:
        before = self._fault
        with self._lock:
            self._fault = _fault(fault)
            self._seen.clear()
            self._number = 0
        if before.refuses_for or self._fault.refuses_for:
            self._listener.close()
            self._listener = Listener(self._serve, self._listener.port)
            self._listener.open(self._fault.refuses_for)

    @property
    def requests(self) -> tuple[Asked, ...]:
        """Every request so far, in order."""
        with self._lock:
            return tuple(self._asked)

    @property
    def records(self) -> tuple[Held, ...]:
        """What a perfect harvester ends with, in the order of the list.

        What the repository does not tell, such as untold deletions, is not there.
        """
        with self._lock:
            versions = self._repository.versions(_EVERYTHING, self._fault.ways.hides)
            return tuple(Held(v.identifier, v.datestamp, v.deleted) for v in versions)

    @property
    def marked(self) -> str:
        """The identifier of the record that faults of one record strike."""
        return self._repository.holdings.marked

    def change(self, *identifiers: str) -> None:
        """Change items now."""
        with self._lock:
            for identifier in identifiers:
                self._repository.holdings.revise(identifier, deleted=False)

    def delete(self, *identifiers: str) -> None:
        """Delete items now."""
        with self._lock:
            for identifier in identifiers:
                self._repository.holdings.revise(identifier, deleted=True)

    def forget(self, *identifiers: str) -> None:
        """Lose items without a trace, whatever deletedRecord says."""
        with self._lock:
            for identifier in identifiers:
                self._repository.holdings.forget(identifier)

    def add(self, count: int = 1) -> tuple[str, ...]:
        """Add items now, and return their identifiers."""
        with self._lock:
            return tuple(self._repository.holdings.add() for _ in range(count))

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            if self._closing.is_set():
                connection.close()
                return
            self._connections[connection] = current_thread()
        try:
            # Clients that had enough go away in the middle: that is no error here.
            with suppress(OSError), connection, connection.makefile("rb") as stream:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._converse(connection, stream)
        finally:
            with self._lock:
                del self._connections[connection]

    def _converse(self, connection: socket.socket, stream: BinaryIO) -> None:
        """Answer a connection until one of both sides ends it."""
        keeps = True
        while keeps and (asked := read_request(stream, self._clock)) is not None:
            reply = self._reply(asked)
            keeps = send_reply(connection, asked, reply, self._closing.wait)

    def _reply(self, asked: Asked) -> Reply:
        with self._lock:
            visit, fault = self._visit(asked), self._fault
            self._asked.append(asked)
            if asked.path in _ASIDE:
                return _ASIDE[asked.path]
            response = self._repository.answer(
                visit.arguments, fault.ways, asked.time.replace(microsecond=0)
            )
        document = b"".join(write(fault.say(visit, response)))
        reply = fault.send(visit, Reply(body=fault.write(visit, document)))
        return replace(reply, delay=reply.delay + self._latency)

    def _visit(self, asked: Asked) -> Visit:
        key = (asked.path, asked.arguments)
        earlier, number = self._seen[key], self._number
        self._seen[key], self._number = earlier + 1, number + 1
        visit = Visit(
            asked=asked,
            arguments=asked.arguments,
            page=0,
            earlier=earlier,
            number=number,
            url=self.url,
            repository=self._repository,
        )
        arguments = self._fault.ask(visit, asked.arguments)
        page = self._repository.page_of(arguments)
        return replace(visit, arguments=arguments, page=page)


def _fault(fault: str | Fault | None) -> Fault:
    if isinstance(fault, Fault):
        return fault
    if fault is None:
        return NO_FAULT
    if fault not in FAULTS:
        raise UnknownFault(
            f"there is no fault {fault!r}; there are {', '.join(sorted(FAULTS))}"
        )
    return FAULTS[fault]
