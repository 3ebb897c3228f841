"""`oai-provider load`: files become items, every refusal and repair told."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import click

from oai_provider.assembly import open_ingest, opener_of_preparing, utc_now
from oai_provider.cli.reading import (
    Reading,
    as_path,
    jobs_option,
    repair_option,
    set_option,
    tell_passed_over,
)
from oai_provider.cli.reports import Tally, progress_bar, tell
from oai_provider.cli.settings import (
    REFUSED,
    config_option,
    configured,
    plainly,
    store_option,
)
from oai_provider.provider.ingest import Ingest, Loaded, Seen
from oai_provider.provider.parallel import Work, prepared
from oai_provider.provider.preparing import Preparing, Refusal
from oai_provider.sources.paths import files_of
from oai_provider.sources.pieces import Piece, pieces_of
from oai_provider.sources.repairs import Rule

_EPILOG = """Examples:

\b
  oai-provider load records/
  oai-provider load article.yaml page.txt --set history:asia
  oai-provider load harvest.xml --dry-run
  oai-provider load old/*.xml --keep-datestamps
"""


def _paths(
    _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[Path, ...]:
    return tuple(map(as_path, value))


@click.command(epilog=_EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, callback=_paths)
@click.option("--strict", is_flag=True, help="Refuse a whole file for one bad record.")
@click.option("--dry-run", is_flag=True, help="Read and validate, store nothing.")
@click.option(
    "--keep-datestamps",
    is_flag=True,
    help="Move records in from another system: saved OAI-PMH responses keep their"
    " datestamps and tombstones, so that nobody has to harvest anew.",
)
@jobs_option("read and validate")
@set_option
@repair_option
@store_option
@config_option
@plainly
def load(  # noqa: PLR0913 - an option each
    *,
    paths: tuple[Path, ...],
    strict: bool,
    dry_run: bool,
    keep_datestamps: bool,
    jobs: int,
    sets: tuple[str, ...],
    rules: frozenset[Rule],
    store: str | None,
    config_file: Path | None,
) -> None:
    """Load items from files and folders.

    Takes .yaml, .json, .jsonl (an item a line), .xml (Dublin Core, MODS, or an
    OAI-PMH response) and .txt (a journal's page). What does not validate is
    refused, told with its place and reason, and keeps nothing else out.
    """
    # A dry run asks nothing of the store, and makes none.
    url = "sqlite://" if dry_run else store
    config = configured(config_file, store=url)
    ingest = open_ingest(config, utc_now)
    loading = _Loading(
        ingest=ingest,
        open_preparing=opener_of_preparing(config, ingest.maker.repository),
        reading=Reading(rules=rules, sets=sets),
        strict=strict,
        dry_run=dry_run,
        keeps=keep_datestamps,
        jobs=jobs,
    )
    tell_passed_over(paths)
    tally = Tally()
    with progress_bar() as progress:
        task = progress.add_task("loading")
        # Who interrupts the load waits for nothing that is under way.
        with closing(loading.reports(files_of(paths))) as reports:
            for report in reports:
                tell(report)
                tally.count(report)
                progress.update(task, description=str(tally))
    click.echo(f"{tally} (nothing stored)" if dry_run else str(tally))
    if not dry_run and (kept := ingest.store.count_quarantined()):
        told = "`oai-provider quarantine` lists them"
        click.echo(f"{kept} in quarantine: {told}", err=True)
    if tally.refused:
        raise click.exceptions.Exit(REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loading:
    """How files are taken in."""

    ingest: Ingest
    open_preparing: Callable[[], Preparing]
    reading: Reading
    strict: bool
    dry_run: bool
    keeps: bool
    """Whether datestamps are kept."""
    jobs: int

    def reports(self, files: Iterable[Path]) -> Generator[Loaded | Refusal, None, None]:
        """Load files; when strict, nothing of one in which anything is refused."""
        found = files
        if self.strict:
            accepted: list[Path] = []
            yield from self._fit(files, accepted)
            found = accepted
        pieces = chain.from_iterable(map(pieces_of, found))
        # The first one tells whether there is enough to do for several.
        start = [*islice(pieces, 2)]
        if self.jobs > 1 and len(start) > 1:
            yield from self._side_by_side(chain(start, pieces))
        else:
            reads = (self.reading.piece(p) for p in chain(start, pieces))
            yield from self.ingest.load(
                chain.from_iterable(reads),
                dry_run=self.dry_run,
                keep_datestamps=self.keeps,
            )

    def _side_by_side(self, pieces: Iterable[Piece]) -> Iterator[Loaded | Refusal]:
        self.ingest.declare_formats()
        moving = self.ingest.moving() if self.keeps else None
        work = Work(
            open_preparing=self.open_preparing,
            read=self.reading.piece,
            moving=moving,
        )
        yield from self.ingest.load_pieces(
            self.reading.piece,
            prepared(pieces, work, self.jobs),
            moving,
            dry_run=self.dry_run,
        )

    def _fit(self, files: Iterable[Path], accepted: list[Path]) -> Iterator[Refusal]:
        """Find the files in which nothing is refused, and tell what is in others."""
        seen = Seen()
        for file in files:
            here = Seen(below=seen)
            trial = self.ingest.load(
                self.reading.file(file),
                dry_run=True,
                keep_datestamps=self.keeps,
                seen=here,
            )
            refusals = [report for report in trial if isinstance(report, Refusal)]
            yield from refusals
            if not refusals:
                seen.hashes.update(here.hashes)
                accepted.append(file)
