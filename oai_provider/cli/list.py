"""`oai-provider list`: what is in the store."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from oai_provider.assembly import open_provider, utc_now
from oai_provider.cli.settings import config_option, plainly, store_option, stored
from oai_provider.metadata.format import Formats
from oai_provider.metadata.own_xml import told
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.provider.strangers import strangers
from oai_provider.store.base import Embargoed, StoredItem


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    identifier: str
    datestamp: str
    deleted: bool
    sets: tuple[str, ...]
    title: str | None
    release: str | None = None
    """Until when nobody may see it."""


@click.command("list", epilog="Example: oai-provider list --json | jq .identifier")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@store_option
@config_option
@plainly
def list_items(*, as_json: bool, store: str | None, config_file: Path | None) -> None:
    """List the items of the store, deleted and embargoed ones too."""
    provider = open_provider(stored(config_file, store), utc_now)
    # What is due by now is listed among the others.
    provider.store.now()
    formats = provider.formats
    embargoed = (_held(one, formats) for one in provider.store.embargoed())
    rows = chain((_row(one, formats) for one in provider.store.items()), embargoed)
    if others := strangers(provider.store, provider.repository):
        click.echo(others, err=True)
    if as_json:
        for row in rows:
            click.echo(json.dumps(asdict(row), ensure_ascii=False))
        return
    if Console().is_terminal:
        _print_table(rows)
    else:
        for row in rows:
            click.echo("\t".join(_cells(row)))
    totals = provider.store.totals()
    noun = "item" if totals.items == 1 else "items"
    click.echo(f"{totals.items} {noun}, {totals.deleted} deleted")


def _print_table(rows: Iterable[_Row]) -> None:
    """Print a table in which identifiers stay whole, to be copied."""
    table = Table(Column("identifier", overflow="fold"), box=None)
    for name in ("datestamp", "sets", "title"):
        table.add_column(name)
    for row in rows:
        table.add_row(*map(Text, _cells(row)))
    Console().print(table)


def _cells(row: _Row) -> tuple[str, str, str, str]:
    title = "(deleted)" if row.deleted else row.title or ""
    stamp = f"from {row.release}" if row.release else row.datestamp
    return row.identifier, stamp, " ".join(row.sets), title


def _row(stored: StoredItem, formats: Formats) -> _Row:
    header = stored.header
    return _Row(
        identifier=header.identifier,
        datestamp=format_datestamp(header.datestamp, Granularity.SECOND),
        deleted=header.deleted,
        sets=header.set_specs,
        title=_title(stored.source, formats),
    )


def _held(embargoed: Embargoed, formats: Formats) -> _Row:
    return _Row(
        identifier=embargoed.identifier,
        datestamp="",
        deleted=False,
        sets=tuple(json.loads(embargoed.source).get("sets", ())),
        title=_title(embargoed.source, formats),
        release=format_datestamp(embargoed.release, Granularity.SECOND),
    )


def _title(source: str, formats: Formats) -> str | None:
    titles = json.loads(source).get("titles")
    if titles is None:
        titles = told(source, formats).get("titles", [])
    return next((t["value"] for t in titles if t["type"] == "main"), None)
