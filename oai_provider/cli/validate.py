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
from oai_provider.harvester.order import Connecting
from oai_provider.resources import schemas_folder
from oai_provider.validator.catalogue import catalogue
from oai_provider.validator.endpoint import QUICK, USUAL, WHOLE, Endpoint
from oai_provider.validator.profiles.book import PROTOCOL, Profile, profiles
from oai_provider.validator.profiles.judging import judge
from oai_provider.validator.profiles.report import tell as tell_profile
from oai_provider.validator.recording import (
    Recorded,
    Recorder,
    RecordingError,
    Replay,
)
from oai_provider.validator.report import as_json, tell
from oai_provider.validator.reporting import exit_code, report_of
from oai_provider.validator.rules import checks
from oai_provider.validator.run import Judgement
from oai_provider.validator.transport import HttpTransport
from oai_provider.xsd import Schemas

_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_EPILOG = """Exit codes: 0 compliant and all would be taken, 1 errors were found, or
something would not be taken, 2 a wrong call, 3 no answer.

Examples:

\b
  oai-provider validate https://example.org/oai
  oai-provider validate https://example.org/oai --html report.html
  oai-provider validate https://example.org/oai --quick --junit validate.xml
  oai-provider validate https://example.org/oai --record oai.jsonl
  oai-provider validate https://example.org/oai --profile base
  oai-provider validate --replay oai.jsonl --profile openaire3 --json
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
    help="Read lists to their end: some 200 MB of memory for 100,000 records.",
)
@click.option(
    "--seed",
    type=int,
    metavar="N",
    help="Draw the samples that N drew before  [default: others each time]",
)
@click.option(
    "--profile",
    "profile_name",
    type=click.Choice(list(profiles())),
    metavar="WHO",
    help="Tell, too, whether they would take the records:"
    f" {', '.join(name for name in profiles() if name != PROTOCOL)}"
    f"  [default: {PROTOCOL}, the protocol alone]",
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
    profile_name: str | None,
    in_json: bool,
    reports: ReportFiles,
    record: Path | None,
    replay: Path | None,
    **options: Any,  # noqa: ANN401 - the fields of connecting
) -> None:
    """Tell whether an endpoint keeps to OAI-PMH 2.0, and what to mend where not.

    It is asked fewer than 300 requests, one at a time but for two that are made
    together. Schemas that are not known here are read from their own addresses, four
    at the most. Every finding names the clause that is broken, the request that
    shows it, and what mends it; what could not be checked is told as well.
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
        profile=profile_name or PROTOCOL,
    )
    with reports.opened(record, replay) as write:
        with _opened(said, connecting, record, replay) as (endpoint, recorded):
            profile = _profile(profile_name or recorded)
            judgement = judge(endpoint, checks(), catalogue(), profile)
        try:
            write(lambda: report_of(judgement, catalogue(), utc_now()))
        finally:
            # A full disk takes a report from nobody who waited for it.
            _tell(judgement, endpoint.seed, in_json=in_json)
    raise click.exceptions.Exit(exit_code(judgement))


def _profile(name: str) -> Profile:
    if name not in profiles():
        raise Misused(f"the recording was made for {name}, which is no profile")
    return profiles()[name]


@contextmanager
def _opened(
    said: Recorded, connecting: Connecting, record: Path | None, replay: Path | None
) -> Iterator[tuple[Endpoint, str]]:
    """Open what is judged, and the profile it was recorded for, if it was."""
    schemas = Schemas(schemas_folder())
    try:
        if replay is not None:
            known = Replay(replay)
            yield _endpoint(known.recorded, known, schemas), known.recorded.profile
            return
        with closing(HttpTransport(said.base_url, connecting)) as transport:
            if record is None:
                yield _endpoint(said, transport, schemas), said.profile
                return
            with closing(Recorder(transport, record, said)) as recorder:
                yield _endpoint(said, recorder, schemas), said.profile
    except RecordingError as error:
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
    tell_profile(judgement.profile, console)
    console.print(f"The samples were drawn by --seed {seed}.", style="dim")
