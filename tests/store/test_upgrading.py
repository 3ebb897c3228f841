"""A store that an earlier release made is brought up to date with all that is in it.

What was in it is what a store of today holds, as far as the tables had room for it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from postgresql import Opens, Postgresql
from sqlalchemy import Engine, MetaData, create_engine, inspect

from oai_provider.store.base import Outcome, Quarantined
from oai_provider.store.engines import open_store
from oai_provider.store.sql_store import SqlStore
from oai_provider.store.tables import REVISION
from oai_provider.store.upgrade import MIGRATIONS, VERSION_TABLE
from oai_provider.testing import (
    MODS,
    OAI_DC,
    StandingClock,
    delete,
    put,
    selection,
    write_of,
)

pytest_plugins = ["postgresql"]

_CONFIG = Config()
_CONFIG.set_main_option("script_location", MIGRATIONS)
REVISIONS = sorted(
    step.revision
    for step in ScriptDirectory.from_config(_CONFIG).walk_revisions()
    if step.revision != REVISION
)


def test_there_are_earlier_revisions() -> None:
    assert REVISIONS


def fill(store: SqlStore) -> None:
    """Store something of every kind."""
    store.declare_formats([OAI_DC, MODS])
    put(store, write_of("a", sets=["x:y"]), write_of("b"), write_of("c", sets=["x"]))
    delete(store, "b")
    put(store, write_of("d", formats=["mods"]))
    put(store, replace(write_of("e"), release=datetime(2999, 1, 1, tzinfo=UTC)))
    store.quarantine([Quarantined(file="f.yaml", line=1, reason="it is wrong")])
    store.token_keys()


def content(store: SqlStore) -> dict[str, object]:
    """Return what harvesters are told, and what people are."""
    lists = {
        (prefix, spec): (
            store.records(selection(prefix, spec), after=None, limit=99).records,
            store.headers(selection(prefix, spec), after=None, limit=99).headers,
            store.count(selection(prefix, spec)),
        )
        for prefix in ("oai_dc", "mods")
        for spec in (None, "x", "x:y")
    }
    return {
        "lists": lists,
        "items": [*store.items()],
        "sets": store.sets(after=None, limit=99),
        "formats": store.formats(),
        "earliest": store.earliest_datestamp(),
        "totals": store.totals(),
        "keys": store.token_keys(),
        "embargoed": [*store.embargoed()],
        "quarantine": [*store.quarantined()],
    }


def structure(engine: Engine) -> Mapping[str, object]:
    """Return the tables of a store, column by column."""
    found = inspect(engine)
    return {
        table: (
            {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in found.get_columns(table)
            },
            found.get_pk_constraint(table),
            sorted(map(str, found.get_indexes(table))),
            sorted(map(str, found.get_unique_constraints(table))),
            sorted(map(str, found.get_foreign_keys(table))),
        )
        for table in found.get_table_names()
        if table != VERSION_TABLE
    }


def make_earlier(engine: Engine, revision: str, today: Engine) -> set[str]:
    """Make the tables of a revision, with what they can hold of a store of today."""
    with engine.begin() as connection:
        _CONFIG.attributes["connection"] = connection
        command.upgrade(_CONFIG, revision)
    earlier = MetaData()
    earlier.reflect(engine)
    with today.connect() as read, engine.begin() as written:
        for table in earlier.sorted_tables:
            if table.name != VERSION_TABLE:
                rows = read.execute(table.select()).mappings().all()
                assert rows or table.name == "unconfirmed", table
                if rows:
                    written.execute(table.insert(), [dict(row) for row in rows])
    return set(earlier.tables)


def check_upgraded(
    upgraded: SqlStore, expected: dict[str, object], tables: set[str]
) -> None:
    """Check that a store holds what is expected of tables, and can be written."""
    for name in ("embargoed", "quarantine"):
        if name not in tables:
            expected[name] = []
    assert content(upgraded) == expected
    changed = put(upgraded, write_of("a", "second"), write_of("f"))
    assert changed == [Outcome.CHANGED, Outcome.ADDED]


@pytest.mark.parametrize("revision", REVISIONS)
def test_file_of_an_earlier_revision_is_brought_up_to_date(
    revision: str, tmp_path: Path
) -> None:
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("today", "earlier")]
    store = open_store(urls[0], clock=StandingClock())
    fill(store)
    expected = content(store)
    store.close()
    today, earlier = map(create_engine, urls)
    tables = make_earlier(earlier, revision, today)
    upgraded = open_store(urls[1], clock=StandingClock())
    assert structure(earlier) == structure(today)
    check_upgraded(upgraded, expected, tables)
    upgraded.close()
    today.dispose()
    earlier.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
def test_database_of_an_earlier_revision_is_brought_up_to_date(
    revision: str, opener: Opens, database: str, postgresql: Postgresql
) -> None:
    store = opener()
    fill(store)
    expected = content(store)
    name = f"earlier_{revision}"
    postgresql.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    postgresql.execute(f"CREATE DATABASE {name}")
    today, earlier = map(create_engine, (database, postgresql.url(name)))
    tables = make_earlier(earlier, revision, today)
    upgraded = opener(url=postgresql.url(name))
    assert structure(earlier) == structure(today)
    check_upgraded(upgraded, expected, tables)
    today.dispose()
    earlier.dispose()
