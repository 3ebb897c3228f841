"""`oai-provider show`: one item as the store has it, or as it is served."""

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

import click
import yaml

from oai_provider.assembly import open_provider, utc_now
from oai_provider.cli.settings import (
    Refused,
    config_option,
    plainly,
    store_option,
    stored,
)
from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import item_json
from oai_provider.metadata.journals import steps
from oai_provider.metadata.own_xml import described_source, told
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.provider.answer import Provider
from oai_provider.provider.strangers import strangers
from oai_provider.store.base import Embargoed, Store


@click.command(epilog="Example: oai-provider show 000_ce5b2683a573652e --format mods")
@click.argument("name", metavar="ID")
@click.option("--format", "prefix", metavar="P", help="Show the record in this format.")
@store_option
@config_option
@plainly
def show(
    name: str, prefix: str | None, store: str | None, config_file: Path | None
) -> None:
    """Show an item as YAML, private fields included, or one of its records as XML.

    What its records have from the profile of its journal stands below, as comments.
    """
    provider = open_provider(stored(config_file, store), utc_now)
    provider.store.now()
    item = provider.item(name)
    if item is None:
        _show_embargoed(provider, name, prefix)
        return
    if prefix is not None:
        click.echo(_record(provider.store, item.header.identifier, prefix))
        return
    # What the store says of it, which may be newer than what its source did.
    header = item.header
    status = "deleted" if header.deleted else "of"
    source = told(item.source, provider.formats) | {"deleted": header.deleted}
    _show(header.identifier, status, header.datestamp, source)
    if not header.deleted:
        _show_filled(provider, item.source)


def _show_embargoed(provider: Provider, name: str, prefix: str | None) -> None:
    """Show an item that nobody else may see yet; its records nobody may."""
    item = _embargoed(provider, name)
    if item is None:
        raise Refused(_missing(provider, name))
    if prefix is not None:
        release = format_datestamp(item.release, Granularity.SECOND)
        raise Refused(
            f"{item.identifier} is embargoed: it has no record until {release}"
        )
    source = told(item.source, provider.formats)
    _show(item.identifier, "embargoed until", item.release, source)
    _show_filled(provider, item.source)


def _embargoed(provider: Provider, name: str) -> Embargoed | None:
    names = {name, provider.repository.identifier(name)}
    held = provider.store.embargoed()
    return next((item for item in held if item.identifier in names), None)


def _missing(provider: Provider, name: str) -> str:
    identifier = provider.repository.named(name)
    said = f"there is no item {identifier}; `oai-provider list` names all"
    others = strangers(provider.store, provider.repository)
    return f"{said}\n{others}" if others else said


def _show(
    identifier: str, status: str, moment: datetime, source: dict[str, object]
) -> None:
    stamp = format_datestamp(moment, Granularity.SECOND)
    click.echo(f"# {identifier}, {status} {stamp}")
    click.echo(yaml.safe_dump(source, allow_unicode=True, sort_keys=False), nl=False)


def _show_filled(provider: Provider, source: str) -> None:
    for line in _filled(provider, source):
        click.echo(f"# {line}")


def _filled(provider: Provider, source: str) -> Iterator[str]:
    """Yield what the records say that the item does not, and where that is from."""
    try:
        item = described_source(source, provider.formats)
    except ItemError:
        return
    filled = provider.repository.journals.filled(item)
    if filled is item or not (filled.provenance and filled.provenance.profile):
        return
    profile = filled.provenance.profile
    yield f"in its records, from {profile}:"
    data: Any = item_json(filled)
    for path in profile.fields:
        value = reduce(lambda within, step: within[step], steps(path), data)
        said = yaml.safe_dump({path: value}, allow_unicode=True)
        yield from (f"  {line}" for line in said.splitlines())


def _record(store: Store, identifier: str, prefix: str) -> bytes:
    record = store.record(identifier, prefix)
    if record is None:
        formats = store.formats_of(identifier) or ()
        prefixes = ", ".join(f.metadata_prefix for f in formats) or "no format"
        raise Refused(f"{identifier} is not available in {prefix}, only in {prefixes}")
    if record.metadata is None:
        raise Refused(f"{identifier} is deleted: there is only its header")
    return record.metadata.xml
