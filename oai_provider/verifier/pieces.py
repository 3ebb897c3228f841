"""Items to be judged, in pieces that any process can read.

Those of a store come by some hundred, small files by some dozen.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final, Generic, TypeVar

from oai_provider.sources.base import Read
from oai_provider.sources.pieces import Piece, pieces_of
from oai_provider.store.base import Store
from oai_provider.verifier.reading import Held, Judged, Reading, held

PieceT = TypeVar("PieceT")

_HELD_AT_ONCE: Final = 250
_MOST_FILES: Final = 64
_ENOUGH_BYTES: Final = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Items(Generic[PieceT]):
    """Items to be judged, and how they become subjects."""

    pieces: Iterable[PieceT]
    open_reading: Callable[[], Reading]
    """Called in each process."""
    subjects: Callable[[Reading, PieceT], Iterator[Judged]]
    """Yields what is in a piece."""

    def judged(self) -> Iterator[Judged]:
        """Yield all of them, read in this process."""
        reading = self.open_reading()
        for piece in self.pieces:
            yield from self.subjects(reading, piece)


HeldPiece = tuple[Held, ...]
FilePiece = tuple[Piece, ...]


def held_items(
    store: Store, identifiers: Collection[str], open_reading: Callable[[], Reading]
) -> Items[HeldPiece]:
    """Return the items of a store; those named, if any are."""
    return Items(
        pieces=_held_pieces(store, identifiers),
        open_reading=open_reading,
        subjects=_held_subjects,
    )


def _held_pieces(store: Store, identifiers: Collection[str]) -> Iterator[HeldPiece]:
    given = held(store, identifiers)
    while piece := tuple(islice(given, _HELD_AT_ONCE)):
        yield piece


def _held_subjects(reading: Reading, piece: HeldPiece) -> Iterator[Judged]:
    return chain.from_iterable(map(reading.of_store, piece))


def file_items(
    files: Iterable[Path],
    read: Callable[[Piece], Iterator[Read]],
    open_reading: Callable[[], Reading],
) -> Items[FilePiece]:
    """Return the items of files; `read` is called in each process."""
    return Items(
        pieces=_file_pieces(files),
        open_reading=open_reading,
        subjects=_SubjectsInFiles(read),
    )


@dataclass(frozen=True, slots=True)
class _SubjectsInFiles:
    read: Callable[[Piece], Iterator[Read]]

    def __call__(self, reading: Reading, pieces: FilePiece) -> Iterator[Judged]:
        return reading.read(chain.from_iterable(map(self.read, pieces)))


def _file_pieces(files: Iterable[Path]) -> Iterator[FilePiece]:
    waiting: list[Piece] = []
    size = 0
    for piece in chain.from_iterable(map(pieces_of, files)):
        waiting.append(piece)
        size += _size(piece)
        if size >= _ENOUGH_BYTES or len(waiting) >= _MOST_FILES:
            yield tuple(waiting)
            waiting, size = [], 0
    if waiting:
        yield tuple(waiting)


def _size(piece: Piece) -> int:
    if piece.lines is not None:
        return sum(map(len, piece.lines))
    try:
        return piece.file.stat().st_size
    except OSError:
        # Whoever reads it says why.
        return 0
