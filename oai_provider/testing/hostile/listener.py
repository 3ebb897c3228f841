"""A socket that listens on 127.0.0.1, and can refuse connections for a while."""

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

_HOST = "127.0.0.1"
_BACKLOG = 128


class Listener:
    """Hands each connection to a thread of its own."""

    def __init__(self, serve: Callable[[socket.socket], None], port: int = 0) -> None:
        self._serve = serve
        self._closed = Event()
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((_HOST, port))
        self.port: int = self._socket.getsockname()[1]
        self._thread: Thread | None = None

    def open(self, refuses_for: float = 0.0) -> None:
        """Accept connections, at once or after some seconds of refusing them."""
        if not refuses_for:
            self._socket.listen(_BACKLOG)
        # The port is held meanwhile: who connects to a socket that is bound and does
        # not listen is refused.
        self._thread = Thread(target=self._accept, args=(refuses_for,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Accept no more."""
        self._closed.set()
        # Wakes the thread; whoever refuses already needs no waking.
        with suppress(OSError):
            socket.create_connection((_HOST, self.port)).close()
        if self._thread is not None:
            self._thread.join()
        self._socket.close()

    def _accept(self, refuses_for: float) -> None:
        if refuses_for:
            self._closed.wait(refuses_for)
            self._socket.listen(_BACKLOG)
        # Whoever closes and is refused has said so before; else this wakes below.
        while not self._closed.is_set():
            connection, _ = self._socket.accept()
            if self._closed.is_set():
                connection.close()
                return
            Thread(target=self._serve, args=(connection,), daemon=True).start()
