"""What was refused: kept until it is mended, and no longer."""

# ruff: noqa: D102, S101 - a test is named by its fact and asserts it

from dataclasses import replace

from oai_provider.store.base import Lines, Quarantined, Store
from oai_provider.testing.store_fixtures import StoreFixtures
from oai_provider.testing.values import START, StandingClock, delete, oai, put, write_of

FILE = "/records/one.xml"


def entry(local: str | None = "a", reason: str = "no", *, line: int = 1) -> Quarantined:
    """Return an entry of an item, or of what is none."""
    return Quarantined(
        identifier=None if local is None else oai(local),
        metadata_prefix="mods" if local else None,
        file=FILE,
        line=line,
        field="titles",
        reason=reason,
        unread=local is None,
    )


def entries(store: Store) -> list[Quarantined]:
    """Return all entries, their moments aside."""
    return [replace(found, since=None) for found in store.quarantined()]


def quarantine(store: Store, *refused: Quarantined) -> None:
    """Quarantine what was refused of items, each with all of its entries."""
    identifiers = {one.identifier for one in refused if one.identifier}
    store.quarantine(refused, identifiers=identifiers)


class QuarantineConformance(StoreFixtures):
    """Facts about the quarantine."""

    def test_new_store_has_nothing_in_quarantine(self, store: Store) -> None:
        store.quarantine((), identifiers=[oai("a")], lines=[Lines(FILE)])
        assert entries(store) == []

    def test_what_is_refused_is_kept_with_its_moment(self, ready: Store) -> None:
        quarantine(ready, entry(), entry(None))
        assert entries(ready) == [entry(), entry(None)]
        assert {one.since for one in ready.quarantined()} == {START}

    def test_entries_can_be_many(self, ready: Store) -> None:
        refused = [entry(f"{n}") for n in range(450)]
        quarantine(ready, *refused)
        assert entries(ready) == refused
        assert ready.count_quarantined() == len(refused)

    def test_entries_of_an_item_are_replaced(self, ready: Store) -> None:
        quarantine(ready, entry(reason="one"), entry(reason="two"), entry("b"))
        quarantine(ready, entry(reason="three"))
        assert entries(ready) == [entry("b"), entry(reason="three")]

    def test_same_refusal_keeps_its_moment_wherever_it_stands(
        self, ready: Store, clock: StandingClock
    ) -> None:
        quarantine(ready, entry(reason="one"))
        now = clock.move()
        quarantine(ready, entry(reason="one", line=7), entry(reason="two"))
        found = {one.reason: (one.line, one.since) for one in ready.quarantined()}
        assert found == {"one": (7, START), "two": (1, now)}

    def test_item_that_is_mended_leaves(self, ready: Store) -> None:
        quarantine(ready, entry(), entry("b"), entry(None))
        ready.quarantine((), identifiers=[oai("a")])
        assert entries(ready) == [entry("b"), entry(None)]

    def test_formats_that_are_left_alone_keep_their_entries(self, ready: Store) -> None:
        other = replace(entry(), metadata_prefix="oai_dc")
        whole = replace(entry(), metadata_prefix=None)
        quarantine(ready, entry(), other, whole)
        left_alone = {oai("a"): {"mods"}}
        ready.quarantine((), identifiers=[oai("a")], left_alone=left_alone)
        assert entries(ready) == [entry()]

    def test_what_is_no_item_is_replaced_by_lines_of_its_file(
        self, ready: Store, clock: StandingClock
    ) -> None:
        quarantine(ready, *(entry(None, f"{n}", line=n) for n in range(5)))
        now = clock.move()
        again = [entry(None, "3", line=2), entry(None, "new", line=3)]
        ready.quarantine(again, lines=[Lines(FILE, after=1, until=3)])
        assert [(e.reason, e.line, e.since) for e in ready.quarantined()] == [
            ("0", 0, START),
            ("1", 1, START),
            ("4", 4, START),
            ("3", 2, START),
            ("new", 3, now),
        ]

    def test_items_are_not_replaced_with_their_file(self, ready: Store) -> None:
        quarantine(ready, entry(), entry(None))
        ready.quarantine((), lines=[Lines("/other"), Lines(FILE)])
        assert entries(ready) == [entry()]

    def test_what_is_no_item_leaves_when_its_identifier_is_mended(
        self, ready: Store
    ) -> None:
        quarantine(ready, replace(entry(), unread=True))
        ready.quarantine((), identifiers=[oai("a")])
        assert entries(ready) == []

    def test_item_that_is_deleted_leaves(self, ready: Store) -> None:
        put(ready, write_of("a"))
        quarantine(ready, entry(), entry("b"))
        delete(ready, "a")
        assert entries(ready) == [entry("b")]

    def test_anything_that_a_file_may_hold_can_be_refused(self, ready: Store) -> None:
        odd = "\0 \udcff \U0001f4d6"
        refused = replace(
            entry(), file=odd, field=odd, reason=odd * 9999, identifier="я" * 9999
        )
        for _ in range(2):
            quarantine(ready, refused)
            (found,) = ready.quarantined()
            assert found.line == 1
