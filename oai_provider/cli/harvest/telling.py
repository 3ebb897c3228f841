"""What a harvest says: how it goes, on a terminal, and how it went, to all."""

import json
from collections.abc import Iterable, Iterator, Sequence
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
from rich.text import Text

from oai_provider.harvester.harvest import Watch
from oai_provider.harvester.order import Order, Report, Verdict
from oai_provider.harvester.outcome import Step
from oai_provider.harvester.planning import Planned
from oai_provider.harvester.sinks.opening import is_store
from oai_provider.harvester.walk import ListRequest
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.store.addresses import shown as shown_url

_MOST_SHOWN: Final = 20
_COLOURS: Final = {
    Verdict.COMPLETE: "green",
    Verdict.INCOMPLETE: "red",
    Verdict.UNPROVABLE: "yellow",
}
_MEANINGS: Final = {
    Verdict.COMPLETE: "all that the endpoint says it has was received",
    Verdict.INCOMPLETE: "something is missing",
    Verdict.UNPROVABLE: "nothing is known to be missing, and nothing proves it",
}
_ALWAYS: Final = ("records", "pages")
"""What is told even where there are none."""
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
    values = asdict(report) | {"seconds": round(report.seconds, 3)}
    if report.watermark:
        values["watermark"] = _moment(report.watermark)
    return json.dumps(values, ensure_ascii=False)


def _moment(moment: datetime) -> str:
    return format_datestamp(moment, Granularity.SECOND)


def tell(report: Report) -> None:
    """Tell people how it went."""
    console = Console(highlight=False)
    verdict = report.verdict
    said = Text(str(verdict), style=f"bold {_COLOURS[verdict]}")
    console.print(said.append(f": {_MEANINGS[verdict]}", style="not bold"))
    table = Table(box=None, show_header=False)
    for name, value in _rows(report):
        table.add_row(name, value)
    console.print(table)
    for name, heading in _LISTS.items():
        _tell_each(heading, getattr(report, name))


def _rows(report: Report) -> Iterator[tuple[str, str]]:
    for name in _COUNTS:
        count = getattr(report, name)
        if count or name in _ALWAYS:
            yield name, f"{count:,}"
    yield "seconds", f"{report.seconds:,.1f}"
    if report.watermark:
        said = f"{_moment(report.watermark)} (here the next harvest begins)"
        yield "watermark", said


def _tell_each(heading: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    click.echo(f"{heading}:")
    for line in lines[:_MOST_SHOWN]:
        click.echo(f"  {_printable(line)}")
    if len(lines) > _MOST_SHOWN:
        click.echo(f"  and {len(lines) - _MOST_SHOWN} more (--json has all)")


def _printable(line: str) -> str:
    """Return what an endpoint said without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in line)


def tell_plan(plan: Iterable[Planned], *, in_json: bool) -> None:
    """Tell what would be harvested."""
    if in_json:
        click.echo(json.dumps({"lists": [_planned(one) for one in plan]}))
        return
    for one in plan:
        click.echo(_printable(_plan_line(one)))


def _planned(one: Planned) -> dict[str, object]:
    request = {n: v for n, v in one.request.arguments.items() if n != "verb"}
    return {
        **request,
        "records": one.size,
        "at_least": one.first,
        "goes_on": one.goes_on,
        "refused": one.refused or None,
    }


def _plan_line(one: Planned) -> str:
    if one.refused:
        return f"refused: {one.refused}"
    much = f"at least {one.first:,}" if one.size is None else f"{one.size:,}"
    begun = ", going on with what was begun" if one.goes_on else ""
    return f"{one.request}: {much} records{begun}"


def tell_explained(
    known: Iterable[tuple[str, str]], order: Order, *, in_json: bool
) -> None:
    """Tell what is remembered of an endpoint."""
    lines = [*known]
    if in_json:
        click.echo(json.dumps(dict(lines), ensure_ascii=False))
    elif not lines:
        place = shown_url(order.to) if is_store(order.to) else order.to
        said = f"no harvest of {order.base_url} to {place} is remembered"
        click.echo(f"{said}: harvest it first")
    for name, said in () if in_json else lines:
        click.echo(_printable(f"{name}: {said}"))
