"""The writer: one transaction a batch, stamped, committed, confirmed.

Writers come one by one (see `engines`). A stamp is that of the second in which the
commit is expected to end, which is waited for, so that few have to be stamped again.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from math import floor
from typing import Final, Protocol

from sqlalchemy import Connection

from oai_provider.store.base import Foreseen, Outcome
from oai_provider.store.batches import Batch
from oai_provider.store.confirming import (
    Mark,
    abandoned_marks,
    changes_again,
    confirmed,
    leave_mark,
    take_mark,
)
from oai_provider.store.embargo import change_embargoes, due
from oai_provider.store.foresight import Foresight, foresee
from oai_provider.store.known import format_ids
from oai_provider.store.writing import write


class Transaction(Protocol):
    """How a writer gets its turn."""

    def __call__(self, *, waits: bool = True) -> AbstractContextManager[Connection]:
        """Begin; commit in the end. Who does not wait raises `StoreAway` at once."""
        ...


Now = Callable[[Connection | None], datetime]
"""The time, asked over a connection that is there, or over one of its own."""

_MOST_ROUNDS: Final = 20
_AT_ONCE: Final = 1000
_FEW: Final = 10
_LONGEST_WAIT: Final = 0.5
_LONGEST_WORK: Final = 2.0
"""What is aimed ahead at most, in seconds, for the commit and for what it holds."""


class Writer:
    """Writes batches of items, and puts in order what others left."""

    def __init__(
        self,
        transaction: Transaction,
        now: Now,
        *,
        tells_left_sets: bool = False,
    ) -> None:
        self._transaction = transaction
        self._now = now
        self._tells_left_sets = tells_left_sets
        self._pace = _Pace(now)

    def write(self, batch: Batch) -> list[Outcome]:
        """Store and delete items, and return what became of each, in order."""
        with self._transaction() as connection:
            stamp = self._pace.aim(connection, _size(batch))
            outcomes, moved = self._write(connection, batch, stamp)
            mark = leave_mark(connection, stamp, moved)
            if mark:
                self._pace.wait(stamp, connection)
        self._pace.arrived(len(moved))
        self._confirm(mark)
        return outcomes

    def foresee(self, connection: Connection, batch: Batch) -> list[Foreseen]:
        """Return what would become of each item, in order; nothing is written."""
        now = floor(self._now(connection).timestamp())
        prefixes = {id_: prefix for prefix, id_ in format_ids(connection).items()}
        return self._foresight(connection, batch, now).told(prefixes)

    def settle(self) -> None:
        """Release what is due, and confirm what nobody will come back for.

        Raises `StoreAway` at once if another writer is at work.
        """
        with self._transaction(waits=False) as connection:
            stamp = self._pace.aim(connection, _FEW)
            moved: list[int] = []
            for mark in abandoned_marks(connection, stamp):
                # What else there is is found in the next second.
                if len(moved) < _AT_ONCE:
                    moved += self._stamp_again(connection, mark, stamp)
            for released in due(connection, stamp):
                moved += self._write(connection, {**released}, stamp)[1]
            left = leave_mark(connection, stamp, moved)
            if left:
                self._pace.wait(stamp, connection)
        self._pace.arrived(len(moved))
        self._confirm(left)

    def _write(
        self, connection: Connection, batch: Batch, stamp: int
    ) -> tuple[list[Outcome], list[int]]:
        """Write a batch; return the outcomes, and the records that were stamped."""
        foreseen = self._foresight(connection, batch, stamp)
        moved = write(connection, foreseen.changes.values(), stamp)
        if foreseen.held or foreseen.before:
            change_embargoes(connection, foreseen.before, foreseen.held.values())
        return foreseen.outcomes, moved

    def _foresight(self, connection: Connection, batch: Batch, stamp: int) -> Foresight:
        return foresee(connection, batch, stamp, tells_left_sets=self._tells_left_sets)

    def _confirm(self, left: Mark | None) -> None:
        """Remove a mark, once what it marks was committed in time.

        What was late is stamped again by halves, and what is late again by halves of
        these, which take half as long. Where the least takes longer than a second it
        is left, to be settled later: nobody should wait here for ever.
        """
        marks = [left] if left else []
        for _ in range(_MOST_ROUNDS):
            if not marks:
                return
            mark = marks.pop()
            if mark.is_late:
                marks += self._committed_again(mark)
            else:
                is_late = floor(self._now(None).timestamp()) > mark.stamp
                with self._transaction() as connection:
                    marks += confirmed(connection, mark, is_late=is_late)

    def _committed_again(self, mark: Mark) -> list[Mark]:
        """Stamp again what a mark has; return what is to be confirmed then."""
        with self._transaction() as connection:
            stamp = self._pace.aim(connection, len(mark.records))
            moved = self._stamp_again(connection, mark, stamp)
            left = leave_mark(connection, stamp, moved)
            if left:
                self._pace.wait(stamp, connection)
        self._pace.arrived(len(moved))
        return [left] if left else []

    def _stamp_again(self, connection: Connection, mark: Mark, stamp: int) -> list[int]:
        # Somebody else may have taken it, and stamped what it has.
        if not take_mark(connection, mark):
            return []
        return write(connection, [*changes_again(connection, mark)], stamp)


class _Pace:
    """How long transactions take here, and so in which second one will end."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._began = 0.0
        self._alone = 0.0
        self._each = 0.0

    def aim(self, connection: Connection, size: int) -> int:
        """Return the second in which the writing of so many records should end."""
        self._began = self._now(connection).timestamp()
        work = min(self._each * size, _LONGEST_WORK)
        return floor(self._began + min(self._alone, _LONGEST_WAIT) + work)

    def wait(self, stamp: int, connection: Connection) -> None:
        """Wait for the second aimed at: no datestamp lies in the future."""
        early = stamp - self._now(connection).timestamp()
        # A clock that was set back is not waited for.
        if 0 < early <= _LONGEST_WAIT + _LONGEST_WORK:
            time.sleep(early)
            # Waiting is no work, and must not be expected of the next.
            self._began += early

    def arrived(self, moved: int) -> None:
        """Note how long it took to write so many records; of none nothing is learnt."""
        took = max(self._now(None).timestamp() - self._began, 0)
        if moved > _FEW:
            # Once it stalled is no reason to expect that it will for long.
            work = min(max(took - self._alone, 0), 2 * _LONGEST_WORK)
            self._each = _expected(self._each, work / moved)
        elif moved:
            self._alone = _expected(self._alone, took)


def _size(batch: Batch) -> int:
    return sum(len(write.payloads) if write else 1 for write in batch.values())


def _expected(before: float, last: float) -> float:
    """Return what to expect of the next: as much as the last, or nearly the former."""
    return max(last, (before + last) / 2)
