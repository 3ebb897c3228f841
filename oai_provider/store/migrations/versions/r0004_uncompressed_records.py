"""On PostgreSQL, records that lie in their rows as they are sent."""

from alembic import op

revision = "1004"
down_revision = "1003"


def upgrade() -> None:
    """Change how records are kept that are written from now on."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE record ALTER xml SET STORAGE EXTERNAL")
        # As much as a page of the server holds.
        op.execute("ALTER TABLE record SET (toast_tuple_target = 8160)")
