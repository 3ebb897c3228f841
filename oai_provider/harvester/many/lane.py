"""One lane: claims a source, has it harvested, writes down how that ended, and so on.

The harvest has a thread of its own; the lane's renews the lease meanwhile, and is
free to give up a harvest that hangs, or that is no longer its own. A harvest is
stopped where it takes its turn: by `LaneClosed`, from which its journal goes on.
What a harvest raises is written down; the lane goes on to the next.
"""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Final

from oai_provider.harvester.many.harvesting import Harvest, Harvesting
from oai_provider.harvester.many.schedule import parse_interval
from oai_provider.harvester.many.work import Ended, Failure, LeaseLost, Owner, Work
from oai_provider.harvester.many.work_table import WorkTable
from oai_provider.store.base import StoreAway

MOST_LOSSES: Final = 3
"""How often the worker of a source may die of it, before it is left alone a while."""
_RENEWALS: Final = 3
"""That fall into the time of a lease, so that two may fail."""


class Stops(StrEnum):
    """Why a lane came to its end."""

    OVER = "over"
    """There is nothing left to do."""
    ASKED = "asked"
    HUNG = "hung"
    """A harvest hangs, in a thread that ends with its process only."""


class _Closing(StrEnum):
    """Why a harvest is not waited for."""

    ASKED = "asked"
    LOST = "lost"
    HUNG = "hung"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What the lanes of a run have in common."""

    run: str
    lease: timedelta = timedelta(seconds=60)
    poll: timedelta = timedelta(seconds=0.5)
    """Between two looks for work, or at whether to stop."""
    grace: timedelta = timedelta(seconds=10)
    """That a harvest has to end when its lane is closed."""
    due_by: datetime | None = None
    """Only what was due by then is harvested, once; None to go on for ever."""
    only: tuple[str, ...] = ()
    """Sources that are harvested, if not all are."""
    outlives: bool = False
    """Whether the process lives on when its lane ends, and so does what hangs in it."""


class Lane:
    """Works off what is due, one source at a time."""

    def __init__(
        self,
        table: WorkTable,
        harvest: Harvest,
        given: Pass,
        *,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._table = table
        self._harvest = harvest
        self._pass = given
        self._environ = environ

    def run(self, name: str, is_stopped: Callable[[], bool]) -> Stops:
        """Work until there is nothing left, until asked to stop, or until one hangs."""
        owner = Owner(run=self._pass.run, lane=name)
        pause = threading.Event()
        while not is_stopped():
            # What does not answer now may do so later.
            with suppress(StoreAway):
                given = self._pass
                work = self._table.claim(owner, given.lease, given.due_by, given.only)
                if work:
                    if stops := self._carry_out(work, is_stopped):
                        return stops
                    continue
                if self._is_over():
                    return Stops.OVER
            pause.wait(self._pass.poll.total_seconds())
        return Stops.ASKED

    def _is_over(self) -> bool:
        run, due_by, only = self._pass.run, self._pass.due_by, self._pass.only
        return due_by is not None and self._table.is_over(run, due_by, only)

    def _carry_out(self, work: Work, is_stopped: Callable[[], bool]) -> Stops | None:
        """Harvest a source; return why the lane is not to go on, if it is not."""
        if work.losses >= MOST_LOSSES:
            reason = f"its worker was killed or crashed {work.losses} times in a row"
            self._settle(work, Ended(result=Failure(reason=reason)))
            return None
        harvesting = Harvesting(self._table, work, self._environ)
        harvesting.start(self._harvest)
        closing = self._watch(harvesting, work, is_stopped)
        has_ended = closing is None or harvesting.close(self._pass.grace)
        if closing is not _Closing.LOST:
            self._settle(work, self._ended(harvesting, closing), left=not has_ended)
        if closing is _Closing.ASKED:
            return Stops.ASKED
        return None if has_ended else Stops.HUNG

    def _watch(
        self, harvesting: Harvesting, work: Work, is_stopped: Callable[[], bool]
    ) -> _Closing | None:
        """Renew the lease until the harvest has ended, or is not to go on."""
        begun = renewed = monotonic()
        longest = parse_interval(work.source.limits.longest).total_seconds()
        lease = self._pass.lease.total_seconds()
        tick = min(lease / _RENEWALS, self._pass.poll.total_seconds())
        while not harvesting.wait(tick):
            if is_stopped():
                return _Closing.ASKED
            if monotonic() - begun > longest:
                return _Closing.HUNG
            if monotonic() - renewed < lease / _RENEWALS:
                continue
            try:
                self._table.renew(work, self._pass.lease)
                renewed = monotonic()
            except LeaseLost:
                return _Closing.LOST
            except StoreAway:
                if monotonic() - renewed > lease:
                    return _Closing.LOST
        return None

    @staticmethod
    def _ended(harvesting: Harvesting, closing: _Closing | None) -> Ended | None:
        """Return how it ended; None if it was only asked to stop."""
        if harvesting.ended is None and closing is _Closing.HUNG:
            longest = harvesting.work.source.limits.longest
            reason = f"it took longer than {longest}: given up; raise limits.longest"
            return Ended(result=Failure(reason=reason))
        return harvesting.ended

    def _settle(self, work: Work, ended: Ended | None, *, left: bool = False) -> None:
        """Write down how it ended, or give it back; whatever fails, it comes again."""
        if ended is None and left and self._pass.outlives:
            return  # It may still write: the lease runs out by itself.
        end = monotonic() + self._pass.lease.total_seconds()
        while True:
            try:
                if ended is None:
                    self._table.release(work)
                else:
                    self._table.finish(work, ended)
            except LeaseLost:
                return
            except StoreAway:
                if monotonic() > end:
                    return
                threading.Event().wait(self._pass.poll.total_seconds())
            else:
                return
