"""A list to its end, whatever breaks it off: rung after rung, each told.

The same token again; the list from its beginning, where what came is skipped; its
dates in windows; the window that fails in halves; and in what cannot be cut further
its identifiers, and record after record. What even then does not come is a hole,
with the reason. Nothing here knows a socket.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from oai_provider.harvester.course import Course
from oai_provider.harvester.exchange import FetchError
from oai_provider.harvester.hopeless import raise_if_hopeless
from oai_provider.harvester.listing import (
    HarvestedRecord,
    PageError,
    is_nameless,
)
from oai_provider.harvester.outcome import Outcome
from oai_provider.harvester.pages import Pages
from oai_provider.harvester.singles import is_gone, refusal
from oai_provider.harvester.walk import (
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


@dataclass(slots=True, kw_only=True)
class Ladder:
    """One list of one endpoint."""

    pages: Pages
    course: Course
    _vain: int = 0
    """Walks since one that brought records and was not broken off."""
    _singles: int = 0
    _nameless_headers: int = 0
    _asked: set[str] = field(default_factory=set)
    """What was asked for by itself, which is not done twice."""

    def climb(self) -> Outcome:
        """Return what the list came to; raises for an endpoint that is away.

        Raises `FetchError`, `PageError` for what no rung helps against, and
        `ListRefusedError` if the endpoint will not give the list at all, and like all
        that is done here `EnoughError`.
        """
        if self.course.journal.stage == "list":
            self._whole()
        while self.course.journal.plan:
            self._next_window()
        outcome = self.course.outcome()
        nameless = filter(is_nameless, outcome.quarantined)
        missing = outcome.missing or next(nameless, "")
        if missing:
            self.course.heal(
                f"ListIdentifiers, and GetRecord for what is missing: {missing}"
            )
            return self.sweep(self.course.request)
        return outcome

    def retry(self, identifiers: Iterable[str]) -> None:
        """Ask once more for records that could not be had before, one by one."""
        names = [*identifiers]
        known = self.course.keeper.seen.known(names)
        for identifier in names:
            met = known.get(identifier)
            is_met = met is not None and met.round >= self.course.journal.round
            if not (is_met or is_nameless(identifier)):
                self._single(identifier, _RETRIED)
        self.course.settle(None)
        self.course.stop_if_enough()

    def stopped(self) -> Outcome:
        """Return what the list came to when as many records were kept as asked for."""
        return replace(self.course.outcome(), stopped=True)

    def sweep(self, request: ListRequest) -> Outcome:
        """Ask for all identifiers, and for each record that is named and not here."""
        reason = self._singly(request, "named by ListIdentifiers only")
        if reason:
            self.course.hole(f"ListIdentifiers {request}: {reason}")
        elif not self._nameless_headers:
            # By now each record that had no name is known by its name.
            named = self.course.journal.quarantined.without(is_nameless)
            self.course.journal = replace(self.course.journal, quarantined=named)
        return replace(self.course.outcome(), swept=not reason)

    # The rungs.

    def _whole(self) -> None:
        walk = self.course.walk(self.course.request)
        reason = self._walked(walk)
        if reason and walk.broken and walk.broken.odd is Odd.LATER_ERROR:
            self.course.heal(f"the same token again: {reason}")
            walk = walk.again()
            reason = self._walked(walk)
        if reason and not self.course.journal.restarted:
            self.course.heal(f"the list from its beginning: {reason}")
            self.course.journal = replace(self.course.journal, restarted=True)
            self.course.keeper.state.forget_tokens(self.course.journal.round)
            walk = walk.restarted()
            reason = self._walked(walk)
        if reason is not None:
            self._cut(walk, reason)
            return
        self.course.proper = walk.progress.proper
        if not self.course.journal.restarted:
            walk.ended_with(
                self.course.keeper.distinct + self.course.journal.quarantined.count
            )
            self.course.learn(walk)

    def _cut(self, walk: Walk, reason: str) -> None:
        """Go on by dates, where dates help."""
        ends = self.course.request.from_ or "", self.course.request.until or ""
        plan = self._halves(*ends)
        if not plan or self.course.ignores_dates():
            self._one_by_one(self.course.request, reason)
            return
        self.course.heal(f"windows of dates: {reason}")
        self.course.journal = replace(
            self.course.journal,
            stage="windows",
            plan=plan,
            progress=_fresh(walk.progress),
        )

    def _next_window(self) -> None:
        (from_, until), *rest = self.course.journal.plan
        request = replace(self.course.request, from_=from_ or None, until=until or None)
        walk = self.course.walk(request)
        reason = self._walked(walk)
        plan = tuple(rest)
        if reason:
            halves = self._halves(from_, until)
            if self._vain >= self._most_vain or self.course.ignores_dates():
                # Dates do not help: what is left is not worth as many requests more.
                self._one_by_one(self.course.request, reason)
                plan = ()
            elif halves:
                plan = (*halves, *rest)
            else:
                self._one_by_one(request, reason)
        self.course.keeper.state.forget_tokens(self.course.journal.round)
        progress = _fresh(self.course.journal.progress)
        self.course.journal = replace(self.course.journal, plan=plan, progress=progress)
        self.course.proper = self.course.proper or not plan

    @property
    def _most_vain(self) -> int:
        came = self.course.received or self.course.keeper.distinct
        return _MOST_VAIN if came else _MOST_AT_FIRST

    def _one_by_one(self, request: ListRequest, reason: str) -> None:
        self.course.heal(f"ListIdentifiers and GetRecord for {request}: {reason}")
        failed = self._singly(request, reason)
        if failed:
            self.course.hole(f"{request}: {reason}; ListIdentifiers: {failed}")

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
                self.course.settle(None)
                self.course.stop_if_enough()
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
        seen, state, number = (
            self.course.keeper.seen,
            self.course.keeper.state,
            self.course.journal.round,
        )
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
            self.course.hole(
                f"more than {_MOST_SINGLE} records to be asked for one by one"
            )
            return
        self._singles += 1
        self._asked.add(identifier)
        arguments = {
            "verb": "GetRecord",
            "identifier": identifier,
            "metadataPrefix": self.course.request.metadata_prefix,
        }
        try:
            answer = self.pages.page(arguments)
        except (FetchError, PageError) as error:
            raise_if_hopeless(error, by_token=True)
            self.course.quarantine(identifier, f"{reason}; by itself: {error}")
            return
        if reason == _RETRIED and is_gone(answer.page):
            self.course.let_go(identifier)
        elif refused := refusal(answer.page, identifier):
            self.course.quarantine(identifier, f"{reason}; by itself: {refused}")
        else:
            self.course.keep(answer, arguments, None)

    # What all rungs do.

    def _walked(self, walk: Walk) -> str | None:
        """Walk a list until it ends; return what broke it off, None if nothing did."""
        reason = None
        # Of no more than so many records nothing is asked for that may not be wanted.
        following = walk.following if self.course.keeper.most is None else None
        try:
            while (arguments := walk.next()) is not None:
                answer = self.pages.page(arguments, following)
                walk.received(answer.page)
                self.course.learn(walk)
                self.course.measure(walk)
                if not answer.page.errors:
                    self.course.keep(answer, arguments, walk)
                self.course.stop_if_enough()
        except (FetchError, PageError, ListRefusedError) as error:
            self.course.settle(walk)
            raise_if_hopeless(error, by_token=bool(walk.progress.token))
            if isinstance(error, ListRefusedError) and self.course.journal.is_new:
                raise
            reason = str(error)
        else:
            self.course.settle(walk)
            self.course.stop_if_enough()
        self.course.journal = replace(self.course.journal, progress=walk.progress)
        self.course.learn(walk)
        self.course.received += walk.progress.pages
        if walk.broken:
            reason = str(walk.broken)
        self._vain = 0 if reason is None and walk.progress.served else self._vain + 1
        return reason

    def _halves(self, from_: str, until: str) -> tuple[tuple[str, str], ...]:
        """Return both halves of some dates, none if they cannot be cut."""
        first = self.course.journal.progress.first_response
        now = first or self.course.endpoint.response_date or self.course.now()
        return halved(
            from_,
            until,
            earliest=self.course.endpoint.earliest,
            latest=now + timedelta(days=1),
            granularity=self.course.endpoint.granularity or Granularity.DAY,
        )


def _fresh(progress: Progress) -> Progress:
    return Progress(first_response=progress.first_response)
