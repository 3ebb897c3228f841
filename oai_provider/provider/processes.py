"""Work on pieces of a whole by several processes, in the order of the pieces.

Each process opens what it works with once. Few pieces are under way at a time, so that
what is done never waits in heaps. One process that is ended from outside ends all; and
whoever stops taking pieces, for an interrupt say, ends them at once.
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
from typing import Final, Generic, TypeVar

from oai_provider.errors import OaiProviderError

PieceT = TypeVar("PieceT")
ResultT = TypeVar("ResultT")

_AHEAD: Final = 2
"""Pieces that wait for each process, so that none has to wait for one."""


class WorkerError(OaiProviderError):
    """A process that worked on pieces is gone; the message says what to do."""


def _all_of_them(_: object) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Workforce(Generic[PieceT, ResultT]):
    """Processes that do some work: what they need for it, and how many they are."""

    opened: Callable[[], Callable[[PieceT], ResultT]]
    """Returns what does the work, in any process; what it does must be plain."""
    module: str
    """What a process imports before its first piece."""
    jobs: int
    ended: str
    """What is said of a process that was ended from outside."""
    takes: Callable[[PieceT], bool] = _all_of_them
    """Tells which pieces are for the processes at all."""

    def done(
        self, pieces: Iterable[PieceT]
    ) -> Generator[tuple[PieceT, ResultT | None], None, None]:
        """Yield pieces, in order, each with what was made of it; None if not taken.

        Raises `WorkerError` if a process was ended.
        """
        others = active_children()
        pool = ProcessPoolExecutor(self.jobs, mp_context=_forkserver(self.module))
        is_over = False
        try:
            yield from self._in_turn(pieces, pool)
            is_over = True
        except BrokenProcessPool as error:
            raise WorkerError(self.ended) from error
        finally:
            if not is_over:
                # Nobody waits for what they are at.
                for process in active_children():
                    if process not in others:
                        process.terminate()
            pool.shutdown(cancel_futures=True)

    def _in_turn(
        self, pieces: Iterable[PieceT], pool: ProcessPoolExecutor
    ) -> Iterator[tuple[PieceT, ResultT | None]]:
        packed = pickle.dumps(self.opened)
        waiting: deque[tuple[PieceT, Future[bytes] | None]] = deque()
        for piece in pieces:
            is_taken = self.takes(piece)
            future = pool.submit(_do, packed, piece) if is_taken else None
            waiting.append((piece, future))
            if len(waiting) >= _AHEAD * self.jobs:
                yield _received(*waiting.popleft())
        while waiting:
            yield _received(*waiting.popleft())


def _forkserver(module: str) -> ForkServerContext:
    """Return what makes processes, begun so that no interrupt reaches them.

    Who interrupts the work means this process, which ends the others.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload([module])
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


# What a process returns, only whoever gave it the piece knows.
def _received(
    piece: PieceT, future: "Future[bytes] | None"
) -> tuple[PieceT, ResultT | None]:
    if future is None:
        return piece, None
    return piece, pickle.loads(future.result())  # noqa: S301 - our own process's


def _do(packed: bytes, piece: PieceT) -> bytes:
    made: object = _opened(packed)(piece)
    # Packed here: the pool would do it in a thread that the next piece has to wait for.
    return pickle.dumps(made, pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=1)
def _opened(packed: bytes) -> Callable[[object], object]:
    opened: Callable[[], Callable[[object], object]] = pickle.loads(packed)  # noqa: S301 - of the process that began this one
    return opened()
