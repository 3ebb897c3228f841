"""`oai-provider list`: what is in the store."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from oai_provider.assembly import open_provider, utc_now
from oai_provider.cli.settings import config_option, configured, plainly, store_option
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.store.base import StoredItem


@click.command("list", epilog="Example: oai-provider list --json | jq .identifier")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@store_option
@config_option
@plainly
def list_items(*, as_json: bool, store: str | None, config_file: Path | None) -> None:
    """List the items of the store, deleted ones too."""
    provider = open_provider(configured(config_file, store=store), utc_now)
    if as_json:
        for item in provider.store.items():
            click.echo(json.dumps(asdict(_row(item)), ensure_ascii=False))
        return
    table = Table("identifier", "datestamp", "sets", "title", box=None)
    for item in provider.store.items():
        row = _row(item)
        title = Text("deleted", style="dim") if row.deleted else Text(row.title or "")
        table.add_row(row.identifier, row.datestamp, " ".join(row.sets), title)
    totals = provider.store.totals()
    Console().print(table)
    click.echo(f"{totals.items} items, {totals.deleted} deleted")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    identifier: str
    datestamp: str
    deleted: bool
    sets: tuple[str, ...]
    title: str | None


def _row(stored: StoredItem) -> _Row:
    header = stored.header
    titles = json.loads(stored.source).get("titles", [])
    mains = [t["value"] for t in titles if t["type"] == "main"]
    return _Row(
        identifier=header.identifier,
        datestamp=format_datestamp(header.datestamp, Granularity.SECOND),
        deleted=header.deleted,
        sets=header.set_specs,
        title=next(iter(mains), None),
    )
