"""Files that survive a crash, and that one harvest at a time writes.

A file that is complete takes the place of another by a rename; the folder is synced
after it, since a name is kept there. A lock ends with its process, however that ends,
so none is ever stale.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from oai_provider.harvester.sinks.base import SinkError

LOCK_SUFFIX: Final = ".lock"


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell what the system refuses as a `SinkError` that names the path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise SinkError(
            f"{path} cannot be written: {reason}: mend that, or name another place"
        ) from error


def sync(file: BinaryIO) -> None:
    """Return when what was written to a file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_path(path: Path) -> None:
    """Return when a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_place(new: Path, old: Path) -> None:
    """Put a synced file in the place of another, for good."""
    os.replace(new, old)  # noqa: PTH105 - what the docs of `os` promise is atomic
    sync_path(old.parent)


def beside(path: Path, suffix: str) -> Path:
    """Return a path in the same folder, of a longer name."""
    return path.with_name(path.name + suffix)


class Lock:
    """The right to write a path, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Take it; raises `SinkError` where another has it."""
        self._path = beside(path, LOCK_SUFFIX)
        with writing(path):
            self._descriptor: int | None = self._taken(path)

    def _taken(self, path: Path) -> int:
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                raise SinkError(
                    f"another harvest is writing {path}: wait for its end, or name"
                    " another place"
                ) from None
            if self._is_there(descriptor):
                return descriptor
            # Whoever had it removed the file meanwhile.
            os.close(descriptor)

    def _is_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let others write; a second time there is nothing to let go."""
        if self._descriptor is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None
