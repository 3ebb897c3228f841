"""Servers in processes of their own: ours by its command, others by `python -m`.

`python -m benchmarks.servers MODULE:FACTORY PORT` serves an application as
`oai-provider serve` serves ours.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from benchmarks.memory import processes_of, resident

_ROOT: Final = Path(__file__).parents[1]
_PATIENCE: Final = 60.0
_COMMAND: Final = "from oai_provider.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens, or is about to."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def memory(self) -> int:
        """The resident bytes of its one worker."""
        return max(resident(pid) for pid in processes_of(self.process.pid)[1:])

    def wait(self) -> None:
        """Return when it listens. Raises `RuntimeError` if it ends before."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        said = self.log.read_text("utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"no server listens on port {self.port}: {said}")


def command(*arguments: str) -> list[str]:
    """Return the command line of `oai-provider` with some arguments."""
    return [sys.executable, "-c", _COMMAND, *arguments]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process, without settings of whoever measures."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OAI_PROVIDER")}
    if kept.pop("PYTHONDONTWRITEBYTECODE", None):
        # Else all modules were compiled, and held in memory, at every start.
        kept["PYTHONPYCACHEPREFIX"] = str(folder / "pycache")
    return {**kept, "PYTHONPATH": str(_ROOT), **more}


@contextmanager
def our_server(folder: Path, store: str) -> Iterator[Server]:
    """Serve a store by the command that everyone uses."""
    port = free_port()
    line = command("serve", "--no-records", "--store", store, "--port", str(port))
    with _running(line, port, folder, {}) as server:
        yield server


@contextmanager
def bare_server(
    folder: Path, factory: str, variables: Mapping[str, str]
) -> Iterator[Server]:
    """Serve what a factory makes."""
    port = free_port()
    line = [sys.executable, "-m", "benchmarks.servers", factory, str(port)]
    with _running(line, port, folder, variables) as server:
        yield server


@contextmanager
def _running(
    line: list[str], port: int, folder: Path, variables: Mapping[str, str]
) -> Iterator[Server]:
    log = folder / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            line,
            cwd=folder,
            env=environment(folder, **variables),
            stdout=output,
            stderr=output,
        )
        try:
            yield Server(port, process, log)
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def free_port() -> int:
    """Return a port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(factory: str, port: str) -> None:
    """Serve what a factory makes, with the options of `oai-provider serve`."""
    Granian(
        factory,
        factory=True,
        address="127.0.0.1",
        port=int(port),
        workers=1,
        interface=Interfaces.WSGI,
        blocking_threads=4,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
