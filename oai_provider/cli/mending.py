"""Repairs that `verify --fix` offers: shown as a diff, confirmed, and then written."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import item_json
from oai_provider.metadata.own_xml import described
from oai_provider.provider.ingest import Ingest
from oai_provider.sources.base import Read, Sourced
from oai_provider.verifier.finding import Finding
from oai_provider.verifier.fixing.files import WRITTEN, Done, mended_file
from oai_provider.verifier.fixing.items import Judging
from oai_provider.verifier.fixing.proposals import PROPOSALS
from oai_provider.verifier.fixing.showing import difference, told
from oai_provider.verifier.fixing.stored import (
    as_yaml,
    mended_data,
    mended_items,
    put_back,
)
from oai_provider.verifier.fixing.writing import Unwritten, replace_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A file or an item as it would be, and what writes it; None: nothing does."""

    name: str
    before: str
    after: str
    dones: tuple[Done, ...]
    write: Callable[[], None] | None

    @property
    def repairs(self) -> int:
        """How many repairs would be written."""
        made = sum(not one.reason for one in self.dones)
        return made if self.write else 0


def of_files(
    findings: Iterable[Finding],
    judging: Judging,
    read: Callable[[Path], Iterator[Read]],
) -> Iterator[Offer]:
    """Yield what can be mended in the files in which something was found."""
    for file, lines in _places(findings).items():
        if file.suffix.lower() not in WRITTEN:
            yield from _shown_only(file, lines, judging, read)
            continue
        try:
            one = mended_file(file, lines, judging)
        except OSError as error:
            click.echo(f"{file} cannot be read any more: {error.strerror}", err=True)
            continue
        write = partial(replace_file, file, one.after, one.digest)
        if one.dones:
            before, after = (d.decode("utf-8-sig") for d in (one.before, one.after))
            yield Offer(
                name=str(file), before=before, after=after, dones=one.dones, write=write
            )


def _places(findings: Iterable[Finding]) -> dict[Path, set[int]]:
    places: defaultdict[Path, set[int]] = defaultdict(set)
    for one in findings:
        file, _, line = one.place.rpartition(":")
        if one.rule in PROPOSALS and file and line.isdecimal():
            places[Path(file)].add(int(line))
    return dict(places)


def _shown_only(
    file: Path,
    lines: set[int],
    judging: Judging,
    read: Callable[[Path], Iterator[Read]],
) -> Iterator[Offer]:
    """Yield what a person has to write: these files have a form of their own."""
    for one in read(file):
        if isinstance(one, Sourced) and one.place.line in lines:
            try:
                full = described(one.item, judging.reading.maker.formats)
            except ItemError:
                continue
            data = item_json(full)
            after, mends = mended_data(data, judging)
            dones = tuple(Done(line=0, item="", mend=mend) for mend in mends)
            yield Offer(
                name=str(one.place),
                before=as_yaml(data),
                after=as_yaml(after),
                dones=dones,
                write=None,
            )


def of_store(
    findings: Iterable[Finding], judging: Judging, ingest: Ingest
) -> Iterator[Offer]:
    """Yield what can be mended in the items of a store."""
    names = dict.fromkeys(one.item for one in findings if one.rule in PROPOSALS)
    for one in mended_items(ingest.store, names, judging):
        before, after = one.texts
        yield Offer(
            name=one.identifier,
            before=before,
            after=after,
            dones=one.dones,
            write=partial(put_back, ingest, one),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """How repairs are offered to a person."""

    yes: bool
    err: bool
    """Whether they are shown beside the report, which programs read."""

    def offer(self, offers: Iterable[Offer]) -> "Outcome":
        """Show repairs, and write them if that is wanted."""
        shown = [one for one in offers if one.dones]
        for one in shown:
            self._show(one)
        ready = [one for one in shown if one.repairs]
        if not ready:
            click.echo("Nothing can be mended safely.", err=True)
            return Outcome(offered=0, written=0)
        offered = sum(one.repairs for one in ready)
        if not self._is_wanted(ready, offered):
            return Outcome(offered=offered, written=0)
        written = sum(_written(one) for one in ready)
        click.echo(f"{written} of {offered} repairs written", err=True)
        return Outcome(offered=offered, written=written)

    def _show(self, offer: Offer) -> None:
        for line in told(offer.name, offer.dones):
            click.echo(line, err=self.err)
        if offer.write is None:
            suffix = Path(offer.name.partition(":")[0]).suffix
            said = f"mends are not written into {suffix} files; shown as a diff"
            click.echo(f"{offer.name}: {said}", err=True)
        for line in difference(offer.name, offer.before, offer.after):
            click.secho(line, fg=_COLOURS.get(line[:1]), err=self.err)

    def _is_wanted(self, ready: Sequence[Offer], offered: int) -> bool:
        if self.yes:
            return True
        what = f"{_counted(offered, 'repair')} to {_counted(len(ready), 'file')}"
        if not sys.stdin.isatty():
            said = "there is no terminal to ask on; give --yes to write"
            click.echo(f"Nothing was written: {said} {what}", err=True)
            return False
        these = "this" if offered == 1 else "these"
        return click.confirm(f"Write {these} {what}?", err=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How many repairs were offered and how many are written."""

    offered: int
    written: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing that could be mended is left."""
        return self.offered == self.written


_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _written(offer: Offer) -> int:
    """Write an offer; tell why where that cannot be, and go on with the others."""
    assert offer.write is not None  # noqa: S101 - it is ready
    try:
        offer.write()
    except Unwritten as error:
        click.echo(str(error), err=True)
        return 0
    return offer.repairs
