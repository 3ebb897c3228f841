"""What goes wrong with a PostgreSQL server, and what is said of it."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from postgresql import GIVEN_CLOCK, OURS, Opens, Postgresql, asked

from oai_provider.store.base import Outcome, StoreAway, StoreError
from oai_provider.store.engines import Server, open_store
from oai_provider.store.sql_store import SqlStore
from oai_provider.testing import MODS, OAI_DC, StandingClock, put, write_of

pytest_plugins = ["postgresql"]


def refusal(url: str, server: Server = GIVEN_CLOCK) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(url, clock=StandingClock(), server=server)
    assert not isinstance(caught.value, StoreAway)
    return str(caught.value)


# What passes by itself.


def terminate(postgresql: Postgresql) -> None:
    """End all connections of stores, as a restart of the server does."""
    ended = postgresql.execute(f"SELECT pg_terminate_backend(pid, 5000) {OURS}")
    assert ended


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.totals(),
        lambda store: store.now(),
        lambda store: put(store, write_of("b")),
    ],
    ids=["reading", "time", "writing"],
)
def test_connection_that_ended_while_it_was_idle_is_replaced(
    opener: Opens, postgresql: Postgresql, use: Callable[[SqlStore], object]
) -> None:
    store = opener(Server())
    store.declare_formats([OAI_DC, MODS])
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: asked(store, "SELECT pg_sleep(0.1)"), range(5)))
    terminate(postgresql)
    for _ in range(5):
        use(store)


def test_store_is_away_while_its_server_is_and_comes_back(
    opener: Opens, postgresql: Postgresql
) -> None:
    store = opener()
    store.declare_formats([OAI_DC, MODS])
    put(store, write_of("a"))
    postgresql.stop()
    try:
        for use in (store.totals, store.token_keys, lambda: put(store, write_of("b"))):
            with pytest.raises(StoreAway, match="does not answer now"):
                use()
    finally:
        postgresql.start()
    assert store.totals().items == 1
    assert put(store, write_of("b")) == [Outcome.ADDED]


def test_nothing_is_logged_by_the_libraries_when_connections_break(
    opener: Opens, caplog: pytest.LogCaptureFixture
) -> None:
    store = opener(Server(gives_time=False, pool_size=1))
    ends = "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(StoreAway), store._transaction() as connection:  # noqa: SLF001 - to break it
        connection.exec_driver_sql(ends)
    with pytest.raises(StoreAway), store._read.connection() as raw:  # noqa: SLF001 - likewise
        raw.cursor().execute(ends)
    assert store.totals().items == 0
    assert caplog.text == ""


def test_server_that_accepts_and_says_nothing_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgresql://postgres@127.0.0.1:{port}/store?connect_timeout=2"
        start = time.monotonic()
        with pytest.raises(StoreAway, match="timeout"):
            open_store(url, clock=StandingClock())
        assert time.monotonic() - start < 10


def test_primary_is_found_among_several_servers(
    opener: Opens, postgresql: Postgresql
) -> None:
    hosts = f"host=/nowhere&host={postgresql.data}"
    url = f"postgresql://postgres@/store?{hosts}&target_session_attrs=primary"
    assert opener(url=url).totals().items == 0


def test_port_on_which_nothing_listens_is_away() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        url = f"postgresql://user:secret@127.0.0.1:{port}/store"
        with pytest.raises(StoreAway, match="refused") as caught:
            open_store(url, clock=StandingClock())
    assert "secret" not in str(caught.value)


def test_database_that_may_only_be_read_for_now_is_away(
    opener: Opens, postgresql: Postgresql
) -> None:
    opener().declare_formats([OAI_DC, MODS])
    postgresql.execute("ALTER DATABASE store SET default_transaction_read_only = on")
    try:
        with pytest.raises(StoreAway, match="read-only transaction"):
            put(opener(), write_of("a"))
    finally:
        postgresql.execute("ALTER DATABASE store RESET default_transaction_read_only")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("/store?", "/none?", 'database "none" does not exist; make it with createdb'),
        ("//postgres@", "//nobody@", 'role "nobody" does not exist; make it with'),
        ("?", "?options=-c%20no=1&", "configuration parameter .no.; mend options"),
        ("?", "?bogus=1&", 'invalid connection option "bogus"'),
        ("=5432", "=x", "non-integer port arguments: .*; mend the URL"),
        ("?", "?sslmode=x&", "invalid sslmode value: .*; mend the URL"),
    ],
)
def test_what_a_person_has_to_mend_is_told_with_the_remedy(
    database: str, old: str, new: str, said: str
) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        open_store(database.replace(old, new, 1), clock=StandingClock())
    assert not isinstance(caught.value, StoreAway)


def test_user_without_rights_is_told_the_remedy(
    database: str, postgresql: Postgresql
) -> None:
    postgresql.execute("CREATE ROLE guest LOGIN PASSWORD 'secret'")
    said = refusal(database.replace("postgres@", "guest:secret@", 1))
    postgresql.execute("DROP ROLE guest")
    assert "permission denied" in said
    assert "make its user the owner of the database" in said
    assert "secret" not in said


def test_tables_of_another_program_are_refused(postgresql: Postgresql) -> None:
    postgresql.execute("CREATE DATABASE other")
    postgresql.execute("CREATE TABLE item (x int)", "other")
    said = refusal(postgresql.url("other"))
    assert "has a table item of another program: name another database" in said


def test_text_that_the_server_cannot_hold_is_a_store_error(opener: Opens) -> None:
    with pytest.raises(StoreError):
        opener().item("oai:\0")


@pytest.mark.parametrize(
    ("url", "replica", "said"),
    [
        ("sqlite://", "postgresql://host/db", "SQLite has no replicas"),
        ("", "sqlite:///x.db", "a replica is in PostgreSQL: mend replica_url"),
        ("", "nonsense", "'nonsense' is no store"),
    ],
)
def test_replica_that_can_be_none_is_refused(
    database: str, url: str, replica: str, said: str
) -> None:
    assert said in refusal(url or database, Server(replica_url=replica))


def test_threshold_that_is_no_number_is_refused(database: str) -> None:
    said = refusal(f"{database}&prepare_threshold=often")
    assert "prepare_threshold is often: write a number, 0 for never" in said
