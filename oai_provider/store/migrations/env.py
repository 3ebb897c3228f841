"""Run by Alembic: the connection is the caller's, and so is the transaction."""

from alembic import context

from oai_provider.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata
)
context.run_migrations()
