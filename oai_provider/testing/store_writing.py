"""What storing and deleting do, and which datestamps move."""

# ruff: noqa: D102, S101 - a test is named by its fact and asserts it

from dataclasses import replace
from datetime import datetime

import pytest

from oai_provider.protocol.model import Record
from oai_provider.protocol.xml import DATESTAMP_MARK
from oai_provider.store.base import Outcome, Store, StoreError, Totals
from oai_provider.testing.store_fixtures import StoreFixtures
from oai_provider.testing.values import (
    START,
    StandingClock,
    delete,
    oai,
    payload,
    put,
    selection,
    walk,
    write_of,
)


def record(store: Store, local: str, prefix: str = "oai_dc") -> Record:
    """Return a record that is there."""
    found = store.record(oai(local), prefix)
    assert found is not None
    return Record(found.header, found.metadata, found.about)


def stamp(store: Store, local: str, prefix: str = "oai_dc") -> datetime:
    """Return the datestamp of a record that is there."""
    return record(store, local, prefix).header.datestamp


class WritingConformance(StoreFixtures):
    """Facts about `put` and `delete`."""

    # An item that is new.

    def test_new_item_is_added(self, ready: Store) -> None:
        assert put(ready, write_of("a")) == [Outcome.ADDED]

    def test_new_item_is_served_as_it_was_written(self, ready: Store) -> None:
        put(ready, write_of("a", sets=["x:y", "b"]))
        found = record(ready, "a", "mods")
        assert found.metadata == payload("mods first")
        assert found.header.set_specs == ("x:y", "b")
        assert not found.header.deleted

    def test_new_item_has_the_clocks_whole_second_as_datestamp(
        self, ready: Store, clock: StandingClock
    ) -> None:
        clock.move(0.9)
        put(ready, write_of("a"))
        assert stamp(ready, "a") == START

    def test_unknown_record_is_none(self, ready: Store) -> None:
        put(ready, write_of("a", formats=["oai_dc"]))
        assert ready.record(oai("a"), "mods") is None
        assert ready.record(oai("z"), "oai_dc") is None

    def test_new_item_has_no_record_in_a_refused_format(self, ready: Store) -> None:
        put(ready, write_of("a", formats=["oai_dc"], refused=["mods"]))
        assert ready.record(oai("a"), "mods") is None

    def test_item_refused_in_every_format_is_kept_all_the_same(
        self, ready: Store
    ) -> None:
        put(ready, write_of("a", formats=[], refused=["oai_dc", "mods"]))
        assert ready.item(oai("a")) is not None
        assert ready.formats_of(oai("a")) == ()

    def test_payload_in_an_undeclared_format_is_an_error(self, store: Store) -> None:
        with pytest.raises(StoreError, match=r"oai_dc.*declare"):
            put(store, write_of("a"))

    def test_text_of_every_script_is_kept(self, ready: Store) -> None:
        written = write_of("a", "Казахстан 哈萨克斯坦 𐍈 ï·\u0590")
        put(ready, written)
        assert record(ready, "a").metadata == written.payloads["oai_dc"]
        item = ready.item(oai("a"))
        assert item is not None
        assert item.source == written.source

    # What moves a datestamp.

    def test_same_content_again_is_unchanged(self, filled: Store) -> None:
        before = list(walk(filled, selection()))
        assert put(filled, write_of("b", sets=["x"])) == [Outcome.UNCHANGED]
        assert list(walk(filled, selection())) == before

    def test_changed_payload_moves_only_the_record_of_its_format(
        self, filled: Store, clock: StandingClock
    ) -> None:
        before = stamp(filled, "a", "oai_dc")
        changed = write_of("a")
        changed = replace(
            changed, payloads={**changed.payloads, "mods": payload("new")}
        )
        assert put(filled, changed) == [Outcome.CHANGED]
        assert stamp(filled, "a", "oai_dc") == before
        assert stamp(filled, "a", "mods") == clock.now

    def test_changed_payload_is_served(self, filled: Store) -> None:
        put(filled, write_of("a", "second"))
        assert record(filled, "a").metadata == payload("oai_dc second")

    def test_changed_about_moves_the_datestamp(
        self, filled: Store, clock: StandingClock
    ) -> None:
        abouts = (payload("rights"), payload("provenance"))
        about = {"oai_dc": abouts}
        assert put(filled, replace(write_of("a"), about=about)) == [Outcome.CHANGED]
        assert record(filled, "a").about == abouts
        assert stamp(filled, "a") == clock.now

    def test_changed_source_alone_moves_nothing(self, filled: Store) -> None:
        before = stamp(filled, "a")
        assert put(filled, replace(write_of("a"), source="{}")) == [Outcome.UNCHANGED]
        item = filled.item(oai("a"))
        assert item is not None
        assert item.source == "{}"
        assert stamp(filled, "a") == before

    def test_changed_sets_move_the_records_of_every_format(
        self, filled: Store, clock: StandingClock
    ) -> None:
        assert put(filled, write_of("a", sets=["w"])) == [Outcome.CHANGED]
        assert stamp(filled, "a", "oai_dc") == clock.now
        assert stamp(filled, "a", "mods") == clock.now

    def test_changed_sets_move_tombstones_and_refused_records_too(
        self, filled: Store, clock: StandingClock
    ) -> None:
        put(filled, write_of("a", formats=["oai_dc"]))
        clock.move()
        put(filled, write_of("a", formats=[], refused=["oai_dc"], sets=["w"]))
        assert stamp(filled, "a", "oai_dc") == clock.now
        assert stamp(filled, "a", "mods") == clock.now

    def test_order_and_repetition_of_sets_move_nothing(self, ready: Store) -> None:
        put(ready, write_of("a", sets=["x", "y"]))
        again = write_of("a", sets=["y", "x", "y"])
        assert put(ready, again) == [Outcome.UNCHANGED]
        assert record(ready, "a").header.set_specs == ("x", "y")

    def test_clock_set_back_moves_no_item_back(
        self, filled: Store, clock: StandingClock
    ) -> None:
        before = stamp(filled, "e")
        clock.move(-3600)
        put(filled, write_of("e", "second"))
        assert stamp(filled, "e") == before

    def test_every_format_moves_to_the_same_datestamp_with_a_clock_set_back(
        self, filled: Store, clock: StandingClock
    ) -> None:
        put(filled, replace(write_of("a", refused=["oai_dc"]), payloads={}))
        newest = stamp(filled, "a", "mods")
        clock.move(-3600)
        put(filled, write_of("a", "second"))
        assert stamp(filled, "a", "oai_dc") == newest

    # Formats that are no longer disseminated.

    def test_format_no_longer_given_becomes_a_tombstone(
        self, filled: Store, clock: StandingClock
    ) -> None:
        assert put(filled, write_of("a", formats=["oai_dc"])) == [Outcome.CHANGED]
        found = record(filled, "a", "mods")
        assert found.header.deleted
        assert found.metadata is None
        assert found.header.datestamp == clock.now

    def test_refused_format_stays_as_it_was(self, filled: Store) -> None:
        before = record(filled, "a", "mods")
        put(filled, write_of("a", formats=["oai_dc"], refused=["mods"]))
        assert record(filled, "a", "mods") == before

    def test_tombstone_of_a_format_does_not_move_again(
        self, filled: Store, clock: StandingClock
    ) -> None:
        put(filled, write_of("a", formats=["oai_dc"]))
        before = stamp(filled, "a", "mods")
        clock.move()
        put(filled, write_of("a", "second", formats=["oai_dc"]))
        assert stamp(filled, "a", "mods") == before

    # Several in one call.

    def test_outcomes_come_in_the_order_of_the_items(self, filled: Store) -> None:
        outcomes = put(filled, write_of("z"), write_of("a"), write_of("e"))
        assert outcomes == [Outcome.ADDED, Outcome.UNCHANGED, Outcome.CHANGED]

    def test_item_given_twice_is_stored_as_given_last(self, ready: Store) -> None:
        outcomes = put(ready, write_of("a"), write_of("b"), write_of("a", "second"))
        assert outcomes == [Outcome.ADDED, Outcome.ADDED, Outcome.CHANGED]
        assert record(ready, "a").metadata == payload("oai_dc second")

    def test_many_items_are_all_stored(self, ready: Store) -> None:
        outcomes = put(ready, *(write_of(str(n)) for n in range(1201)))
        assert outcomes == [Outcome.ADDED] * 1201
        assert ready.totals() == Totals(items=1201, deleted=0)

    def test_store_can_be_written_while_outcomes_are_awaited(
        self, ready: Store
    ) -> None:
        outcomes = ready.put([write_of("a"), write_of("b")])
        assert next(iter(outcomes)) is Outcome.ADDED
        assert put(ready, write_of("c")) == [Outcome.ADDED]

    # Deleting and reviving.

    def test_deleted_item_is_a_tombstone_in_every_format(
        self, filled: Store, clock: StandingClock
    ) -> None:
        assert delete(filled, "a") == [Outcome.DELETED]
        for prefix in ("oai_dc", "mods"):
            found = record(filled, "a", prefix)
            assert found.header.deleted
            assert found.header.datestamp == clock.now

    def test_tombstone_has_no_metadata_and_no_about(self, ready: Store) -> None:
        put(ready, replace(write_of("a"), about={"oai_dc": (payload("rights"),)}))
        delete(ready, "a")
        assert record(ready, "a").metadata is None
        assert record(ready, "a").about == ()

    def test_tombstone_keeps_sets_and_source_and_withdraws_formats(
        self, filled: Store
    ) -> None:
        item = filled.item(oai("d"))
        assert item is not None
        assert item.header.deleted
        assert item.header.set_specs == ("x:y:z", "w")
        assert item.source == write_of("d").source
        assert filled.formats_of(oai("d")) == ()

    def test_deleting_again_is_unchanged(self, filled: Store) -> None:
        before = stamp(filled, "d")
        assert delete(filled, "d") == [Outcome.UNCHANGED]
        assert stamp(filled, "d") == before

    def test_deleting_what_is_not_there_is_unknown(self, filled: Store) -> None:
        assert delete(filled, "z", "a") == [Outcome.UNKNOWN, Outcome.DELETED]

    def test_deleted_item_stored_again_is_revived(
        self, filled: Store, clock: StandingClock
    ) -> None:
        again = write_of("d", sets=["x:y:z", "w"])
        assert put(filled, again) == [Outcome.REVIVED]
        assert record(filled, "d").metadata == payload("oai_dc first")
        assert stamp(filled, "d") == clock.now

    def test_revived_item_stays_a_tombstone_in_formats_not_given(
        self, filled: Store
    ) -> None:
        before = record(filled, "d", "mods")
        put(filled, write_of("d", sets=["x:y:z", "w"], formats=["oai_dc"]))
        assert record(filled, "d", "mods") == before

    def test_totals_tell_living_items_from_tombstones(self, filled: Store) -> None:
        assert filled.totals() == Totals(items=4, deleted=1)

    # The datestamp inside a payload.

    def test_marked_places_show_the_records_day(
        self, ready: Store, clock: StandingClock
    ) -> None:
        marked = payload(f"changed {DATESTAMP_MARK}")
        about = {"mods": (marked,)}
        written = replace(write_of("a"), payloads={"mods": marked}, about=about)
        clock.move(86_400)
        put(ready, written)
        found = record(ready, "a", "mods")
        assert found.metadata == payload("changed 2024-03-01")
        assert found.about == (payload("changed 2024-03-01"),)

    def test_marked_payload_does_not_change_with_its_datestamp(
        self, ready: Store, clock: StandingClock
    ) -> None:
        marked = replace(write_of("a"), payloads={"mods": payload(DATESTAMP_MARK)})
        put(ready, marked)
        clock.move(86_400)
        assert put(ready, marked) == [Outcome.UNCHANGED]
