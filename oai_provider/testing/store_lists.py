"""What lists hold, in which order, and how they are read on."""

# ruff: noqa: D102, S101 - a test is named by its fact and asserts it

from datetime import timedelta

import pytest

from oai_provider.protocol.model import Header
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.store.base import HeaderPage, Page, Store, Totals
from oai_provider.testing.store_fixtures import StoreFixtures
from oai_provider.testing.values import (
    MODS,
    OAI_DC,
    START,
    StandingClock,
    delete,
    locals_of,
    oai,
    put,
    selection,
    walk,
    write_of,
)

SELECTIONS = [
    selection(),
    selection("mods"),
    selection("unknown"),
    selection("oai_dc", "x"),
    selection("mods", "x:y:z"),
    selection("oai_dc", "unknown"),
    selection(from_=START + timedelta(seconds=1), until=START + timedelta(seconds=3)),
    selection("oai_dc", "x", from_=START + timedelta(seconds=2)),
    selection("mods", "w", until=START + timedelta(seconds=3)),
]


def header_walk(store: Store, selected: Selection, limit: int) -> list[Header]:
    """Return a whole list of headers, read page by page."""
    headers: list[Header] = []
    page = store.headers(selected, after=None, limit=limit)
    while True:
        headers.extend(page.headers)
        if page.after is None:
            return headers
        page = store.headers(selected, after=page.after, limit=limit)


