"""`oai-provider delete`: items become tombstones, which harvesters are told of."""

from pathlib import Path

import click

from oai_provider.assembly import open_provider, utc_now
from oai_provider.cli.settings import (
    REFUSED,
    config_option,
    plainly,
    store_option,
    stored,
)


@click.command(epilog="Example: oai-provider delete 000_ce5b2683a573652e")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@store_option
@config_option
@plainly
def delete(ids: tuple[str, ...], store: str | None, config_file: Path | None) -> None:
    """Delete items by local id or full OAI identifier.

    A tombstone is kept, so that harvesters learn of it. Load the item again to
    revive it.
    """
    provider = open_provider(stored(config_file, store), utc_now)
    found: list[str] = []
    missing: list[str] = []
    for name in ids:
        item = provider.item(name)
        if item is None:
            missing.append(provider.repository.named(name))
        else:
            found.append(item.header.identifier)
    outcomes = provider.store.delete(found)
    for identifier, outcome in zip(found, outcomes, strict=True):
        click.echo(f"{identifier}: {outcome.value}")
    for identifier in missing:
        click.echo(f"{identifier}: there is no such item", err=True)
    if missing:
        raise click.exceptions.Exit(REFUSED)
