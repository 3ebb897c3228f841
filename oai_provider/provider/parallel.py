"""Pieces of files prepared by several processes, in the order in which they were given.

Each process has schemas and formats of its own; what goes between them is plain.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from oai_provider.provider.harvested import Harvests
from oai_provider.provider.moving import Moving
from oai_provider.provider.preparing import Preparing, Results
from oai_provider.provider.processes import WorkerError, Workforce
from oai_provider.sources.base import Read
from oai_provider.sources.pieces import Piece

__all__ = ["Work", "WorkerError", "prepared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All that another process needs to prepare a piece."""

    open_preparing: Callable[[], Preparing]
    read: Callable[[Piece], Iterator[Read]]
    moving: Moving | None = None

    def opened(self) -> Callable[[Piece], Results]:
        """Return what prepares pieces."""
        return partial(self.prepared, self.open_preparing())

    def prepared(self, preparing: Preparing, piece: Piece) -> Results:
        """Return what becomes of a piece if nothing of it is stored."""
        harvests = Harvests(None, preparing.maker.formats)
        return [*preparing.results(self.read(piece), harvests, self.moving)]


def prepared(
    pieces: Iterable[Piece], work: Work, jobs: int
) -> Generator[tuple[Piece, Results | None], None, None]:
    """Yield pieces, in order, each with what becomes of it if nothing of it is stored.

    Large pieces come with None. Raises `WorkerError` if a process was ended.
    """
    workforce = Workforce(
        opened=work.opened,
        module=__name__,
        jobs=jobs,
        ended="a process that prepared records was ended from outside, for want of"
        " memory perhaps: what was told is stored; load again with --jobs 1",
        takes=_is_small,
    )
    return workforce.done(pieces)


def _is_small(piece: Piece) -> bool:
    return not piece.is_large
