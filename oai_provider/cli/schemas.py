"""`oai-provider schemas`: which XML Schemas there are, and the published files."""

from pathlib import Path

import click

from oai_provider.cli.settings import REFUSED, config_option, configured, plainly
from oai_provider.resources import schemas_folder
from oai_provider.schema_sources import pull_schemas
from oai_provider.xsd import Schemas


@click.group()
def schemas() -> None:
    """Show or fetch the XML Schemas that records are validated against."""


@schemas.command("list", epilog="Example: oai-provider schemas list")
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

    Each is checked against the SHA-256 sum known of it; ours stays where a published
    one cannot be had. Set `folder` in `[schemas]` to validate against them.
    """
    refused = 0
    for result in pull_schemas(schemas_folder(), folder):
        refused += bool(result.problem)
        said = result.problem or "kept"
        click.echo(f"{result.url}: {said}", err=bool(result.problem))
    if refused:
        raise click.exceptions.Exit(REFUSED)
