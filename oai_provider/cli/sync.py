"""`oai-provider sync`: the repository becomes what a folder or file holds."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click
from rich.progress import Progress

from oai_provider.assembly import open_ingest, utc_now
from oai_provider.cli.reading import (
    Reading,
    as_path,
    repair_option,
    set_option,
    tell_passed_over,
)
from oai_provider.cli.reports import Tally, lines_of, progress_bar
from oai_provider.cli.settings import (
    REFUSED,
    config_option,
    configured,
    plainly,
    store_option,
)
from oai_provider.provider.ingest import Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.provider.sync import Plan, Sync
from oai_provider.sources.base import Place, Read, Unreadable
from oai_provider.sources.paths import files_of, lost_links
from oai_provider.sources.repairs import Rule
from oai_provider.store.addresses import is_absent
from oai_provider.store.base import Outcome

_MOST_SHOWN: Final = 20
_EPILOG = """Examples:

\b
  oai-provider sync records/ --dry-run
  oai-provider sync records/
  oai-provider sync export.jsonl --force
"""


def _path(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    return as_path(value)


@click.command(epilog=_EPILOG)
@click.argument("path", metavar="FOLDER|FILE", callback=_path)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do not.")
@click.option(
    "--force",
    is_flag=True,
    help="Delete what is gone, even if it is more than 20 % of the items, or if it"
    " cannot be told whether something that is refused is among it.",
)
@set_option
@repair_option
@store_option
@config_option
@plainly
def sync(  # noqa: PLR0913 - an option each
    *,
    path: Path,
    dry_run: bool,
    force: bool,
    sets: tuple[str, ...],
    rules: frozenset[Rule],
    store: str | None,
    config_file: Path | None,
) -> None:
    """Make the repository hold what a folder or file holds.

    What is in it is loaded as `load` does it; items that are not in it any more are
    deleted. What is refused is told, and stays as it was. Items that were harvested
    are deleted only if there are harvested records (OAI-PMH responses) in the folder.
    """
    config = configured(config_file, store=store)
    if dry_run and is_absent(config.store.url):
        config = configured(config_file, store="sqlite://")
    syncing = _Syncing(
        Sync(open_ingest(config, utc_now)),
        Reading(rules=rules, sets=sets),
        path,
        force=force,
    )
    tell_passed_over([path])
    with progress_bar() as progress:
        plan = syncing.plan(progress)
        if not dry_run:
            syncing.carry_out(plan, progress)
    if dry_run:
        syncing.show(plan)
    click.echo(f"{syncing.tally} (nothing stored)" if dry_run else str(syncing.tally))
    syncing.check(plan)
    if withheld := syncing.withheld(plan):
        click.echo(withheld, err=True)
    if withheld or syncing.tally.refused:
        raise click.exceptions.Exit(REFUSED)


class _Syncing:
    """A sync with all that is told of it."""

    def __init__(
        self, sync_: Sync, reading: Reading, path: Path, *, force: bool
    ) -> None:
        self._sync = sync_
        self._reading = reading
        self._path = path
        self._force = force
        self._told: set[int] = set()
        self.tally = Tally()

    @property
    def _deletes(self) -> bool:
        """Whether what is gone can be told from what was refused, or need not be."""
        return self._force or not self._sync.unnamed

    def plan(self, progress: Progress) -> Plan:
        """Read the folder, and return what is to be deleted."""
        self._go_through(self._sync.foresee(self._reads()), progress, "reading")
        return self._sync.plan()

    def check(self, plan: Plan) -> None:
        """Raise `SyncError` if too much would be deleted unasked."""
        if not self._force:
            plan.check(withheld=not self._deletes)

    def show(self, plan: Plan) -> None:
        """Show what is gone."""
        for identifier in plan.gone[:_MOST_SHOWN]:
            click.echo(f"{identifier}: is gone")
        if len(plan.gone) > _MOST_SHOWN:
            click.echo(f"and {len(plan.gone) - _MOST_SHOWN} more")
        if self._deletes:
            self.tally.numbers[Outcome.DELETED] += len(plan.gone)

    def carry_out(self, plan: Plan, progress: Progress) -> None:
        """Read the folder again and store what is in it; then delete what is gone."""
        self.check(plan)
        self.tally = Tally()
        self._go_through(self._sync.store(self._reads()), progress, "storing")
        if not self._deletes:
            return
        task = progress.add_task("deleting")
        for outcome in self._sync.delete(plan):
            self.tally.numbers[Outcome.DELETED] += outcome is Outcome.DELETED
            progress.update(task, description=f"deleting: {self.tally}")

    def withheld(self, plan: Plan) -> str:
        """Say why nothing is deleted, if anything would be."""
        if self._deletes or not plan.gone:
            return ""
        numbers = f"{self._sync.unnamed} refused, {len(plan.gone)} gone"
        return (
            "nothing that is gone is deleted: it may be among what was refused"
            f" without a certain id ({numbers}); mend that, or repeat with --force"
        )

    def _reads(self) -> Iterator[Read]:
        files = files_of([self._path])
        for link in lost_links([self._path]):
            # What it stands for is not gone: perhaps a disk is not mounted.
            reason = "is a link that leads nowhere: mend it, or remove it"
            yield Unreadable(place=Place(link), reason=reason)
        yield from self._reading.files(files)

    def _go_through(
        self, reports: Iterable[Loaded | Refusal], progress: Progress, doing: str
    ) -> None:
        task = progress.add_task(doing)
        for report in reports:
            self._tell(report)
            self.tally.count(report)
            progress.update(task, description=f"{doing}: {self.tally}")
        progress.remove_task(task)

    def _tell(self, report: Loaded | Refusal) -> None:
        """Tell in the second reading only what is new in it."""
        for line in lines_of(report):
            if hash(line) not in self._told:
                self._told.add(hash(line))
                click.echo(line, err=True)
