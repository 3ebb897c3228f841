"""Items judged by one process or by several, with the same judgement.

Each process judges pieces by rules of its own; what items are beside each other is
judged where all come together, over little of each. Too few are not worth the start of
a process.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Final, Generic, TypeVar

from oai_provider.provider.processes import Workforce
from oai_provider.verifier.catalogue import catalogue
from oai_provider.verifier.part import Judge, Part, judge_for
from oai_provider.verifier.pieces import Items
from oai_provider.verifier.reading import Judged, Reading
from oai_provider.verifier.rules import batch_checks, checks
from oai_provider.verifier.run import Judgement, together

PieceT = TypeVar("PieceT")

_FEWEST: Final = 4
"""Pieces for which other processes are begun."""


Passing = Callable[[Iterable[Judged]], Iterator[Judged]]
"""Yields what it is given, and looks at it on the way."""


def judgement_of(
    items: Items[PieceT], profile: str, jobs: int, passing: Passing = iter
) -> Judgement:
    """Return the judgement of items for a profile, by so many processes at most.

    Where somebody looks at them on the way it is this one alone.
    """
    work = _Work(
        open_reading=items.open_reading,
        subjects=items.subjects,
        profile=profile,
        passing=passing,
    )
    pieces = iter(items.pieces)
    start = [*islice(pieces, _FEWEST)]
    is_much = jobs > 1 and passing is iter and len(start) == _FEWEST
    judged = _by_several if is_much else _alone
    with closing(judged(work, chain(start, pieces), jobs)) as parts:
        return together(parts, batch_checks(), catalogue(), profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work(Generic[PieceT]):
    """All that a process needs to judge pieces."""

    open_reading: Callable[[], Reading]
    subjects: Callable[[Reading, PieceT], Iterator[Judged]]
    profile: str
    passing: Passing

    def opened(self) -> Callable[[PieceT], Part]:
        judge = judge_for(self.profile, checks(), catalogue())
        return partial(self._part, judge, self.open_reading())

    def _part(self, judge: Judge, reading: Reading, piece: PieceT) -> Part:
        return judge.part(self.passing(self.subjects(reading, piece)))


def _alone(
    work: _Work[PieceT], pieces: Iterable[PieceT], _: int
) -> Generator[Part, None, None]:
    yield from map(work.opened(), pieces)


def _by_several(
    work: _Work[PieceT], pieces: Iterable[PieceT], jobs: int
) -> Generator[Part, None, None]:
    workforce: Workforce[PieceT, Part] = Workforce(
        opened=work.opened,
        module=__name__,
        jobs=jobs,
        ended="a process that judged items was ended from outside, for want of memory"
        " perhaps: verify again with --jobs 1",
    )
    with closing(workforce.done(pieces)) as done:
        yield from (part for _, part in done if part is not None)
