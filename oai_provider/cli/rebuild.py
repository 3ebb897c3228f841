"""`oai-provider rebuild`: records are made anew of the items that are stored."""

import time
from collections import Counter
from pathlib import Path

import click

from oai_provider.assembly import open_ingest, utc_now
from oai_provider.cli.reports import progress_bar
from oai_provider.cli.settings import (
    REFUSED,
    Misused,
    config_option,
    plainly,
    store_option,
    stored,
)
from oai_provider.provider.ingest import Ingest
from oai_provider.provider.rebuild import Pace, Rebuild, Rebuilt
from oai_provider.provider.records import RecordFault

_EPILOG = """Examples:

\b
  oai-provider rebuild --dry-run
  oai-provider rebuild --format mods --per-hour 5000
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--format",
    "prefixes",
    multiple=True,
    metavar="P",
    help="Make records in this format only; others stay as they are. Repeatable.",
)
@click.option(
    "--per-hour",
    type=click.IntRange(min=1),
    metavar="N",
    help="Change N items an hour at most, so that harvesters can follow.",
)
@click.option("--dry-run", is_flag=True, help="Tell what differs, and change nothing.")
@store_option
@config_option
@plainly
def rebuild(
    *,
    prefixes: tuple[str, ...],
    per_hour: int | None,
    dry_run: bool,
    store: str | None,
    config_file: Path | None,
) -> None:
    """Make the records of all items anew, when crosswalks or schemas have changed.

    Items are taken from the store, not from files. Only records that differ are
    written, and only their datestamps move; records that are refused are told, and
    stay as they were. It may be interrupted: the same command goes on.
    """
    ingest = open_ingest(stored(config_file, store), utc_now)
    rebuilding = Rebuild(
        store=ingest.store,
        maker=ingest.maker,
        prefixes=_known(prefixes, ingest),
        pace=Pace(per_hour, clock=time.monotonic, sleep=time.sleep),
        dry_run=dry_run,
    )
    tally = _Tally()
    try:
        _go_through(rebuilding, tally)
    except KeyboardInterrupt:
        click.echo(f"{tally} (interrupted: the same command goes on)")
        raise
    click.echo(f"{tally} (nothing stored)" if dry_run else str(tally))
    if tally.refused:
        raise click.exceptions.Exit(REFUSED)


def _known(prefixes: tuple[str, ...], ingest: Ingest) -> frozenset[str]:
    """Return the formats to be made: those named, or all that are installed."""
    formats = ingest.maker.formats
    for prefix in prefixes:
        if prefix not in formats:
            raise Misused(f"there is no format {prefix}; there is {', '.join(formats)}")
    return frozenset(prefixes or formats)


def _go_through(rebuilding: Rebuild, tally: "_Tally") -> None:
    with progress_bar() as progress:
        task = progress.add_task("rebuilding")
        for item in rebuilding.items():
            for fault in item.faults:
                click.echo(_said(item.identifier, fault), err=True)
            tally.count(item)
            progress.update(task, description=str(tally))


def _said(identifier: str, fault: RecordFault) -> str:
    words = (fault.metadata_prefix, fault.field)
    what = " ".join((identifier, *filter(None, words)))
    return f"refused: {what}: {fault.reason}"


class _Tally:
    """How many items were made anew, and what came of it."""

    def __init__(self) -> None:
        self.refused = 0
        self._items = 0
        self._differing = 0
        self._formats: Counter[str] = Counter()

    def count(self, item: Rebuilt) -> None:
        """Count an item, whose records may differ and be refused at once."""
        self._items += 1
        self._differing += bool(item.differing)
        self._formats.update(item.differing)
        self.refused += bool(item.faults)

    def __str__(self) -> str:
        items = "item" if self._items == 1 else "items"
        formats = ", ".join(f"{n} in {p}" for p, n in sorted(self._formats.items()))
        differing = f"{self._differing} differ" + (f" ({formats})" if formats else "")
        refused = f", {self.refused} refused" if self.refused else ""
        return f"{self._items} {items}, {differing}{refused}"
