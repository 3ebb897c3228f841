"""`oai-provider harvest --all FILE`: every source of a file that is due."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import click
from rich.console import Console

from oai_provider.assembly import utc_now
from oai_provider.cli.harvest.ending import EXIT_CODES, InPlace, interrupted, opening
from oai_provider.cli.harvest.options import work_table_option
from oai_provider.cli.settings import Misused, plainly
from oai_provider.harvester.many.engine_dask import scheduler_of
from oai_provider.harvester.many.run import LOCAL, Ran, Running, run_all
from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.sources_file import load_sources
from oai_provider.harvester.many.status import status_lines, status_table
from oai_provider.harvester.many.work import Enlisted, SourceState
from oai_provider.harvester.order import Verdict
from oai_provider.harvester.verdict import worst
from oai_provider.harvesting import harvest_in_turn


def _engine(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value != LOCAL:
        with opening():
            scheduler_of(value)
    return value


@click.command(cls=InPlace, hidden=True)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--all",
    "file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="TOML file of sources.",
)
@click.option(
    "--engine",
    default=LOCAL,
    show_default=True,
    metavar="local|dask://HOST:PORT",
    callback=_engine,
    help="Where the work is done.",
)
@click.option(
    "--lanes",
    type=click.IntRange(min=1),
    metavar="N",
    help="Sources harvested at once  [default: 4, on a cluster its threads]",
)
@click.option("--now", is_flag=True, help="Harvest all, whatever their schedules say.")
@click.option(
    "--watch", is_flag=True, help="Go on with what is due later, until interrupted."
)
@work_table_option
@click.option("--json", "in_json", is_flag=True, help="One JSON object a source.")
@plainly
def every(  # noqa: PLR0913 - an option each
    *,
    names: tuple[str, ...],
    file: Path,
    engine: str,
    lanes: int | None,
    now: bool,
    watch: bool,
    work_table: str,
    in_json: bool,
) -> None:
    """Harvest all sources of a file; `oai-provider harvest --help` tells all of it."""
    with opening():
        sources = load_sources(file)
    _check_names(names, sources, file)
    running = Running(
        engine=engine,
        lanes=lanes,
        goes_on=watch,
        now=None if now and not names else names,
        only=names,
    )
    ran = run_all(sources, work_table, harvest_in_turn, utc_now, running)
    _tell_enlisted(ran.enlisted)
    _tell_states(_asked_for(ran.states, names), in_json=in_json)
    if ran.interrupted:
        interrupted("what came is kept; the same command goes on where each source was")
    raise click.exceptions.Exit(EXIT_CODES[worst(_verdicts(ran))])


def _check_names(names: Sequence[str], sources: Sequence[Source], file: Path) -> None:
    known = [source.name for source in sources]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise Misused(f"{file} has no source {name}{meant}")


def _asked_for(
    states: Sequence[SourceState], names: Sequence[str]
) -> list[SourceState]:
    return [s for s in states if s.enabled and (not names or s.name in names)]


def _verdicts(ran: Ran) -> Iterator[Verdict]:
    """Yield the verdicts of what this run has harvested."""
    for state in ran.states:
        if state.ended is not None and state.ended >= ran.began and state.verdict:
            is_known = state.verdict in {*Verdict}
            yield Verdict(state.verdict) if is_known else Verdict.INCOMPLETE


def _tell_enlisted(enlisted: Enlisted) -> None:
    told = {
        "are new": enlisted.added,
        "are changed": enlisted.changed,
        "are no longer in the file, and not harvested any more": enlisted.removed,
        "are being harvested as they were before": enlisted.busy,
    }
    for said, names in told.items():
        if names:
            click.echo(f"{len(names)} {said}: {_few(names)}", err=True)


def _few(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _tell_states(states: Sequence[SourceState], *, in_json: bool) -> None:
    if in_json:
        for line in status_lines(states):
            click.echo(line)
    else:
        Console(highlight=False).print(status_table(states))
