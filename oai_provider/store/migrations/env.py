"""Run by Alembic: the connection is the caller's, and so is the transaction."""

from alembic import context

from oai_provider.store.tables import metadata
from oai_provider.store.upgrade import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
