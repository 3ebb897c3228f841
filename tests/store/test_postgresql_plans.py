"""Every list is one seek on PostgreSQL, whether or not it knows what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from postgresql import GIVEN_CLOCK, Postgresql
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.sql.elements import ClauseElement

from oai_provider.protocol.datestamp import to_seconds
from oai_provider.store import sql
from oai_provider.store.engines import open_store
from oai_provider.testing import (
    MODS,
    OAI_DC,
    START,
    StandingClock,
    oai,
    put,
    write_of,
)

pytest_plugins = ["postgresql"]

PAGES = ["RECORDS", "RECORDS_OF_SET", "HEADERS", "HEADERS_OF_SET"]
WINDOWS = ["COUNT_WINDOW", "COUNT_WINDOW_OF_SET"]
LARGE = {"listing", "item", "record", "source"}
"""The tables that have as many rows as there are items, or more."""

VALUES = {
    "prefix": "oai_dc",
    "spec": "x",
    "identifier": oai("5"),
    "datestamp": to_seconds(START),
    "start": to_seconds(START),
    "until": to_seconds(START),
    "key": 1000,
    "limit": 101,
}

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """A database whose plans are asked for, with the values given or for any."""

    connection: "psycopg.Connection[Any]"
    any_values: bool

    def nodes(self, name: str) -> list[Node]:
        """Return all nodes of the plan of a statement."""
        if self.any_values:
            text = str(_compiled(name, "numeric_dollar"))
            options, values = "GENERIC_PLAN, FORMAT JSON", None
        else:
            text = str(_compiled(name, "pyformat"))
            options, values = "FORMAT JSON", VALUES | _defaults(name)
        return self.explained(f"EXPLAIN ({options}) {text}", values)

    def explained(self, statement: str, values: dict[str, Any] | None) -> list[Node]:
        """Return the nodes that an EXPLAIN tells of."""
        row = self.connection.execute(statement.encode(), values).fetchone()
        assert row is not None
        return list(_flat(row[0][0]["Plan"]))


def _compiled(name: str, paramstyle: str) -> Any:
    statement: ClauseElement = getattr(sql, name)
    return statement.compile(dialect=dialect(paramstyle=paramstyle))  # type: ignore[no-untyped-call]  # SQLAlchemy's


def _defaults(name: str) -> dict[str, Any]:
    found = _compiled(name, "pyformat").params
    return {key: value for key, value in found.items() if key not in VALUES}


def _flat(node: Node) -> Iterator[Node]:
    yield node
    for below in node.get("Plans", ()):
        yield from _flat(below)


@pytest.fixture(scope="module")
def filled(postgresql: Postgresql) -> str:
    """The name of a database of 3,000 items of one second, without statistics."""
    postgresql.execute("CREATE DATABASE plans")
    url = postgresql.url("plans")
    store = open_store(url, clock=StandingClock(), server=GIVEN_CLOCK)
    store.declare_formats([OAI_DC, MODS])
    put(store, *(write_of(f"{n}", sets=["x:y"]) for n in range(3000)))
    store.close()
    return "plans"


@pytest.fixture(scope="module", params=["unknown", "known"])
def connection(
    request: pytest.FixtureRequest, postgresql: Postgresql, filled: str
) -> Iterator["psycopg.Connection[Any]"]:
    """A connection to that database, with and without statistics."""
    name = f"{filled}_{request.param}"
    postgresql.execute(f"CREATE DATABASE {name} TEMPLATE {filled}")
    if request.param == "known":
        postgresql.execute("ANALYZE", name)
    with psycopg.connect(
        host=str(postgresql.data), user="postgres", dbname=name, autocommit=True
    ) as opened:
        yield opened
    postgresql.execute(f"DROP DATABASE {name}")


@pytest.fixture(params=["given values", "any values"])
def explained(
    request: pytest.FixtureRequest, connection: "psycopg.Connection[Any]"
) -> Explained:
    """That database, asked for plans of both kinds that it makes."""
    return Explained(connection, request.param == "any values")


def of_listing(nodes: list[Node]) -> Node:
    (found,) = [n for n in nodes if n.get("Index Name") == "pk_listing"]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_page_is_a_seek_on_the_key_of_the_listing(
    explained: Explained, name: str
) -> None:
    node = of_listing(explained.nodes(name))
    condition = node["Index Cond"]
    assert node["Node Type"] == "Index Scan"
    assert "Filter" not in node
    for part in ("(format_id = ", "(set_id = ", "(datestamp <= "):
        assert part in condition
    assert "(ROW(datestamp, item_id) > ROW(" in condition


@pytest.mark.parametrize("name", WINDOWS)
def test_window_is_counted_on_the_key_of_the_listing(
    explained: Explained, name: str
) -> None:
    node = of_listing(explained.nodes(name))
    for part in ("format_id = ", "set_id = ", "datestamp >= ", "datestamp <= "):
        assert f"({part}" in node["Index Cond"]
    assert "Filter" not in node


@pytest.mark.parametrize("name", [*PAGES, *WINDOWS, "RECORD", "ITEM"])
def test_nothing_large_is_scanned_and_nothing_sorted(
    explained: Explained, name: str
) -> None:
    nodes = explained.nodes(name)
    scanned = {n["Relation Name"] for n in nodes if n["Node Type"] == "Seq Scan"}
    assert not scanned & LARGE
    assert [n for n in nodes if n["Node Type"] in {"Sort", "Hash", "Merge Join"}] == []


@pytest.mark.parametrize("name", ["COUNT", "COUNT_OF_SET"])
def test_whole_list_is_not_counted_but_looked_up(
    explained: Explained, name: str
) -> None:
    tables = {node.get("Relation Name") for node in explained.nodes(name)}
    assert not tables & LARGE


def test_record_is_found_by_the_identifier_of_its_item_and_its_format(
    explained: Explained,
) -> None:
    conditions = {
        node["Index Name"]: node["Index Cond"]
        for node in explained.nodes("RECORD")
        if node.get("Relation Name") in LARGE
    }
    assert set(conditions) == {"uq_item_identifier", "uq_record_item_id_format_id"}
    assert "identifier = " in conditions["uq_item_identifier"]
    assert "format_id = " in conditions["uq_record_item_id_format_id"]


@pytest.mark.parametrize("name", PAGES)
def test_deep_page_among_ties_costs_what_the_first_page_costs(
    connection: "psycopg.Connection[Any]", name: str
) -> None:
    explained = Explained(connection, any_values=False)
    text = str(_compiled(name, "pyformat"))

    def blocks(key: int) -> int:
        values = VALUES | _defaults(name) | {"key": key}
        statement = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}"
        node = explained.explained(statement, values)[0]
        assert node["Actual Rows"] == 101
        return int(node["Shared Hit Blocks"] + node["Shared Read Blocks"])

    # The tree may be a level deeper there, for each of three tables.
    assert blocks(2700) <= 1.1 * blocks(0)
