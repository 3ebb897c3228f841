"""`oai-provider serve`: the repository on the web, with the next thing to try."""

import json
import os
import socket
from collections.abc import Container
from itertools import chain, islice
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
from oai_provider.metadata.item import item_json
from oai_provider.provider.ingest import Ingest
from oai_provider.provider.preparing import Refusal
from oai_provider.provider.strangers import strangers
from oai_provider.resources import records_folder
from oai_provider.sources.base import Sourced
from oai_provider.sources.paths import files_of, read_path
from oai_provider.store.addresses import shown
from oai_provider.store.base import Store

_EPILOG = """Examples:

\b
  oai-provider serve
  oai-provider serve --port 9000 --base-url https://repo.example.org/oai
"""

# Of a store that holds more, what it holds is somebody's.
_FEW = 10
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
    help="Load the bundled records if the store holds no others  [default: records]",
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
                f"cannot listen on {server.address}: {error.strerror};"
                " choose others with --host and --port"
            ) from error


def _load_bundled(ingest: Ingest) -> None:
    """Load the bundled records into a store that holds nothing that is anybody's.

    It may hold these very records, made when the settings were others: they are made
    again, and those under an identifier of before are deleted.
    """
    reads = [*chain.from_iterable(map(read_path, files_of([records_folder()])))]
    bundled = [item_json(read.item) for read in reads if isinstance(read, Sourced)]
    if not _is_nobodys(ingest.store, bundled):
        return
    loaded = set()
    for report in ingest.load(reads):
        if isinstance(report, Refusal):
            click.echo(f"{report.place}: refused: {report.reason}", err=True)
        else:
            loaded.add(report.identifier)
    found = (item.header.identifier for item in ingest.store.items())
    if loaded:
        list(ingest.store.delete([name for name in found if name not in loaded]))


def _is_nobodys(store: Store, bundled: Container[object]) -> bool:
    """Tell whether a store is empty, or holds bundled records and no others."""
    store.now()
    items = [*islice(store.items(), _FEW)]
    alive = [json.loads(item.source) for item in items if not item.header.deleted]
    if len(items) == _FEW or any(store.embargoed()):
        return False
    return not items or (bool(alive) and all(source in bundled for source in alive))


def _greet(config: Config, ingest: Ingest) -> None:
    totals, base_url = ingest.store.totals(), config.base_url
    prefixes = ", ".join(f.metadata_prefix for f in ingest.store.formats())
    click.echo(f"{config.repository.name} at {base_url}")
    noun = "item" if totals.items == 1 else "items"
    click.echo(f"{totals.items} {noun} ({totals.deleted} deleted) in {prefixes}")
    click.echo(f"Listening on http://{config.server.address}")
    click.echo(f"Store: {shown(config.store.url)}")
    for warning in _warnings(config):
        click.echo(f"Warning: {warning}", err=True)
    if found := strangers(ingest.store, ingest.maker.repository):
        click.echo(f"Warning: {found}", err=True)
    click.echo(f"Try:   curl '{base_url}?verb=ListRecords&metadataPrefix=oai_dc'")


def _warnings(config: Config) -> list[str]:
    """Say what must be set before harvesters come."""
    given = config.repository.model_fields_set
    found = []
    unset = [
        name for name in ("name", "identifier", "admin_emails") if name not in given
    ]
    if unset:
        found.append(
            f"set {', '.join(unset)} in [repository] of oai-provider.toml"
            " before harvesters come"
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
