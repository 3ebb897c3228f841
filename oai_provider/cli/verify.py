"""`oai-provider verify`: whether items are fit to be harvested."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from oai_provider.assembly import (
    open_provider,
    opener_of_preparing,
    utc_now,
)
from oai_provider.cli.reading import Reading as Files
from oai_provider.cli.reading import (
    as_path,
    jobs_option,
    repair_option,
    tell_passed_over,
)
from oai_provider.cli.report_files import ReportFiles, report_options
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
from oai_provider.verifier.pieces import (
    FilePiece,
    HeldPiece,
    Items,
    file_items,
    held_items,
)
from oai_provider.verifier.reading import Reading, opener_of_reading
from oai_provider.verifier.report import as_json, tell
from oai_provider.verifier.reporting import Setting, report_of
from oai_provider.verifier.survey import Counting

_NAMED: Final = 3
"""Names of what is judged that reports tell."""
_EPILOG = """Exit codes: 0 nothing is wrong at the level of errors, 1 errors were found,
2 a wrong call.

Examples:

\b
  oai-provider verify
  oai-provider verify 000_ce5b2683a573652e --profile openaire3
  oai-provider verify --files records/ new.yaml --profile base
  oai-provider verify --files harvest.xml --json
  oai-provider verify --files . --sarif verify.sarif --html verify.html
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
@report_options
@jobs_option("judge")
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
    reports: ReportFiles,
    jobs: int,
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
        from oai_provider.verifier.side_by_side import (  # noqa: PLC0415
            judgement_of,
        )
    except ModuleNotFoundError as error:
        message = f"verify needs {error.name}: pip install 'oai-provider[verify]'"
        raise Misused(message) from error
    items: Items[Any] = (
        _of_files(names, rules, config_file, reports)
        if in_files
        else _of_store(names, stored(config_file, store))
    )
    counting = Counting()
    passing = counting.passing if reports.wants_measures else iter
    with reports.opened(*map(Path, names if in_files else ())) as write:
        judgement = judgement_of(items, profile, jobs, passing)
        setting = Setting(
            made=utc_now(),
            folder=Path.cwd(),
            survey=counting.survey,
            subject=_subject(names),
        )
        write(lambda: report_of(judgement, catalogue(), setting))
    if in_json:
        click.echo(as_json(judgement))
    else:
        tell(judgement, catalogue(), Console(highlight=False))
    if not judgement.is_fit:
        raise click.exceptions.Exit(REFUSED)


def _subject(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more or "The items of the store"


def _opener(config: Config, provider: Provider) -> Callable[[], Reading]:
    opened = opener_of_preparing(config, provider.repository)
    return opener_of_reading(opened, utc_now().date())


def _of_files(
    names: Sequence[str],
    rules: frozenset[Rule],
    config_file: Path | None,
    reports: ReportFiles,
) -> Items[FilePiece]:
    if not names:
        raise Misused("--files judges files: name some, or . for the current folder")
    paths = [*map(as_path, names)]
    # Nothing is asked of a store, and none is made.
    config = configured(config_file, store="sqlite://")
    opener = _opener(config, open_provider(config, utc_now))
    tell_passed_over(paths)
    files = Files(rules=rules, sets=())
    found = (file for file in files_of(paths) if not reports.has(file))
    return file_items(found, files.piece, opener)


def _of_store(names: Sequence[str], config: Config) -> Items[HeldPiece]:
    provider = open_provider(config, utc_now)
    # What is due by now is there as all else.
    provider.store.now()
    missing = ", ".join(_missing(names, provider))
    if missing:
        raise Misused(f"there is no item {missing}; `oai-provider list` names all")
    wanted = {provider.repository.named(name) for name in names} | {*names}
    return held_items(provider.store, wanted, _opener(config, provider))


def _missing(names: Sequence[str], provider: Provider) -> Iterator[str]:
    held = {one.identifier for one in provider.store.embargoed()} if names else set()
    for name in names:
        is_held = held.intersection((name, provider.repository.identifier(name)))
        if not is_held and provider.item(name) is None:
            yield name
