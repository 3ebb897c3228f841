"""`oai-provider schemas`: which XML Schemas there are, and the published files."""

from pathlib import Path

import click

from oai_provider.cli.settings import REFUSED, config_option, configured, plainly
from oai_provider.resources import schemas_folder
from oai_provider.schema_sources import pull_schemas, read_sources
from oai_provider.xsd import Schemas


@click.group()
def schemas() -> None:
    """Show or fetch the XML Schemas that records are validated against."""


@schemas.command("list")
@config_option
@plainly
def list_schemas(config_file: Path | None) -> None:
    """List the addresses of the schemas in use."""
    config = configured(config_file)
    for url in Schemas(config.schemas.folder or schemas_folder()).urls():
        click.echo(url)


@schemas.command(epilog="Example: oai-provider schemas pull published/")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@plainly
def pull(folder: Path) -> None:
    """Fetch the published schemas into FOLDER, from their own addresses.

    Each is checked against the SHA-256 sum known of it; what differs is not kept.
    Set `folder` in `[schemas]` to validate against them.
    """
    results = list(pull_schemas(read_sources(schemas_folder()), folder))
    for result in results:
        click.echo(f"{result.url}: {result.told}", err=not result.kept)
    if not all(result.kept for result in results):
        raise click.exceptions.Exit(REFUSED)


