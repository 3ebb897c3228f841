"""`oai-provider verify`: whether items are fit to be harvested."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console

from oai_provider.assembly import (
    open_ingest,
    open_provider,
    opener_of_preparing,
    utc_now,
)
from oai_provider.cli.links import with_links
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
from oai_provider.verifier.finding import Finding
from oai_provider.verifier.links.checking import Links
from oai_provider.verifier.pieces import Items, file_items, held_items
from oai_provider.verifier.reading import Judged, Reading, opener_of_reading
from oai_provider.verifier.report import as_json, tell
from oai_provider.verifier.reporting import Setting, report_of
from oai_provider.verifier.run import Judgement
from oai_provider.verifier.survey import Counting

if TYPE_CHECKING:
    from oai_provider.cli.mending import Offer
    from oai_provider.verifier.fixing.items import Judging

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
  oai-provider verify --files records/ --fix
  oai-provider verify --links
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
@click.option(
    "--links", is_flag=True, help="Ask the hosts of all addresses whether they lead on."
)
@click.option(
    "--links-per-host",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    metavar="N",
    help="Ask no host for more than this.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Show safe repairs as a diff, and write them after a question.",
)
@click.option("--yes", is_flag=True, help="Write what --fix shows without asking.")
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
    links: bool,
    links_per_host: int,
    fix: bool,
    yes: bool,
    jobs: int,
    rules: frozenset[Rule],
    store: str | None,
    config_file: Path | None,
) -> None:
    """Tell whether items are fit to be harvested, and what to mend where not.

    All items of the store are judged, those that are named, or those in files that
    need not be loaded. Nothing is changed without --fix, and nothing is asked of the
    network without --links.
    """
    if yes and not fix:
        raise Misused("--yes answers the question of --fix: give both")
    target = (
        _files(names, rules, config_file, reports)
        if in_files
        else _store(names, stored(config_file, store))
    )
    judging = _Judging(target=target, profile=profile, jobs=jobs)
    counting = Counting()
    passing = counting.passing if reports.wants_measures else iter
    with reports.opened(*map(Path, names if in_files else ())) as write:
        judgement = judging.judgement(passing, links_per_host if links else 0)
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
    is_fit = judgement.is_fit
    if fix:
        is_fit = judging.is_fit_when_mended(judgement, yes=yes, in_json=in_json)
    if not is_fit:
        raise click.exceptions.Exit(REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What is judged, and what may be mended in it."""

    items: Callable[[], Items[Any]]
    offers: Callable[[Iterable[Finding], "Judging"], Iterator["Offer"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    """What is judged, for whom, by how many processes."""

    target: _Target
    profile: str
    jobs: int

    def judgement(
        self,
        passing: Callable[[Iterable[Judged]], Iterator[Judged]] = iter,
        links_per_host: int = 0,
    ) -> Judgement:
        """Return the judgement; links are asked if any host may be asked for some."""
        try:
            # Needed by this command alone, and not always installed.
            from oai_provider.verifier.side_by_side import (  # noqa: PLC0415
                judgement_of,
            )
        except ModuleNotFoundError as error:
            message = f"verify needs {error.name}: pip install 'oai-provider[verify]'"
            raise Misused(message) from error
        items = self.target.items()
        if not links_per_host:
            return judgement_of(items, self.profile, self.jobs, passing)
        met = Links()
        told = judgement_of(
            items, self.profile, self.jobs, lambda judged: met.noted(passing(judged))
        )
        return with_links(told, met, links_per_host)

    def is_fit_when_mended(
        self, judgement: Judgement, *, yes: bool, in_json: bool
    ) -> bool:
        """Offer repairs, and tell whether all is well after those that were made.

        While there are repairs that are not made, it is not.
        """
        # All of it needs the extra.
        from oai_provider.cli.mending import Mending  # noqa: PLC0415
        from oai_provider.verifier.fixing.items import (  # noqa: PLC0415
            Judging,
        )
        from oai_provider.verifier.rules import checks  # noqa: PLC0415

        judging = Judging(reading=self.target.items().open_reading(), checks=checks())
        offers = self.target.offers(judgement.findings, judging)
        outcome = Mending(yes=yes, err=in_json).offer(offers)
        after = self.judgement() if outcome.written else judgement
        return outcome.is_whole and after.is_fit


def _subject(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more or "The items of the store"


def _opener(config: Config, provider: Provider) -> Callable[[], Reading]:
    opened = opener_of_preparing(config, provider.repository)
    return opener_of_reading(opened, utc_now().date())


def _files(
    names: Sequence[str],
    rules: frozenset[Rule],
    config_file: Path | None,
    reports: ReportFiles,
) -> _Target:
    if not names:
        raise Misused("--files judges files: name some, or . for the current folder")
    paths = [*map(as_path, names)]
    # Nothing is asked of a store, and none is made.
    config = configured(config_file, store="sqlite://")
    opener = _opener(config, open_provider(config, utc_now))
    tell_passed_over(paths)
    files = Files(rules=rules, sets=())

    def items() -> Items[Any]:
        found = (file for file in files_of(paths) if not reports.has(file))
        return file_items(found, files.piece, opener)

    def offers(findings: Iterable[Finding], judging: "Judging") -> Iterator["Offer"]:
        from oai_provider.cli.mending import of_files  # noqa: PLC0415 - needs the extra

        return of_files(findings, judging, files.file)

    return _Target(items=items, offers=offers)


def _store(names: Sequence[str], config: Config) -> _Target:
    provider = open_provider(config, utc_now)
    # What is due by now is there as all else.
    provider.store.now()
    missing = ", ".join(_missing(names, provider))
    if missing:
        raise Misused(f"there is no item {missing}; `oai-provider list` names all")
    wanted = {provider.repository.named(name) for name in names} | {*names}
    opener = _opener(config, provider)

    def offers(findings: Iterable[Finding], judging: "Judging") -> Iterator["Offer"]:
        from oai_provider.cli.mending import of_store  # noqa: PLC0415 - needs the extra

        return of_store(findings, judging, open_ingest(config, utc_now))

    return _Target(
        items=lambda: held_items(provider.store, wanted, opener), offers=offers
    )


def _missing(names: Sequence[str], provider: Provider) -> Iterator[str]:
    held = {one.identifier for one in provider.store.embargoed()} if names else set()
    for name in names:
        is_held = held.intersection((name, provider.repository.identifier(name)))
        if not is_held and provider.item(name) is None:
            yield name
