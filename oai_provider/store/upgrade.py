"""Bringing a database's tables to the revision this program works with.

Alembic is loaded only where there is something to do. The steps are run by one
process at a time, as everything that writes, and all of them or none.
"""

from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    Text,
    inspect,
    select,
)

from oai_provider.store.faults import unusable
from oai_provider.store.tables import REVISION, metadata

MIGRATIONS: Final = "oai_provider.store:migrations"

# Not Alembic's own name for it: others may keep their tables in the same database.
VERSION_TABLE: Final = "oai_provider_version"
_VERSION: Final = Table(VERSION_TABLE, MetaData(), Column("version_num", Text))


def upgrade(engine: Engine, writing: Engine) -> None:
    """Make or bring up to date the tables of a store.

    Raises `StoreError` for a database that this program does not know how to use.
    """
    with engine.connect() as connection:
        if _revision(connection) == REVISION:
            return
    with writing.begin() as connection:
        # If another process was faster, Alembic finds nothing to do.
        run_migrations(connection)


def _revision(connection: Connection) -> str | None:
    if inspect(connection).has_table(VERSION_TABLE):
        return connection.execute(select(_VERSION.c.version_num)).scalar()
    return None


def run_migrations(connection: Connection) -> None:
    """Run the steps that lead from what a database has to what it should have."""
    from alembic import command  # noqa: PLC0415 - a tenth of a second, rarely needed
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    steps = ScriptDirectory.from_config(config).walk_revisions()
    _check_tables(connection, {step.revision for step in steps})
    command.upgrade(config, REVISION)


def _check_tables(connection: Connection, known_revisions: set[str]) -> None:
    revision = _revision(connection)
    tables = set(inspect(connection).get_table_names())
    taken = sorted(metadata.tables.keys() & tables)
    if revision is None and taken:
        fault = f"it has a table {taken[0]} of another program: name another database"
    elif revision and revision not in known_revisions:
        fault = (
            f"its tables are at revision {revision}, which this program does not know"
            f" (its own are at {REVISION}): install the newest oai-provider, or load"
            " the records into another store"
        )
    else:
        return
    raise unusable(connection.engine.url, fault)
