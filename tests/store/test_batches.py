"""How writes are parted into transactions."""

from collections.abc import Iterator
from dataclasses import replace

from oai_provider.store.batches import MOST_BYTES, MOST_ITEMS, batches
from oai_provider.testing import oai, payload, write_of


def test_batch_holds_some_hundreds_of_items_at_most() -> None:
    found = batches(oai(str(n)) for n in range(2 * MOST_ITEMS + 1))
    assert [len(batch) for batch in found] == [MOST_ITEMS, MOST_ITEMS, 1]


def test_batch_ends_when_its_payloads_are_large() -> None:
    large = payload("x" * (MOST_BYTES // 2))
    writes = (replace(write_of(str(n)), payloads={"oai_dc": large}) for n in range(5))
    assert [len(batch) for batch in batches(writes)] == [2, 2, 1]


def test_batch_ends_before_an_item_that_is_in_it() -> None:
    found = [list(batch) for batch in batches(["a", "b", "a", "c"])]
    assert found == [["a", "b"], ["a", "c"]]


def test_items_are_taken_only_as_they_are_needed() -> None:
    taken = []

    def names() -> Iterator[str]:
        for n in range(3 * MOST_ITEMS):
            taken.append(n)
            yield oai(str(n))

    next(batches(names()))
    assert len(taken) == MOST_ITEMS + 1


def test_nothing_makes_no_batch() -> None:
    assert list(batches([])) == []


def test_what_is_stored_and_what_is_deleted_stand_in_one_batch() -> None:
    write = write_of("a")
    assert list(batches([write, oai("b")])) == [{oai("a"): write, oai("b"): None}]
