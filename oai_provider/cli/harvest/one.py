"""`oai-provider harvest BASE_URL`: one endpoint into one place, and a verdict."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from oai_provider.cli.connecting import connecting_of, connecting_options
from oai_provider.cli.harvest.ending import EXIT_CODES, InPlace, interrupted, opening
from oai_provider.cli.harvest.options import (
    base_url,
    check_dates,
    order_options,
)
from oai_provider.cli.harvest.telling import (
    as_json,
    shown,
    tell,
    tell_explained,
    tell_plan,
)
from oai_provider.cli.settings import config_option, plainly
from oai_provider.harvester.explaining import explained
from oai_provider.harvester.opening import Means, opened, opened_memory, opened_plan
from oai_provider.harvester.order import Order, Report
from oai_provider.harvesting import means_of_harvest


@click.command(cls=InPlace, hidden=True)
@click.argument("base_url", metavar="BASE_URL", callback=base_url)
@order_options
@click.option("--json", "in_json", is_flag=True, help="Report as one JSON object.")
@click.option(
    "--explain", is_flag=True, help="Tell what is known of the endpoint; ask nothing."
)
@connecting_options
@config_option
@plainly
def one(
    *,
    in_json: bool,
    explain: bool,
    config_file: Path | None,
    **options: Any,  # noqa: ANN401 - the fields of an order, and of connecting
) -> None:
    """Harvest one endpoint; `oai-provider harvest --help` tells all of it."""
    check_dates(options["from_"], options["until"])
    order = Order(connecting=connecting_of(options), **options)
    if explain:
        with opening(), opened_memory(order) as state:
            tell_explained(explained(state, order.base_url), order, in_json=in_json)
        return
    means = means_of_harvest(config_file)
    if order.dry_run:
        with opened_plan(order, means) as plan:
            tell_plan(plan, in_json=in_json)
        return
    try:
        report = _harvested(order, means)
    except KeyboardInterrupt:
        interrupted("what came is kept; the same command goes on where it was")
    if in_json:
        click.echo(as_json(report))
    else:
        tell(report)
    raise click.exceptions.Exit(EXIT_CODES[report.verdict])


def _harvested(order: Order, means: Means) -> Report:
    with ExitStack() as stack:
        watch = stack.enter_context(shown())
        with opening():
            harvest = stack.enter_context(opened(order, means, watch))
        return harvest.run()
