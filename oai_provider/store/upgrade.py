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

from oai_provider.store.base import StoreError
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
        # Another process may have been faster.
        if _revision(connection) != REVISION:
            _run_migrations(connection)


def _revision(connection: Connection) -> str | None:
    if inspect(connection).has_table(VERSION_TABLE):
        return connection.execute(select(_VERSION.c.version_num)).scalar()
    return None


def _run_migrations(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a tenth of a second, rarely needed
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    revision = _revision(connection)
    known = {
        step.revision for step in ScriptDirectory.from_config(config).walk_revisions()
    }
    if revision is None:
        _refuse_tables_of_others(connection)
    elif revision not in known:
        raise StoreError(
            f"its tables are at revision {revision}, newer than this program, which"
            f" knows {REVISION}: install the newest oai-provider"
        )
    command.upgrade(config, REVISION)


def _refuse_tables_of_others(connection: Connection) -> None:
    taken = sorted(metadata.tables.keys() & set(inspect(connection).get_table_names()))
    if taken:
        raise StoreError(
            f"it has a table {taken[0]} that is not this program's: name another"
            " database"
        )
