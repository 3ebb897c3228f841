"""Embargoed items, commits to be confirmed, and the sets that items have left."""

import sqlalchemy as sa
from alembic import op

revision = "1002"
down_revision = "1001"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, and the column."""
    op.add_column(
        "item", sa.Column("left_specs", sa.Text(), nullable=False, server_default="")
    )
    op.create_table(
        "embargoed",
        sa.Column("identifier", _NAME, nullable=False),
        sa.Column("release", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("write", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("identifier", name="pk_embargoed"),
    )
    op.create_index("ix_embargoed_release", "embargoed", ["release"])
    op.create_table(
        "unconfirmed",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unconfirmed"),
    )
