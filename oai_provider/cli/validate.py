"""`oai-provider validate`: whether an endpoint keeps to OAI-PMH 2.0."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import SystemRandom
from typing import Any, Final

import click
from rich.console import Console

from oai_provider.assembly import utc_now
from oai_provider.cli.connecting import connecting_of, connecting_options
from oai_provider.cli.harvest.options import base_url as web_address
from oai_provider.cli.report_files import ReportFiles, report_options
from oai_provider.cli.settings import Misused, plainly
from oai_provider.errors import OaiProviderError
from oai_provider.harvester.order import Connecting
from oai_provider.resources import schemas_folder
from oai_provider.validator.catalogue import catalogue
from oai_provider.validator.endpoint import QUICK, USUAL, WHOLE, Endpoint
from oai_provider.validator.recording import Recorded, Recorder, Replay
from oai_provider.validator.report import as_json, tell
from oai_provider.validator.reporting import EXIT_CODES, report_of
from oai_provider.validator.rules import checks
from oai_provider.validator.run import Judgement
from oai_provider.validator.run import validate as judge
from oai_provider.validator.transport import HttpTransport
from oai_provider.xsd import Schemas

_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_EPILOG = """Exit codes: 0 compliant, 1 errors were found, 2 a wrong call, 3 no answer.

Examples:

\b
  oai-provider validate https://example.org/oai
  oai-provider validate https://example.org/oai --html report.html
  oai-provider validate https://example.org/oai --quick --junit validate.xml
  oai-provider validate https://example.org/oai --record oai.jsonl
  oai-provider validate --replay oai.jsonl --json
"""


def _address(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    return None if value is None else web_address(context, parameter, value)


@click.command(epilog=_EPILOG)
@click.argument("base_url", required=False, callback=_address)
@click.option("--quick", is_flag=True, help="Make fewer than 60 requests.")
@click.option(
    "--whole",
    is_flag=True,
    help="Read lists to their end, and hold them in memory: some MB a 1000 records.",
)
@click.option(
    "--seed",
    type=int,
    metavar="N",
    help="Draw the samples that N drew before  [default: others each time]",
)
@click.option("--json", "in_json", is_flag=True, help="Report as one JSON object.")
@report_options
@click.option("--record", type=_FILE, metavar="FILE", help="Keep all exchanges.")
@click.option(
    "--replay",
    type=_FILE,
    metavar="FILE",
    help="Judge what --record kept; nothing is asked.",
)
@connecting_options
@plainly
def validate(  # noqa: PLR0913 - an option each
    *,
    base_url: str | None,
    quick: bool,
    whole: bool,
    seed: int | None,
    in_json: bool,
    reports: ReportFiles,
    record: Path | None,
    replay: Path | None,
    **options: Any,  # noqa: ANN401 - the fields of connecting
) -> None:
    """Tell whether an endpoint keeps to OAI-PMH 2.0, and what to mend where not.

    It is asked fewer than 300 requests, one at a time. Every finding names the
    clause that is broken, the request that shows it, and what mends it; what could
    not be checked is told as well.
    """
    connecting = connecting_of(options)
    if (base_url is None) is (replay is None):
        raise Misused("name either a BASE_URL or a recording by --replay")
    if replay is not None and (record or quick or whole or seed is not None):
        raise Misused("--replay judges as was recorded: leave the other options out")
    if quick and whole:
        raise Misused("--quick and --whole are both given: give one")
    if connecting.method == "POST":
        raise Misused("--post is given: both methods are tried anyway, leave it out")
    said = Recorded(
        base_url=base_url or "",
        depth=QUICK if quick else WHOLE if whole else USUAL,
        seed=SystemRandom().randrange(1_000_000) if seed is None else seed,
    )
    with reports.opened(record, replay) as write:
        with _opened(said, connecting, record, replay) as endpoint:
            judgement = judge(endpoint, checks(), catalogue())
        try:
            write(lambda: report_of(judgement, catalogue(), utc_now()))
        finally:
            # A full disk takes a report from nobody who waited for it.
            _tell(judgement, endpoint.seed, in_json=in_json)
    raise click.exceptions.Exit(EXIT_CODES[judgement.verdict])


@contextmanager
def _opened(
    said: Recorded, connecting: Connecting, record: Path | None, replay: Path | None
) -> Iterator[Endpoint]:
    schemas = Schemas(schemas_folder())
    if replay is not None:
        known = _replay(replay)
        yield _endpoint(known.recorded, known, schemas)
        return
    with closing(HttpTransport(said.base_url, connecting)) as transport:
        if record is None:
            yield _endpoint(said, transport, schemas)
            return
        with closing(Recorder(transport, record, said)) as recorder:
            yield _endpoint(said, recorder, schemas)


def _replay(file: Path) -> Replay:
    try:
        return Replay(file)
    except OaiProviderError as error:
        raise Misused(str(error)) from error


def _endpoint(
    said: Recorded, transport: HttpTransport | Recorder | Replay, schemas: Schemas
) -> Endpoint:
    return Endpoint(
        said.base_url, transport, schemas=schemas, depth=said.depth, seed=said.seed
    )


def _tell(judgement: Judgement, seed: int, *, in_json: bool) -> None:
    if in_json:
        click.echo(as_json(judgement))
        return
    console = Console(highlight=False)
    tell(judgement, console)
    console.print(f"The samples were drawn by --seed {seed}.", style="dim")
