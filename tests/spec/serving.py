"""`oai-provider serve` in a process of its own, on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 30.0
_COMMAND = "from oai_provider.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens."""

    port: int

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", self.port


def free_port() -> int:
    """Return a port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Server]:
    """Serve from a folder until the block ends."""
    port = free_port()
    arguments = [sys.executable, "-c", _COMMAND, "serve", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*arguments, *options],
            cwd=folder,
            env={k: v for k, v in os.environ.items() if "OAI_PROVIDER" not in k},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port, process)
            yield Server(port)
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return when the port is listened on; fail if the process ends before."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on port {port}")
