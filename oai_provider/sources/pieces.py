"""Files in pieces that can be read apart, by several processes at once.

JSON Lines come by some hundred lines. All else is read whole: XML tells at its
beginning what the rest means.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oai_provider.sources.paths import JSON_LINES

_PIECE_BYTES: Final = 400_000
_LARGEST: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A file, or some lines of one, the first of which has a number."""

    file: Path
    lines: tuple[bytes, ...] | None = None
    first: int = 1
    is_large: bool = False
    """Whether its records are too many to be held at once."""


def pieces_of(file: Path) -> Iterator[Piece]:
    """Yield the pieces of a file, in order; a file that cannot be read is one."""
    try:
        if file.suffix.lower() in JSON_LINES:
            yield from _lines(file)
        else:
            yield Piece(file, is_large=file.stat().st_size > _LARGEST)
    except OSError:
        # Whoever reads it says why.
        yield Piece(file)


def _lines(file: Path) -> Iterator[Piece]:
    first = 1
    with file.open("rb") as stream:
        while lines := stream.readlines(_PIECE_BYTES):
            yield Piece(file, tuple(lines), first)
            first += len(lines)
