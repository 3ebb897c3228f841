"""A list to its end, whatever breaks it off: rung after rung, each told.

The same token again; the list from its beginning, where what came is skipped; its
dates in windows; the window that fails in halves; and in what cannot be cut further
its identifiers, and record after record. What even then does not come is a hole,
with the reason. Nothing here knows a socket.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from oai_provider.harvester.endpoint import Endpoint, origin_of
from oai_provider.harvester.exchange import Arguments, FetchError
from oai_provider.harvester.hopeless import raise_if_hopeless
from oai_provider.harvester.keeper import Arrived, Count, Keeper
from oai_provider.harvester.listing import (
    HarvestedRecord,
    ListPage,
    PageError,
    UnreadableRecord,
    is_nameless,
)
from oai_provider.harvester.outcome import Outcome, Step
from oai_provider.harvester.pages import Answer, Pages
from oai_provider.harvester.singles import is_gone, refusal
from oai_provider.harvester.sinks.base import Origin
from oai_provider.harvester.state import Journal
from oai_provider.harvester.walk import (
    Anomaly,
    ListRefusedError,
    ListRequest,
    Odd,
    Progress,
    Walk,
)
from oai_provider.harvester.windows import halved
from oai_provider.protocol.datestamp import Granularity

_MOST_VAIN: Final = 64
"""Walks in a row without a record: twice as many as halving the dates may take."""
_RETRIED: Final = "in quarantine"
_MOST_SINGLE: Final = 10_000
"""Records that are asked for one by one, for one list."""
_MOST_AT_FIRST: Final = 4
"""Walks in vain of a list of which there never came a page."""


class EnoughError(Exception):
    """As many records were kept as were asked for."""


@dataclass(slots=True, kw_only=True)
class Ladder:
    """One list of one endpoint."""

    endpoint: Endpoint
    pages: Pages
    keeper: Keeper
    request: ListRequest
    journal: Journal
    counted: Callable[[Count], None]
    """Told of every page that was kept."""
    now: Callable[[], datetime]
    watch: Callable[[Step], None] = lambda _: None
    _anomalies: list[Anomaly] = field(default_factory=list)
    _vain: int = 0
    """Walks since one that brought records and was not broken off."""
    _singles: int = 0
    _nameless_headers: int = 0
    _pages: int = 0
    _proper: bool = False
    _lengths: set[int] = field(default_factory=set)
    _enough: bool = False
    _asked: set[str] = field(default_factory=set)
    """What was asked for by itself, which is not done twice."""

    def climb(self) -> Outcome:
        """Return what the list came to; raises for an endpoint that is away.

        Raises `FetchError`, `PageError` for what no rung helps against, and
        `ListRefusedError` if the endpoint will not give the list at all, and like all
        that is done here `EnoughError`.
        """
        if self.journal.stage == "list":
            self._whole()
        while self.journal.plan:
            self._next_window()
        outcome = self._outcome()
        nameless = filter(is_nameless, outcome.quarantined)
        missing = outcome.missing or next(nameless, "")
        if missing:
            self._heal(f"ListIdentifiers, and GetRecord for what is missing: {missing}")
            return self.sweep(self.request)
        return outcome

    def retry(self, identifiers: Iterable[str]) -> None:
        """Ask once more for records that could not be had before, one by one."""
        names = [*identifiers]
        known = self.keeper.seen.known(names)
        for identifier in names:
            met = known.get(identifier)
            is_met = met is not None and met.round >= self.journal.round
            if not (is_met or is_nameless(identifier)):
                self._single(identifier, _RETRIED)
        self._settle(None)
        self._stop_if_enough()

    def stopped(self) -> Outcome:
        """Return what the list came to when as many records were kept as asked for."""
        return replace(self._outcome(), stopped=True)

    def sweep(self, request: ListRequest) -> Outcome:
        """Ask for all identifiers, and for each record that is named and not here."""
        reason = self._singly(request, "named by ListIdentifiers only")
        if reason:
            self._hole(f"ListIdentifiers {request}: {reason}")
        elif not self._nameless_headers:
            # By now each record that had no name is known by its name.
            named = self.journal.quarantined.without(is_nameless)
            self.journal = replace(self.journal, quarantined=named)
        return replace(self._outcome(), swept=not reason)

    # The rungs.

    def _whole(self) -> None:
        tokens = self.keeper.state.tokens(self.journal.round)
        walk = Walk(request=self.request, progress=self.journal.progress, tokens=tokens)
        reason = self._walked(walk)
        if reason and walk.broken and walk.broken.odd is Odd.LATER_ERROR:
            self._heal(f"the same token again: {reason}")
            walk = walk.again()
            reason = self._walked(walk)
        if reason and not self.journal.restarted:
            self._heal(f"the list from its beginning: {reason}")
            self.journal = replace(self.journal, restarted=True)
            self.keeper.state.forget_tokens(self.journal.round)
            walk = walk.restarted()
            reason = self._walked(walk)
        if reason is not None:
            self._cut(walk, reason)
            return
        self._proper = walk.progress.proper
        if not self.journal.restarted:
            walk.ended_with(self.keeper.distinct + self.journal.quarantined.count)
            self._learn(walk)

    def _cut(self, walk: Walk, reason: str) -> None:
        """Go on by dates, where dates help."""
        ends = self.request.from_ or "", self.request.until or ""
        plan = self._halves(*ends)
        if not plan or self._ignores_dates():
            self._one_by_one(self.request, reason)
            return
        self._heal(f"windows of dates: {reason}")
        self.journal = replace(
            self.journal, stage="windows", plan=plan, progress=_fresh(walk.progress)
        )

    def _next_window(self) -> None:
        (from_, until), *rest = self.journal.plan
        request = replace(self.request, from_=from_ or None, until=until or None)
        tokens = self.keeper.state.tokens(self.journal.round)
        walk = Walk(request=request, progress=self.journal.progress, tokens=tokens)
        reason = self._walked(walk)
        plan = tuple(rest)
        if reason:
            halves = self._halves(from_, until)
            if self._vain >= self._most_vain or self._ignores_dates():
                # Dates do not help: what is left is not worth as many requests more.
                self._one_by_one(self.request, reason)
                plan = ()
            elif halves:
                plan = (*halves, *rest)
            else:
                self._one_by_one(request, reason)
        self.keeper.state.forget_tokens(self.journal.round)
        progress = _fresh(self.journal.progress)
        self.journal = replace(self.journal, plan=plan, progress=progress)
        self._proper = self._proper or not plan

    @property
    def _most_vain(self) -> int:
        came = self._pages or self.keeper.distinct
        return _MOST_VAIN if came else _MOST_AT_FIRST

    def _one_by_one(self, request: ListRequest, reason: str) -> None:
        self._heal(f"ListIdentifiers and GetRecord for {request}: {reason}")
        failed = self._singly(request, reason)
        if failed:
            self._hole(f"{request}: {reason}; ListIdentifiers: {failed}")

    def _singly(self, request: ListRequest, reason: str) -> str | None:
        """Ask for what ListIdentifiers names and is not here; return why it failed."""
        walk = Walk(request=replace(request, verb="ListIdentifiers"))
        named = 0
        try:
            while (arguments := walk.next()) is not None:
                page = self.pages.page(arguments).page
                walk.received(page)
                self._nameless_headers += len(page.unreadable)
                fresh, missing = self._sought(page.records)
                for name in missing:
                    self._single(name, reason)
                self._settle(None)
                self._stop_if_enough()
                named += fresh
                walk.noted(fresh, named)
        except (FetchError, PageError, ListRefusedError) as error:
            raise_if_hopeless(error, by_token=bool(walk.progress.token))
            return str(error)
        return str(walk.broken) if walk.broken else None

    def _sought(self, headers: tuple[HarvestedRecord, ...]) -> tuple[int, list[str]]:
        """Return how many are named for the first time, and what is not here.

        Or is here as it was before; all else that is here was met.
        """
        seen, state, number = self.keeper.seen, self.keeper.state, self.journal.round
        known = seen.known([header.identifier for header in headers])
        missing = [
            h.identifier
            for h in headers
            if h.identifier not in known or known[h.identifier].datestamp < h.datestamp
        ]
        # A sweep is a round of its own, in which each is met once.
        fresh = sum(before.round <= number for before in known.values())
        fresh += sum(name not in known for name in missing)
        met = [*(known.keys() - {*missing})]
        with state.change():
            seen.meet(met, number + 1)
        return fresh, [n for n in dict.fromkeys(missing) if n not in self._asked]

    def _single(self, identifier: str, reason: str) -> None:
        if self._singles >= _MOST_SINGLE:
            self._hole(f"more than {_MOST_SINGLE} records to be asked for one by one")
            return
        self._singles += 1
        self._asked.add(identifier)
        arguments = {
            "verb": "GetRecord",
            "identifier": identifier,
            "metadataPrefix": self.request.metadata_prefix,
        }
        try:
            answer = self.pages.page(arguments)
        except (FetchError, PageError) as error:
            raise_if_hopeless(error, by_token=True)
            self._quarantine(identifier, f"{reason}; by itself: {error}")
            return
        if reason == _RETRIED and is_gone(answer.page):
            self._let_go(identifier)
        elif refused := refusal(answer.page, identifier):
            self._quarantine(identifier, f"{reason}; by itself: {refused}")
        else:
            self._keep(answer, arguments, None)

    # What all rungs do.

    def _walked(self, walk: Walk) -> str | None:
        """Walk a list until it ends; return what broke it off, None if nothing did."""
        reason = None
        # Of no more than so many records nothing is asked for that may not be wanted.
        following = walk.following if self.keeper.most is None else None
        try:
            while (arguments := walk.next()) is not None:
                answer = self.pages.page(arguments, following)
                walk.received(answer.page)
                self._learn(walk)
                if self._is_whole:
                    self.journal = replace(self.journal, size=walk.progress.size)
                if not answer.page.errors:
                    self._keep(answer, arguments, walk)
                self._stop_if_enough()
        except (FetchError, PageError, ListRefusedError) as error:
            self._settle(walk)
            raise_if_hopeless(error, by_token=bool(walk.progress.token))
            if isinstance(error, ListRefusedError) and self.journal.is_new:
                raise
            reason = str(error)
        else:
            self._settle(walk)
            self._stop_if_enough()
        self.journal = replace(self.journal, progress=walk.progress)
        self._learn(walk)
        self._pages += walk.progress.pages
        if walk.broken:
            reason = str(walk.broken)
        self._vain = 0 if reason is None and walk.progress.served else self._vain + 1
        return reason

    def _learn(self, walk: Walk) -> None:
        self._anomalies.extend(a for a in walk.anomalies if a not in self._anomalies)
        gap = next((str(a) for a in walk.anomalies if a.odd is Odd.GAP), "")
        self.journal = replace(self.journal, gap=self.journal.gap or gap)

    @property
    def _is_whole(self) -> bool:
        """Whether pages are those of the whole list, not of a window."""
        return self.journal.stage == "list"

    def _keep(
        self, answer: Answer[ListPage], arguments: Arguments, walk: Walk | None
    ) -> None:
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

    def _stop_if_enough(self) -> None:
        if self._enough:
            self._settle(None)
            raise EnoughError

    def _settle(self, walk: Walk | None) -> None:
        for count in self.keeper.settle():
            self._note(count, walk)

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

    def _quarantine(self, identifier: str, reason: str) -> None:
        # One thread at a time.
        self._settle(None)
        record = UnreadableRecord(reason=reason, xml=b"", identifier=identifier)
        state = self.keeper.state
        with state.change():
            state.quarantine(self.request.metadata_prefix, record, self.now())
        self._refused(f"{identifier}: {reason}")

    def _let_go(self, identifier: str) -> None:
        self._settle(None)
        state = self.keeper.state
        with state.change():
            state.let_go(self.request.metadata_prefix, identifier)

    def _refused(self, told: str) -> None:
        quarantined = self.journal.quarantined.and_told(told)
        self.journal = replace(self.journal, quarantined=quarantined)

    def _hole(self, told: str) -> None:
        self.journal = replace(self.journal, holes=self.journal.holes.and_told(told))

    def _heal(self, told: str) -> None:
        self.journal = replace(self.journal, healed=self.journal.healed.and_told(told))

    def _ignores_dates(self) -> bool:
        return any(anomaly.odd is Odd.OUTSIDE for anomaly in self._anomalies)

    def _halves(self, from_: str, until: str) -> tuple[tuple[str, str], ...]:
        """Return both halves of some dates, none if they cannot be cut."""
        first = self.journal.progress.first_response
        now = first or self.endpoint.response_date or self.now()
        return halved(
            from_,
            until,
            earliest=self.endpoint.earliest,
            latest=now + timedelta(days=1),
            granularity=self.endpoint.granularity or Granularity.DAY,
        )

    def _outcome(self) -> Outcome:
        return Outcome(
            distinct=self.keeper.distinct,
            pages=self._pages,
            size=self.journal.size,
            proper=self._proper,
            holes=self.journal.holes,
            quarantined=self.journal.quarantined,
            healed=self.journal.healed,
            anomalies=tuple(self._anomalies),
            gap=self.journal.gap,
            first_response=self.journal.progress.first_response,
            granularities=frozenset(self._lengths),
        )


def _fresh(progress: Progress) -> Progress:
    return Progress(first_response=progress.first_response)
