"""`oai-provider harvest status`: how every source stands."""

import click
from rich.console import Console

from oai_provider.assembly import utc_now
from oai_provider.cli.harvest.options import work_table_option
from oai_provider.cli.settings import plainly
from oai_provider.harvester.many.run import status as states_of
from oai_provider.harvester.many.status import status_lines, status_table
from oai_provider.store.addresses import is_absent, shown
from oai_provider.store.base import StoreError

_EPILOG = """Examples:

\b
  oai-provider harvest status
  oai-provider harvest status --json | jq 'select(.failures > 0) | .name'
"""


@click.command(epilog=_EPILOG)
@work_table_option
@click.option("--json", "in_json", is_flag=True, help="One JSON object a source.")
@plainly
def status(*, work_table: str, in_json: bool) -> None:
    """Show every source: its last verdict, watermark, lag, size and failures."""
    if is_absent(work_table):
        raise StoreError(
            f"there is no table of work {shown(work_table)}:"
            " `oai-provider harvest --all FILE` makes one"
        )
    states = states_of(work_table, utc_now)
    if in_json:
        for line in status_lines(states):
            click.echo(line)
    else:
        Console(highlight=False).print(status_table(states))
