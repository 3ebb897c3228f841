"""Records as files: one a record, PREFIX/00 to ff/NAME.xml below a folder.

Each is a whole GetRecord response, so nothing of a record is lost, and
`oai-provider load` takes the folder back. A deleted record keeps its file, which then
says so: a file that merely went away would tell nobody. Until it is committed, nothing
takes the place of what is there; written twice is written once, so after a crash there
is nothing to be undone.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks.base import Origin, SinkError
from oai_provider.harvester.sinks.documents import document
from oai_provider.harvester.sinks.durable import Lock, sync_path, writing
from oai_provider.harvester.sinks.names import safe_name, shelf_of

_INCOMING: Final = ".incoming"
# Waiting for the disk is all they do, and disks do several things at once.
_THREADS: Final = 16


class Folder:
    """A sink of one folder."""

    def __init__(self, path: Path) -> None:
        """Open a folder, which is made if there is none; raises `SinkError`."""
        self._path = path
        self._incoming = path / _INCOMING
        with writing(path):
            path.mkdir(exist_ok=True)
        self._lock = Lock(self._incoming)
        self._waiting: dict[Path, Path] = {}
        self._commits = 0
        self._syncing = ThreadPoolExecutor(_THREADS)
        try:
            with writing(path):
                self._incoming.mkdir(exist_ok=True)
        except SinkError:
            self.close()
            raise

    def is_empty(self) -> bool:
        """Tell whether no file is there; see `Sink.is_empty`."""
        with writing(self._path):
            folders = (path for path in self._path.iterdir() if path.is_dir())
            return all(path == self._incoming for path in folders)

    def resume(self, position: int) -> None:
        """Forget what was never committed; see `Sink.resume`."""
        self._commits = position
        with writing(self._incoming):
            for file in self._incoming.iterdir():
                file.unlink()

    def write(self, records: Sequence[HarvestedRecord], origin: Origin) -> list[int]:
        """Write records, to be seen when they are committed; see `Sink.write`."""
        folder = self._path / safe_name(origin.metadata_prefix)
        for record in records:
            name = f"{safe_name(record.identifier)}.xml"
            file = folder / shelf_of(record.identifier) / name
            new = self._waiting.get(file) or self._incoming / str(len(self._waiting))
            with writing(new):
                new.write_bytes(document(record, origin))
            self._waiting[file] = new
        return [0] * len(records)

    def refused(self) -> Iterator[tuple[str, str]]:
        """Yield nothing: every record has a file."""
        return iter(())

    def commit(self) -> int:
        """Put what was written in its place, for good, and return how often."""
        with writing(self._path):
            for _ in self._syncing.map(sync_path, self._waiting.values()):
                pass
            self._make_folders({file.parent for file in self._waiting})
            for file, new in self._waiting.items():
                os.replace(new, file)  # noqa: PTH105 - atomic, as `os` promises
            folders = {file.parent for file in self._waiting}
            for _ in self._syncing.map(sync_path, folders):
                pass
        self._waiting.clear()
        self._commits += 1
        return self._commits

    def _make_folders(self, shelves: Iterable[Path]) -> None:
        for shelf in shelves:
            if not shelf.exists():
                shelf.mkdir(parents=True)
                sync_path(shelf.parent)
                sync_path(self._path)

    def finish(self, places: Iterable[int]) -> None:
        """Do nothing: a record has one file from the start."""

    def close(self) -> None:
        """Let others write; what was not committed is lost."""
        self._syncing.shutdown()
        for new in self._waiting.values():
            new.unlink(missing_ok=True)
        # What another harvest left there is no reason to fail.
        with suppress(OSError):
            self._incoming.rmdir()
        self._lock.release()
