"""Files written as a whole or not at all.

What is new stands beside the old until it is on the disk, and then takes its place. A
file that is another by then than it was when it was read is left alone.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.sinks.durable import sync, take_place


class Unwritten(OaiProviderError):
    """A file is as it was; the message says why."""


def digest(data: bytes) -> bytes:
    """Return what two files have alike if they are alike."""
    return hashlib.sha256(data).digest()


def replace_file(file: Path, data: bytes, read: bytes) -> None:
    """Write a file whose digest is still that of what was read; raises `Unwritten`.

    A link stays one, and the file it leads to keeps its mode.
    """
    real = Path(os.path.realpath(file))
    with _told(file):
        # Root may write what its owner said nobody shall.
        if not (os.access(real, os.W_OK) and real.stat().st_mode & 0o222):
            raise Unwritten(f"{file} is not written: it is read-only")
        _require(file, real, read)
        _replace(file, real, data, read)


def _replace(file: Path, real: Path, data: bytes, read: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{real.name[:100]}.", dir=real.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as new:
            _as_it_was(new.fileno(), real)
            new.write(data)
            sync(new)
        _require(file, real, read)
        take_place(beside, real)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _as_it_was(descriptor: int, real: Path) -> None:
    """Give a new file the mode of the old one, and its owner where that is allowed."""
    status = real.stat()
    with suppress(OSError):
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, status.st_mode & 0o7777)


def _require(file: Path, real: Path, read: bytes) -> None:
    if digest(real.read_bytes()) != read:
        raise Unwritten(f"{file} is not written: it changed since it was read")


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unwritten(f"{file} is not written: {reason}") from error
