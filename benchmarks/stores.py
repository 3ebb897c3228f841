"""What holds the records: a store, the baseline's file, a saved harvest."""

import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.responses import response
from benchmarks.templates import Finished, Records, config_of
from oai_provider.assembly import open_configured_store, utc_now

PEER_RECORDS: Final = 10_000
"""Records that peers are given: enough to tell their speed, which is the same later."""

_TABLES: Final = """
PRAGMA page_size = 16384;
CREATE TABLE finished (n INTEGER PRIMARY KEY, xml BLOB NOT NULL);
CREATE TABLE header (
    n INTEGER PRIMARY KEY, identifier TEXT NOT NULL UNIQUE, xml BLOB NOT NULL
);
CREATE TABLE parts (
    n INTEGER PRIMARY KEY, datestamp TEXT NOT NULL, set_specs TEXT NOT NULL,
    payload BLOB
);
"""


def build_store(url: str, records: Records) -> None:
    """Write records into a new store, as a program of one's own would."""
    store = open_configured_store(config_of(url), utc_now)
    for _ in store.put(records.writes()):
        pass
    store.close()


def build_baseline(file: Path, records: Records) -> None:
    """Write finished records and headers, and their parts for those who need them."""
    connection = sqlite3.connect(file)
    connection.executescript(_TABLES)
    finished = records.finished()
    while batch := list(islice(finished, 10_000)):
        connection.executemany("INSERT INTO finished VALUES (?, ?)", _records(batch))
        connection.executemany("INSERT INTO header VALUES (?, ?, ?)", _headers(batch))
        connection.executemany("INSERT INTO parts VALUES (?, ?, ?, ?)", _parts(batch))
    connection.commit()
    connection.close()


def write_dump(folder: Path, records: Records, page_size: int = 100) -> None:
    """Write responses to ListRecords as a harvester saves them, a page a file."""
    folder.mkdir()
    finished = records.finished()
    number = 0
    while page := list(islice(finished, page_size)):
        body = response("ListRecords", [one.record for one in page])
        (folder / f"{number:06}.xml").write_bytes(body)
        number += 1


def _records(batch: list[Finished]) -> Iterator[tuple[int, bytes]]:
    return ((one.number, one.record) for one in batch)


def _headers(batch: list[Finished]) -> Iterator[tuple[int, str, bytes]]:
    return ((one.number, one.identifier, one.header) for one in batch)


def _parts(batch: list[Finished]) -> Iterator[tuple[int, str, str, bytes | None]]:
    wanted = (one for one in batch if one.number < PEER_RECORDS)
    return (
        (one.number, one.datestamp, " ".join(one.set_specs), one.payload)
        for one in wanted
    )
