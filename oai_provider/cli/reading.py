"""Options of the commands that read files, and the reading itself."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

import click

from oai_provider.protocol.names import SET_SPEC_RULE, is_set_spec
from oai_provider.sources.base import Read, Sourced
from oai_provider.sources.item_files import read_lines
from oai_provider.sources.journal_page import ALL_RULES
from oai_provider.sources.paths import passed_over, read_path
from oai_provider.sources.pieces import Piece
from oai_provider.sources.repairs import Rule

Decorated = TypeVar("Decorated", bound=Callable[..., object])
_ALL = "all"


def _set_spec(
    _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    for spec in value:
        if not is_set_spec(spec):
            raise click.BadParameter(f"{spec!r} is not legal: {SET_SPEC_RULE}")
    return value


def _rules(
    _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> frozenset[Rule]:
    return frozenset() if _ALL in value else ALL_RULES - {*map(Rule, value)}


def _processors() -> int:
    """Return how many processors this process may use, where a system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def jobs_option(work: str) -> Callable[[Decorated], Decorated]:
    """Return the option that says how many processes do some work."""
    return click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        default=_processors,
        metavar="N",
        help=f"Processes that {work}  [default: one for each processor]",
    )


def as_path(value: str) -> Path:
    """Return the path that was typed. Raises `click.BadParameter` if none was."""
    if not value:
        # Path("") would be the current folder: think of an unset shell variable.
        raise click.BadParameter("a path is empty; write . for the current folder")
    return Path(value)


set_option = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="S",
    callback=_set_spec,
    help="Put every item into this set, too. Repeatable.",
)
repair_option = click.option(
    "--no-repair",
    "rules",
    multiple=True,
    type=click.Choice([*map(str, Rule), _ALL]),
    callback=_rules,
    help="Leave this kind of fault in page texts as it is. Repeatable.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How files are read: by which rules, and into which sets their items go."""

    rules: Collection[Rule]
    sets: tuple[str, ...]

    def file(self, file: Path) -> Iterator[Read]:
        """Yield what a file holds."""
        return self._placed(read_path(file, rules=self.rules))

    def _placed(self, reads: Iterable[Read]) -> Iterator[Read]:
        """Put items into the sets that all shall go into."""
        for read in reads:
            if isinstance(read, Sourced) and self.sets:
                sets = tuple(dict.fromkeys((*read.item.sets, *self.sets)))
                yield replace(read, item=read.item.model_copy(update={"sets": sets}))
            else:
                yield read

    def piece(self, piece: Piece) -> Iterator[Read]:
        """Yield what a piece of a file holds."""
        if piece.lines is None:
            return self.file(piece.file)
        return self._placed(read_lines(piece.file, piece.lines, piece.first))

    def files(self, files: Iterable[Path]) -> Iterator[Read]:
        """Yield what files hold, one after the other."""
        return chain.from_iterable(map(self.file, files))


def tell_passed_over(paths: Iterable[Path]) -> None:
    """Tell of the files in folders that are not read."""
    for file in passed_over(paths):
        if file.name.partition(".db")[1]:
            continue  # A store beside the files, with its log.
        click.echo(f"{file}: passed over: not a kind of file that is read", err=True)
