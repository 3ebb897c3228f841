"""Writers and harvesters in one thread, by a clock that is moved, in any order.

What happens between the steps of a commit is drawn by Hypothesis: time passes, pages
are harvested, somebody else writes, the writer is killed. So races are met with by
choice and not by luck, all but those inside the database.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final, TypeVar

import pytest
from hypothesis import strategies as st
from store.mirrors.harvester import Chain, Figures, all_of
from store.mirrors.mirror import SELECTIONS, difference
from store.mirrors.proof import listed
from store.mirrors.repository import InProcess
from store.mirrors.world import (
    SETS,
    before_each_commit,
    identifier_of,
    opened,
    write_of,
)

from oai_provider.store.base import StoreAway
from oai_provider.store.confirming import ABANDONED_AFTER
from oai_provider.testing import StandingClock

_T = TypeVar("_T")
_MOMENTS: Final = (0.05, 0.3, 0.7, 1.1, ABANDONED_AFTER + 1.0)
_STEPS: Final = ("time", "page", "page", "write", "write", "write")
_IN_COMMIT: Final = ("nothing", "time", "time", "page", "killed")
_AFTER_COMMIT: Final = ("nothing", "time", "page", "write", "killed")


class Killed(BaseException):
    """The writer is no more."""


class Simulation:
    """All that takes part, on the store at a URL; `data` decides what happens."""

    def __init__(self, url: str, data: st.DataObject) -> None:
        self._data = data
        self._clock = StandingClock()
        self._writers = [opened(url, self._time, patience=0) for _ in range(2)]
        self._server = opened(url, self._clock, patience=0)
        self._endpoint = InProcess(self._server)
        self.figures = Figures()
        self._chains = [
            Chain(self._endpoint, selection, self.figures) for selection in SELECTIONS
        ]
        self._harvests = [chain.harvest() for chain in self._chains]
        self._asking: set[int] = set()
        self._writing = 0
        self._has_committed = False

    def step(self) -> None:
        """Let one thing happen."""
        # Who gets no turn may leave a commit unconfirmed, as if it had been killed.
        with suppress(Killed, StoreAway):
            self._do(self._one_of(_STEPS))

    @contextmanager
    def hooks(self) -> Iterator[None]:
        """Let things happen in commits, and let nobody really wait."""
        with pytest.MonkeyPatch.context() as patch, before_each_commit(self._commit):
            patch.setattr(time, "sleep", self._clock.move)
            yield

    def lost(self) -> set[str]:
        """Let all be settled and harvested, and return what differs even so."""
        self._clock.move(ABANDONED_AFTER + 2)
        self._server.now()
        self._clock.move()
        lost: set[str] = set()
        for n, chain in enumerate(self._chains):
            all_of(self._harvests[n])
            all_of(chain.harvest())
            found = difference(
                chain.mirror.entries, listed(self._server, SELECTIONS[n])
            )
            lost |= found.lost | found.ghosts
        return lost

    def close(self) -> None:
        """Let go of the stores."""
        for store in (*self._writers, self._server):
            store.close()

    def _do(self, kind: str) -> None:
        match kind:
            case "time":
                self._clock.move(self._one_of(_MOMENTS))
            case "page":
                self._page()
            case "write":
                self._write()
            case "killed":
                raise Killed
            case _:
                pass

    def _page(self) -> None:
        n = self._one_of(range(len(self._chains)))
        if n in self._asking:
            # Its request is what settles something now.
            return
        self._asking.add(n)
        try:
            if next(self._harvests[n], "ended") == "ended":
                self._harvests[n] = self._chains[n].harvest()
        finally:
            self._asking.remove(n)

    def _write(self) -> None:
        """Put or delete, each writer in the midst of the other's if need be."""
        if self._writing == len(self._writers):
            return
        store = self._writers[self._writing]
        self._writing += 1
        items = self._data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=3))
        try:
            if self._one_of((True, True, False)):
                text, sets = self._one_of("abc"), [self._one_of(SETS)]
                list(store.put(write_of(n, text, sets) for n in items))
            else:
                list(store.delete(map(identifier_of, items)))
        finally:
            self._writing -= 1
            self._has_committed = False

    def _commit(self) -> None:
        """Be at the end of a transaction, which holds up other writers."""
        for _ in range(2):
            self._do(self._one_of(_IN_COMMIT))
        self._has_committed = self._writing > 0

    def _time(self) -> datetime:
        """Be asked for the time by a writer, the first time after its commit too."""
        if self._has_committed:
            self._has_committed = False
            self._do(self._one_of(_AFTER_COMMIT))
        return self._clock()

    def _one_of(self, choices: Sequence[_T]) -> _T:
        return self._data.draw(st.sampled_from(choices))
