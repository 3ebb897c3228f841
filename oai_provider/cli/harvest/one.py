"""`oai-provider harvest BASE_URL`: one endpoint into one place, and a verdict."""

from pathlib import Path
from typing import Any, Final

import click

from oai_provider.assembly import means_of_harvest
from oai_provider.cli.connecting import connecting_of, connecting_options
from oai_provider.cli.harvest.options import base_url, order_options
from oai_provider.cli.harvest.telling import as_json, shown, tell, tell_plan
from oai_provider.cli.settings import config_option, plainly
from oai_provider.harvester.explaining import explained
from oai_provider.harvester.opening import opened, opened_memory, opened_plan
from oai_provider.harvester.order import Order, Verdict

EXIT_CODES: Final = {
    Verdict.COMPLETE: 0,
    Verdict.INCOMPLETE: 1,
    Verdict.UNPROVABLE: 3,
}
_EPILOG: Final = """Exit codes: 0 complete, 1 incomplete, 2 a wrong call, 3 unprovable.

Examples:

\b
  oai-provider harvest https://example.org/oai --to records.jsonl
  oai-provider harvest https://example.org/oai --to copy/ --prefix mods --set theses
  oai-provider harvest https://example.org/oai --to sqlite:///copy.db --prove
  oai-provider harvest https://example.org/oai --to records.jsonl --explain
"""


@click.command(epilog=_EPILOG)
@click.argument("base_url", metavar="BASE_URL", callback=base_url)
@order_options
@click.option("--json", "in_json", is_flag=True, help="Report in JSON.")
@click.option("--explain", is_flag=True, help="Tell what is known of the endpoint.")
@connecting_options
@config_option
@plainly
def run(
    *,
    in_json: bool,
    explain: bool,
    config_file: Path | None,
    **options: Any,  # noqa: ANN401 - the fields of an order, and of connecting
) -> None:
    """Harvest a repository, and tell whether the harvest is complete.

    A harvest that was broken off goes on where it was; a second one asks for what
    has changed since. What is odd about an endpoint is got round, and told.
    """
    order = Order(connecting=connecting_of(options), **options)
    if explain:
        with opened_memory(order) as state:
            for name, said in explained(state, order.base_url):
                click.echo(f"{name}: {said}")
        return
    means = means_of_harvest(config_file)
    if order.dry_run:
        with opened_plan(order, means) as plan:
            tell_plan(plan)
        return
    with shown() as watch, opened(order, means, watch) as harvest:
        report = harvest.run()
    if in_json:
        click.echo(as_json(report))
    else:
        tell(report)
    raise click.exceptions.Exit(EXIT_CODES[report.verdict])
