"""`oai-provider quarantine`: what was refused, until it is mended."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from oai_provider.assembly import open_provider, utc_now
from oai_provider.cli.settings import (
    Misused,
    config_option,
    plainly,
    store_option,
    stored,
)
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.provider.answer import Provider
from oai_provider.sources.base import Place
from oai_provider.store.base import Lines, Quarantined, Store

_EPILOG = """Examples:

\b
  oai-provider quarantine
  oai-provider quarantine 000_ce5b2683a573652e
  oai-provider quarantine --clear old.xml
"""


@click.command(epilog=_EPILOG)
@click.argument("names", metavar="[ID|FILE...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--clear", is_flag=True, help="Forget the entries named.")
@store_option
@config_option
@plainly
def quarantine(
    *,
    names: tuple[str, ...],
    as_json: bool,
    clear: bool,
    store: str | None,
    config_file: Path | None,
) -> None:
    """List what was refused, of all items and files or of those named.

    An entry leaves when its item is loaded without being refused, or is deleted; one
    of what could not be read at all leaves when its file is loaded again. The exit
    code is 0, whether or not there are any.
    """
    provider = open_provider(stored(config_file, store), utc_now)
    if clear and not names:
        raise Misused("name the items or files whose entries are to be forgotten")
    wanted = {known for name in names for known in _known_as(provider, name)}
    entries = (
        entry
        for entry in provider.store.quarantined()
        if not names or wanted.intersection((entry.identifier, entry.file))
    )
    if clear:
        click.echo(f"{_forgotten(provider.store, [*entries])} forgotten")
    elif as_json:
        for entry in entries:
            click.echo(json.dumps(_row(entry), ensure_ascii=False))
    elif provider.store.count_quarantined():
        _print(entries)
    else:
        click.echo("nothing is in quarantine", err=True)


def _known_as(provider: Provider, name: str) -> tuple[str, ...]:
    """Return what a name may stand for: an identifier, a local id, a file."""
    return name, provider.repository.named(name), str(Path(name).absolute())


def _forgotten(store: Store, entries: Collection[Quarantined]) -> str:
    identifiers = {entry.identifier for entry in entries if entry.identifier}
    lines = [
        Lines(entry.file, entry.line - 1, entry.line)
        for entry in entries
        if entry.unread
    ]
    store.quarantine((), identifiers=identifiers, lines=lines)
    return "1 entry" if len(entries) == 1 else f"{len(entries)} entries"


def _row(entry: Quarantined) -> dict[str, str | int | None]:
    since = entry.since
    return {
        "identifier": entry.identifier,
        "format": entry.metadata_prefix,
        "field": entry.field,
        "reason": entry.reason,
        "file": entry.file,
        "line": entry.line,
        "since": format_datestamp(since, Granularity.SECOND) if since else None,
    }


def _print(entries: Iterable[Quarantined]) -> None:
    """Print a table on terminals, and lines parted by tabs for other programs."""
    if not Console().is_terminal:
        for entry in entries:
            click.echo("\t".join(_cells(entry)))
        return
    # What is copied stays whole.
    table = Table(Column("identifier", overflow="fold"), box=None)
    for name in ("format", "field", "reason", "where", "since"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        table.add_row(*map(Text, _cells(entry)))
    Console().print(table)


def _cells(entry: Quarantined) -> list[str]:
    row = _row(entry)
    where = str(Place(Path(entry.file), entry.line))
    cells = [row["identifier"], row["format"], row["field"], row["reason"], where]
    return [" ".join(str(cell or "").split()) for cell in (*cells, row["since"])]
