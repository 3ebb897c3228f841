"""Lists walked while their items change: OAI-PMH 3.5."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from provider.world import (
    ALL,
    REPOSITORY,
    SECOND,
    START,
    World,
    identifier,
    listed,
    names,
    walk,
)

from oai_provider.protocol.model import (
    Headers,
    Record,
    Records,
    ResumptionToken,
)

# Changes during a walk: 3.5.


def test_an_item_changed_during_a_walk_still_appears(seven: World) -> None:
    pages = walk(seven, ALL, lambda: seven.put(5, text=str(seven.now)))
    assert [names(page) for page in pages] == [[1, 2, 3], [4, 6, 7], [5]]


def test_an_item_deleted_during_a_walk_appears_as_deleted(seven: World) -> None:
    pages = walk(seven, ALL)
    next(pages)
    seven.delete(5)
    rest = [record for page in pages for record in page.records]
    assert [(r.header.identifier, r.header.deleted) for r in rest[-1:]] == [
        (identifier(5), True)
    ]


# The last second in which an item of `seven` was stored.
UNTIL = f"{ALL}&until=2014-05-02T00:00:04Z"


def test_when_all_that_was_left_has_moved_the_last_record_is_served_again(
    seven: World,
) -> None:
    pages = walk(seven, UNTIL)
    next(pages)
    seven.put(4, 5, 6, 7, text="changed")
    (last,) = pages
    assert names(last) == [3]
    assert last.resumption_token == ResumptionToken(complete_list_size=7, cursor=3)


def test_when_the_last_record_has_moved_too_the_first_is_served_again(
    seven: World,
) -> None:
    pages = walk(seven, UNTIL)
    next(pages)
    seven.put(3, 4, 5, 6, 7, text="changed")
    (last,) = pages
    assert names(last) == [1]
    assert last.resumption_token == ResumptionToken(complete_list_size=7, cursor=3)


def test_when_the_whole_list_has_moved_nothing_matches(seven: World) -> None:
    token = seven.records(UNTIL).resumption_token
    assert token
    seven.put(1, 2, 3, 4, 5, 6, 7, text="changed")
    ((code, _),) = seven.errors(f"verb=ListRecords&resumptionToken={token.value}")
    assert code == "noRecordsMatch"


def test_headers_are_served_again_just_so(seven: World) -> None:
    body = seven.ask(f"verb=ListIdentifiers&{UNTIL}").body
    assert isinstance(body, Headers)
    assert body.resumption_token
    seven.put(4, 5, 6, 7, text="changed")
    query = f"verb=ListIdentifiers&resumptionToken={body.resumption_token.value}"
    again = seven.ask(query).body
    assert isinstance(again, Headers)
    assert names(again) == [3]


def spread(count: int, together: int) -> World:
    """Return items of which so many share each second."""
    world = World()
    for name in range(1, count + 1):
        world.now = START + SECOND * (name // together)
        world.put(name)
    world.now += SECOND
    return world


@given(count=st.integers(1, 20), together=st.integers(1, 5), size=st.integers(1, 21))
def test_pages_of_every_size_hold_every_record_once_in_order(
    count: int, together: int, size: int
) -> None:
    world = spread(count, together)
    world.repository = replace(REPOSITORY, page_size=size)
    assert listed(world, ALL) == list(range(1, count + 1))


changes = st.lists(
    st.tuples(st.sampled_from(["put", "delete"]), st.integers(1, 15)), max_size=5
)


@given(
    count=st.integers(1, 12),
    together=st.integers(1, 5),
    size=st.integers(1, 5),
    plan=st.lists(changes, max_size=6),
)
def test_a_walk_under_changes_sees_every_item_that_was_there_at_its_start(
    count: int, together: int, size: int, plan: list[list[tuple[str, int]]]
) -> None:
    world = spread(count, together)
    world.repository = replace(REPOSITORY, page_size=size)
    steps = iter(plan)
    pages = list(walk(world, ALL, lambda: change(world, next(steps, []))))
    seen = [record.header for page in pages for record in page.records]
    assert set(map(identifier, range(1, count + 1))) <= {h.identifier for h in seen}
    assert all(a.datestamp <= b.datestamp for a, b in pairwise(seen))


@given(
    count=st.integers(1, 12),
    together=st.integers(1, 5),
    size=st.integers(1, 5),
    plan=st.lists(changes, max_size=6),
)
def test_a_mirror_made_under_changes_and_updated_once_is_the_repository(
    count: int, together: int, size: int, plan: list[list[tuple[str, int]]]
) -> None:
    world = spread(count, together)
    world.repository = replace(REPOSITORY, page_size=size)
    started = world.now
    steps = iter(plan)
    mirror: dict[str, Record] = {}
    for page in walk(world, ALL, lambda: change(world, next(steps, []))):
        mirror |= {record.header.identifier: record for record in page.records}
    since = f"from={started:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(world.ask(f"verb=ListRecords&{ALL}&{since}").body, Records):
        for page in walk(world, f"{ALL}&{since}"):
            mirror |= {record.header.identifier: record for record in page.records}
    stored = [record for page in walk(world, ALL) for record in page.records]
    assert mirror == {record.header.identifier: record for record in stored}


@given(
    count=st.integers(1, 12),
    size=st.integers(1, 5),
    plan=st.lists(changes, max_size=6),
)
def test_a_walk_until_a_moment_sees_all_that_was_not_pushed_beyond_it(
    count: int, size: int, plan: list[list[tuple[str, int]]]
) -> None:
    world = spread(count, 2)
    world.repository = replace(REPOSITORY, page_size=size)
    until = f"{ALL}&until={world.now - SECOND:%Y-%m-%dT%H:%M:%SZ}"
    steps = iter(plan)
    seen: set[int] = set()
    body = world.ask(f"verb=ListRecords&{until}").body
    while isinstance(body, Records):
        seen |= set(names(body))
        assert names(body)
        if not (body.resumption_token and body.resumption_token.value):
            break
        change(world, next(steps, []))
        token = body.resumption_token.value
        body = world.ask(f"verb=ListRecords&resumptionToken={token}").body
    pushed = {name for step in plan for _, name in step}
    assert set(range(1, count + 1)) - pushed <= seen


def change(world: World, step: list[tuple[str, int]]) -> None:
    for action, name in step:
        if action == "put":
            world.put(name, text=f" at {world.now}")
        else:
            world.delete(name)
