"""`python -m benchmarks`: the table of figures; with --write, the page in the docs."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks import databases, depth, lists
from benchmarks.bench import Bench, Options
from benchmarks.getrecord import getrecord
from benchmarks.harvest import harvest
from benchmarks.ingest import ingest
from benchmarks.machine import facts
from benchmarks.page import write_page
from benchmarks.table import Row, lines
from benchmarks.validate import validate
from benchmarks.verify import verify

MEASURES: Final[Mapping[str, Callable[[Bench], Iterator[Row]]]] = {
    # First, while the server is fresh.
    "memory": lists.memory,
    "records": lists.records,
    "identifiers": lists.identifiers,
    "getrecord": getrecord,
    "depth": depth.depth,
    "postgresql": databases.postgresql,
    "ingest": ingest,
    "harvest": harvest,
    "validate": validate,
    "verify": verify,
    "disk": databases.disk,
    "size": depth.size,
}

_DOCS: Final = Path(__file__).parents[1] / "docs" / "reference"


def measured(names: Sequence[str], options: Options) -> Iterator[Row]:
    """Yield the rows of measures, as they are known."""
    with Bench(options) as bench:
        for name in names:
            for row in MEASURES[name](bench):
                sys.stderr.write(f"{row.what}: {row.said} {row.verdict}\n")
                yield row


def main(arguments: Sequence[str], folder: Path = _DOCS) -> None:
    """Measure, print the table, and write it if asked to."""
    given = _parser().parse_args(arguments)
    options = Options(items=given.items, rounds=given.rounds, seconds=given.seconds)
    machine = facts(options)
    rows = list(measured(given.only or [*MEASURES], options))
    print("\n".join(lines(machine, rows)))
    if given.write:
        write_page(folder, machine, rows)


def _parser() -> argparse.ArgumentParser:
    default = Options()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--items", type=int, default=default.items, metavar="N", help="in the store")
    add(
        "--only",
        nargs="+",
        choices=[*MEASURES],
        metavar="NAME",
        help=", ".join(MEASURES),
    )
    add("--rounds", type=int, default=default.rounds, metavar="N")
    add(
        "--seconds",
        type=float,
        default=default.seconds,
        help="that GetRecord is asked for at a time",
    )
    add("--write", action="store_true", help="write docs/reference/benchmarks.md")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
