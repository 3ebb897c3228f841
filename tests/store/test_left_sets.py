"""A repository that tells of the sets its items leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oai_provider.protocol.model import Header
from oai_provider.store.base import Outcome, Store
from oai_provider.store.engines import open_store
from oai_provider.testing import (
    MODS,
    OAI_DC,
    StandingClock,
    delete,
    oai,
    put,
    selection,
    walk,
    write_of,
)


@pytest.fixture(name="clock")
def _clock() -> StandingClock:
    return StandingClock()


@pytest.fixture(name="store", params=[True, False])
def _store(
    tmp_path: Path, clock: StandingClock, request: pytest.FixtureRequest
) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/store.db"
    store = open_store(url, clock=clock, tells_left_sets=request.param)
    store.declare_formats([OAI_DC, MODS])
    yield store
    store.close()


telling = pytest.mark.parametrize("store", [True], indirect=True)
silent = pytest.mark.parametrize("store", [False], indirect=True)


def headers(store: Store, spec: str | None) -> list[Header]:
    selected = selection("oai_dc", spec)
    found = [record.header for record in walk(store, selected)]
    page = store.headers(selected, after=None, limit=100)
    assert list(page.headers) == found
    assert store.count(selected) == len(found)
    return found


@telling
def test_an_item_that_left_a_set_is_deleted_there_and_alive_elsewhere(
    store: Store, clock: StandingClock
) -> None:
    put(store, write_of("a", sets=["x:y", "w"]))
    left = clock.move()
    assert put(store, write_of("a", sets=["w"])) == [Outcome.CHANGED]
    gone = Header(oai("a"), left, ("w", "x:y"), deleted=True)
    assert headers(store, "x:y") == [gone]
    assert headers(store, "x") == [Header(oai("a"), left, ("w", "x"), deleted=True)]
    alive = Header(oai("a"), left, ("w",))
    assert headers(store, "w") == headers(store, None) == [alive]
    record = store.record(oai("a"), "oai_dc")
    assert record is not None
    assert record.header == alive
    assert record.metadata is not None


@telling
def test_what_is_listed_as_deleted_has_no_metadata(store: Store) -> None:
    put(store, write_of("a", sets=["x"]))
    put(store, write_of("a"))
    (record,) = walk(store, selection("oai_dc", "x"))
    assert (record.metadata, record.about) == (None, ())


@telling
def test_a_set_above_that_an_item_is_still_in_has_it_alive(store: Store) -> None:
    put(store, write_of("a", sets=["x:y"]))
    put(store, write_of("a", sets=["x:z"]))
    assert [header.deleted for header in headers(store, "x")] == [False]
    assert [header.deleted for header in headers(store, "x:y")] == [True]


@telling
def test_an_item_that_comes_back_is_alive_again(store: Store) -> None:
    for sets in (["x"], [], ["x"]):
        put(store, write_of("a", sets=sets))
    assert [header.deleted for header in headers(store, "x")] == [False]


@telling
def test_a_deleted_item_is_deleted_in_sets_it_left_before(
    store: Store, clock: StandingClock
) -> None:
    put(store, write_of("a", sets=["x"]))
    put(store, write_of("a"))
    clock.move()
    delete(store, "a")
    assert [header.deleted for header in headers(store, "x")] == [True]
    assert [header.deleted for header in headers(store, None)] == [True]


@telling
def test_the_same_sets_again_change_nothing(store: Store) -> None:
    put(store, write_of("a", sets=["x", "w"]))
    put(store, write_of("a", sets=["w"]))
    before = headers(store, "x")
    assert put(store, write_of("a", sets=["w"])) == [Outcome.UNCHANGED]
    assert headers(store, "x") == before


@silent
def test_otherwise_a_set_forgets_whom_it_does_not_hold(store: Store) -> None:
    put(store, write_of("a", sets=["x"]))
    put(store, write_of("a"))
    assert headers(store, "x") == []
