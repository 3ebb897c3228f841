"""How a PostgreSQL server is spoken to."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Timer

import psycopg
import pytest
from postgresql import GIVEN_CLOCK, OURS, Opens, Postgresql, asked

from oai_provider.store import engines
from oai_provider.store.base import Outcome, StoreAway
from oai_provider.store.engines import Server, open_store
from oai_provider.store.sql_store import SqlStore
from oai_provider.testing import (
    MODS,
    OAI_DC,
    START,
    StandingClock,
    oai,
    put,
    selection,
    write_of,
)

pytest_plugins = ["postgresql"]


def shown_in_writing(store: SqlStore, setting: str) -> object:
    with store._transaction() as connection:  # noqa: SLF001 - settings are a transaction's
        return connection.exec_driver_sql(f"SHOW {setting}").scalar()


@contextmanager
def locked(postgresql: Postgresql, statement: str) -> Iterator[psycopg.Connection]:
    """Hold a lock that another program has taken in a transaction."""
    with psycopg.connect(
        host=str(postgresql.data), user="postgres", dbname="store"
    ) as other:
        other.execute(statement.encode())
        yield other


# The clock.


def test_time_is_that_of_the_server(opener: Opens, postgresql: Postgresql) -> None:
    store = opener(Server())
    (before,) = postgresql.execute("SELECT clock_timestamp()")
    now = store.now()
    (after,) = postgresql.execute("SELECT clock_timestamp()")
    assert isinstance(before, datetime)
    assert isinstance(after, datetime)
    assert before < now < after
    assert now.tzinfo is UTC


def test_datestamps_are_those_of_the_servers_clock(opener: Opens) -> None:
    store = opener(Server())
    store.declare_formats([OAI_DC, MODS])
    before = store.now().replace(microsecond=0)
    put(store, write_of("a"))
    found = store.record(oai("a"), "oai_dc")
    assert found is not None
    assert before <= found.header.datestamp <= store.now()


def test_time_goes_on_within_a_transaction(opener: Opens) -> None:
    store = opener(Server())
    with store._transaction() as connection:  # noqa: SLF001 - as the writer does
        first, second = store._now(connection), store._now(connection)  # noqa: SLF001 - as above
    assert first < second


def test_time_is_that_of_the_clock_given_if_so_wanted(opener: Opens) -> None:
    assert opener(GIVEN_CLOCK).now() == START


# Settings of a connection.


def test_program_tells_the_server_its_name(opener: Opens) -> None:
    assert asked(opener(), "SHOW application_name") == "oai-provider"


def test_reading_has_a_time_limit(opener: Opens) -> None:
    server = Server(gives_time=False, statement_timeout=7)
    assert asked(opener(server), "SHOW statement_timeout") == "7s"


def test_writing_has_none_but_is_given_up_when_the_writer_is_silent(
    opener: Opens,
) -> None:
    store = opener()
    assert shown_in_writing(store, "statement_timeout") == "0"
    assert shown_in_writing(store, "lock_timeout") == "30s"
    assert shown_in_writing(store, "idle_in_transaction_session_timeout") == "1min"
    assert asked(store, "SHOW statement_timeout") == "30s"


def test_options_of_the_url_are_joined_with_those_of_the_program(
    opener: Opens,
) -> None:
    store = opener(query="&options=-c%20work_mem%3D8MB")
    assert asked(store, "SHOW work_mem") == "8MB"
    assert asked(store, "SHOW statement_timeout") == "30s"


def test_what_the_url_says_wins(opener: Opens) -> None:
    query = "&options=-c%20statement_timeout%3D7s&application_name=mine"
    store = opener(query=query)
    assert asked(store, "SHOW statement_timeout") == "7s"
    assert asked(store, "SHOW application_name") == "mine"


@pytest.mark.parametrize(
    ("setting", "used"), [("off", "on"), ("remote_write", "remote_write")]
)
def test_commit_is_on_disk_before_anybody_is_told(
    opener: Opens, setting: str, used: str
) -> None:
    store = opener(query=f"&options=-c%20synchronous_commit%3D{setting}")
    assert shown_in_writing(store, "synchronous_commit") == used


@pytest.mark.parametrize(
    ("query", "is_prepared"),
    [
        ("", True),
        ("&prepare_threshold=1", True),
        ("&prepare_threshold=0", False),
        ("&prepare_threshold=None", False),
    ],
)
def test_statements_are_prepared_unless_the_url_says_no(
    opener: Opens, query: str, is_prepared: bool
) -> None:
    store = opener(Server(gives_time=False, pool_size=1), query=query)
    for _ in range(10):
        store.totals()
    found = asked(store, "SELECT count(*) FROM pg_prepared_statements")
    assert bool(found) is is_prepared


def test_statements_are_planned_once_for_all_values(opener: Opens) -> None:
    assert asked(opener(), "SHOW plan_cache_mode") == "force_generic_plan"
    query = "&options=-c%20plan_cache_mode%3Dauto"
    assert asked(opener(query=query), "SHOW plan_cache_mode") == "auto"


def test_no_page_waits_for_workers_to_start(opener: Opens) -> None:
    setting = "max_parallel_workers_per_gather"
    assert asked(opener(), f"SHOW {setting}") == "0"
    assert asked(opener(query=f"&options=-c%20{setting}%3D2"), f"SHOW {setting}") == "2"


def test_statements_that_the_server_forgot_are_prepared_again(opener: Opens) -> None:
    store = opener(Server(gives_time=False, pool_size=1))
    store.totals()
    with store._read.connection() as raw:  # noqa: SLF001 - settings are a connection's
        raw.cursor().execute("DEALLOCATE ALL")
    assert store.totals().items == 0
    assert store.totals().items == 0


def test_records_lie_in_their_rows_as_they_are_sent(
    opener: Opens, postgresql: Postgresql
) -> None:
    store = opener()
    store.declare_formats([OAI_DC, MODS])
    put(store, write_of("a", "long " * 1200))
    compressed = "SELECT id FROM record WHERE pg_column_size(xml) < length(xml)"
    assert postgresql.execute(compressed, "store") == []
    beside = "SELECT reltoastrelid::regclass FROM pg_class WHERE relname = 'record'"
    (table,) = postgresql.execute(beside, "store")
    assert postgresql.execute(f"SELECT chunk_id FROM {table}", "store") == []


def test_records_of_any_length_are_kept(opener: Opens) -> None:
    store = opener()
    store.declare_formats([OAI_DC, MODS])
    put(store, write_of("a", "long " * 20_000))
    found = store.record(oai("a"), "oai_dc")
    assert found is not None
    assert len(found.xml) > 100_000


def test_reading_leaves_no_transaction_open(
    opener: Opens, postgresql: Postgresql
) -> None:
    store = opener()
    store.totals()
    assert set(postgresql.execute(f"SELECT state {OURS}")) == {"idle"}


# Limits.


def test_reading_that_takes_too_long_is_given_up(
    opener: Opens, postgresql: Postgresql
) -> None:
    store = opener(Server(gives_time=False, statement_timeout=1))
    with (
        locked(postgresql, "LOCK item IN ACCESS EXCLUSIVE MODE"),
        pytest.raises(StoreAway, match="statement timeout"),
    ):
        store.totals()
    assert store.totals().items == 0


def test_writer_may_wait_for_longer_than_readers(
    opener: Opens, postgresql: Postgresql
) -> None:
    store = opener(Server(gives_time=False, statement_timeout=1))
    store.declare_formats([OAI_DC, MODS])
    lock = f"SELECT pg_advisory_xact_lock({engines._LOCK})"  # noqa: SLF001 - the writers'
    with locked(postgresql, lock) as other:
        timer = Timer(1.3, other.rollback)
        timer.start()
        assert put(store, write_of("a")) == [Outcome.ADDED]
        timer.join()


def test_writer_whose_turn_does_not_come_gives_up(
    database: str, postgresql: Postgresql
) -> None:
    store = open_store(
        database, clock=StandingClock(), patience=0.1, server=GIVEN_CLOCK
    )
    lock = f"SELECT pg_advisory_xact_lock({engines._LOCK})"  # noqa: SLF001 - the writers'
    with (
        locked(postgresql, lock),
        pytest.raises(StoreAway, match="lock timeout"),
    ):
        put(store, write_of("a"))
    store.declare_formats([OAI_DC, MODS])
    assert put(store, write_of("a")) == [Outcome.ADDED]
    store.close()


def test_no_more_connections_are_made_than_the_pool_has(
    opener: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_CONNECT_TIMEOUT", 1)
    store = opener(Server(gives_time=False, pool_size=1))
    with (
        store._engine.connect(),  # noqa: SLF001 - its only connection
        pytest.raises(StoreAway, match="does not answer now"),
    ):
        store.totals()
    assert store.totals().items == 0


def test_readers_that_rest_leave_connections_to_writers(opener: Opens) -> None:
    store = opener(Server(gives_time=False, pool_size=2))
    store.declare_formats([OAI_DC, MODS])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.totals(), range(40)))
    with store._transaction():  # noqa: SLF001 - to hold one while others read
        assert store.totals().items == 0


def test_threads_share_the_connections(opener: Opens, postgresql: Postgresql) -> None:
    store = opener(Server(pool_size=2))
    store.declare_formats([OAI_DC, MODS])

    def work(thread: int) -> None:
        for n in range(10):
            put(store, write_of(f"{thread}-{n}"))
            store.records(selection(), after=None, limit=10)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert store.totals().items == 60
    assert postgresql.execute(f"SELECT count(*) {OURS}") == [2]


# Several machines.


def test_machines_that_make_the_tables_at_once_all_succeed(
    postgresql: Postgresql,
) -> None:
    postgresql.execute("CREATE DATABASE fresh")
    url = postgresql.url("fresh")

    def keys(_: int) -> tuple[bytes, ...]:
        store = open_store(url, clock=StandingClock(), server=GIVEN_CLOCK)
        found = store.token_keys()
        store.close()
        return found

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(keys, range(3)))) == 1


def test_machine_sees_at_once_what_another_one_wrote(opener: Opens) -> None:
    one, other = opener(Server()), opener(Server())
    one.declare_formats([OAI_DC, MODS])
    put(one, write_of("a"))
    now = other.now()
    (found,) = other.records(selection(), after=None, limit=9).records
    assert timedelta() <= now - found.header.datestamp < timedelta(seconds=5)
