"""A list to its end, whatever breaks it off: rung after rung, each told.

The same token again; the list from its beginning, where what came is skipped; its
dates in windows; the window that fails in halves; and in what cannot be cut further
its identifiers, and record after record. What even then does not come is a hole,
with the reason. Nothing here knows a clock or a socket.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from oai_provider.harvester.endpoint import Endpoint, origin_of
from oai_provider.harvester.exchange import Arguments, FetchError, FetchFault
from oai_provider.harvester.keeper import Arrived, Count, Keeper
from oai_provider.harvester.listing import (
    HarvestedRecord,
    ListPage,
    PageError,
    UnreadableRecord,
)
from oai_provider.harvester.pages import Answer, Pages
from oai_provider.harvester.sinks.base import Origin
from oai_provider.harvester.state import Journal, is_nameless
from oai_provider.harvester.walk import (
    Anomaly,
    ListRefusedError,
    ListRequest,
    Odd,
    Progress,
    Walk,
)
from oai_provider.harvester.windows import Window, window
from oai_provider.protocol.datestamp import Granularity

_MOST_VAIN: Final = 64
"""Walks in a row without a record: twice as many as halving the dates may take."""
_MOST_SINGLE: Final = 10_000
"""Records that are asked for one by one, for one list."""
NAMELESS: Final = "a record without identifier"
_HOPELESS: Final = frozenset({FetchFault.AWAY, FetchFault.TLS, FetchFault.REDIRECTS})
_HOPELESS_STATUS: Final = frozenset({401, 403, 404, 407, 410})


class Step(NamedTuple):
    """How a harvest stands, for whoever watches it."""

    records: int
    size: int | None


class _EnoughError(Exception):
    """As many records were kept as were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a list came to."""

    distinct: int = 0
    pages: int = 0
    size: int | None = None
    proper: bool = False
    """Whether its end was told as OAI-PMH 3.5 has it."""
    holes: tuple[str, ...] = ()
    """What was not received, and why."""
    quarantined: tuple[str, ...] = ()
    """The records that cannot be kept, and why."""
    healed: tuple[str, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    swept: bool = False
    """Whether ListIdentifiers was walked to its end, and names nothing more."""
    first_response: datetime | None = None
    granularities: frozenset[int] = frozenset()
    """The lengths of datestamps that came."""
    stopped: bool = False
    """Whether as many records were kept as were asked for, and there may be more."""

    @property
    def is_short(self) -> bool:
        """Whether fewer records came than the list was said to have."""
        came = self.distinct + len(self.quarantined)
        return self.size is not None and came < self.size

    @property
    def missing(self) -> str:
        """What tells that records are missing, if anything does."""
        if self.is_short:
            return f"{self.distinct} of {self.size} records came"
        return next((str(a) for a in self.anomalies if a.odd is Odd.GAP), "")


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

    def climb(self) -> Outcome:
        """Return what the list came to; raises for an endpoint that is away.

        Raises `FetchError`, `PageError` for what no rung helps against, and
        `ListRefusedError` if the endpoint will not give the list at all.
        """
        try:
            if self.journal.stage == "list":
                self._whole()
            while self.journal.plan:
                self._next_window()
        except _EnoughError:
            return replace(self._outcome(), stopped=True)
        outcome = self._outcome()
        nameless = (told for told in outcome.quarantined if told.startswith(NAMELESS))
        missing = outcome.missing or next(nameless, "")
        if missing:
            self._heal(f"ListIdentifiers, and GetRecord for what is missing: {missing}")
            return self.sweep(self.request)
        return outcome

    def retry(self, identifiers: Iterable[str]) -> tuple[str, ...]:
        """Ask once more for records that could not be had before, one by one.

        Return what cannot be kept by now, those of the list among it.
        """
        names = [*identifiers]
        known = self.keeper.seen.known(names)
        for identifier in names:
            met = known.get(identifier)
            if met is not None and met.round == self.journal.round:
                continue
            if any(t.startswith(f"{identifier}: ") for t in self.journal.quarantined):
                continue
            if not is_nameless(identifier):
                self._single(identifier, "in quarantine")
            elif self.request.from_:
                self._refused(f"{identifier} of an earlier harvest has no identifier")
        self._settle(None)
        return self.journal.quarantined

    def sweep(self, request: ListRequest) -> Outcome:
        """Ask for all identifiers, and for each record that is named and not here."""
        reason = self._singly(request, "named by ListIdentifiers only")
        if reason:
            self._hole(f"ListIdentifiers {request}: {reason}")
        elif not self._nameless_headers:
            # By now each record that had no name is known by its name.
            named = (t for t in self.journal.quarantined if not t.startswith(NAMELESS))
            self.journal = replace(self.journal, quarantined=tuple(named))
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
            walk.ended_with(self.keeper.distinct + len(self.journal.quarantined))
            self._learn(walk)

    def _cut(self, walk: Walk, reason: str) -> None:
        """Go on by dates, where dates help."""
        whole = self._dates(walk.progress.first_response)
        halves = whole.halves()
        if halves is None or self._ignores_dates():
            self._one_by_one(self.request, reason)
            return
        self._heal(f"windows of dates: {reason}")
        plan = tuple(half.arguments for half in halves)
        self.journal = replace(
            self.journal, stage="windows", plan=plan, progress=_fresh(walk.progress)
        )

    def _next_window(self) -> None:
        (from_, until), *rest = self.journal.plan
        request = replace(self.request, from_=from_, until=until)
        tokens = self.keeper.state.tokens(self.journal.round)
        walk = Walk(request=request, progress=self.journal.progress, tokens=tokens)
        reason = self._walked(walk)
        plan = tuple(rest)
        if reason:
            halves = self._halves(from_, until)
            if self._vain >= _MOST_VAIN or self._ignores_dates():
                # Dates do not help: what is left is not worth as many requests more.
                self._one_by_one(self.request, reason)
                plan = ()
            elif halves:
                plan = (*(half.arguments for half in halves), *rest)
            else:
                self._one_by_one(request, reason)
        self.keeper.state.forget_tokens(self.journal.round)
        progress = _fresh(self.journal.progress)
        self.journal = replace(self.journal, plan=plan, progress=progress)
        self._proper = self._proper or not plan

    def _one_by_one(self, request: ListRequest, reason: str) -> None:
        self._heal(f"ListIdentifiers and GetRecord for {request}: {reason}")
        failed = self._singly(request, reason)
        if failed:
            self._hole(f"{request}: {reason}; ListIdentifiers: {failed}")

    def _singly(self, request: ListRequest, reason: str) -> str | None:
        """Ask for what ListIdentifiers names and is not here; return why it failed."""
        walk = Walk(request=replace(request, verb="ListIdentifiers"))
        try:
            while (arguments := walk.next()) is not None:
                answer = self.pages.page(arguments)
                walk.received(answer.page)
                self._nameless_headers += len(answer.page.unreadable)
                for name in self._missing(answer.page.records):
                    self._single(name, reason)
                self._settle(None)
        except (FetchError, PageError, ListRefusedError) as error:
            _raise_if_hopeless(error)
            return str(error)
        return str(walk.broken) if walk.broken else None

    def _missing(self, headers: tuple[HarvestedRecord, ...]) -> Iterator[str]:
        """Yield what is not kept, or changed since; what is kept was met."""
        names = [header.identifier for header in headers]
        seen, state = self.keeper.seen, self.keeper.state
        known = seen.known(names)
        with state.change():
            seen.meet([*known], self.journal.round)
        for header in headers:
            before = known.get(header.identifier)
            if before is None or before.datestamp < header.datestamp:
                yield header.identifier

    def _single(self, identifier: str, reason: str) -> None:
        if self._singles >= _MOST_SINGLE:
            self._hole(f"{identifier}: more than {_MOST_SINGLE} to be asked for singly")
            return
        self._singles += 1
        arguments = {
            "verb": "GetRecord",
            "identifier": identifier,
            "metadataPrefix": self.request.metadata_prefix,
        }
        try:
            answer = self.pages.page(arguments)
        except (FetchError, PageError) as error:
            _raise_if_hopeless(error)
            self._quarantine(identifier, f"{reason}; by itself: {error}")
            return
        if refused := _refusal(answer.page):
            self._quarantine(identifier, f"{reason}; by itself: {refused}")
            return
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
                if self._is_whole:
                    self.journal = replace(self.journal, size=walk.progress.size)
                if not answer.page.errors:
                    self._keep(answer, arguments, walk)
                self._stop_if_enough()
        except (FetchError, PageError, ListRefusedError) as error:
            self._settle(walk)
            _raise_if_hopeless(error)
            if isinstance(error, ListRefusedError) and self._is_new:
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

    @property
    def _is_whole(self) -> bool:
        """Whether pages are those of the whole list, not of a window."""
        return self.journal.stage == "list"

    @property
    def _is_new(self) -> bool:
        """Whether nothing of the list was ever given."""
        return self._is_whole and not self.journal.restarted

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
            raise _EnoughError

    def _settle(self, walk: Walk | None) -> None:
        for count in self.keeper.settle():
            self._note(count, walk)

    def _note(self, count: Count, walk: Walk | None) -> None:
        if walk:
            walk.noted(count.fresh, count.distinct)
        for identifier, reason in count.unreadable:
            self._refused(f"{identifier or NAMELESS}: {reason}")
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

    def _refused(self, told: str) -> None:
        if told not in self.journal.quarantined:
            quarantined = (*self.journal.quarantined, told)
            self.journal = replace(self.journal, quarantined=quarantined)

    def _hole(self, told: str) -> None:
        self.journal = replace(self.journal, holes=(*self.journal.holes, told))

    def _heal(self, told: str) -> None:
        self.journal = replace(self.journal, healed=(*self.journal.healed, told))

    def _ignores_dates(self) -> bool:
        return any(anomaly.odd is Odd.OUTSIDE for anomaly in self._anomalies)

    def _dates(self, first_response: datetime | None) -> Window:
        """Return the window of all dates a list can have."""
        granularity = self.endpoint.granularity or Granularity.DAY
        now = first_response or self.endpoint.response_date or self.now()
        from_, until = self.endpoint.earliest, now + timedelta(days=1)
        asked = self.request
        if asked.from_:
            from_ = _moment(asked.from_)
        if asked.until:
            until = _moment(asked.until)
        return window(from_ or _LONG_AGO, until, granularity)

    def _halves(self, from_: str, until: str) -> tuple[Window, Window] | None:
        granularity = self.endpoint.granularity or Granularity.DAY
        return window(_moment(from_), _moment(until), granularity).halves()

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
            first_response=self.journal.progress.first_response,
            granularities=frozenset(self._lengths),
        )


_LONG_AGO: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=_LONG_AGO.tzinfo)


def _refusal(page: ListPage) -> str:
    """Return why there is no record in the answer to GetRecord, empty if there is."""
    if page.errors:
        return "; ".join(f"{e.code} {e.message}".strip() for e in page.errors)
    return "" if page.records or page.unreadable else "no record, and no error"


def _fresh(progress: Progress) -> Progress:
    return Progress(first_response=progress.first_response)


def _raise_if_hopeless(error: Exception) -> None:
    if not isinstance(error, FetchError):
        return
    status = error.attempts[-1].status if error.attempts else None
    if error.fault in _HOPELESS or status in _HOPELESS_STATUS:
        raise error
