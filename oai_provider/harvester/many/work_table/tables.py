"""The tables of a work table, the same for SQLite and PostgreSQL.

They may be in the database of a store: their names all begin with `harvest_`.
Moments are milliseconds since 1970. A lease is a lane of a host, and stands there.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

VERSION: Final = 1
"""What a work table is at; another one is refused."""

# Names are ordered and compared byte by byte on every database.
_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

metadata: Final = MetaData()

version: Final = Table(
    "harvest_version", metadata, Column("number", Integer, primary_key=True)
)

source: Final = Table(
    "harvest_source",
    metadata,
    Column("name", _Name, primary_key=True),
    Column("host", _Name, nullable=False),
    Column("definition", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("due", BigInteger, nullable=False),
    # Of the last harvest that ended.
    Column("verdict", Text),
    Column("reasons", Text, nullable=False, default="[]"),
    Column("watermark", BigInteger),
    Column("started", BigInteger),
    Column("ended", BigInteger),
    Column("records", BigInteger, nullable=False, default=0),
    Column("pages", BigInteger, nullable=False, default=0),
    Column("size", BigInteger),
    # Of all.
    Column("records_in_all", BigInteger, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("losses", Integer, nullable=False, default=0),
    Index("ix_harvest_source_due", "enabled", "due"),
    Index("ix_harvest_source_host", "host"),
)

host: Final = Table(
    "harvest_host",
    metadata,
    Column("name", _Name, primary_key=True),
    Column("next_at", BigInteger, nullable=False, default=0),
    Column("spacing", BigInteger, nullable=False, default=0),
    # The lease: until when, with what number, of which source, since when, whose.
    Column("until", BigInteger, nullable=False, default=0),
    Column("fence", BigInteger, nullable=False, default=0),
    Column("source", _Name),
    Column("since", BigInteger),
    Column("run", Text),
    Column("lane", Text),
)

# Runs whose lanes are to stop, wherever they are.
stopped: Final = Table(
    "harvest_stopped",
    metadata,
    Column("run", _Name, primary_key=True),
    Column("since", BigInteger, nullable=False),
)
