"""What was refused, until it is mended."""

import sqlalchemy as sa
from alembic import op

revision = "1003"
down_revision = "1002"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "quarantine",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("identifier", _NAME),
        sa.Column("prefix", _NAME),
        sa.Column("file", _NAME, nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_identifier", "quarantine", ["identifier"])
    op.create_index("ix_quarantine_file_line", "quarantine", ["file", "line"])
