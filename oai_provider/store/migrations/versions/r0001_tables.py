"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "1001"
down_revision = None

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    _make_settings()
    _make_formats_and_sets()
    _make_items()
    _make_lists()


def _make_settings() -> None:
    op.create_table(
        "setting",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )


def _make_formats_and_sets() -> None:
    op.create_table(
        "metadata_format",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("prefix", _NAME, nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_metadata_format"),
        sa.UniqueConstraint("prefix", name="uq_metadata_format_prefix"),
    )
    op.create_table(
        "oai_set",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("spec", _NAME, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("descriptions", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_oai_set"),
        sa.UniqueConstraint("spec", name="uq_oai_set_spec"),
    )


def _make_items() -> None:
    op.create_table(
        "item",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("identifier", _NAME, nullable=False),
        sa.Column("set_specs", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.UniqueConstraint("identifier", name="uq_item_identifier"),
    )
    op.create_table(
        "source",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("json", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_source_item_id"),
        sa.PrimaryKeyConstraint("item_id", name="pk_source"),
    )
    op.create_table(
        "record",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("format_id", _ID, nullable=False),
        sa.Column("datestamp", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("dates", sa.Text()),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.UniqueConstraint("item_id", "format_id", name="uq_record_item_id_format_id"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_record_item_id"),
        sa.ForeignKeyConstraint(
            ["format_id"], ["metadata_format.id"], name="fk_record_format_id"
        ),
    )
    op.create_table(
        "header",
        sa.Column("record_id", _ID, autoincrement=False, nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_header_record_id"
        ),
        sa.PrimaryKeyConstraint("record_id", name="pk_header"),
    )


def _make_lists() -> None:
    op.create_table(
        "listing",
        sa.Column("format_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("set_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("datestamp", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "format_id", "set_id", "datestamp", "item_id", name="pk_listing"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally",
        sa.Column("format_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("set_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("format_id", "set_id", name="pk_tally"),
        sqlite_with_rowid=False,
    )
