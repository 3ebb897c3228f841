"""The command line: one file a command.

Exit codes: 0 done, 1 something was refused, 2 the call itself was wrong.
"""

import click

from oai_provider.cli.delete import delete
from oai_provider.cli.harvest import harvest
from oai_provider.cli.list import list_items
from oai_provider.cli.load import load
from oai_provider.cli.quarantine import quarantine
from oai_provider.cli.rebuild import rebuild
from oai_provider.cli.schemas import schemas
from oai_provider.cli.serve import serve
from oai_provider.cli.sets import sets
from oai_provider.cli.show import show
from oai_provider.cli.sync import sync


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="oai-provider")
def main() -> None:
    """Serve records over OAI-PMH 2.0, every one of them valid."""


for command in (
    serve,
    load,
    sync,
    delete,
    list_items,
    show,
    sets,
    quarantine,
    rebuild,
    schemas,
    harvest,
):
    main.add_command(command)
