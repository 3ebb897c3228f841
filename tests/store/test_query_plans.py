"""Every list is one seek, whatever is listed and however much there is."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import ClauseElement

from oai_provider.store import sql
from oai_provider.store.engines import open_store
from oai_provider.testing import MODS, OAI_DC, StandingClock, put, write_of

SEEK = (
    "SEARCH listing USING PRIMARY KEY"
    " (format_id=? AND set_id=? AND (datestamp,item_id)>(?,?) AND datestamp<?)"
)
RANGE = (
    "SEARCH listing USING PRIMARY KEY"
    " (format_id=? AND set_id=? AND datestamp>? AND datestamp<?)"
)
TALLY = "SEARCH tally USING PRIMARY KEY (format_id=? AND set_id=?)"
FIRST = {
    "RECORDS": SEEK,
    "RECORDS_OF_SET": SEEK,
    "HEADERS": SEEK,
    "HEADERS_OF_SET": SEEK,
    "COUNT_WINDOW": RANGE,
    "COUNT_WINDOW_OF_SET": RANGE,
    "COUNT": TALLY,
    "COUNT_OF_SET": TALLY,
    "RECORD": (
        "SEARCH item USING COVERING INDEX sqlite_autoindex_item_1 (identifier=?)"
    ),
    "FORMATS_OF": (
        "SEARCH item USING COVERING INDEX sqlite_autoindex_item_1 (identifier=?)"
    ),
    "SETS": "SEARCH oai_set USING INDEX sqlite_autoindex_oai_set_1 (spec>?)",
    "ITEM": "SEARCH item USING INDEX sqlite_autoindex_item_1 (identifier=?)",
    "ITEMS": "SEARCH item USING INDEX sqlite_autoindex_item_1 (identifier>?)",
}
"""How each statement begins to read."""

LISTS = [name for name in FIRST if name.startswith(("RECORDS", "HEADERS", "COUNT"))]


@pytest.fixture(scope="module", params=["unknown", "known"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    """A store of 3,000 records of one second, with and without statistics."""
    file = tmp_path_factory.mktemp("plans") / "store.db"
    store = open_store(f"sqlite:///{file}", clock=StandingClock())
    store.declare_formats([OAI_DC, MODS])
    put(store, *(write_of(f"{n}", sets=["x:y"]) for n in range(3000)))
    store.close()
    connection = sqlite3.connect(file)
    if request.param == "known":
        connection.execute("ANALYZE")
        connection.close()
        connection = sqlite3.connect(file)
    yield connection
    connection.close()


def compiled(name: str) -> tuple[str, dict[str, object]]:
    statement: ClauseElement = getattr(sql, name)
    done = statement.compile(dialect=sqlite.dialect(paramstyle="named"))
    return str(done), dict(done.params)


def plan(database: sqlite3.Connection, name: str) -> list[str]:
    text, values = compiled(name)
    rows = database.execute(f"EXPLAIN QUERY PLAN {text}", values)
    return [detail for *_, detail in rows]


@pytest.mark.parametrize("name", FIRST)
def test_statement_begins_with_a_seek(database: sqlite3.Connection, name: str) -> None:
    assert plan(database, name)[0] == FIRST[name]


@pytest.mark.parametrize("name", LISTS)
def test_list_is_neither_scanned_nor_sorted(
    database: sqlite3.Connection, name: str
) -> None:
    steps = plan(database, name)
    assert [step for step in steps if "SCAN" in step or "TEMP" in step] == []


def test_earliest_datestamp_is_a_seek_for_each_format(
    database: sqlite3.Connection,
) -> None:
    steps = plan(database, "EARLIEST")
    assert steps[-1] == "SEARCH listing USING PRIMARY KEY (format_id=? AND set_id=?)"


def work(database: sqlite3.Connection, name: str, key: int) -> int:
    """Return how many hundreds of steps SQLite takes for a page after a key."""
    text, values = compiled(name)
    datestamp = database.execute("SELECT max(datestamp) FROM listing").fetchone()[0]
    position = {"datestamp": datestamp, "key": key, "until": datestamp, "limit": 101}
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    database.set_progress_handler(count, 100)
    where = {"prefix": "oai_dc", "spec": "x"}
    rows = database.execute(text, values | where | position).fetchall()
    database.set_progress_handler(None, 0)
    assert len(rows) == 101
    return steps


@pytest.mark.parametrize("name", LISTS[:4])
def test_deep_page_among_ties_costs_what_the_first_page_costs(
    database: sqlite3.Connection, name: str
) -> None:
    assert work(database, name, key=2700) <= work(database, name, key=0)
