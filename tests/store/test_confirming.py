"""Commits that end in a later second than that of their datestamps."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, create_engine, select
from store.mirrors.world import before_each_commit

from oai_provider.protocol.datestamp import to_seconds
from oai_provider.store import writer
from oai_provider.store.confirming import ABANDONED_AFTER, Mark, leave_mark
from oai_provider.store.engines import Server, open_store
from oai_provider.store.sql_store import SqlStore
from oai_provider.store.tables import unconfirmed
from oai_provider.testing import (
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

pytest_plugins = ["postgresql", "store.mirrors.databases"]


class Killed(BaseException):
    """The writer is no more."""


@dataclass
class Bench:
    """Stores on one database, by one clock, and what happens in their commits."""

    url: str
    clock: StandingClock
    commits: list[Callable[[], object]] = field(default_factory=list)
    """What happens in the next commits, one after the other."""
    after_commit: Callable[[], object] | None = None
    """What happens when the clock is read after the commit to come."""
    has_committed: bool = False
    opened: list[SqlStore] = field(default_factory=list)

    def store(self) -> SqlStore:
        store = open_store(
            self.url,
            clock=self.time,
            patience=2,
            tells_left_sets=True,
            server=Server(gives_time=False),
        )
        self.opened.append(store)
        return store

    def time(self) -> datetime:
        if self.has_committed and self.after_commit:
            act, self.after_commit = self.after_commit, None
            act()
        return self.clock()

    def commit(self) -> None:
        if self.commits:
            self.commits.pop(0)()
        self.has_committed = True

    def takes(self, *seconds: float) -> None:
        """Let the next commits take so long."""
        self.commits += [partial(self.clock.move, duration) for duration in seconds]

    def at_next_commit_end(self, act: Callable[[], object]) -> None:
        """Let something happen after the next commit, before its writer knows."""
        self.has_committed, self.after_commit = False, act

    def marks(self) -> list[int]:
        """Return the seconds of the marks that are left."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            stamps = list(connection.scalars(select(unconfirmed.c.stamp)))
        engine.dispose()
        return stamps


