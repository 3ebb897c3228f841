"""`oai-provider list`: what is in the store."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

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
            click.echo(json.dumps(_row(item), ensure_ascii=False))
        return
    table = Table("identifier", "datestamp", "sets", "title", box=None)
    for item in provider.store.items():
        row = _row(item)
        state = "[dim]deleted[/dim]" if row["deleted"] else str(row["title"])
        table.add_row(
            str(row["identifier"]),
            str(row["datestamp"]),
            " ".join(item.header.set_specs),
            state,
        )
    totals = provider.store.totals()
    Console().print(table)
    click.echo(f"{totals.items} items, {totals.deleted} deleted")


def _row(item: StoredItem) -> dict[str, object]:
    header = item.header
    titles = json.loads(item.source).get("titles") or [{}]
    return {
        "identifier": header.identifier,
        "datestamp": format_datestamp(header.datestamp, Granularity.SECOND),
        "deleted": header.deleted,
        "sets": list(header.set_specs),
        "title": titles[0].get("value"),
    }
