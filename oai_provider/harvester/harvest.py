"""One endpoint harvested into one place: each list to its end, then the verdict.

A watermark is the responseDate of the first answer of a list, by the endpoint's own
clock, or by ours where that is behind; it moves when the list was received. The next
harvest begins a little before it, and what is known already is passed over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from oai_provider.harvester.beginning import (
    DAYS_ONLY,
    begun_journal,
    in_days,
    keys_of,
    request_of,
)
from oai_provider.harvester.course import Course, EnoughError
from oai_provider.harvester.deletions import inferred
from oai_provider.harvester.endpoint import Endpoint, origin_of
from oai_provider.harvester.exchange import FetchError
from oai_provider.harvester.introduction import introduced
from oai_provider.harvester.keeper import Keeper
from oai_provider.harvester.ladder import Ladder
from oai_provider.harvester.listing import HarvestedRecord, PageError
from oai_provider.harvester.order import Order, Report
from oai_provider.harvester.outcome import Outcome, Step
from oai_provider.harvester.pages import Pages
from oai_provider.harvester.quirks import quirks
from oai_provider.harvester.seen import Seen, Sorted, move, places
from oai_provider.harvester.sinks.base import Sink
from oai_provider.harvester.state import Journal, ListKey, State
from oai_provider.harvester.tally import Tally
from oai_provider.harvester.verdict import is_named, is_nameless_in, is_received, judged
from oai_provider.harvester.walk import ListRefusedError, ListRequest
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.model import DeletedRecord

_REFUSED: Final = "is refused, whatever the granularity: days are asked for"
_BROKEN_PROMISE: Final = "deletedRecord is persistent, and records are gone untold"
_MOST_RETRIED: Final = 1_000
"""Records in quarantine that are asked for again."""
_AT_ONCE: Final = 500

Watch = Callable[[ListRequest, Step], None]


@dataclass(slots=True, kw_only=True)
class Harvest:
    """A harvest of one endpoint into one place."""

    order: Order
    pages: Pages
    sink: Sink
    state: State
    now: Callable[[], datetime]
    watch: Watch = lambda _, __: None
    _endpoint: Endpoint = field(default_factory=Endpoint)
    _ahead: timedelta = timedelta(0)
    _tally: Tally = field(default_factory=Tally)

    def run(self) -> Report:
        """Harvest all that is ordered; what fails is a reason of the report."""
        began = self.now()
        self.sink.resume(self.state.position())
        try:
            met = introduced(self.pages)
            self._endpoint, self._ahead = met.endpoint, met.ahead
            self._tally.facts.update(met.facts)
            self._tally.quirks.update(met.quirks)
            for prefix in self.order.metadata_prefixes:
                if not self._tally.stopped:
                    self._format(prefix)
        except (FetchError, PageError) as error:
            self._tally.failed(str(error))
        self._put_in_order()
        with self.state.change():
            learned = {**self._tally.facts, **self._tally.quirks}
            self.state.learn(self.order.base_url, learned)
        seconds = (self.now() - began).total_seconds()
        return self._tally.report(self.pages, seconds)

    # Its lists.

    def _format(self, prefix: str) -> None:
        """Harvest all lists of a format, and find out what is no longer in any."""
        seen, outcomes = Seen(self.state, prefix), []
        begun = self.state.next_round()
        for key in keys_of(self.order, prefix):
            journal = begun_journal(
                key, begun, order=self.order, endpoint=self._endpoint, state=self.state
            )
            begun = min(begun, journal.begun)
            outcome = self._list(key, seen, journal)
            outcomes.append(outcome)
            if outcome and outcome.stopped:
                return
        whole = [o for o in outcomes if o and is_named(o)]
        if self._names_all(prefix) and len(whole) == len(outcomes):
            self._infer(prefix, seen, begun, whole[0].first_response)

    def _list(self, key: ListKey, seen: Seen, journal: Journal) -> Outcome | None:
        """Harvest a list; return what it came to, None if it is refused."""
        try:
            outcome = self._climbed(key, seen, journal)
        except ListRefusedError as error:
            by_days = in_days(journal)
            if error.codes == {"badArgument"} and by_days != journal:
                self._tally.quirks[DAYS_ONLY] = _REFUSED
                return self._list(key, seen, by_days)
            self._tally.failed(self._refusal(error))
            return None
        self._ended(key, journal, outcome)
        return outcome

    def _refusal(self, error: ListRefusedError) -> str:
        if "cannotDisseminateFormat" in error.codes and self._endpoint.formats:
            return f"{error}: it has {', '.join(self._endpoint.formats)}"
        return str(error)

    def _climbed(self, key: ListKey, seen: Seen, journal: Journal) -> Outcome:
        most = self.order.most
        keeper = Keeper(
            key=key,
            state=self.state,
            sink=self.sink,
            seen=seen,
            distinct=journal.distinct,
            archive=self.pages.archive,
            most=None if most is None else max(most - self._tally.kept, 0),
        )
        request = request_of(key, journal)
        course = Course(
            endpoint=self._endpoint,
            keeper=keeper,
            request=request,
            journal=journal,
            counted=self._tally.count,
            now=self.now,
            watch=lambda step: self.watch(request, step),
        )
        ladder = Ladder(pages=self.pages, course=course)
        try:
            return self._proven(ladder, request)
        finally:
            keeper.close()

    def _proven(self, ladder: Ladder, request: ListRequest) -> Outcome:
        unfit = self.state.quarantined(request.metadata_prefix)
        before = [name for name, _ in islice(unfit, _MOST_RETRIED)]
        try:
            outcome = ladder.climb()
            if self.order.prove and not (outcome.swept and request.from_ is None):
                # All that there is, not only what is new.
                is_window = self.order.from_ is not None
                whole = request if is_window else replace(request, from_=None)
                outcome = ladder.sweep(whole)
            # Afterwards, so that they are not counted among those of the list.
            ladder.retry(before)
        except EnoughError:
            return ladder.stopped()
        return outcome

    def _ended(self, key: ListKey, journal: Journal, outcome: Outcome) -> None:
        prefix = key.metadata_prefix
        watermark = self._watermark(key, outcome)
        with self.state.change():
            self.state.release(prefix, journal.round)
            is_whole = is_received(outcome) and not (journal.from_ or key.set_spec)
            if is_whole and not is_nameless_in(outcome):
                self.state.release_nameless(prefix)
        verdict, reasons = judged(outcome, self.state.told_quarantined(prefix))
        with self.state.change():
            if not outcome.stopped:
                self.state.ended(key, verdict, watermark)
        self._tally.judge(verdict, reasons, outcome)
        self._tally.quirks.update(quirks(self._endpoint, outcome))
        if watermark:
            self._tally.reach(watermark)

    def _watermark(self, key: ListKey, outcome: Outcome) -> datetime | None:
        """Return where the next harvest may begin, None where this one did.

        A list of some dates tells nothing of those before them.
        """
        first = outcome.first_response
        if key.dates or first is None or not is_received(outcome):
            return None
        # Datestamps may be by a clock that is right: the earlier one loses nothing.
        return first - self._ahead

    def _put_in_order(self) -> None:
        """Let the target drop what was superseded."""
        moved = self.sink.finish(places(self.state))
        if moved is not None:
            with self.state.change():
                move(self.state, moved)
                self.state.reached(self.sink.commit())

    # What is no longer there.

    def _names_all(self, prefix: str) -> bool:
        """Tell whether the lists of this run name all that is held of a format."""
        order = self.order
        ours = {*keys_of(order, prefix)}
        kept = (key for key, _, _ in self.state.lists() if not key.dates)
        others = (key for key in kept if key not in ours)
        return (
            (order.full or order.prove)
            and not (order.from_ or order.until)
            and all(key.metadata_prefix != prefix for key in others)
        )

    def _infer(
        self, prefix: str, seen: Seen, begun: int, moment: datetime | None
    ) -> None:
        """Take for deleted what no list names any more, if that is likely."""
        gone, force = seen.unmet(begun), self.order.force
        if gone and self._endpoint.deleted_record is DeletedRecord.PERSISTENT:
            self._tally.quirks[_BROKEN_PROMISE] = f"{gone} records"
        inference = inferred(gone, seen.alive(), force=force)
        if inference.told:
            self._tally.warn(inference.told, stops=not inference.applies)
        if inference.applies:
            self._delete(prefix, seen, begun, moment or self.now())

    def _delete(self, prefix: str, seen: Seen, begun: int, moment: datetime) -> None:
        granularity = self._endpoint.granularity or Granularity.DAY
        stamp = format_datestamp(moment, granularity)
        origin = origin_of(self._endpoint, self.order.base_url, prefix, moment)
        while names := seen.unmet_names(begun, _AT_ONCE):
            records = [HarvestedRecord(name, stamp, deleted=True) for name in names]
            found = Sorted(records, [r.digest for r in records], [], 0)
            with self.state.change():
                seen.keep(found, self.sink.write(records, origin), begun)
                self.state.reached(self.sink.commit())
            self._tally.kept += len(records)
            self._tally.deleted += len(records)
