"""Items whose sets change, and nothing else of them."""

# ruff: noqa: D102, S101 - a test is named by its fact and asserts it

from dataclasses import replace
from datetime import timedelta

from oai_provider.store.base import ItemWrite, Outcome, Store
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


def reassigned(write: ItemWrite, *sets: str) -> ItemWrite:
    """Return an item that is to go into sets and stay as it is."""
    refused = frozenset({"oai_dc", "mods"})
    return replace(
        write,
        payloads={},
        set_specs=sets,
        refused=refused,
        rebuilt=True,
        reassigned=True,
    )


class ReassigningConformance(StoreFixtures):
    """Facts about items that are reassigned to sets."""

    def test_reassigned_item_is_in_the_sets_given(self, ready: Store) -> None:
        put(ready, write_of("a", sets=["old"]))
        assert put(ready, reassigned(write_of("a"), "new")) == [Outcome.CHANGED]
        assert locals_of(ready, selection("mods", "new")) == ["a"]
        assert locals_of(ready, selection("mods", "old")) == []

    def test_reassigned_item_keeps_its_records_with_a_new_datestamp(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, write_of("a"), write_of("b"))
        now = clock.move()
        put(ready, reassigned(write_of("a"), "new"), reassigned(write_of("b")))
        found = [ready.record(oai(local), "mods") for local in "ab"]
        assert [(r.metadata, r.header.datestamp) for r in found if r] == [
            (payload("mods first"), now),
            (payload("mods first"), START),
        ]

    def test_item_that_changed_meanwhile_is_not_reassigned(self, ready: Store) -> None:
        put(ready, write_of("a", "newer"))
        assert put(ready, reassigned(write_of("a"), "new")) == [Outcome.UNCHANGED]
        delete(ready, "a")
        newer = write_of("a", "newer")
        assert put(ready, reassigned(newer, "new")) == [Outcome.UNCHANGED]
        assert locals_of(ready, selection("mods", "new")) == []

    def test_embargoed_item_is_released_in_the_sets_it_was_reassigned_to(
        self, ready: Store, clock: StandingClock
    ) -> None:
        held = replace(write_of("a"), release=START + DAY)
        put(ready, held)
        assert put(ready, reassigned(held, "new")) == [Outcome.EMBARGOED]
        assert put(ready, reassigned(held, "new")) == [Outcome.UNCHANGED]
        assert ready.item(oai("a")) is None
        clock.now = START + DAY
        ready.now()
        assert locals_of(ready, selection("mods", "new")) == ["a"]
