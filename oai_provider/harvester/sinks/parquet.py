"""Records as a Parquet file, for those who count and compare: a row a record.

Nothing can be appended to such a file. While a harvest lasts its records stand as JSON
Lines in a folder beside it, which stays for the next harvest; in the end the file is
written anew out of them, and takes the place of the one before. Needs the extra
`parquet`.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks.base import Origin, SinkError
from oai_provider.harvester.sinks.durable import beside, writing
from oai_provider.harvester.sinks.jsonl import JsonLines
from oai_provider.harvester.sinks.tables import write_table

PARTS: Final = ".parts"
_JOURNAL: Final = "records.jsonl"


class Parquet:
    """A sink of one Parquet file."""

    def __init__(self, path: Path) -> None:
        """Open the records behind a file; raises `SinkError`."""
        self._path = path
        parts = beside(path, PARTS)
        if path.exists() and not parts.exists():
            raise SinkError(
                f"{path} is there without {parts.name}, the records it was made of:"
                " move it away, or name another file"
            )
        with writing(parts):
            parts.mkdir(exist_ok=True)
        self._journal_path = parts / _JOURNAL
        self._journal = JsonLines(self._journal_path)

    def is_empty(self) -> bool:
        """Tell whether no record is there; see `Sink.is_empty`."""
        return self._journal.is_empty()

    def resume(self, position: int) -> None:
        """Forget what was written after a position; see `Sink.resume`."""
        self._journal.resume(position)

    def write(self, records: Sequence[HarvestedRecord], origin: Origin) -> list[int]:
        """Take records, to be in the file when the harvest has ended."""
        return self._journal.write(records, origin)

    def refused(self) -> Iterator[tuple[str, str]]:
        """Yield nothing: every record has a row."""
        return iter(())

    def commit(self) -> int:
        """Return where we are, which is on the disk."""
        return self._journal.commit()

    def finish(self, places: Iterable[int]) -> Iterator[int] | None:
        """Write the file, of what stands at these places; see `Sink.finish`."""
        moved = self._journal.finish(places, before_change=self._write_table)
        if moved is None:
            self._write_table(self._journal_path)
        return moved

    def _write_table(self, journal: Path) -> None:
        write_table(journal, self._path)

    def close(self) -> None:
        """Close what is open; what was not committed may be lost."""
        self._journal.close()
