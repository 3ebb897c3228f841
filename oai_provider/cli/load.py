"""`oai-provider load`: files become items, every refusal and repair told."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from oai_provider.assembly import open_ingest, utc_now
from oai_provider.cli.settings import (
    REFUSED,
    config_option,
    configured,
    plainly,
    store_option,
)
from oai_provider.protocol.names import SET_SPEC_RULE, is_set_spec
from oai_provider.provider.ingest import Ingest, Loaded, Refusal, Seen
from oai_provider.sources.base import Read, Sourced
from oai_provider.sources.journal_page import ALL_RULES
from oai_provider.sources.paths import files_of, passed_over, read_path
from oai_provider.sources.repairs import Rule
from oai_provider.store.base import Outcome

_ALL = "all"
_EPILOG = """Examples:

\b
  oai-provider load records/
  oai-provider load article.yaml page.txt --set history:asia
  oai-provider load harvest.xml --dry-run
  oai-provider load old/*.xml --keep-datestamps
"""


def _set_spec(
    _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    for spec in value:
        if not is_set_spec(spec):
            raise click.BadParameter(f"{spec!r} is not legal: {SET_SPEC_RULE}")
    return value


def _paths(
    _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[Path, ...]:
    if "" in value:
        # Path("") would be the current folder: think of an unset shell variable.
        raise click.BadParameter("a path is empty; write . for the current folder")
    return tuple(map(Path, value))


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
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="S",
    callback=_set_spec,
    help="Put every item into this set, too. Repeatable.",
)
@click.option(
    "--no-repair",
    "unrepaired",
    multiple=True,
    type=click.Choice([*map(str, Rule), _ALL]),
    help="Leave this kind of fault in page texts as it is. Repeatable.",
)
@store_option
@config_option
@plainly
def load(  # noqa: PLR0913 - an option each
    *,
    paths: tuple[Path, ...],
    strict: bool,
    dry_run: bool,
    keep_datestamps: bool,
    sets: tuple[str, ...],
    unrepaired: tuple[str, ...],
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
    ingest = open_ingest(configured(config_file, store=url), utc_now)
    loading = _Loading(
        ingest,
        sets=sets,
        strict=strict,
        dry_run=dry_run,
        keep_datestamps=keep_datestamps,
        repairs=frozenset() if _ALL in unrepaired else ALL_RULES - {*unrepaired},
    )
    for file in passed_over(paths):
        if file.name.partition(".db")[1]:
            continue  # A store beside the files, with its log.
        click.echo(f"{file}: passed over: not a kind of file that is read", err=True)
    with _progress() as progress:
        task = progress.add_task("loading")
        for report in loading.reports(files_of(paths)):
            _tell(report)
            loading.count(report)
            progress.update(task, description=_summary(loading.tally))
    click.echo(_summary(loading.tally) + (" (nothing stored)" if dry_run else ""))
    if loading.tally["refused"]:
        raise click.exceptions.Exit(REFUSED)


def _progress() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    return Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    )


class _Loading:
    """How files are taken in, and what came of it so far."""

    def __init__(  # noqa: PLR0913 - the options that matter here
        self,
        ingest: Ingest,
        *,
        sets: tuple[str, ...],
        strict: bool,
        dry_run: bool,
        keep_datestamps: bool,
        repairs: Collection[Rule],
    ) -> None:
        self._ingest = ingest
        self._repairs = repairs
        self._sets = sets
        self._strict = strict
        self._dry_run = dry_run
        self._keeps = keep_datestamps
        self.tally: Counter[str] = Counter()
        self._refused: tuple[Path, str | int] | None = None

    def count(self, report: Loaded | Refusal) -> None:
        """Count an item; one that is refused is so once, for however many reasons."""
        if isinstance(report, Refusal):
            place = report.place
            refused = (place.file, report.identifier or place.line)
            self.tally["refused"] += refused != self._refused
            self._refused = refused
        else:
            self.tally[report.outcome.value if report.outcome else "valid"] += 1

    def reports(self, files: Iterable[Path]) -> Iterator[Loaded | Refusal]:
        """Load files; when strict, nothing of one in which anything is refused."""
        found = files
        if self._strict:
            accepted: list[Path] = []
            yield from self._fit(files, accepted)
            found = accepted
        reads = chain.from_iterable(map(self._reads, found))
        yield from self._ingest.load(
            reads, dry_run=self._dry_run, keep_datestamps=self._keeps
        )

    def _fit(self, files: Iterable[Path], accepted: list[Path]) -> Iterator[Refusal]:
        """Find the files in which nothing is refused, and tell what is in others."""
        seen = Seen()
        for file in files:
            here = Seen(below=seen)
            trial = self._ingest.load(
                self._reads(file), dry_run=True, keep_datestamps=self._keeps, seen=here
            )
            refusals = [report for report in trial if isinstance(report, Refusal)]
            yield from refusals
            if not refusals:
                seen.hashes.update(here.hashes)
                accepted.append(file)

    def _reads(self, file: Path) -> Iterator[Read]:
        for read in read_path(file, rules=self._repairs):
            if isinstance(read, Sourced) and self._sets:
                sets = tuple(dict.fromkeys((*read.item.sets, *self._sets)))
                yield replace(read, item=read.item.model_copy(update={"sets": sets}))
            else:
                yield read


def _summary(tally: Counter[str]) -> str:
    return ", ".join(f"{n} {kind}" for kind, n in tally.items() if n) or "no items"


def _tell(report: Loaded | Refusal) -> None:
    if isinstance(report, Refusal):
        words = [report.identifier, report.metadata_prefix, report.field]
        what = " ".join(word for word in words if word)
        said = f"{what}: {report.reason}" if what else report.reason
        click.echo(f"{report.place}: refused: {said}", err=True)
        return
    if report.outcome is Outcome.UNKNOWN:
        click.echo(
            f"{report.place}: {report.identifier} is deleted there, and not known here",
            err=True,
        )
    for doubt in report.doubts:
        click.echo(f"{report.place}: warning: {doubt}", err=True)
    provenance = report.item.provenance
    if provenance is None:
        return
    for repair in provenance.repairs:
        change = f"{repair.before!r} -> {repair.after!r} ({repair.rule})"
        click.echo(f"{report.place}: repaired {repair.field}: {change}", err=True)
    for warning in provenance.warnings:
        field = f"{warning.field}: " if warning.field else ""
        click.echo(f"{report.place}: warning: {field}{warning.message}", err=True)
