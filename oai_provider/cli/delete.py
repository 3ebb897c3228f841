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
from oai_provider.protocol.names import is_identifier
from oai_provider.provider.answer import Provider
from oai_provider.provider.strangers import strangers
from oai_provider.store.base import Outcome


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
    identifiers = [_identifier(provider, name) for name in ids]
    # Stores are not asked for what can be no identifier.
    asked = [name for name in identifiers if is_identifier(name)]
    outcomes = dict(zip(asked, provider.store.delete(asked), strict=True))
    missing = False
    for identifier in identifiers:
        outcome = outcomes.get(identifier, Outcome.UNKNOWN)
        if outcome is Outcome.UNKNOWN:
            missing = True
            click.echo(f"{identifier}: there is no such item", err=True)
        else:
            click.echo(f"{identifier}: {outcome.value}")
    if missing:
        if others := strangers(provider.store, provider.repository):
            click.echo(others, err=True)
        raise click.exceptions.Exit(REFUSED)


def _identifier(provider: Provider, name: str) -> str:
    """Return the identifier of an item; embargoed ones go by their names alone."""
    item = provider.item(name)
    return item.header.identifier if item else provider.repository.named(name)
