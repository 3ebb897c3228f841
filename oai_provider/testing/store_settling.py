"""Embargoes, which end by themselves, and items that move in with their datestamps."""

# ruff: noqa: D102, S101 - a test is named by its fact and asserts it

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from oai_provider.store.base import ItemWrite, Outcome, Store, Totals
from oai_provider.testing.store_fixtures import StoreFixtures
from oai_provider.testing.values import (
    START,
    StandingClock,
    delete,
    locals_of,
    oai,
    payload,
    put,
    selection,
    write_of,
)

DAY = timedelta(days=1)


def held(local: str, text: str = "first", *, sets: Iterable[str] = ()) -> ItemWrite:
    """Return an item that nobody may see for a day."""
    return replace(write_of(local, text, sets=sets), release=START + DAY)


def moved(local: str, datestamp: datetime) -> ItemWrite:
    """Return an item that moves in with a datestamp in oai_dc."""
    write = write_of(local, formats=["oai_dc"])
    return replace(write, datestamps={"oai_dc": datestamp})


class SettlingConformance(StoreFixtures):
    """Facts about what nobody may see yet, and about what moves in."""

    # Embargoes.

    def test_embargoed_item_is_nowhere(self, ready: Store) -> None:
        assert put(ready, held("a", sets=["x"])) == [Outcome.EMBARGOED]
        ready.now()
        assert ready.record(oai("a"), "oai_dc") is None
        assert ready.formats_of(oai("a")) is None
        assert ready.item(oai("a")) is None
        assert locals_of(ready, selection()) == []
        assert ready.count(selection()) == 0
        assert not ready.has_sets()
        assert ready.totals() == Totals(items=0, deleted=0)
        assert ready.earliest_datestamp() is None

    def test_embargoed_items_are_told_apart(self, ready: Store) -> None:
        put(ready, held("b"), held("a"))
        found = [(one.identifier, one.release) for one in ready.embargoed()]
        assert found == [(oai("a"), START + DAY), (oai("b"), START + DAY)]

    def test_embargo_ends_with_the_moment_as_datestamp(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, held("a", sets=["x"]))
        clock.now = START + DAY
        assert ready.now() == START + DAY
        found = ready.record(oai("a"), "oai_dc")
        assert found is not None
        assert found.header.datestamp == START + DAY
        assert found.metadata == payload("oai_dc first")
        assert found.header.set_specs == ("x",)
        assert list(ready.embargoed()) == []

    def test_embargo_does_not_end_a_second_early(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, held("a"))
        clock.now = START + DAY - timedelta(seconds=1)
        ready.now()
        assert ready.record(oai("a"), "oai_dc") is None

    def test_many_embargoes_end_at_once(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, *(held(str(n)) for n in range(1201)))
        clock.now = START + DAY
        ready.now()
        assert ready.totals() == Totals(items=1201, deleted=0)

    def test_release_in_the_past_holds_nothing_back(self, ready: Store) -> None:
        write = replace(write_of("a"), release=START - DAY)
        assert put(ready, write) == [Outcome.ADDED]

    def test_same_embargoed_item_again_is_unchanged(self, ready: Store) -> None:
        put(ready, held("a"))
        assert put(ready, held("a")) == [Outcome.UNCHANGED]
        assert put(ready, held("a", "second")) == [Outcome.EMBARGOED]

    def test_embargo_may_be_lifted_by_a_new_version(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, held("a"))
        assert put(ready, write_of("a", "second")) == [Outcome.ADDED]
        clock.now = START + DAY
        ready.now()
        found = ready.record(oai("a"), "oai_dc")
        assert found is not None
        assert found.metadata == payload("oai_dc second")

    def test_item_that_was_seen_is_withdrawn_by_an_embargo(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, write_of("a"))
        clock.move()
        assert put(ready, held("a", "second")) == [Outcome.EMBARGOED]
        withdrawn = ready.record(oai("a"), "oai_dc")
        assert withdrawn is not None
        assert withdrawn.header.deleted
        assert withdrawn.header.datestamp == clock.now
        clock.now = START + DAY
        ready.now()
        found = ready.record(oai("a"), "oai_dc")
        assert found is not None
        assert found.metadata == payload("oai_dc second")

    def test_embargoed_item_may_be_deleted(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, held("a"))
        assert delete(ready, "a") == [Outcome.DELETED]
        clock.now = START + DAY
        ready.now()
        assert ready.item(oai("a")) is None

    def test_time_is_that_of_the_clock(
        self, ready: Store, clock: StandingClock
    ) -> None:
        assert ready.now() == clock.now
        clock.move(0.5)
        assert ready.now() == clock.now

    # Moving in.

    def test_item_that_moves_in_keeps_its_datestamp(self, ready: Store) -> None:
        assert put(ready, moved("a", START - DAY)) == [Outcome.ADDED]
        (header,) = ready.headers(selection(), after=None, limit=2).headers
        assert header.datestamp == START - DAY
        assert ready.earliest_datestamp() == START - DAY

    def test_tombstone_moves_in(self, ready: Store) -> None:
        write = replace(moved("a", START - DAY), payloads={}, deleted=True)
        assert put(ready, write) == [Outcome.DELETED]
        found = ready.record(oai("a"), "oai_dc")
        assert found is not None
        assert found.header.deleted
        assert found.header.datestamp == START - DAY
        assert ready.totals() == Totals(items=0, deleted=1)

    def test_formats_move_in_one_after_the_other(self, ready: Store) -> None:
        put(ready, replace(moved("a", START - DAY), refused=frozenset({"mods"})))
        both = replace(
            write_of("a"),
            datestamps={"mods": START - 2 * DAY},
        )
        assert put(ready, both) == [Outcome.CHANGED]
        stamps = [ready.record(oai("a"), prefix) for prefix in ("oai_dc", "mods")]
        assert [r.header.datestamp for r in stamps if r] == [
            START - DAY,
            START - 2 * DAY,
        ]

    def test_record_that_is_here_already_keeps_no_old_datestamp(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, write_of("a", "first", formats=["oai_dc"]))
        clock.move()
        changed = write_of("a", "second", formats=["oai_dc"])
        put(ready, replace(changed, datestamps={"oai_dc": START - DAY}))
        found = ready.record(oai("a"), "oai_dc")
        assert found is not None
        assert found.header.datestamp == clock.now
