"""`oai-provider serve`: the repository on the web, with the next thing to try."""

import os
import socket
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from oai_provider.assembly import open_ingest, utc_now
from oai_provider.cli.settings import (
    Misused,
    config_option,
    configured,
    plainly,
    store_option,
)
from oai_provider.config import PREFIX, Config
from oai_provider.provider.ingest import Ingest
from oai_provider.provider.preparing import Refusal
from oai_provider.resources import records_folder
from oai_provider.sources.paths import files_of, read_path
from oai_provider.store.addresses import shown

_EPILOG = """Examples:

\b
  oai-provider serve
  oai-provider serve --port 9000 --base-url https://repo.example.org/oai
"""

# Enough to keep one Python interpreter busy while the database is waited for.
_THREADS = 4


@click.command(epilog=_EPILOG)
@click.option("--host", help="Address to listen on  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65_535), help="[default: 8080]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes  [default: 1]")
@click.option("--base-url", metavar="URL", help="The address harvesters will use.")
@click.option(
    "--records/--no-records",
    default=True,
    help="Load the bundled records if the store is empty  [default: records]",
)
@store_option
@config_option
@plainly
def serve(  # noqa: PLR0913 - an option each
    *,
    host: str | None,
    port: int | None,
    workers: int | None,
    base_url: str | None,
    records: bool,
    store: str | None,
    config_file: Path | None,
) -> None:
    """Serve the repository over HTTP."""
    config = configured(
        config_file,
        store=store,
        base_url=base_url,
        host=host,
        port=port,
        workers=workers,
    )
    _refuse_taken_port(config)
    ingest = open_ingest(config, utc_now)
    if records:
        _load_bundled(ingest)
    _greet(config, ingest)
    ingest.store.close()
    _hand_down(config, config_file)
    Granian(
        "oai_provider.wsgi:app",
        address=config.server.host,
        port=config.server.port,
        workers=config.server.workers,
        interface=Interfaces.WSGI,
        blocking_threads=_THREADS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()


def _refuse_taken_port(config: Config) -> None:
    server = config.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError as error:
            raise Misused(
                f"cannot listen on {server.host}:{server.port}: {error.strerror};"
                " choose others with --host and --port"
            ) from error


def _load_bundled(ingest: Ingest) -> None:
    totals = ingest.store.totals()
    if totals.items or totals.deleted:
        return
    for file in files_of([records_folder()]):
        for report in ingest.load(read_path(file)):
            if isinstance(report, Refusal):
                click.echo(f"{report.place}: refused: {report.reason}", err=True)


def _greet(config: Config, ingest: Ingest) -> None:
    totals, base_url = ingest.store.totals(), config.base_url
    prefixes = ", ".join(f.metadata_prefix for f in ingest.store.formats())
    click.echo(f"{config.repository.name} at {base_url}")
    noun = "item" if totals.items == 1 else "items"
    click.echo(f"{totals.items} {noun} ({totals.deleted} deleted) in {prefixes}")
    click.echo(f"Listening on http://{config.server.host}:{config.server.port}")
    click.echo(f"Store: {shown(config.store.url)}")
    for warning in _warnings(config):
        click.echo(f"Warning: {warning}", err=True)
    click.echo(f"Try:   curl '{base_url}?verb=ListRecords&metadataPrefix=oai_dc'")


def _warnings(config: Config) -> list[str]:
    """Say what must be set before harvesters come."""
    given = config.repository.model_fields_set
    found = []
    if not given.issuperset({"admin_emails", "identifier", "name"}):
        found.append(
            "set name, identifier and admin_emails in [repository] of"
            " oai-provider.toml before harvesters come"
        )
    here = {config.server.host, f"[{config.server.host}]"}
    if config.repository.base_url is None and here & {"0.0.0.0", "[::]"}:  # noqa: S104 - compared
        found.append("set base_url: harvesters cannot use the address listened on")
    return found


def _hand_down(config: Config, config_file: Path | None) -> None:
    """Give the worker processes the settings of this command line."""
    if config_file is not None:
        os.environ["OAI_PROVIDER_CONFIG"] = str(config_file)
    os.environ[f"{PREFIX}STORE__URL"] = config.store.url
    os.environ[f"{PREFIX}REPOSITORY__BASE_URL"] = config.base_url
