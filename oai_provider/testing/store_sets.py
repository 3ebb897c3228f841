"""Sets, the sets above them, and who is in which."""

# ruff: noqa: D102, S101 - a test is named by its fact and asserts it

import pytest

from oai_provider.protocol.model import Set
from oai_provider.store.base import Store, StoreError
from oai_provider.testing.store_fixtures import StoreFixtures
from oai_provider.testing.values import (
    locals_of,
    oai,
    payload,
    put,
    selection,
    write_of,
)


def specs(store: Store) -> list[str]:
    """Return the specs of all sets, in the order of the list."""
    return [found.spec for found in store.sets(after=None, limit=100)]


class SetConformance(StoreFixtures):
    """Facts about sets."""

    def test_new_store_has_no_sets(self, store: Store) -> None:
        assert not store.has_sets()
        assert store.count_sets() == 0
        assert store.sets(after=None, limit=1) == ()

    def test_sets_of_items_and_the_sets_above_them_are_listed(
        self, filled: Store
    ) -> None:
        assert filled.has_sets()
        assert specs(filled) == ["w", "x", "x:y", "x:y:z"]
        assert filled.count_sets() == 4  # noqa: PLR2004 - those four

    def test_set_without_a_declaration_is_named_by_its_spec(
        self, filled: Store
    ) -> None:
        found = filled.sets(after="x", limit=1)
        assert found == (Set(spec="x:y", name="x:y"),)

    def test_sets_are_ordered_byte_by_byte(self, ready: Store) -> None:
        put(ready, write_of("a", sets=["b", "B", "a_b", "a-b", "a:b", "~"]))
        assert specs(ready) == ["B", "a", "a-b", "a:b", "a_b", "b", "~"]

    def test_sets_are_read_on_after_the_last_one(self, filled: Store) -> None:
        found = filled.sets(after="w", limit=2)
        assert [entry.spec for entry in found] == ["x", "x:y"]

    def test_declared_set_has_its_name_and_descriptions(self, filled: Store) -> None:
        described = Set(
            spec="x", name="Экс", descriptions=(payload("one"), payload("two"))
        )
        filled.declare_sets([described])
        assert described in filled.sets(after=None, limit=9)

    def test_declared_set_keeps_its_name_when_items_are_put_in(
        self, ready: Store
    ) -> None:
        ready.declare_sets([Set(spec="x", name="Exes")])
        put(ready, write_of("a", sets=["x:y"]))
        assert ready.sets(after=None, limit=1) == (Set(spec="x", name="Exes"),)

    def test_sets_above_a_declared_one_are_listed(self, ready: Store) -> None:
        ready.declare_sets([Set(spec="x:y", name="Why")])
        assert specs(ready) == ["x", "x:y"]

    def test_set_can_be_declared_anew(self, ready: Store) -> None:
        ready.declare_sets([Set(spec="x", name="Exes", descriptions=(payload("d"),))])
        ready.declare_sets([Set(spec="x", name="Others")])
        assert ready.sets(after=None, limit=9) == (Set(spec="x", name="Others"),)

    def test_sets_can_be_many(self, ready: Store) -> None:
        ready.declare_sets(Set(spec=f"s{n}", name="S") for n in range(33_000))
        assert ready.count_sets() == 33_000  # noqa: PLR2004 - all of them

    def test_spec_that_is_none_is_an_error(self, ready: Store) -> None:
        with pytest.raises(StoreError, match="'a b'"):
            put(ready, write_of("a", sets=["a b"]))

    def test_set_holds_the_items_of_the_sets_below_it(self, filled: Store) -> None:
        assert locals_of(filled, selection("oai_dc", "x")) == ["b", "c", "d"]
        assert locals_of(filled, selection("oai_dc", "x:y")) == ["c", "d"]
        assert locals_of(filled, selection("oai_dc", "x:y:z")) == ["d"]

    def test_item_is_once_in_a_set_that_it_is_in_twice(self, ready: Store) -> None:
        put(ready, write_of("a", sets=["x", "x:y", "x:z"]))
        assert locals_of(ready, selection("oai_dc", "x")) == ["a"]
        assert ready.count(selection("oai_dc", "x")) == 1

    def test_header_names_the_sets_given_and_not_those_above(
        self, filled: Store
    ) -> None:
        found = filled.record(oai("c"), "oai_dc")
        assert found is not None
        assert found.header.set_specs == ("x:y",)

    def test_tombstone_is_in_the_lists_of_its_sets(self, filled: Store) -> None:
        page = filled.headers(selection("mods", "w"), after=None, limit=9)
        assert [(h.identifier, h.deleted) for h in page.headers] == [(oai("d"), True)]

    def test_item_that_left_a_set_is_no_longer_in_its_list(self, filled: Store) -> None:
        put(filled, write_of("c", sets=["w"]))
        assert locals_of(filled, selection("oai_dc", "x")) == ["b", "d"]
        assert locals_of(filled, selection("oai_dc", "w")) == ["d", "c"]
        assert filled.count(selection("oai_dc", "x")) == 2  # noqa: PLR2004 - b and d
