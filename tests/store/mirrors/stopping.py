"""How a child process of the proof learns that it shall end."""

import sys
from threading import Event, Thread


def stop_asked_for() -> Event:
    """Return what is set when the parent closes standard input, or is no more."""
    stop = Event()

    def wait() -> None:
        sys.stdin.read()
        stop.set()

    Thread(target=wait, daemon=True).start()
    return stop
