"""Repairs of one item, each judged by all rules before it is kept.

A repair that leaves what its rule found, or of which any other rule makes a finding, is
none. An item that could not be read and now can is judged for the first time: what is
found in it then was there before.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oai_provider.sources.base import Place
from oai_provider.sources.mapping import read_mapping
from oai_provider.verifier.finding import Check
from oai_provider.verifier.fixing.acts import Act, Data, Mend, Put, done
from oai_provider.verifier.fixing.proposals import PROPOSALS, Found, proposed
from oai_provider.verifier.reading import Reading, Refused
from oai_provider.verifier.run import FAILED, REFUSED

_HERE: Final = Place(Path("item"), 1)
_MOST: Final = 1000
"""Repairs of one kind of one item: beyond that something is amiss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Which rules find what in items as they are written."""

    reading: Reading
    checks: Sequence[Check]
    """Those of all profiles: what pleases one must not vex another."""

    def found(self, data: Data) -> tuple[Found, ...]:
        """Return all that is found in an item."""
        return tuple(self._found(data))

    def is_mendable(self, data: Data) -> bool:
        """Tell whether anything is found that can be mended at times."""
        return any(one.rule in PROPOSALS for one in self._found(data))

    def _found(self, data: Data) -> Iterator[Found]:
        for one in self.reading.read(read_mapping(data, _HERE)):
            if isinstance(one, Refused):
                yield Found(rule=REFUSED, field=one.field, value=one.reason)
                continue
            for rule in self.checks:
                try:
                    for breach in rule.find(one):
                        yield Found(
                            rule=rule.code, field=breach.field, value=breach.value
                        )
                except Exception:  # noqa: BLE001 - whatever an item makes of a rule
                    yield Found(rule=FAILED, field=rule.code)


def mended(
    data: Data, kind: type[Act], judging: Judging
) -> tuple[Data, tuple[Mend, ...]]:
    """Return an item after all repairs of a kind, and these in their order."""
    kept: list[Mend] = []
    before = judging.found(data)
    tried: set[Mend] = set()
    while len(kept) < _MOST:
        mends = [m for m in _of_kind(data, kind, before) if m not in tried]
        if not mends:
            break
        for mend in mends:
            tried.add(mend)
            new = done(data, mend.acts)
            after = judging.found(new)
            if _is_better(mend, before, after):
                data, before = new, after
                kept.append(mend)
        if kind is not Put:
            break
    return data, tuple(kept)


def _of_kind(data: Data, kind: type[Act], found: Sequence[Found]) -> Iterator[Mend]:
    """Yield what may be done, from the end of every list to its beginning."""
    mends = [
        mend
        for one in found
        if one.rule in PROPOSALS
        for mend in proposed(data, one)
        if mend.kind is kind
    ]
    yield from sorted(mends, key=lambda mend: mend.order, reverse=True)


def _is_better(mend: Mend, before: Sequence[Found], after: Sequence[Found]) -> bool:
    old = Counter(one.rule for one in before)
    new = Counter(one.rule for one in after)
    if old[REFUSED] and not new[REFUSED]:
        return True
    return new[mend.rule] < old[mend.rule] and new <= old
