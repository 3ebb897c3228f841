"""Harvests through a shared cache, while items change: none ends stale."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider.world import REPOSITORY, SECOND, START, World
from web.caches import OPEN, Cache, Mirror, seven, site_of, stored


@pytest.fixture
def world() -> World:
    return seven()


CHANGE = st.tuples(
    st.sampled_from(["put", "delete"]), st.integers(1, 8), st.integers(0, 2)
)


@given(
    size=st.integers(1, 3),
    plan=st.lists(st.lists(CHANGE, max_size=2), max_size=25),
    newest_first=st.booleans(),
    coding=st.sampled_from(["", "gzip"]),
)
def test_harvests_through_a_cache_while_items_change_end_with_no_stale_record(
    size: int, plan: list[list[tuple[str, int, int]]], newest_first: bool, coding: str
) -> None:
    world = World(replace(REPOSITORY, page_size=size))
    world.put(1, 2, 3, 4, 5, 6, 7)
    steps = iter(plan)
    cache = Cache(site_of(world), world)
    for coding_, rounds in (("", 1), (coding, 2)):
        mirror = Mirror(cache, lambda: change(world, next(steps, [])), coding_)
        for _ in range(rounds):
            mirror.increment()
            mirror.backfill(newest_first=newest_first)
    mirror = replace(mirror, between=lambda: None)
    mirror.increment()
    assert mirror.records == stored(world)


def change(world: World, step: list[tuple[str, int, int]]) -> None:
    """Change items, so many seconds after one another, or in the same second."""
    for action, name, seconds in step:
        if action == "put":
            world.put(name, text=f" at {world.now} by {step}")
        else:
            world.delete(name)
        world.now += (seconds - 1) * SECOND


@pytest.mark.parametrize(("patience", "is_stale"), [(0, False), (60, True)])
def test_a_cache_that_did_not_ask_would_bring_old_records_back(
    world: World, patience: int, is_stale: bool
) -> None:
    cache = Cache(site_of(world), world, patience)
    Mirror(cache).backfill(newest_first=False)
    world.put(1, text=" revised")
    mirror = Mirror(cache)
    mirror.increment()
    mirror.backfill(newest_first=True)
    mirror.increment()
    assert (mirror.records != stored(world)) is is_stale


@pytest.mark.parametrize(
    "query", [OPEN, f"{OPEN}&from=2014-05-01", f"{OPEN}&until=2014-05-02T00:00:05Z"]
)
def test_increments_are_never_stale(world: World, query: str) -> None:
    world.repository = replace(REPOSITORY, page_size=7)
    cache = Cache(site_of(world), world)
    cache.get(query)
    world.put(7, text=" revised")
    assert b"<dc:title>7 revised</dc:title>" in cache.get(query).body


def test_a_record_that_moved_in_with_an_old_datestamp_is_not_missed(
    world: World,
) -> None:
    cache = Cache(site_of(world), world)
    Mirror(cache).backfill(newest_first=False)
    now, world.now = world.now, START
    world.put(8)
    world.now = now
    mirror = Mirror(cache)
    mirror.backfill(newest_first=False)
    mirror.increment()
    assert mirror.records == stored(world)


def test_windows_in_which_nothing_changed_are_sent_once(world: World) -> None:
    cache = Cache(site_of(world), world)
    Mirror(cache).backfill(newest_first=False)
    world.put(7, text=" revised")
    again = Mirror(cache)
    again.backfill(newest_first=True)
    assert len(again.records) == 6
    assert cache.spared == 3
