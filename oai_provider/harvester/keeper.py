"""Pages are kept in a thread of their own, so that the endpoint is not kept waiting.

What comes while the disk is busy is committed together: first the target, then the
memory, which never knows of more than is safe. After a crash the target is cut back
to what the memory knows.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Final

from oai_provider.harvester.exchange import Arguments
from oai_provider.harvester.listing import ListPage, UnreadableRecord
from oai_provider.harvester.pages import Archive
from oai_provider.harvester.seen import Seen
from oai_provider.harvester.sinks.base import Origin, Sink
from oai_provider.harvester.state import Journal, ListKey, State

_AHEAD: Final = 4
"""Pages that may wait to be kept."""
_TOGETHER: Final = 8
"""Pages of one commit at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A page, and the journal that is right once it is kept."""

    page: ListPage
    arguments: Arguments
    document: bytes
    origin: Origin
    journal: Journal
    noticed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What became of the records of pages."""

    fresh: int = 0
    """Met for the first time in this round."""
    distinct: int = 0
    """Of the round, after the page."""
    kept: int = 0
    deleted: int = 0
    unchanged: int = 0
    repairs: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    enough: bool = False
    """Whether no more is kept, as many being kept as were asked for."""


@dataclass(slots=True, kw_only=True)
class Keeper:
    """Keeps the pages of one list."""

    key: ListKey
    state: State
    sink: Sink
    seen: Seen
    distinct: int = 0
    archive: Archive | None = None
    most: int | None = None
    """Records that are kept at the most; what is unchanged does not count."""
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "keeper")
    )
    _waiting: deque[Future[Count]] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)
    _left: int = 0
    _open: int = 0
    _journal: Journal | None = None

    def keep(self, arrived: Arrived) -> Iterator[Count]:
        """Take a page; yield the counts of those that were kept meanwhile, in order."""
        with self._lock:
            self._left += 1
        try:
            self._waiting.append(self._thread.submit(self._keep, arrived))
        except RuntimeError:
            # The thread has ended: one of those that wait says why.
            while self._waiting:
                yield self._waiting.popleft().result()
            raise
        while self._waiting and (
            len(self._waiting) > _AHEAD or self._waiting[0].done()
        ):
            yield self._waiting.popleft().result()

    def settle(self) -> Iterator[Count]:
        """Yield the counts of all that was given; afterwards it is committed."""
        while self._waiting:
            yield self._waiting.popleft().result()
        self._thread.submit(self._commit).result()

    def close(self) -> None:
        """Wait for the page that is being kept, and drop the others.

        What was kept is committed: target and memory stay together.
        """
        self._thread.shutdown(cancel_futures=True)
        self._commit()

    def _keep(self, arrived: Arrived) -> Count:
        with self._lock:
            self._left -= 1
            is_last = not self._left
        if self.most is not None and self.most <= 0:
            return Count(distinct=self.distinct, enough=True)
        try:
            count = self._written(arrived)
            self._open += 1
            self._journal = self._reached(arrived.journal, cut=count.enough)
            if is_last or self._open >= _TOGETHER:
                self._commit()
        except BaseException:
            # Memory and target part here; what was not committed comes again.
            self.state.connection.rollback()
            self._open = 0
            self._thread.shutdown(wait=False, cancel_futures=True)
            raise
        return count

    def _reached(self, journal: Journal, *, cut: bool) -> Journal | None:
        """Return how far the list has come: of a page cut short the rest comes later.

        What was kept of it was met all the same.
        """
        reached = (self._journal or self.state.journal(self.key)) if cut else journal
        return reached and replace(reached, distinct=self.distinct)

    def _written(self, arrived: Arrived) -> Count:
        page, number = arrived.page, arrived.journal.round
        found = self.seen.sort(page.records, number)
        if self.most is not None:
            found, self.most = found.cut(self.most), self.most - len(found.news)
        places = self.sink.write(found.news, arrived.origin)
        refused = tuple(self.sink.refused())
        self.seen.keep(found, places, number, unfit={name for name, _ in refused})
        self.distinct += found.fresh
        self._quarantine(arrived, refused)
        if page.repairs:
            self.state.repaired(
                arrived.arguments, arrived.document, page.repairs, arrived.noticed
            )
        enough = self.most is not None and self.most < 0
        if (token := arrived.journal.progress.token) and not enough:
            self.state.met(number, token)
        return Count(
            fresh=found.fresh,
            distinct=self.distinct,
            kept=len(found.news) - len(refused),
            deleted=sum(record.deleted for record in found.news),
            unchanged=len(found.unchanged),
            repairs=len(page.repairs),
            refused=refused,
            unreadable=tuple((u.name, u.reason) for u in page.unreadable),
            enough=enough,
        )

    def _quarantine(
        self, arrived: Arrived, refused: tuple[tuple[str, str], ...]
    ) -> None:
        """Set aside what is not fit, be it to be read or for the target."""
        unfit = (
            UnreadableRecord(reason=reason, xml=b"", identifier=name)
            for name, reason in refused
        )
        for record in (*arrived.page.unreadable, *unfit):
            self.state.quarantine(
                arrived.origin.metadata_prefix, record, arrived.noticed
            )

    def _commit(self) -> None:
        if not self._open:
            return
        position = self.sink.commit()
        if self.archive:
            self.archive.commit()
        with self.state.change():
            self.state.reached(position)
            if self._journal:
                self.state.note(self.key, self._journal)
        self._journal, self._open = None, 0
