"""Pieces of files prepared by several processes, in the order in which they were given.

Each process has schemas and formats of its own; what goes between them is plain. One
that is ended from outside ends the load, which can be called again; and whoever stops
taking pieces, for an interrupt say, ends them all at once.
"""

import pickle
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import active_children, forkserver, get_context
from multiprocessing.context import ForkServerContext
from typing import Final

from oai_provider.errors import OaiProviderError
from oai_provider.provider.harvested import Harvests
from oai_provider.provider.moving import Moving
from oai_provider.provider.preparing import Preparing, Results
from oai_provider.sources.base import Read
from oai_provider.sources.pieces import Piece

_AHEAD: Final = 2
"""Pieces that wait for each process, so that none has to wait for one."""


class WorkerError(OaiProviderError):
    """A process that prepared records is gone; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All that another process needs to prepare a piece."""

    open_preparing: Callable[[], Preparing]
    read: Callable[[Piece], Iterator[Read]]
    moving: Moving | None = None

    def prepared(self, piece: Piece, preparing: Preparing) -> Results:
        """Return what becomes of a piece if nothing of it is stored."""
        harvests = Harvests(None, preparing.maker.formats)
        return [*preparing.results(self.read(piece), harvests, self.moving)]


def prepared(
    pieces: Iterable[Piece], work: Work, jobs: int
) -> Generator[tuple[Piece, Results | None], None, None]:
    """Yield pieces, in order, each with what becomes of it if nothing of it is stored.

    Large pieces come with None. Raises `WorkerError` if a process was ended.
    """
    others = active_children()
    pool = ProcessPoolExecutor(jobs, mp_context=_forkserver())
    is_over = False
    try:
        yield from _in_turn(pieces, pickle.dumps(work), pool, _AHEAD * jobs)
        is_over = True
    except BrokenProcessPool as error:
        raise WorkerError(
            "a process that prepared records was ended from outside, for want of"
            " memory perhaps: what was told is stored; load again with --jobs 1"
        ) from error
    finally:
        if not is_over:
            # Nobody waits for what they are at.
            for process in active_children():
                if process not in others:
                    process.terminate()
        pool.shutdown(cancel_futures=True)


def _forkserver() -> ForkServerContext:
    """Return what makes processes, begun so that no interrupt reaches them.

    Who interrupts a load means this process, which ends the others.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


def _in_turn(
    pieces: Iterable[Piece], packed: bytes, pool: ProcessPoolExecutor, ahead: int
) -> Iterator[tuple[Piece, Results | None]]:
    waiting: deque[tuple[Piece, Future[bytes] | None]] = deque()
    for piece in pieces:
        alone = piece.is_large
        future = None if alone else pool.submit(_prepare, packed, piece)
        waiting.append((piece, future))
        if len(waiting) >= ahead:
            yield _received(*waiting.popleft())
    while waiting:
        yield _received(*waiting.popleft())


def _received(
    piece: Piece, future: "Future[bytes] | None"
) -> tuple[Piece, Results | None]:
    if future is None:
        return piece, None
    return piece, pickle.loads(future.result())  # noqa: S301 - our own process's


def _prepare(packed: bytes, piece: Piece) -> bytes:
    work, preparing = _opened(packed)
    # Packed here: the pool would do it in a thread that the next piece has to wait for.
    return pickle.dumps(work.prepared(piece, preparing), pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=1)
def _opened(packed: bytes) -> tuple[Work, Preparing]:
    work: Work = pickle.loads(packed)  # noqa: S301 - of the process that began this one
    return work, work.open_preparing()
