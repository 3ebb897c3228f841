"""Pages of records end by bytes where records are large."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_store import MemoryStore
from provider.world import (
    ALL,
    FORMATS,
    REPOSITORY,
    SECOND,
    START,
    World,
    dublin_core,
    identifier,
    names,
    walk,
)

from oai_provider.assembly import repository_of
from oai_provider.config import Config, ConfigError, load_config
from oai_provider.protocol.model import Headers, Record, Records, ResumptionToken
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.protocol.write import write_content
from oai_provider.provider.answer import Provider
from oai_provider.store.base import ItemWrite, Page, Store
from oai_provider.store.engines import open_store

SMALL = len(write_content(dublin_core("1")))
"""The bytes of the record of an item without further text, its header aside."""


def limited(page_bytes: int, page_size: int = 100) -> World:
    return World(replace(REPOSITORY, page_bytes=page_bytes, page_size=page_size))


def item(name: int) -> ItemWrite:
    return ItemWrite(
        identifier=identifier(name),
        source="{}",
        payloads={"oai_dc": dublin_core(str(name))},
    )


def pages(world: World) -> list[list[int]]:
    return [names(page) for page in walk(world, ALL)]


def held(page: Records) -> int:
    """Return the bytes of records on a page, their headers aside."""
    return sum(map(bytes_of, page.records))


def bytes_of(record: Record) -> int:
    return len(write_content(record.metadata, record.about)) if record.metadata else 0


@pytest.mark.parametrize(
    ("page_bytes", "expected"),
    [
        (1, [[1], [2], [3], [4], [5]]),
        (SMALL * 2 - 1, [[1], [2], [3], [4], [5]]),
        (SMALL * 2, [[1, 2], [3, 4], [5]]),
        (SMALL * 4, [[1, 2, 3, 4], [5]]),
        (SMALL * 5 - 1, [[1, 2, 3, 4], [5]]),
        (SMALL * 5, [[1, 2, 3, 4, 5]]),
    ],
)
def test_a_page_ends_before_the_record_that_is_too_much(
    page_bytes: int, expected: list[list[int]]
) -> None:
    world = limited(page_bytes)
    world.put(1, 2, 3, 4, 5)
    assert pages(world) == expected


def test_a_page_ends_by_records_or_by_bytes_whichever_comes_first() -> None:
    world = limited(SMALL * 3, page_size=2)
    world.put(1, 2, 3)
    world.put(4, text="x" * SMALL * 3)
    world.put(5, 6)
    assert pages(world) == [[1, 2], [3], [4], [5, 6]]


def test_a_record_that_is_larger_than_a_page_is_served_alone() -> None:
    world = limited(SMALL * 2)
    world.put(1)
    world.put(2, text="x" * SMALL * 5)
    world.put(3, 4)
    assert pages(world) == [[1], [2], [3, 4]]


def test_tombstones_have_no_bytes() -> None:
    world = limited(SMALL)
    world.put(1, 2, 3, 4)
    world.delete(1, 2, 3)
    assert pages(world) == [[4, 1, 2, 3]]


def test_what_is_said_about_a_record_counts() -> None:
    world = limited(SMALL * 2)
    write = item(1)
    list(world.store.put([replace(write, about={"oai_dc": (dublin_core("9"),)})]))
    world.put(2)
    assert pages(world) == [[1], [2]]


def test_headers_are_not_counted_in_bytes() -> None:
    world = limited(1)
    world.put(1, 2, 3)
    body = world.ask(f"verb=ListIdentifiers&{ALL}").body
    assert isinstance(body, Headers)
    assert (names(body), body.resumption_token) == ([1, 2, 3], None)


def test_cursors_and_sizes_count_records_of_all_pages() -> None:
    world = limited(SMALL * 2)
    world.put(1, 2, 3, 4, 5)
    tokens = [page.resumption_token for page in walk(world, ALL)]
    assert [(t.cursor, t.complete_list_size) for t in tokens if t] == [
        (0, 5),
        (2, 5),
        (4, 5),
    ]
    assert tokens[-1] == ResumptionToken(complete_list_size=5, cursor=4)


LARGENESS = st.lists(st.integers(0, 400), min_size=1, max_size=12)


@given(
    texts=LARGENESS,
    page_bytes=st.integers(1, 5 * SMALL),
    size=st.integers(1, 13),
    together=st.integers(1, 5),
)
def test_every_record_comes_once_on_pages_as_full_as_they_may_be(
    texts: list[int], page_bytes: int, size: int, together: int
) -> None:
    world = limited(page_bytes, size)
    for name, text in enumerate(texts, 1):
        world.now = START + SECOND * (name // together)
        world.put(name, text="x" * text)
    found = list(walk(world, ALL))
    assert [name for page in found for name in names(page)] == [
        *range(1, len(texts) + 1)
    ]
    for page, following in pairwise(found):
        is_full = len(page.records) == size
        assert is_full or held(page) + bytes_of(following.records[0]) > page_bytes
    for page in found:
        assert len(page.records) <= size
        assert held(page) <= page_bytes or len(page.records) == 1


class Restless(MemoryStore):
    """A store in which something happens after each page that is read."""

    happens: Callable[[], None] = staticmethod(lambda: None)

    def records(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> Page:
        page = super().records(selection, after=after, limit=limit)
        self.happens()
        return page


def restless(page_bytes: int) -> tuple[World, Restless]:
    """Return a world over such a store."""
    world = limited(page_bytes)
    store = world.store = Restless(lambda: world.now)
    store.declare_formats(FORMATS)
    return world, store


CHANGES = st.lists(st.tuples(st.integers(1, 8), st.integers(0, 400)), max_size=12)


@given(texts=LARGENESS, page_bytes=st.integers(1, 5 * SMALL), plan=CHANGES)
def test_no_record_is_missed_when_items_change_while_a_page_is_cut(
    texts: list[int], page_bytes: int, plan: list[tuple[int, int]]
) -> None:
    world, store = restless(page_bytes)
    for name, text in enumerate(texts, 1):
        world.put(name, text="x" * text)
    steps = iter(plan)

    def happens() -> None:
        name, text = next(steps, (0, 0))
        if name:
            world.put(name, text="y" * text)

    store.happens = happens
    found = list(walk(world, ALL))
    seen = {name for page in found for name in names(page)}
    assert seen >= {*range(1, len(texts) + 1)}
    for page in found:
        assert held(page) <= page_bytes or len(page.records) == 1


def test_the_record_after_a_cut_is_not_skipped_if_one_before_it_moves() -> None:
    world, store = restless(SMALL * 2)
    world.put(1, 2, 3, 4)
    steps = iter([2])
    store.happens = lambda: world.put(*steps, text="+")
    assert pages(world) == [[1, 3], [4], [2]]


# Stores that keep records as they are written.


@pytest.fixture
def filed(tmp_path: Path) -> Store:
    """Five items in a database."""
    store = open_store(f"sqlite:///{tmp_path / 'items.db'}", clock=lambda: START)
    store.declare_formats(FORMATS)
    list(store.put(map(item, (1, 2, 3, 4, 5))))
    return store


@pytest.mark.parametrize(
    ("page_bytes", "expected"),
    [
        (SMALL * 2, [[1, 2], [3, 4], [5]]),
        (SMALL * 5, [[1, 2, 3, 4, 5]]),
        (2_000_000, [[1, 2, 3, 4, 5]]),
    ],
)
def test_pages_of_a_database_end_where_others_do(
    filed: Store, page_bytes: int, expected: list[list[int]]
) -> None:
    repository = replace(REPOSITORY, page_bytes=page_bytes, page_size=100)
    provider = Provider(repository, filed)
    arguments = [("metadataPrefix", "oai_dc")]
    found: list[list[int]] = []
    while arguments:
        body = provider.answer([("verb", "ListRecords"), *arguments], START).body
        assert isinstance(body, Records)
        found.append(names(body))
        token = body.resumption_token
        more = token is not None and token.value
        arguments = [("resumptionToken", more)] if more else []
    filed.close()
    assert found == expected


# The setting.


def test_pages_hold_two_million_bytes_unless_set() -> None:
    assert Config().lists.page_bytes == 2_000_000


def test_the_setting_reaches_the_repository() -> None:
    config = Config.model_validate({"lists": {"page_bytes": 5}})
    assert repository_of(config, MemoryStore(lambda: START)).page_bytes == 5


def test_a_page_of_no_bytes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "oai-provider.toml"
    file.write_text("[lists]\npage_bytes = 0\n")
    with pytest.raises(ConfigError, match=r"lists\.page_bytes"):
        load_config(file)
