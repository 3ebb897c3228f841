"""What long commands say of the items they go through, line by line and in sum."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from oai_provider.provider.ingest import Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.store.base import Outcome


def progress_bar() -> Progress:
    """Return what shows on terminals that work goes on."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    return Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    )


class Tally:
    """How many items came to what."""

    def __init__(self) -> None:
        self.numbers: Counter[str] = Counter()
        self._refused: tuple[Path, str | int] | None = None

    def count(self, report: Loaded | Refusal) -> None:
        """Count an item; one that is refused is so once, for however many reasons."""
        if isinstance(report, Refusal):
            place = report.place
            refused = (place.file, report.identifier or place.line)
            self.numbers["refused"] += refused != self._refused
            self._refused = refused
        else:
            self.numbers[report.outcome.value if report.outcome else "valid"] += 1

    @property
    def refused(self) -> int:
        """How many items were refused."""
        return self.numbers["refused"]

    def __str__(self) -> str:
        told = (f"{n} {kind}" for kind, n in self.numbers.items() if n)
        return ", ".join(told) or "no items"


def tell(report: Loaded | Refusal) -> None:
    """Tell why an item was refused, or what a person should know of it."""
    for line in lines_of(report):
        click.echo(line, err=True)


def lines_of(report: Loaded | Refusal) -> Iterator[str]:
    """Yield what is to be told of an item."""
    if isinstance(report, Refusal):
        words = [report.identifier, report.metadata_prefix, report.field]
        what = " ".join(word for word in words if word)
        said = f"{what}: {report.reason}" if what else report.reason
        yield f"{report.place}: refused: {said}"
        return
    if report.outcome is Outcome.UNKNOWN:
        said = f"{report.identifier} is deleted there, and not known here"
        yield f"{report.place}: {said}"
    for doubt in report.doubts:
        yield f"{report.place}: warning: {doubt}"
    provenance = report.provenance
    if provenance is None:
        return
    for repair in provenance.repairs:
        change = f"{repair.before!r} -> {repair.after!r} ({repair.rule})"
        yield f"{report.place}: repaired {repair.field}: {change}"
    for warning in provenance.warnings:
        field = f"{warning.field}: " if warning.field else ""
        yield f"{report.place}: warning: {field}{warning.message}"
