"""`oai-provider show`: one item as the store has it, or as it is served."""

import json
from pathlib import Path

import click
import yaml

from oai_provider.assembly import open_provider, utc_now
from oai_provider.cli.settings import (
    Refused,
    config_option,
    configured,
    plainly,
    store_option,
)
from oai_provider.provider.answer import Provider


@click.command(epilog="Example: oai-provider show kaziev-2014 --format mods")
@click.argument("name", metavar="ID")
@click.option("--format", "prefix", metavar="P", help="Show the record in this format.")
@store_option
@config_option
@plainly
def show(
    name: str, prefix: str | None, store: str | None, config_file: Path | None
) -> None:
    """Show an item as YAML, private fields included, or one of its records as XML."""
    provider = open_provider(configured(config_file, store=store), utc_now)
    identifier = provider.identifier_of(name)
    if prefix is not None:
        click.echo(_record(provider, identifier, prefix))
        return
    item = provider.store.item(identifier)
    if item is None:
        raise Refused(f"there is no item {identifier}; `oai-provider list` names all")
    source = json.loads(item.source)
    click.echo(yaml.safe_dump(source, allow_unicode=True, sort_keys=False), nl=False)


def _record(provider: Provider, identifier: str, prefix: str) -> bytes:
    record = provider.store.record(identifier, prefix)
    if record is None:
        formats = provider.store.formats_of(identifier)
        if formats is None:
            raise Refused(f"there is no item {identifier}")
        prefixes = ", ".join(f.metadata_prefix for f in formats)
        raise Refused(f"{identifier} is not available in {prefix}, only in {prefixes}")
    if record.metadata is None:
        raise Refused(f"{identifier} is deleted: there is only its header")
    return record.metadata.xml
