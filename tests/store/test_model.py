"""The store against a plain dictionary, under any sequence of writes and walks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from oai_provider.protocol.model import Header, Record
from oai_provider.protocol.names import with_ancestors
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.store.base import ItemWrite, Outcome
from oai_provider.store.engines import open_store
from oai_provider.store.sql_store import SqlStore
from oai_provider.testing import (
    MODS,
    OAI_DC,
    StandingClock,
    oai,
    payload,
    selection,
    walk,
    write_of,
)

PREFIXES = ("oai_dc", "mods")
SETS = ("x", "x:y", "x:y:z", "w")
SELECTIONS = [selection(p, s) for p in PREFIXES for s in (None, *SETS)]

some = st.sets(st.sampled_from(PREFIXES))
writes = st.builds(
    write_of,
    st.sampled_from("abcdef"),
    st.sampled_from(["first", "second"]),
    sets=st.lists(st.sampled_from(SETS), max_size=3),
    formats=some,
    refused=some,
)


@dataclass
class ModelRecord:
    datestamp: datetime
    text: str | None


@dataclass
class ModelItem:
    set_specs: tuple[str, ...] = ()
    deleted: bool = False
    records: dict[str, ModelRecord] = field(default_factory=dict)

    def is_in(self, spec: str | None) -> bool:
        above = {above for given in self.set_specs for above in with_ancestors(given)}
        return spec is None or spec in above


class Model(dict[str, ModelItem]):
    """What a store holds: items by identifier, in the order in which they came."""

    def put(self, write: ItemWrite, now: datetime) -> Outcome:
        old = self.get(write.identifier)
        item = self.setdefault(write.identifier, ModelItem())
        revived, item.deleted = item.deleted, False
        sets = tuple(dict.fromkeys(write.set_specs))
        resorted = set(sets) != set(item.set_specs)
        if resorted:
            item.set_specs = sets
        moved = self._texts(item, dict(_texts(write, item)), now, all_=resorted)
        if old is None:
            return Outcome.ADDED
        if revived:
            return Outcome.REVIVED
        return Outcome.CHANGED if moved or resorted else Outcome.UNCHANGED

    def delete(self, identifier: str, now: datetime) -> Outcome:
        item = self.get(identifier)
        if item is None:
            return Outcome.UNKNOWN
        if item.deleted:
            return Outcome.UNCHANGED
        item.deleted = True
        self._texts(item, dict.fromkeys(item.records), now, all_=False)
        return Outcome.DELETED

    def _texts(
        self,
        item: ModelItem,
        texts: dict[str, str | None],
        now: datetime,
        *,
        all_: bool,
    ) -> bool:
        stamps = [record.datestamp for record in item.records.values()]
        datestamp = max([now, *stamps])
        moved = False
        for prefix, text in texts.items():
            known = item.records.get(prefix)
            if known is None or known.text != text or all_:
                item.records[prefix] = ModelRecord(datestamp, text)
                moved = True
        return moved

    def listed(self, selected: Selection) -> Iterator[Record]:
        """Yield a list in its order: by datestamp, then as the items came."""
        prefix = selected.metadata_prefix
        members = [
            (item.records[prefix].datestamp, n, identifier, item)
            for n, (identifier, item) in enumerate(self.items())
            if prefix in item.records and item.is_in(selected.set_spec)
        ]
        for datestamp, _, identifier, item in sorted(members, key=lambda m: m[:2]):
            text = item.records[prefix].text
            specs = item.set_specs
            header = Header(identifier, datestamp, specs, deleted=text is None)
            yield Record(header, None if text is None else payload(text))


def _texts(write: ItemWrite, item: ModelItem) -> Iterator[tuple[str, str | None]]:
    for prefix, record in item.records.items():
        yield prefix, record.text if prefix in write.refused else None
    for prefix in write.payloads:
        yield prefix, f"{prefix} {'second' if 'second' in write.source else 'first'}"


@dataclass
class Walker:
    """A harvester under way; `owed` are those that were there and stayed."""

    selected: Selection
    limit: int
    owed: set[str]
    seen: dict[str, Record] = field(default_factory=dict)
    after: Position | None = None
    done: bool = False


class StoreAgainstModel(RuleBasedStateMachine):
    walkers = Bundle("walkers")

    @initialize()
    def open(self) -> None:
        self.clock = StandingClock()
        self.store = self.opened()
        self.store.declare_formats([OAI_DC, MODS])
        self.model = Model()
        self.under_way: list[Walker] = []

    def opened(self) -> SqlStore:
        """Return an empty store that reads the clock."""
        return open_store("sqlite://", clock=self.clock)

    def teardown(self) -> None:
        self.store.close()

    @rule(seconds=st.sampled_from([-2, 0.4, 1, 1, 5]))
    def time_passes(self, seconds: float) -> None:
        self.clock.move(seconds)

    @rule(written=st.lists(writes, max_size=4))
    def put(self, written: list[ItemWrite]) -> None:
        now = self.clock().replace(microsecond=0)
        expected = [self.model.put(write, now) for write in written]
        assert list(self.store.put(written)) == expected
        self.forget_those_who_left()

    @rule(locals_=st.lists(st.sampled_from("abcdef"), max_size=3))
    def delete(self, locals_: list[str]) -> None:
        identifiers = [oai(local) for local in locals_]
        now = self.clock().replace(microsecond=0)
        expected = [self.model.delete(identifier, now) for identifier in identifiers]
        assert list(self.store.delete(identifiers)) == expected

    def forget_those_who_left(self) -> None:
        for walker in self.under_way:
            there = {r.header.identifier for r in self.model.listed(walker.selected)}
            walker.owed &= there

    @rule(
        target=walkers,
        selected=st.sampled_from(SELECTIONS),
        limit=st.integers(min_value=1, max_value=4),
    )
    def start_walk(self, selected: Selection, limit: int) -> Walker:
        there = {record.header.identifier for record in self.model.listed(selected)}
        walker = Walker(selected, limit, there)
        self.under_way.append(walker)
        return walker

    @rule(walker=walkers)
    def walk_on(self, walker: Walker) -> None:
        if walker.done:
            return
        page = self.store.records(
            walker.selected, after=walker.after, limit=walker.limit
        )
        assert len(page.records) <= walker.limit
        walker.seen |= {record.header.identifier: record for record in page.records}
        walker.after = page.after
        if page.after is None:
            walker.done = True
            assert walker.owed <= walker.seen.keys()

    @invariant()
    def lists_are_those_of_the_model(self) -> None:
        for selected in SELECTIONS:
            expected = list(self.model.listed(selected))
            assert list(walk(self.store, selected)) == expected
            assert self.store.count(selected) == len(expected)

    @invariant()
    def single_records_are_those_of_the_lists(self) -> None:
        for prefix in PREFIXES:
            for record in self.model.listed(selection(prefix)):
                found = self.store.record(record.header.identifier, prefix)
                assert found == record

    @invariant()
    def totals_and_limits_are_those_of_the_model(self) -> None:
        totals = self.store.totals()
        deleted = sum(item.deleted for item in self.model.values())
        assert (totals.items, totals.deleted) == (len(self.model) - deleted, deleted)
        stamps = [r.datestamp for i in self.model.values() for r in i.records.values()]
        assert self.store.earliest_datestamp() == min(stamps, default=None)


TestStoreAgainstModel = StoreAgainstModel.TestCase
TestStoreAgainstModel.settings = settings(stateful_step_count=30, max_examples=30)
