"""`oai-provider sets`: what sets hold, and what the rules of virtual ones would."""

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from oai_provider.assembly import open_configured_store, set_rules_of, utc_now
from oai_provider.cli.reports import progress_bar
from oai_provider.cli.settings import (
    Misused,
    config_option,
    plainly,
    store_option,
    stored,
)
from oai_provider.metadata.format import load_formats
from oai_provider.metadata.journals import journals
from oai_provider.provider.memberships import Memberships, counted
from oai_provider.provider.rebuild import Pace
from oai_provider.provider.set_rules import SetRule
from oai_provider.store.base import Outcome, Store

_EVERY_SET = 1_000_000_000

json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line."
)


@click.group()
def sets() -> None:
    """List sets, and keep virtual ones up to date when their rules change."""


@sets.command("list", epilog="Example: oai-provider sets list --json | jq .spec")
@json_option
@store_option
@config_option
@plainly
def list_sets(*, as_json: bool, store: str | None, config_file: Path | None) -> None:
    """List the sets: spec, name, how many items they hold, rule."""
    config = stored(config_file, store)
    opened = open_configured_store(config, utc_now)
    opened.now()
    rules = set_rules_of(config).rules
    items = counted(opened)
    rows = (
        {
            "spec": found.spec,
            "name": found.name,
            "items": items[found.spec],
            "rule": _written(rules.get(found.spec)),
        }
        for found in opened.sets(after=None, limit=_EVERY_SET)
    )
    _print(rows, as_json=as_json)


@sets.command(epilog="Example: oai-provider sets preview history:asia")
@click.argument("spec", required=False)
@json_option
@store_option
@config_option
@plainly
def preview(
    *, spec: str | None, as_json: bool, store: str | None, config_file: Path | None
) -> None:
    """Show how many items join and leave each set, or the one named.

    Sets that have a rule are told, and others in which something changes.
    """
    config = stored(config_file, store)
    rules = set_rules_of(config)
    opened = open_configured_store(config, utc_now)
    if spec is not None and spec not in (known := _specs(opened)):
        raise Misused(f"there is no set {spec}; there is {', '.join(known) or 'none'}")
    opened.now()
    memberships = Memberships(opened, rules, load_formats(), journals(config.journals))
    found = memberships.tallies()
    told = {spec} if spec else {*rules.rules, *found.joining, *found.leaving}
    rows = (
        {
            "spec": name,
            "now": found.now[name],
            "joining": found.joining[name],
            "leaving": found.leaving[name],
        }
        for name in sorted(told)
    )
    _print(rows, as_json=as_json)
    _tell_unread(memberships)


@sets.command(epilog="Example: oai-provider sets apply --per-hour 5000")
@click.option(
    "--per-hour",
    type=click.IntRange(min=1),
    metavar="N",
    help="Change no more items an hour, to spare harvesters.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would change, store nothing.")
@store_option
@config_option
@plainly
def apply(
    *,
    per_hour: int | None,
    dry_run: bool,
    store: str | None,
    config_file: Path | None,
) -> None:
    """Put every item into the sets it is in by the rules of now.

    Records keep their content; harvesters are told of those whose sets change.
    """
    config = stored(config_file, store)
    opened = open_configured_store(config, utc_now)
    opened.now()
    memberships = Memberships(
        opened, set_rules_of(config), load_formats(), journals(config.journals)
    )
    if dry_run:
        changed = sum(1 for _ in memberships.changes())
        click.echo(f"{_items(changed)} would change (nothing stored)")
    else:
        changed = _applied(opened, memberships, per_hour)
        click.echo(f"{_items(changed)} changed")
    _tell_unread(memberships)


def _applied(opened: Store, memberships: Memberships, per_hour: int | None) -> int:
    """Store what changes, and return how many items did."""
    changed = 0
    with progress_bar() as progress:
        task = progress.add_task("reading items")
        changes = memberships.changes()
        pace = Pace(per_hour, clock=monotonic, sleep=sleep)
        while batch := list(islice(changes, pace.at_once)):
            pace.wait(len(batch))
            outcomes = opened.put(batch)
            changed += sum(one is not Outcome.UNCHANGED for one in outcomes)
            progress.update(task, description=f"{_items(changed)} changed")
    return changed


def _written(rule: SetRule | None) -> str | None:
    if rule is None:
        return None
    # Dates without quotes are more than text in TOML.
    return json.dumps(rule.table, ensure_ascii=False, default=str)


def _specs(opened: Store) -> list[str]:
    return [found.spec for found in opened.sets(after=None, limit=_EVERY_SET)]


def _items(number: int) -> str:
    return f"{number} item" if number == 1 else f"{number} items"


def _tell_unread(memberships: Memberships) -> None:
    if memberships.unread:
        click.echo(
            f"{_items(memberships.unread)} written by another release stay in the sets"
            " they are in: load them again",
            err=True,
        )


def _print(rows: Iterable[Mapping[str, object]], *, as_json: bool) -> None:
    """Print rows as JSON, as a table, or parted by tabs for other programs."""
    console = Console()
    table: Table | None = None
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row.values()]
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        elif not console.is_terminal:
            click.echo("\t".join(cells))
        else:
            table = table or Table(*row, box=None)
            table.add_row(*map(Text, cells))
    if table:
        console.print(table)