class ListConformance(StoreFixtures):
    """Facts about `records`, `headers`, `count`, `items` and what Identify asks."""

    def test_list_is_chronological(self, filled: Store) -> None:
        put(filled, write_of("b", "second", sets=["x"]))
        assert locals_of(filled, selection()) == ["a", "c", "e", "d", "b"]

    def test_formats_have_lists_of_their_own(self, filled: Store) -> None:
        assert locals_of(filled, selection("mods")) == ["a", "b", "c", "d"]

    def test_list_of_a_format_or_set_that_is_not_there_is_empty(
        self, filled: Store
    ) -> None:
        nothing = Page((), None)
        for nowhere in (selection("unknown"), selection("oai_dc", "unknown")):
            assert filled.records(nowhere, after=None, limit=1) == nothing

    @pytest.mark.parametrize("limit", range(1, 8))
    @pytest.mark.parametrize("selected", SELECTIONS, ids=str)
    def test_pages_of_every_size_make_the_same_list(
        self, filled: Store, selected: Selection, limit: int
    ) -> None:
        whole = filled.records(selected, after=None, limit=1000).records
        assert tuple(walk(filled, selected, limit)) == whole

    @pytest.mark.parametrize("limit", [1, 2, 100])
    @pytest.mark.parametrize("selected", SELECTIONS, ids=str)
    def test_headers_are_those_of_the_records(
        self, filled: Store, selected: Selection, limit: int
    ) -> None:
        headers = [record.header for record in walk(filled, selected)]
        assert header_walk(filled, selected, limit) == headers

    @pytest.mark.parametrize("selected", SELECTIONS, ids=str)
    def test_count_is_the_number_of_records(
        self, filled: Store, selected: Selection
    ) -> None:
        assert filled.count(selected) == len(list(walk(filled, selected)))

    def test_last_page_says_so_though_it_is_full(self, filled: Store) -> None:
        page = filled.records(selection(), after=None, limit=5)
        assert len(page.records) == 5  # noqa: PLR2004 - a to e
        assert page.after is None

    def test_page_reads_on_after_its_last_record(self, filled: Store) -> None:
        page = filled.headers(selection(), after=None, limit=2)
        assert page.after is not None
        assert page.after.datestamp == START + timedelta(seconds=1)

    def test_position_past_the_end_gives_an_empty_last_page(
        self, filled: Store
    ) -> None:
        end = Position(datestamp=START + timedelta(days=1), key=0)
        page = filled.headers(selection(), after=end, limit=2)
        assert page == HeaderPage((), None)

    def test_window_includes_both_ends(self, filled: Store) -> None:
        second = START + timedelta(seconds=1)
        assert locals_of(filled, selection(from_=second, until=second)) == ["b"]

    def test_window_begins_and_ends_between_records(
        self, filled: Store, clock: StandingClock
    ) -> None:
        clock.move(10)
        put(filled, write_of("z"))
        start, end = START + timedelta(seconds=2), START + timedelta(seconds=12)
        found = locals_of(filled, selection(from_=start, until=end))
        assert found == ["c", "e", "d"]

    def test_window_holds_through_all_its_pages(self, filled: Store) -> None:
        start, end = START + timedelta(seconds=1), START + timedelta(seconds=4)
        selected = selection(from_=start, until=end)
        assert locals_of(filled, selected, limit=1) == ["b", "c", "e"]

    def test_many_records_of_one_second_are_each_listed_once(
        self, ready: Store
    ) -> None:
        put(ready, *(write_of(str(n)) for n in range(250)))
        found = locals_of(ready, selection(), limit=7)
        assert sorted(found, key=int) == [str(n) for n in range(250)]

    def test_record_that_moves_during_a_walk_comes_ahead_of_the_walker(
        self, filled: Store
    ) -> None:
        page = filled.headers(selection(), after=None, limit=2)
        put(filled, write_of("e", "second", formats=["oai_dc"]))
        rest = filled.headers(selection(), after=page.after, limit=9).headers
        assert [header.identifier for header in rest] == [oai("c"), oai("d"), oai("e")]

    def test_record_seen_by_a_walker_comes_again_when_it_is_deleted(
        self, filled: Store
    ) -> None:
        page = filled.headers(selection(), after=None, limit=2)
        delete(filled, "a")
        rest = filled.headers(selection(), after=page.after, limit=9).headers
        assert rest[-1].identifier == oai("a")
        assert rest[-1].deleted

    # Identify and ListMetadataFormats.

    def test_new_store_has_nothing(self, store: Store) -> None:
        assert store.earliest_datestamp() is None
        assert store.formats() == ()
        assert store.totals() == Totals(items=0, deleted=0)
        assert store.count(selection()) == 0
        assert store.records(selection(), after=None, limit=1) == Page((), None)
        assert list(store.items()) == []

    def test_earliest_datestamp_is_the_first_of_all_formats(
        self, filled: Store
    ) -> None:
        put(filled, write_of("a", "second", formats=["oai_dc"], refused=["mods"]))
        assert filled.earliest_datestamp() == START

    def test_earliest_datestamp_rises_when_the_first_records_move(
        self, filled: Store
    ) -> None:
        delete(filled, "a")
        assert filled.earliest_datestamp() == START + timedelta(seconds=1)

    def test_formats_come_by_prefix(self, ready: Store) -> None:
        assert ready.formats() == (MODS, OAI_DC)

    def test_declaring_a_format_again_corrects_it(self, filled: Store) -> None:
        corrected = type(MODS)(
            metadata_prefix="mods", schema="urn:s", namespace="urn:n"
        )
        filled.declare_formats([corrected])
        assert filled.formats() == (corrected, OAI_DC)
        assert locals_of(filled, selection("mods")) == ["a", "b", "c", "d"]

    def test_formats_of_an_item_are_those_of_its_records(self, filled: Store) -> None:
        assert filled.formats_of(oai("a")) == (MODS, OAI_DC)
        assert filled.formats_of(oai("e")) == (OAI_DC,)

    def test_formats_of_an_unknown_item_are_none(self, filled: Store) -> None:
        assert filled.formats_of(oai("z")) is None

    # Items.

    def test_item_has_the_newest_datestamp_of_its_formats(
        self, filled: Store, clock: StandingClock
    ) -> None:
        put(filled, write_of("a", "second", formats=["mods"], refused=["oai_dc"]))
        item = filled.item(oai("a"))
        assert item is not None
        assert item.header == Header(oai("a"), clock.now)
        assert item.created == START

    def test_unknown_item_is_none(self, filled: Store) -> None:
        assert filled.item(oai("z")) is None

    def test_items_come_by_identifier_deleted_ones_too(self, filled: Store) -> None:
        found = [
            (item.header.identifier, item.header.deleted) for item in filled.items()
        ]
        assert found == [(oai(local), local == "d") for local in "abcde"]

    def test_items_are_read_on_after_an_identifier(self, filled: Store) -> None:
        found = [item.header.identifier for item in filled.items(after=oai("c"))]
        assert found == [oai("d"), oai("e")]

    def test_items_are_all_there_when_they_are_many(self, ready: Store) -> None:
        put(ready, *(write_of(f"{n:04}", formats=["oai_dc"]) for n in range(301)))
        found = [item.header.identifier for item in ready.items()]
        assert found == [oai(f"{n:04}") for n in range(301)]

    # Keys.

    def test_token_keys_are_made_once(self, store: Store) -> None:
        assert store.token_keys() == store.token_keys()

    def test_token_keys_are_long_enough_to_sign_with(self, store: Store) -> None:
        assert all(len(key) >= 32 for key in store.token_keys())  # noqa: PLR2004 - SHA-256
