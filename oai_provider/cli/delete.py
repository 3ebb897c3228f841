"""`oai-provider delete`: items become tombstones, which harvesters are told of."""

from pathlib import Path

import click

from oai_provider.assembly import open_provider, utc_now
from oai_provider.cli.settings import (
    REFUSED,
    config_option,
    configured,
    plainly,
    store_option,
)
from oai_provider.store.base import Outcome


@click.command(epilog="Example: oai-provider delete kaziev-2014")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@store_option
@config_option
@plainly
def delete(ids: tuple[str, ...], store: str | None, config_file: Path | None) -> None:
    """Delete items by local id or full OAI identifier.

    A tombstone is kept, so that harvesters learn of it. Load the item again to
    revive it.
    """
    provider = open_provider(configured(config_file, store=store), utc_now)
    identifiers = [provider.identifier_of(name) for name in ids]
    outcomes = list(provider.store.delete(identifiers))
    for identifier, outcome in zip(identifiers, outcomes, strict=True):
        missing = outcome is Outcome.UNKNOWN
        said = "there is no such item" if missing else outcome.value
        click.echo(f"{identifier}: {said}", err=missing)
    if Outcome.UNKNOWN in outcomes:
        raise click.exceptions.Exit(REFUSED)
