"""The tables of the SQL store, the same for SQLite and PostgreSQL.

A list is read from `listing` alone, clustered in the order in which lists are
served, so that every list - whole or of a set, in any format, in any window - is
one seek. Moments are whole seconds since 1970. Ids are given out by the one
writer at a time and never reused. A change here needs a migration beside it.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

REVISION: Final = "1004"
"""The newest migration: what an opened database is at."""

WHOLE_LIST: Final = 0
"""The set id under which `listing` holds every record of a format."""

# Names are ordered and compared byte by byte on every database.
Name: Final = Text().with_variant(Text(collation="C"), "postgresql")
# Only SQLite's INTEGER is its row id; it holds 64 bits there.
Id: Final = BigInteger().with_variant(Integer(), "sqlite")

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

setting: Final = Table(
    "setting",
    metadata,
    Column("name", Name, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

metadata_format: Final = Table(
    "metadata_format",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("prefix", Name, nullable=False, unique=True),
    Column("schema", Text, nullable=False),
    Column("namespace", Text, nullable=False),
)

oai_set: Final = Table(
    "oai_set",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("spec", Name, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("descriptions", LargeBinary),
)

# Small rows; the bulk is in `source`.
item: Final = Table(
    "item",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("identifier", Name, nullable=False, unique=True),
    Column("set_specs", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("left_specs", Text, nullable=False, server_default=""),
)

# Compressed: it is as large as a record, and read when somebody looks at an item.
source: Final = Table(
    "source",
    metadata,
    Column("item_id", ForeignKey(item.c.id), primary_key=True, autoincrement=False),
    Column("json", LargeBinary, nullable=False),
)

# As a list has it, so that a page is read from here alone. `dates` are the places after
# the header, parted by blanks, where the day of the datestamp stands.
record: Final = Table(
    "record",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("item_id", ForeignKey(item.c.id), nullable=False),
    Column("format_id", ForeignKey(metadata_format.c.id), nullable=False),
    Column("datestamp", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("dates", Text),
    Column("xml", LargeBinary, nullable=False),
    UniqueConstraint("item_id", "format_id"),
)

# The same record's header alone, as a list of headers has it.
header: Final = Table(
    "header",
    metadata,
    Column("record_id", ForeignKey(record.c.id), primary_key=True, autoincrement=False),
    Column("xml", LargeBinary, nullable=False),
)

# Derived from `record` and `item`: a row for each list a record is in, which are
# its format's (WHOLE_LIST), its sets' and the sets' above them. No foreign keys:
# they would cost a seek a row, and rows are only written together with a record.
listing: Final = Table(
    "listing",
    metadata,
    Column("format_id", BigInteger, primary_key=True, autoincrement=False),
    Column("set_id", BigInteger, primary_key=True, autoincrement=False),
    Column("datestamp", BigInteger, primary_key=True, autoincrement=False),
    Column("item_id", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

# Items that nobody may see yet, as they will be written on their day. They have rows
# nowhere else, so that no query can let them out.
embargoed: Final = Table(
    "embargoed",
    metadata,
    Column("identifier", Name, primary_key=True),
    Column("release", BigInteger, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("write", LargeBinary, nullable=False),
)

# Records whose commit may have ended after the second of their datestamp: see
# `confirming`. Removed when that is settled.
unconfirmed: Final = Table(
    "unconfirmed",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("stamp", BigInteger, nullable=False),
    Column("records", Text, nullable=False),
)

# How many rows `listing` has for each list.
tally: Final = Table(
    "tally",
    metadata,
    Column("format_id", BigInteger, primary_key=True, autoincrement=False),
    Column("set_id", BigInteger, primary_key=True, autoincrement=False),
    Column("records", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What was refused of items, and of what could not be read into one (`unread`).
quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("identifier", Name, index=True),
    Column("prefix", Name),
    Column("file", Name, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("field", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("unread", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    Index(None, "file", "line"),
)
