"""One list as it is received: what came of it, what did not, and what that comes to.

The journal of the list is here, and all that is told of it. How it is got to its end is
the ladder's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from oai_provider.harvester.endpoint import Endpoint, origin_of
from oai_provider.harvester.exchange import Arguments
from oai_provider.harvester.keeper import Arrived, Count, Keeper
from oai_provider.harvester.listing import ListPage, UnreadableRecord
from oai_provider.harvester.outcome import Outcome, Step
from oai_provider.harvester.pages import Answer
from oai_provider.harvester.sinks.base import Origin
from oai_provider.harvester.state import Journal
from oai_provider.harvester.walk import Anomaly, ListRequest, Odd, Walk


class EnoughError(Exception):
    """As many records were kept as were asked for."""


@dataclass(slots=True, kw_only=True)
class Course:
    """The course of one list of one endpoint."""

    endpoint: Endpoint
    keeper: Keeper
    request: ListRequest
    journal: Journal
    counted: Callable[[Count], None]
    """Told of every page that was kept."""
    now: Callable[[], datetime]
    watch: Callable[[Step], None] = lambda _: None
    received: int = 0
    """Pages, of all walks."""
    proper: bool = False
    """Whether it came to an end as OAI-PMH 3.5 knows it."""
    _anomalies: list[Anomaly] = field(default_factory=list)
    _lengths: set[int] = field(default_factory=set)
    _enough: bool = False

    def walk(self, request: ListRequest) -> Walk:
        """Return a walk of a list, which goes on where the journal is."""
        tokens = self.keeper.state.tokens(self.journal.round)
        return Walk(request=request, progress=self.journal.progress, tokens=tokens)

    def learn(self, walk: Walk) -> None:
        """Take what is odd about a walk."""
        self._anomalies.extend(a for a in walk.anomalies if a not in self._anomalies)
        gap = next((str(a) for a in walk.anomalies if a.odd is Odd.GAP), "")
        self.journal = replace(self.journal, gap=self.journal.gap or gap)

    def measure(self, walk: Walk) -> None:
        """Take how many records the list is said to have; a window's are not those."""
        if self.journal.stage == "list":
            self.journal = replace(self.journal, size=walk.progress.size)

    def keep(
        self, answer: Answer[ListPage], arguments: Arguments, walk: Walk | None
    ) -> None:
        """Keep a page, and take the counts of those that were kept meanwhile."""
        if walk:
            self.journal = replace(self.journal, progress=walk.progress)
        self._lengths.update(len(r.datestamp) for r in answer.page.records[:1])
        arrived = Arrived(
            page=answer.page,
            arguments=arguments,
            document=answer.exchange.body,
            origin=self._origin(answer.page),
            journal=self.journal,
            noticed=self.now(),
        )
        for count in self.keeper.keep(arrived):
            self._note(count, walk)

    def settle(self, walk: Walk | None) -> None:
        """Wait until all that came is kept."""
        for count in self.keeper.settle():
            self._note(count, walk)

    def stop_if_enough(self) -> None:
        """Raise `EnoughError` if as many were kept as were asked for."""
        if self._enough:
            self.settle(None)
            raise EnoughError

    def _note(self, count: Count, walk: Walk | None) -> None:
        if walk:
            walk.noted(count.fresh, count.distinct)
        for name, reason in count.unreadable:
            self._refused(f"{name}: {reason}")
        self.watch(Step(count.distinct, self.journal.size))
        self.counted(count)
        self._enough = self._enough or count.enough

    def _origin(self, page: ListPage) -> Origin:
        key = self.keeper.key
        return origin_of(
            self.endpoint, key.base_url, key.metadata_prefix, page.response_date
        )

    def quarantine(self, identifier: str, reason: str) -> None:
        """Set a record aside that could not be had."""
        # One thread at a time.
        self.settle(None)
        record = UnreadableRecord(reason=reason, xml=b"", identifier=identifier)
        state = self.keeper.state
        with state.change():
            state.quarantine(self.request.metadata_prefix, record, self.now())
        self._refused(f"{identifier}: {reason}")

    def let_go(self, identifier: str) -> None:
        """Forget a record that was set aside, and is gone."""
        self.settle(None)
        state = self.keeper.state
        with state.change():
            state.let_go(self.request.metadata_prefix, identifier)

    def _refused(self, told: str) -> None:
        quarantined = self.journal.quarantined.and_told(told)
        self.journal = replace(self.journal, quarantined=quarantined)

    def hole(self, told: str) -> None:
        """Tell of something that is missing."""
        self.journal = replace(self.journal, holes=self.journal.holes.and_told(told))

    def heal(self, told: str) -> None:
        """Tell what is done to get on."""
        self.journal = replace(self.journal, healed=self.journal.healed.and_told(told))

    def ignores_dates(self) -> bool:
        """Tell whether records came outside the dates that were asked for."""
        return any(anomaly.odd is Odd.OUTSIDE for anomaly in self._anomalies)

    def outcome(self) -> Outcome:
        """Return what the list came to until now."""
        return Outcome(
            distinct=self.keeper.distinct,
            pages=self.received,
            size=self.journal.size,
            proper=self.proper,
            holes=self.journal.holes,
            quarantined=self.journal.quarantined,
            healed=self.journal.healed,
            anomalies=tuple(self._anomalies),
            gap=self.journal.gap,
            first_response=self.journal.progress.first_response,
            granularities=frozenset(self._lengths),
        )
