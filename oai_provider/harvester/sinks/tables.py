"""A Parquet file out of lines of records: its columns, and how it comes to be.

Dublin Core stands in columns of its own, as lists, since each element may occur
several times; they are null for records in other formats.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from oai_provider.harvester.sinks.durable import beside, sync_path, take_place, writing
from oai_provider.metadata.oai_dc.write import DC, NAMESPACE
from oai_provider.protocol.datestamp import DatestampError, parse_datestamp
from oai_provider.protocol.xml import XmlError, parse

ELEMENTS: Final = (
    "title",
    "creator",
    "subject",
    "description",
    "publisher",
    "contributor",
    "date",
    "type",
    "format",
    "identifier",
    "source",
    "language",
    "relation",
    "coverage",
    "rights",
)
_COLUMNS: Final = {f"{{{DC}}}{name}": f"dc_{name}" for name in ELEMENTS}
_TEXTS: Final = pa.list_(pa.string())
SCHEMA: Final = pa.schema(
    [
        pa.field("identifier", pa.string(), nullable=False),
        # Parquet knows no coarser moments.
        ("datestamp", pa.timestamp("ms", tz="UTC")),
        pa.field("deleted", pa.bool_(), nullable=False),
        pa.field("sets", _TEXTS, nullable=False),
        pa.field("prefix", pa.string(), nullable=False),
        pa.field("hash", pa.string(), nullable=False),
        *((column, _TEXTS) for column in _COLUMNS.values()),
        ("xml", pa.string()),
        pa.field("about", _TEXTS, nullable=False),
    ]
)
# How much a row group may hold, since it is held in memory, several times over.
_ROWS: Final = 5_000
_CHARACTERS: Final = 16_000_000

_Row = Mapping[str, Any]


def write_table(lines: Path, path: Path) -> None:
    """Put a Parquet file of all lines in the place of the one before."""
    new = beside(path, ".new")
    try:
        with writing(path), lines.open("rb") as file:
            with pq.ParquetWriter(new, SCHEMA, compression="zstd") as writer:
                for group in _groups(map(_row, file)):
                    writer.write_table(pa.Table.from_pydict(group, schema=SCHEMA))
            sync_path(new)
            take_place(new, path)
    finally:
        new.unlink(missing_ok=True)


def _groups(rows: Iterable[_Row]) -> Iterator[dict[str, list[Any]]]:
    """Yield rows by columns, in groups of a bounded size."""
    columns, count, characters = _empty(), 0, 0
    for row in rows:
        for name, values in columns.items():
            values.append(row.get(name))
        count += 1
        characters += len(row["xml"] or "")
        if count >= _ROWS or characters >= _CHARACTERS:
            yield columns
            columns, count, characters = _empty(), 0, 0
    if count:
        yield columns


def _empty() -> dict[str, list[Any]]:
    return {name: [] for name in SCHEMA.names}


def _row(line: bytes) -> _Row:
    row: dict[str, Any] = json.loads(line)
    row["datestamp"] = _moment(row["datestamp"])
    row |= dublin_core(row["xml"])
    return row


def _moment(datestamp: str) -> datetime | None:
    """Return a datestamp as a moment, None where an endpoint served none."""
    try:
        return parse_datestamp(datestamp)[0]
    except DatestampError:
        return None


def dublin_core(xml: str | None) -> dict[str, list[str]]:
    """Return the columns of a record in oai_dc, none of any other.

    Texts are without the white space around them, and none is empty.
    """
    if xml is None or NAMESPACE not in xml:
        return {}
    try:
        root = parse(xml.encode())
    except XmlError:
        return {}
    if root.tag != f"{{{NAMESPACE}}}dc":
        return {}
    found: dict[str, list[str]] = {column: [] for column in _COLUMNS.values()}
    for element in root:
        # A comment has a function for a tag.
        column = _COLUMNS.get(str(element.tag))
        whole = "".join(map(str, element.itertext())) if len(element) else element.text
        if column and (text := (whole or "").strip()):
            found[column].append(text)
    return found
