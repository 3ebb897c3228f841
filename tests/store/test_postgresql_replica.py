"""Lists are read from a replica of PostgreSQL, as long as nothing can be missed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from postgresql import OURS, Opens, Postgresql
from sqlalchemy import text

from oai_provider.store.base import StoreAway
from oai_provider.store.engines import Server
from oai_provider.store.reading import ReplicaReader
from oai_provider.store.sql_store import SqlStore
from oai_provider.testing import (
    MODS,
    OAI_DC,
    locals_of,
    oai,
    put,
    selection,
    write_of,
)

pytest_plugins = ["postgresql"]

SLACK = 10.0
"""Seconds in which a replica that is left alone has long replayed everything."""


@pytest.fixture(scope="module")
def replica(postgresql: Postgresql, migrated: str) -> Iterator[Postgresql]:
    """A streaming replica of the server."""
    assert migrated
    data = postgresql.data.parent / "replica"
    source = f"host={postgresql.data} port={postgresql.port} user=postgres"
    postgresql.run(
        "pg_basebackup",
        "-D",
        str(data),
        "-d",
        source,
        "-R",
        "-c",
        "fast",
        "-X",
        "stream",
    )
    copy = replace(postgresql, data=data, port=5433)
    copy.start()
    yield copy
    copy.stop()


@pytest.fixture
def store(opener: Opens, replica: Postgresql) -> SqlStore:
    """An empty store that reads lists from the replica."""
    opened = opener(Server(gives_time=False, replica_url=replica.url("store")))
    opened.declare_formats([OAI_DC, MODS])
    return opened


@contextmanager
def paused(replica: Postgresql) -> Iterator[None]:
    """Have a replica stay in the past."""
    replica.execute("SELECT pg_wal_replay_pause()")
    wait(
        lambda: replica.execute("SELECT pg_get_wal_replay_pause_state()") == ["paused"]
    )
    try:
        yield
    finally:
        replica.execute("SELECT pg_wal_replay_resume()")


@contextmanager
def stopped(replica: Postgresql) -> Iterator[None]:
    """Have a replica be away."""
    replica.stop()
    try:
        yield
    finally:
        replica.start()


def wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SLACK
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def read_by(server: Postgresql) -> set[object]:
    """Return the statements of the program that a server was asked last."""
    found = server.execute(f"SELECT query {OURS}")
    return {"lists" if "listing" in str(query) else "others" for query in found}


def asked(server: Postgresql) -> set[object]:
    """Return the moments at which the program asked a server, by connection."""
    return {*server.execute(f"SELECT pid || ' ' || query_start {OURS}")}


def listed(store: SqlStore) -> list[str]:
    return locals_of(store, selection(), limit=2)


def test_lists_are_read_from_the_replica(
    store: SqlStore, postgresql: Postgresql, replica: Postgresql
) -> None:
    put(store, *(write_of(local) for local in "abc"))
    assert listed(store) == ["a", "b", "c"]
    assert "lists" in read_by(replica)
    assert "lists" not in read_by(postgresql)


@pytest.mark.parametrize(
    "read",
    [
        lambda store: store.headers(selection(), after=None, limit=9),
        lambda store: store.records(selection("mods", "x"), after=None, limit=9),
        lambda store: store.count(selection(until=store.now())),
    ],
    ids=["headers", "set", "count"],
)
def test_all_that_is_listed_or_counted_is_read_from_the_replica(
    store: SqlStore, replica: Postgresql, read: Callable[[SqlStore], object]
) -> None:
    read(store)
    assert "lists" in read_by(replica)


def test_all_else_is_read_from_the_primary(
    store: SqlStore, replica: Postgresql
) -> None:
    before = asked(replica)
    put(store, write_of("a", sets=["x"]))
    store.now()
    assert store.record(oai("a"), "oai_dc")
    assert store.item(oai("a"))
    assert [*store.items()]
    assert store.earliest_datestamp()
    assert store.formats()
    assert store.formats_of(oai("a"))
    assert store.sets(after=None, limit=9)
    assert store.count_sets()
    assert store.totals().items
    assert store.token_keys()
    assert [*store.embargoed()] == []
    assert [*store.quarantined()] == []
    # Connections of stores that were closed go in their own time.
    assert asked(replica) <= before
    listed(store)
    assert not asked(replica) <= before


def test_what_was_just_written_is_in_the_next_page(store: SqlStore) -> None:
    for n in range(50):
        put(store, write_of(f"{n:02}"))
        assert store.count(selection()) == n + 1
        assert len(store.headers(selection(), after=None, limit=99).headers) == n + 1


def test_replica_that_stays_in_the_past_is_not_asked(
    store: SqlStore, replica: Postgresql
) -> None:
    put(store, *(write_of(local) for local in "abc"))
    assert listed(store) == ["a", "b", "c"]
    with paused(replica):
        put(store, write_of("a", "second"), write_of("d"))
        start = time.monotonic()
        found = locals_of(store, selection(), limit=1)
        assert set(found) == {"a", "b", "c", "d"}
        # It is waited for once, not for every page.
        assert time.monotonic() - start < 3.5 * ReplicaReader._PATIENCE  # noqa: SLF001 - once


def test_replica_is_asked_again_when_it_has_caught_up(
    store: SqlStore, replica: Postgresql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReplicaReader, "_REST", 0.1)
    with paused(replica):
        put(store, write_of("a"))
        assert listed(store) == ["a"]
        assert "lists" not in read_by(replica)

    def is_read() -> bool:
        assert listed(store) == ["a"]
        return "lists" in read_by(replica)

    wait(is_read)


def test_primary_answers_while_the_replica_is_away(
    store: SqlStore, replica: Postgresql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReplicaReader, "_REST", 0.1)
    put(store, write_of("a"))
    assert listed(store) == ["a"]
    with stopped(replica):
        put(store, write_of("b"))
        assert listed(store) == ["a", "b"]

    def is_read() -> bool:
        assert listed(store) == ["a", "b"]
        return "lists" in read_by(replica)

    wait(is_read)


def test_store_is_opened_while_the_replica_is_away(
    opener: Opens, replica: Postgresql
) -> None:
    with stopped(replica):
        server = Server(gives_time=False, replica_url=replica.url("store"))
        store = opener(server)
        store.declare_formats([OAI_DC, MODS])
        put(store, write_of("a"))
        assert listed(store) == ["a"]


def test_server_that_is_no_replica_is_not_asked(
    opener: Opens, postgresql: Postgresql
) -> None:
    postgresql.execute("CREATE DATABASE copy TEMPLATE template0")
    server = Server(gives_time=False, replica_url=postgresql.url("copy"))
    store = opener(server)
    store.declare_formats([OAI_DC, MODS])
    put(store, write_of("a"))
    assert listed(store) == ["a"]


def test_replica_of_another_server_is_not_asked(
    store: SqlStore, replica: Postgresql, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = text("SELECT '0/0', '1234567890'")
    monkeypatch.setattr(ReplicaReader, "_WRITTEN", another)
    put(store, write_of("a"))
    assert listed(store) == ["a"]
    assert "lists" not in read_by(replica)


def test_standby_alone_is_no_store_for_harvesters(
    opener: Opens, replica: Postgresql
) -> None:
    opener().declare_formats([OAI_DC, MODS])
    wait(
        lambda: replica.execute("SELECT count(*) FROM metadata_format", "store") == [2]
    )
    store = opener(Server(), url=replica.url("store"))
    with pytest.raises(StoreAway, match="is a standby now; name the primary"):
        store.now()
    assert store.totals().items == 0
