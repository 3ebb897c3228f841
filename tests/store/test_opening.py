"""Opening a store: what is made, what is refused, and what is said then."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import create_engine

from oai_provider.store import sql_store
from oai_provider.store.addresses import shown
from oai_provider.store.base import StoreAway, StoreError
from oai_provider.store.engines import open_store
from oai_provider.store.tables import REVISION, metadata
from oai_provider.store.upgrade import VERSION_TABLE
from oai_provider.testing import OAI_DC, StandingClock, delete, put, selection, write_of


def opened(file: Path, *, patience: float = 5) -> sql_store.SqlStore:
    return open_store(f"sqlite:///{file}", clock=StandingClock(), patience=patience)


def refusal(url: str) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(url, clock=StandingClock())
    assert not isinstance(caught.value, StoreAway)
    return str(caught.value)


def schema(file: Path) -> set[tuple[str, str]]:
    """Return what makes the tables and indexes of a database, blanks aside."""
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master")
    made = {
        (name, " ".join((sql or "").split()))
        for name, table, sql in rows
        if table != VERSION_TABLE
    }
    connection.close()
    return made


# What is made.


def test_content_is_there_when_a_store_is_opened_again(tmp_path: Path) -> None:
    store = opened(tmp_path / "store.db")
    store.declare_formats([OAI_DC])
    put(store, write_of("a", formats=["oai_dc"]))
    key = store.token_keys()
    store.close()
    again = opened(tmp_path / "store.db")
    assert again.totals().items == 1
    assert again.token_keys() == key
    again.close()


def test_two_stores_have_different_token_keys(tmp_path: Path) -> None:
    one, two = opened(tmp_path / "one.db"), opened(tmp_path / "two.db")
    assert one.token_keys() != two.token_keys()
    one.close()
    two.close()


def test_migrations_make_the_tables_that_the_code_works_with(tmp_path: Path) -> None:
    opened(tmp_path / "migrated.db").close()
    engine = create_engine(f"sqlite:///{tmp_path}/declared.db")
    metadata.create_all(engine)
    engine.dispose()
    assert schema(tmp_path / "migrated.db") == schema(tmp_path / "declared.db")


def test_new_store_is_at_the_newest_revision(tmp_path: Path) -> None:
    opened(tmp_path / "store.db").close()
    with sqlite3.connect(tmp_path / "store.db") as connection:
        rows = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()
    connection.close()
    assert rows == [(REVISION,)]


def test_store_writes_ahead_and_flushes_every_commit(tmp_path: Path) -> None:
    store = opened(tmp_path / "store.db")
    with store._engine.connect() as connection:  # noqa: SLF001 - a pragma is a connection's
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        foreign_keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    store.close()
    assert (journal, synchronous, foreign_keys) == ("wal", 2, 1)


def test_opening_a_store_that_is_up_to_date_does_not_load_alembic(
    tmp_path: Path,
) -> None:
    opened(tmp_path / "store.db").close()
    script = (
        "import sys; from datetime import datetime;"
        "from oai_provider.store.engines import open_store;"
        f"open_store('sqlite:///{tmp_path}/store.db', clock=datetime.utcnow);"
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_processes_opening_a_new_store_at_once_all_succeed(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import datetime;"
        "from oai_provider.store.engines import open_store;"
        "sys.stdin.read();"
        f"store = open_store('sqlite:///{tmp_path}/store.db', clock=datetime.utcnow);"
        "print(store.token_keys()[0].hex())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    keys = {process.communicate()[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * 3
    assert len(keys) == 1


def test_new_file_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(
        tmp_path / "store.db", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN EXCLUSIVE")
    timer = Timer(0.3, other.close)
    timer.start()
    store = opened(tmp_path / "store.db")
    timer.join()
    assert store.totals().items == 0
    store.close()


def test_pages_are_large_enough_for_several_records(tmp_path: Path) -> None:
    opened(tmp_path / "store.db").close()
    connection = sqlite3.connect(tmp_path / "store.db")
    assert connection.execute("PRAGMA page_size").fetchone() == (32_768,)
    connection.close()


# What is refused.


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "is no store: write sqlite:///FILE"),
        ("store.db", "'store.db' is no store: write sqlite:///FILE"),
        ("mysql://host/db", "no stores of the kind mysql: write sqlite:///FILE"),
        ("sqlite+aiosqlite:///x.db", "no stores of the kind sqlite+aiosqlite"),
        ("nonsense://x", "no stores of the kind nonsense"),
        (
            "postgresql://u:p@h:port/db",
            "'postgresql://***@h:port/db' is no store: write sqlite:///FILE",
        ),
    ],
)
def test_url_that_names_no_store_is_refused(url: str, said: str) -> None:
    assert said in refusal(url)


SECRETIVE = [
    "postgresql://u:secret/db",
    "postgresql:u:secret:h",
    "mysql://host/db?passwd=secret",
    "mysql://user:secret@host/db",
    "mysql://user:s3@secret@host/db",
    "mysql://host/db?user=u&password=secret",
    "postgresql//user:secret@host/db",
    "postgresql//user:s3@secret@host/db",
    "postgresql://user:secret@host:port/db",
    "user:secret@host:port/db",
    "postgresql:/user:x/secret@host/db?password=secret",
]


@pytest.mark.parametrize("url", SECRETIVE)
def test_password_is_not_shown(url: str) -> None:
    assert "secret" not in refusal(url)
    assert "secret" not in shown(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///store.db", "sqlite:///store.db"),
        ("sqlite:////srv/a@b.db", "sqlite:////srv/a@b.db"),
        ("postgresql://user@host/db", "postgresql://user@host/db"),
        ("postgresql://user:secret@host/db", "postgresql://user:***@host/db"),
        (
            "postgresql://host/db?password=x&a=b",
            "postgresql://host/db?password=***&a=b",
        ),
        ("nonsense", "nonsense"),
    ],
)
def test_the_rest_of_a_url_is_shown(url: str, said: str) -> None:
    assert shown(url) == said


def test_an_at_sign_in_a_password_has_to_be_escaped() -> None:
    said = refusal("postgresql://user:se@cret@host/db")
    assert said == "postgresql://***@host/db: write @ in a password as %40"


def test_missing_driver_is_named_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is None there cannot be imported, installed or not.
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install 'oai-provider[postgres]'" in refusal("postgresql://host/db")


def test_missing_folder_is_named(tmp_path: Path) -> None:
    said = refusal(f"sqlite:///{tmp_path}/none/store.db")
    assert f"there is no folder {tmp_path}/none: make it" in said


def test_folder_is_no_store(tmp_path: Path) -> None:
    assert "is a folder: name a file in it" in refusal(f"sqlite:///{tmp_path}")


def test_file_that_is_no_database_is_refused_and_left_as_it_is(
    tmp_path: Path,
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Not a database, but long enough to be taken for one. " * 20)
    before = file.read_bytes()
    assert "file is not a database; name another file" in refusal(f"sqlite:///{file}")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("locked", "said"),
    [
        ("store.db", "the file cannot be written: make it readable and writable"),
        ("", "cannot be written: make it writable"),
    ],
)
def test_what_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: str, said: str
) -> None:
    opened(tmp_path / "store.db").close()
    # Root may write everything, so that permissions would prove nothing.
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path / locked)
    assert said in refusal(f"sqlite:///{tmp_path}/store.db")


def test_database_opened_for_reading_only_is_refused_with_the_remedy(
    tmp_path: Path,
) -> None:
    sqlite3.connect(tmp_path / "store.db").execute("CREATE TABLE t (x)")
    said = refusal(f"sqlite:///file:{tmp_path}/store.db?mode=ro&uri=true")
    assert "readonly database; make the file and its folder writable" in said


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE item (x)")
    connection.close()
    said = refusal(f"sqlite:///{tmp_path}/other.db")
    assert "has a table item of another program: name another database" in said


def test_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    opened(tmp_path / "store.db").close()
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    connection.close()
    said = refusal(f"sqlite:///{tmp_path}/store.db")
    assert "revision 9999" in said
    assert "install the newest oai-provider" in said


def test_items_in_more_sets_than_a_statement_takes_are_stored_and_counted() -> None:
    store = open_store("sqlite://", clock=StandingClock())
    with store._engine.connect() as connection:  # noqa: SLF001 - its only connection
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 1_100)
    store.declare_formats([OAI_DC])
    sets = [f"s{n}" for n in range(1_200)]
    for text in ("first", "second"):
        put(store, write_of("a", text, sets=sets, formats=["oai_dc"]))
    assert {store.count(selection(set_spec=spec)) for spec in sets} == {1}
    store.close()


# What goes wrong later.


def test_store_that_is_locked_for_too_long_is_away(tmp_path: Path) -> None:
    store = opened(tmp_path / "store.db", patience=0.05)
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreAway, match="database is locked"):
        delete(store, "a")
    other.close()
    store.close()


def test_store_in_memory_that_is_in_use_for_too_long_is_away() -> None:
    store = open_store("sqlite://", clock=StandingClock(), patience=0.05)
    with (
        store._engine.connect(),  # noqa: SLF001 - its only connection
        pytest.raises(StoreAway),
    ):
        store.totals()
    store.close()


def test_store_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    store = opened(tmp_path / "store.db", patience=0.05)
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert store.totals().items == 0
    other.close()
    store.close()


def test_store_recovers_from_having_been_away(tmp_path: Path) -> None:
    store = opened(tmp_path / "store.db", patience=0.05)
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreAway):
        store.declare_formats([OAI_DC])
    other.close()
    store.declare_formats([OAI_DC])
    assert store.formats() == (OAI_DC,)
    store.close()


def test_tables_lost_under_a_store_are_an_error_with_a_remedy(tmp_path: Path) -> None:
    store = opened(tmp_path / "store.db")
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("DROP TABLE oai_set")
    connection.close()
    with pytest.raises(StoreError, match="no such table: oai_set; its tables"):
        store.count_sets()
    store.close()


def test_text_that_the_driver_cannot_carry_is_a_store_error(tmp_path: Path) -> None:
    store = opened(tmp_path / "store.db")
    with pytest.raises(StoreError):
        store.item("oai:\ud800")
    store.close()
