"""Harvesters that are measured, each in a process of its own, over one whole list.

`python -m benchmarks.harvesters NAME BASE_URL TARGET` prints records and seconds. The
seconds run from the first request to the last record kept; what is imported, opened
or compiled before is not counted with any of them.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Final

import requests
from sickle import Sickle
from sickle.models import Record

from benchmarks.templates import PREFIX
from oai_provider.harvester.opening import opened
from oai_provider.harvester.order import Order, Verdict
from oai_provider.harvesting import means_of_harvest
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

_OAI: Final = f"{{{OAI_NS}}}"
_TIMEOUT: Final = 60
_AT_ONCE: Final = 100
_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_TABLE: Final = (
    "CREATE TABLE record (identifier TEXT PRIMARY KEY, datestamp TEXT, xml TEXT)"
)
Harvester = Callable[[str, str], tuple[int, float]]
"""Harvests a base URL into a target; returns records and seconds."""


def _ours(base_url: str, target: str) -> tuple[int, float]:
    order = Order(base_url=base_url, to=target, metadata_prefixes=(PREFIX,))
    with opened(order, means_of_harvest(None)) as harvest:
        start = perf_counter()
        report = harvest.run()
        seconds = perf_counter() - start
    if report.verdict is not Verdict.COMPLETE:
        raise RuntimeError(f"{report.verdict}: {report.reasons}")
    return report.records, seconds


def _sickle(base_url: str, _target: str) -> tuple[int, float]:
    """Iterate, as sickle's users do, and keep nothing."""
    start = perf_counter()
    count = sum(1 for _ in _listed(base_url))
    return count, perf_counter() - start


def _sickle_lines(base_url: str, target: str) -> tuple[int, float]:
    """Write a line a record, with what ours tells."""
    start, count = perf_counter(), 0
    with Path(target).open("w", encoding="utf-8") as file:
        for record in _listed(base_url):
            said = {
                "identifier": record.header.identifier,
                "datestamp": record.header.datestamp,
                "deleted": record.deleted,
                "sets": record.header.setSpecs,
                "xml": record.raw,
            }
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
            count += 1
    return count, perf_counter() - start


def _sickle_store(base_url: str, target: str) -> tuple[int, float]:
    """Validate each record against its schema, and put it into a table of SQLite."""
    schemas, connection = Schemas(schemas_folder()), sqlite3.connect(target)
    connection.execute(_TABLE)
    start, count = perf_counter(), 0
    for record in _listed(base_url):
        if not record.deleted:
            (metadata,) = record.xml.find(f"{_OAI}metadata")
            if schemas.faults(metadata, _SCHEMA):
                raise RuntimeError(f"{record.header.identifier} is not valid")
        row = (record.header.identifier, record.header.datestamp, record.raw)
        connection.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", row)
        count += 1
        if count % _AT_ONCE == 0:
            connection.commit()
    connection.commit()
    return count, perf_counter() - start


def _listed(base_url: str) -> Iterator[Record]:
    listed: Iterator[Record] = Sickle(base_url).ListRecords(metadataPrefix=PREFIX)
    return listed


def _bare(base_url: str, _target: str) -> tuple[int, float]:
    """Parse each page once with lxml, find the token, and do nothing else."""
    start, count = perf_counter(), 0
    asked = {"verb": "ListRecords", "metadataPrefix": PREFIX}
    with requests.Session() as session:
        while asked:
            answer = session.get(base_url, params=asked, timeout=_TIMEOUT)
            holder = parse(answer.content).find(f"{_OAI}ListRecords")
            if holder is None:
                raise RuntimeError(answer.text[:600])
            token = holder.findtext(f"{_OAI}resumptionToken")
            count += len(holder)
            asked = {"verb": "ListRecords", "resumptionToken": token} if token else {}
            # The last page has a token, too, and it is empty.
            count -= token is not None
    return count, perf_counter() - start


HARVESTERS: Final[Mapping[str, Harvester]] = MappingProxyType(
    {
        "ours": _ours,
        "sickle": _sickle,
        "sickle-lines": _sickle_lines,
        "sickle-store": _sickle_store,
        "bare": _bare,
    }
)


def main(name: str, base_url: str, target: str) -> None:
    """Harvest, and print what came and how long it took."""
    count, seconds = HARVESTERS[name](base_url, target)
    print(json.dumps({"records": count, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
