"""`oai-provider verify`: whether items are fit to be harvested."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console

from oai_provider.assembly import (
    open_provider,
    opener_of_preparing,
    utc_now,
)
from oai_provider.cli.reading import Reading as Files
from oai_provider.cli.reading import as_path, repair_option, tell_passed_over
from oai_provider.cli.settings import (
    REFUSED,
    Misused,
    config_option,
    configured,
    plainly,
    store_option,
    stored,
)
from oai_provider.config import Config
from oai_provider.provider.answer import Provider
from oai_provider.sources.paths import files_of
from oai_provider.sources.repairs import Rule
from oai_provider.verifier.catalogue import PROFILES, catalogue
from oai_provider.verifier.csv_report import as_csv
from oai_provider.verifier.reading import Judged, Reading
from oai_provider.verifier.report import as_json, tell
from oai_provider.verifier.run import verify as judge

_EPILOG = """Exit codes: 0 nothing is wrong at the level of errors, 1 errors were found,
2 a wrong call.

Examples:

\b
  oai-provider verify
  oai-provider verify 000_ce5b2683a573652e --profile openaire3
  oai-provider verify --files records/ new.yaml --profile base
  oai-provider verify --files harvest.xml --json
"""


@click.command(epilog=_EPILOG)
@click.argument("names", metavar="[IDENTIFIER|PATH]...", nargs=-1)
@click.option(
    "--files", "in_files", is_flag=True, help="Judge files and folders instead."
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="oai",
    show_default=True,
    help="Judge by what this harvester wants.",
)
@click.option("--json", "in_json", is_flag=True, help="Report as one JSON object.")
@click.option(
    "--csv",
    "csv_file",
    type=click.File("w", encoding="utf-8", lazy=False, atomic=True),
    metavar="FILE",
    help="Report as CSV, too, a finding a line.",
)
@repair_option
@store_option
@config_option
@plainly
def verify(  # noqa: PLR0913 - an option each
    *,
    names: tuple[str, ...],
    in_files: bool,
    profile: str,
    in_json: bool,
    csv_file: TextIO | None,
    rules: frozenset[Rule],
    store: str | None,
    config_file: Path | None,
) -> None:
    """Tell whether items are fit to be harvested, and what to mend where not.

    All items of the store are judged, those that are named, or those in files that
    need not be loaded. Nothing is changed, and nothing is asked of the network.
    """
    try:
        # Needed by this command alone, and not always installed.
        from oai_provider.verifier.rules import (  # noqa: PLC0415
            batch_checks,
            checks,
        )
    except ModuleNotFoundError as error:
        message = f"verify needs {error.name}: pip install 'oai-provider[verify]'"
        raise Misused(message) from error
    if in_files:
        judged = _of_files(names, rules, config_file)
    else:
        judged = _of_store(names, stored(config_file, store))
    judgement = judge(judged, checks(), batch_checks(), catalogue(), profile)
    if csv_file is not None:
        csv_file.write(as_csv(judgement.findings))
    if in_json:
        click.echo(as_json(judgement))
    else:
        tell(judgement, catalogue(), Console(highlight=False))
    if not judgement.is_fit:
        raise click.exceptions.Exit(REFUSED)


def _reading(config: Config, provider: Provider) -> Reading:
    preparing = opener_of_preparing(config, provider.repository)()
    return Reading(
        maker=preparing.maker, set_rules=preparing.set_rules, today=utc_now().date()
    )


def _of_files(
    names: Sequence[str], rules: frozenset[Rule], config_file: Path | None
) -> Iterator[Judged]:
    if not names:
        raise Misused("--files judges files: name some, or . for the current folder")
    paths = [*map(as_path, names)]
    # Nothing is asked of a store, and none is made.
    config = configured(config_file, store="sqlite://")
    reading = _reading(config, open_provider(config, utc_now))
    tell_passed_over(paths)
    files = Files(rules=rules, sets=())
    return reading.read(files.files(files_of(paths)))


def _of_store(names: Sequence[str], config: Config) -> Iterator[Judged]:
    provider = open_provider(config, utc_now)
    # What is due by now is there as all else.
    provider.store.now()
    missing = ", ".join(_missing(names, provider))
    if missing:
        raise Misused(f"there is no item {missing}; `oai-provider list` names all")
    return _reading(config, provider).stored(provider.store, names)


def _missing(names: Sequence[str], provider: Provider) -> Iterator[str]:
    held = {one.identifier for one in provider.store.embargoed()} if names else set()
    for name in names:
        is_held = held.intersection((name, provider.repository.identifier(name)))
        if not is_held and provider.item(name) is None:
            yield name