@pytest.fixture
def bench(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    clock = StandingClock()
    monkeypatch.setattr(time, "sleep", clock.move)
    bench = Bench(store_url, clock)
    bench.store().declare_formats([OAI_DC, MODS])
    with before_each_commit(bench.commit):
        yield bench
    for store in bench.opened:
        store.close()


@pytest.fixture
def store(bench: Bench) -> SqlStore:
    return bench.opened[0]


def stamp(store: SqlStore, local: str, prefix: str = "oai_dc") -> float:
    """Return a datestamp, in seconds since the bench began."""
    record = store.record(oai(local), prefix)
    assert record is not None
    return (record.header.datestamp - START).total_seconds()


def killed_late(bench: Bench, local: str, *, sets: tuple[str, ...] = ()) -> None:
    """Have an item stored by a writer that is late, and killed after its commit."""

    def die() -> None:
        raise Killed

    bench.takes(1.2)
    bench.at_next_commit_end(die)
    with pytest.raises(Killed):
        put(bench.store(), write_of(local, sets=sets))


# Commits that end in time, or late.


def test_commit_in_time_keeps_its_datestamp_and_leaves_no_mark(
    bench: Bench, store: SqlStore
) -> None:
    bench.takes(0.9)
    put(store, write_of("a"))
    assert stamp(store, "a") == 0
    assert bench.marks() == []


def test_late_commit_is_stamped_with_the_second_in_which_it_is_seen(
    bench: Bench, store: SqlStore
) -> None:
    bench.takes(1.2)
    put(store, write_of("a"))
    assert (stamp(store, "a"), stamp(store, "a", "mods")) == (1, 1)
    assert bench.marks() == []


def test_only_the_records_of_the_late_commit_are_stamped_again(
    bench: Bench, store: SqlStore
) -> None:
    put(store, write_of("a"), write_of("b"))
    bench.takes(1.2)
    put(store, write_of("b", "second", formats=["oai_dc"], refused=["mods"]))
    assert stamp(store, "a") == 0
    assert (stamp(store, "b"), stamp(store, "b", "mods")) == (1, 0)


def test_unchanged_items_of_a_late_commit_are_not_stamped(
    bench: Bench, store: SqlStore
) -> None:
    put(store, write_of("a"))
    bench.takes(1.2)
    put(store, write_of("a"), write_of("b"))
    assert (stamp(store, "a"), stamp(store, "b")) == (0, 1)


def test_commit_that_confirms_and_is_late_itself_is_confirmed_too(
    bench: Bench, store: SqlStore
) -> None:
    bench.takes(1.2, 1.2, 1.2)
    put(store, write_of("a"))
    assert stamp(store, "a") == to_seconds(bench.clock()) - to_seconds(START)
    assert bench.marks() == []


def test_where_commits_are_never_in_time_the_mark_is_left_for_later(
    bench: Bench, store: SqlStore
) -> None:
    bench.takes(*[2.6] * 40)
    put(store, write_of("a"))
    assert len(bench.marks()) == 1


def test_what_takes_longer_than_a_second_is_stamped_again_by_halves(
    bench: Bench, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    def leave_mark_slowly(
        connection: Connection, stamp: int, records: Collection[int]
    ) -> Mark | None:
        sizes.append(len(records))
        bench.clock.move(0.025 * len(records))
        return leave_mark(connection, stamp, records)

    monkeypatch.setattr(writer, "leave_mark", leave_mark_slowly)
    put(store, *(write_of(f"{n}") for n in range(80)))
    assert sizes == [160, 80, 80]
    assert bench.marks() == []
    assert min(stamp(store, f"{n}") for n in range(80)) > 4


def test_what_was_waited_for_is_not_expected_of_the_next_commit(
    bench: Bench, store: SqlStore
) -> None:
    bench.takes(0.45)
    put(store, write_of("a"))
    waits = []
    for local in "bcd":
        bench.clock.move(0.77)
        before = bench.clock()
        put(store, write_of(local))
        waits.append((bench.clock() - before).total_seconds())
    assert sum(waits[1:]) < 0.05


def test_nothing_is_waited_for_where_nothing_changes(
    bench: Bench, store: SqlStore
) -> None:
    writes = [write_of(f"{n}") for n in range(50)]
    bench.takes(1.7)
    put(store, *writes)
    bench.clock.move(0.1)
    before = bench.clock()
    put(store, *writes)
    assert bench.clock() == before


def test_one_stall_is_not_expected_of_all_that_comes(
    bench: Bench, store: SqlStore
) -> None:
    bench.takes(30)
    put(store, *(write_of(f"{n}") for n in range(50)))
    before = bench.clock()
    put(store, *(write_of(f"{n}", "second") for n in range(50)))
    assert bench.clock() - before < timedelta(seconds=3)


def test_late_tombstone_is_stamped_again_and_stays_one(
    bench: Bench, store: SqlStore
) -> None:
    put(store, write_of("a", sets=["x"]))
    bench.takes(1.2)
    delete(store, "a")
    assert stamp(store, "a") == 1
    assert [r.header.deleted for r in walk(store, selection("mods", "x"))] == [True]


def test_lists_sets_and_sizes_are_right_after_a_late_commit(
    bench: Bench, store: SqlStore
) -> None:
    put(store, write_of("a", sets=["x:y"]), write_of("b", sets=["x"]))
    bench.takes(1.2)
    put(store, write_of("a", sets=["z"]), write_of("c", sets=["x"]))
    lists: dict[str | None, list[str]] = {
        None: ["b", "a", "c"],
        "x": ["b", "a", "c"],
        "x:y": ["a"],
        "z": ["a"],
    }
    for spec, expected in lists.items():
        selected = selection("oai_dc", spec)
        assert locals_of(store, selected) == expected
        assert store.count(selected) == len(expected)
    (left, *_) = walk(store, selection("oai_dc", "x:y"))
    assert left.header.deleted


def test_late_release_of_an_embargoed_item_is_stamped_again(
    bench: Bench, store: SqlStore
) -> None:
    release = bench.clock() + timedelta(seconds=60)
    put(store, replace(write_of("a"), release=release))
    bench.clock.move(60)
    bench.takes(1.2)
    assert store.now() >= release
    assert stamp(store, "a") == 61
    assert bench.marks() == []


# Writers that were killed.


def test_mark_of_a_killed_writer_is_left_alone_for_a_while(
    bench: Bench, store: SqlStore
) -> None:
    killed_late(bench, "a")
    bench.clock.move(ABANDONED_AFTER - 1.5)
    store.now()
    assert (stamp(store, "a"), bench.marks()) == (0, [to_seconds(START)])


def test_whoever_asks_for_the_time_then_confirms_what_a_killed_writer_left(
    bench: Bench, store: SqlStore
) -> None:
    killed_late(bench, "a", sets=("x",))
    bench.clock.move(ABANDONED_AFTER)
    now = store.now()
    assert stamp(store, "a") == (now.replace(microsecond=0) - START).total_seconds()
    assert locals_of(store, selection("mods", "x")) == ["a"]
    assert bench.marks() == []


def test_item_changed_since_its_writer_was_killed_is_not_moved(
    bench: Bench, store: SqlStore
) -> None:
    killed_late(bench, "a")
    bench.clock.move(2)
    changed = write_of("a", "second", formats=["oai_dc"], refused=["mods"])
    put(store, changed)
    before = stamp(store, "a")
    bench.clock.move(ABANDONED_AFTER)
    store.now()
    assert (stamp(store, "a"), before) == (3, 3)
    assert stamp(store, "a", "mods") == 8


def test_late_writer_whose_mark_was_taken_over_does_nothing(
    bench: Bench, store: SqlStore
) -> None:
    stamps: list[float] = []

    def take_over() -> None:
        other.now()
        stamps.append(stamp(store, "a"))
        bench.clock.move(3)

    other = bench.store()
    bench.takes(7)
    bench.at_next_commit_end(take_over)
    put(store, write_of("a"))
    assert [stamp(store, "a"), *stamps] == [7, 7]
    assert bench.marks() == []


def test_settler_that_is_killed_after_its_late_commit_leaves_a_mark_itself(
    bench: Bench, store: SqlStore
) -> None:
    def die() -> None:
        raise Killed

    killed_late(bench, "a")
    bench.clock.move(ABANDONED_AFTER)
    bench.takes(1.2)
    bench.at_next_commit_end(die)
    with pytest.raises(Killed):
        bench.store().now()
    assert bench.marks() == [to_seconds(START) + 6]
    bench.clock.move(ABANDONED_AFTER)
    store.now()
    assert (stamp(store, "a"), bench.marks()) == (12, [])


def test_marks_are_settled_while_nobody_else_writes_only(
    bench: Bench, store: SqlStore
) -> None:
    killed_late(bench, "a")
    bench.clock.move(ABANDONED_AFTER)
    other = bench.store()
    bench.commits.append(other.now)
    put(store, write_of("b"))
    assert (stamp(store, "a"), len(bench.marks())) == (0, 1)
    bench.clock.move()
    other.now()
    assert (stamp(store, "a"), bench.marks()) == (7, [])


def test_killed_in_its_commit_a_writer_leaves_nothing(
    bench: Bench, store: SqlStore
) -> None:
    def die() -> None:
        raise Killed

    bench.commits.append(die)
    with pytest.raises(Killed):
        put(store, write_of("a"))
    assert store.record(oai("a"), "oai_dc") is None
    assert bench.marks() == []


# No datestamp lies after the clock.


def test_commit_is_stamped_with_the_second_in_which_it_will_end(
    bench: Bench, store: SqlStore
) -> None:
    bench.takes(0.3)
    put(store, write_of("a"))
    bench.clock.move(0.5)
    seen_at = []
    bench.commits.append(lambda: seen_at.append(bench.clock() - START))
    put(store, write_of("b"))
    assert stamp(store, "b") == 1
    assert seen_at == [timedelta(seconds=1)]
    assert bench.marks() == []
