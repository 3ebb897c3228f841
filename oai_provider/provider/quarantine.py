"""What a load refuses is noted, and what it mends is struck off.

What is refused of an item replaces what was noted of it before. What could not be read
into one is noted by the lines of its file, which are replaced as they are read again.
Notes come after what they are of is stored, and never keep anything from that.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final

from oai_provider.sources.base import Place
from oai_provider.store.base import Lines, Quarantined, Store, StoreAway

_WEB: Final = ("http", "https")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What became of one thing that was read; `file` of entries is filled in here."""

    place: Place
    identifier: str | None
    refused: tuple[Quarantined, ...] = ()
    left_alone: frozenset[str] = frozenset()
    """The formats of which nothing was read: a harvest brings one at a time."""


class Quarantine:
    """The notes of one load, which reads file after file, each from its beginning."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: Lines | None = None
        """What is still to be read of a file."""

    def note(self, notes: Sequence[Note]) -> None:
        """Note what became of what was read next."""
        refused: list[Quarantined] = []
        lines: list[Lines] = []
        for file, group in groupby(notes, lambda note: note.place.file):
            of_file, path = [*group], _where(file)
            lines += self._passed(path, of_file)
            refused += (
                replace(entry, file=path) for note in of_file for entry in note.refused
            )
        left_alone: dict[str, frozenset[str]] = {}
        for note in notes:
            if note.identifier:
                before = left_alone.get(note.identifier, note.left_alone)
                left_alone[note.identifier] = before & note.left_alone
        # What was refused is told in any case.
        with suppress(StoreAway):
            self._store.quarantine(
                refused, identifiers=left_alone, left_alone=left_alone, lines=lines
            )

    def finish(self) -> None:
        """Strike off what stood behind the end of the last file."""
        if self._open:
            with suppress(StoreAway):
                self._store.quarantine((), lines=[self._open])

    def _passed(self, path: str, notes: Iterable[Note]) -> Iterator[Lines]:
        """Yield the lines that were passed, up to the last of which there is a note."""
        before = self._open
        if before and before.file != path:
            yield before
        after = before.after if before and before.file == path else Lines(path).after
        last = max(after, *(note.place.line for note in notes))
        yield Lines(path, after, last)
        self._open = Lines(path, last)


def _where(file: Path) -> str:
    """Return the whole path of a file; of what was harvested, its address."""
    scheme, _, rest = str(file).partition(":/")
    return f"{scheme}://{rest}" if scheme in _WEB else str(file.absolute())
