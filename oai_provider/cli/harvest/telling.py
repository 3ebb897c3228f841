"""What a harvest says: how it goes, on a terminal, and how it went, to all."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Final

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from oai_provider.harvester.harvest import Watch
from oai_provider.harvester.ladder import Step
from oai_provider.harvester.order import Report, Verdict
from oai_provider.harvester.planning import Planned
from oai_provider.harvester.walk import ListRequest

_MOST_SHOWN: Final = 20
_COLOURS: Final = {
    Verdict.COMPLETE: "green",
    Verdict.INCOMPLETE: "red",
    Verdict.UNPROVABLE: "yellow",
}
_COUNTS: Final = (
    "records",
    "deleted",
    "unchanged",
    "pages",
    "repairs",
    "quarantined",
    "retries",
)
_LISTS: Final = {
    "reasons": "why",
    "healed": "what was done to get on",
    "quirks": "what is odd about the endpoint",
}


@contextmanager
def shown() -> Iterator[Watch]:
    """Show how a harvest goes, if somebody looks."""
    console = Console(stderr=True)
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    tasks: dict[str, TaskID] = {}

    def watch(request: ListRequest, step: Step) -> None:
        name = str(request)
        if name not in tasks:
            tasks[name] = progress.add_task(name, total=None, told="")
        task = progress.tasks[tasks[name]]
        rate = f"{step.records / task.elapsed:,.0f} a second" if task.elapsed else ""
        progress.update(
            tasks[name],
            completed=step.records,
            total=step.size,
            told=f"{step.records:,} records {rate}",
        )

    with progress:
        yield watch


def as_json(report: Report) -> str:
    """Return a report as a JSON object."""
    return json.dumps(asdict(report), default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def tell(report: Report) -> None:
    """Tell people how it went."""
    console = Console(highlight=False)
    colour = _COLOURS[report.verdict]
    table = Table(
        title=f"[bold {colour}]{report.verdict}[/]", show_header=False, min_width=40
    )
    for name in _COUNTS:
        table.add_row(name, f"{getattr(report, name):,}")
    table.add_row("seconds", f"{report.seconds:.1f}")
    table.add_row("watermark", report.watermark.isoformat() if report.watermark else "")
    console.print(table)
    for name, heading in _LISTS.items():
        _tell_each(heading, getattr(report, name))


def _tell_each(heading: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    click.echo(f"{heading}:")
    for line in lines[:_MOST_SHOWN]:
        click.echo(f"  {line}")
    if len(lines) > _MOST_SHOWN:
        click.echo(f"  and {len(lines) - _MOST_SHOWN} more (--json has all)")


def tell_plan(plan: Iterator[Planned]) -> None:
    """Tell what would be harvested."""
    for one in plan:
        if one.refused:
            click.echo(f"{one.request}: refused: {one.refused}")
            continue
        much = f"at least {one.first}" if one.size is None else str(one.size)
        begun = ", going on with what was begun" if one.goes_on else ""
        click.echo(f"{one.request}: {much} records{begun}")
