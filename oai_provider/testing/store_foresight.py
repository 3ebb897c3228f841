"""What would become of items, told without storing them; and items rebuilt."""

# ruff: noqa: D102, S101 - a test is named by its fact and asserts it

from dataclasses import replace
from datetime import timedelta

from oai_provider.store.base import Foreseen, ItemWrite, Outcome, Store
from oai_provider.testing.store_fixtures import StoreFixtures
from oai_provider.testing.values import (
    START,
    StandingClock,
    delete,
    oai,
    payload,
    put,
    write_of,
)

BOTH = frozenset({"oai_dc", "mods"})
DAY = timedelta(days=1)


def foresee(store: Store, *items: ItemWrite | str) -> list[Foreseen]:
    """Return what would become of items."""
    return list(store.foresee(items))


def held(local: str, text: str = "first") -> ItemWrite:
    """Return an item that nobody may see for a day."""
    return replace(write_of(local, text), release=START + DAY)


def rebuilt(write: ItemWrite, text: str, *, refused: str = "") -> ItemWrite:
    """Return an item with other records; one of them is left as it is."""
    payloads = {p: payload(f"{p} {text}") for p in BOTH if p != refused}
    left = frozenset({refused} if refused else ())
    return replace(write, payloads=payloads, refused=left, rebuilt=True)


class ForesightConformance(StoreFixtures):
    """Facts about what is foreseen, and about records that are made anew."""

    def test_nothing_that_is_foreseen_is_stored(self, ready: Store) -> None:
        put(ready, write_of("a"), held("h"))
        foresee(ready, write_of("b"), write_of("a", "second"), oai("a"), oai("h"))
        assert [item.header.identifier for item in ready.items()] == [oai("a")]
        assert [one.identifier for one in ready.embargoed()] == [oai("h")]
        found = ready.record(oai("a"), "oai_dc")
        assert found is not None
        assert found.metadata == payload("oai_dc first")

    def test_what_is_foreseen_is_what_comes(
        self, filled: Store, clock: StandingClock
    ) -> None:
        put(filled, held("h"), held("i"))
        clock.move()
        writes = (
            write_of("new"),
            write_of("a"),
            write_of("a", "second"),
            write_of("d"),
            write_of("c", sets=["x"]),
            held("h"),
            held("i", "second"),
            held("b"),
        )
        foreseen = [one.outcome for one in foresee(filled, *writes)]
        assert foreseen == put(filled, *writes)

    def test_deletions_are_foreseen(self, filled: Store) -> None:
        put(filled, held("h"))
        locals_ = ("a", "d", "h", "nothing")
        foreseen = foresee(filled, *map(oai, locals_))
        assert [one.outcome for one in foreseen] == delete(filled, *locals_)
        assert foreseen[0].moved == BOTH
        assert foreseen[1].moved == frozenset()

    def test_formats_that_differ_are_told(self, ready: Store) -> None:
        first = write_of("a")
        put(ready, first)
        other = {**first.payloads, "mods": payload("other")}
        (foreseen,) = foresee(ready, replace(first, payloads=other))
        assert foreseen.moved == frozenset({"mods"})
        (same,) = foresee(ready, first)
        assert same == Foreseen(outcome=Outcome.UNCHANGED)

    def test_formats_of_embargoed_items_that_differ_are_told(
        self, ready: Store
    ) -> None:
        first = held("a")
        assert foresee(ready, first)[0].moved == BOTH
        put(ready, first)
        (foreseen,) = foresee(ready, rebuilt(first, "second", refused="mods"))
        assert foreseen == Foreseen(
            outcome=Outcome.EMBARGOED, moved=frozenset({"oai_dc"})
        )
        (same,) = foresee(ready, rebuilt(first, "first", refused="mods"))
        assert same == Foreseen(outcome=Outcome.UNCHANGED)

    # Items rebuilt.

    def test_rebuilt_item_is_stored(self, ready: Store) -> None:
        put(ready, write_of("a"))
        again = rebuilt(write_of("a"), "second")
        assert put(ready, again) == [Outcome.CHANGED]
        found = ready.record(oai("a"), "mods")
        assert found is not None
        assert found.metadata == payload("mods second")

    def test_rebuilt_item_keeps_its_sets(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, write_of("a", sets=["x"]), replace(held("h"), set_specs=("x",)))
        put(ready, rebuilt(write_of("a"), "second"), rebuilt(held("h"), "second"))
        clock.now = START + DAY
        ready.now()
        found = [ready.item(oai(local)) for local in ("a", "h")]
        assert [item.header.set_specs for item in found if item] == [("x",), ("x",)]

    def test_rebuilt_item_that_changed_meanwhile_stays_as_it_is(
        self, ready: Store
    ) -> None:
        put(ready, write_of("a", "newer"))
        again = rebuilt(write_of("a", "older"), "second")
        assert foresee(ready, again) == [Foreseen(outcome=Outcome.UNCHANGED)]
        assert put(ready, again) == [Outcome.UNCHANGED]
        found = ready.record(oai("a"), "mods")
        assert found is not None
        assert found.metadata == payload("mods newer")

    def test_rebuilt_item_that_was_deleted_meanwhile_stays_deleted(
        self, ready: Store
    ) -> None:
        put(ready, write_of("a"))
        delete(ready, "a")
        again = rebuilt(write_of("a"), "second")
        assert put(ready, again) == [Outcome.UNCHANGED]
        found = ready.item(oai("a"))
        assert found is not None
        assert found.header.deleted

    def test_rebuilt_item_that_is_not_there_is_not_made(self, ready: Store) -> None:
        put(ready, rebuilt(write_of("a"), "second"))
        assert ready.item(oai("a")) is None

    def test_rebuilt_embargoed_item_that_changed_meanwhile_stays_held(
        self, ready: Store
    ) -> None:
        put(ready, held("a", "newer"))
        put(ready, rebuilt(held("a", "older"), "second"))
        put(ready, rebuilt(write_of("a", "older"), "second"))
        assert [one.identifier for one in ready.embargoed()] == [oai("a")]
        assert ready.item(oai("a")) is None

    def test_record_refused_while_embargoed_is_released_as_it_was(
        self, ready: Store, clock: StandingClock
    ) -> None:
        put(ready, held("a"))
        put(ready, rebuilt(held("a"), "second", refused="mods"))
        assert ready.item(oai("a")) is None
        clock.now = START + DAY
        ready.now()
        found = [ready.record(oai("a"), prefix) for prefix in ("oai_dc", "mods")]
        assert [record.metadata for record in found if record] == [
            payload("oai_dc second"),
            payload("mods first"),
        ]
