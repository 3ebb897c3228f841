"""Who is in which set, and who should be by the rules as they are now.

An item's own sets are in its source, so that those it is in by rule can be told apart:
it is in its own and in those whose rules hold, and in nothing else.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.format import Formats
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.journals import Journals
from oai_provider.metadata.own_xml import described_source
from oai_provider.protocol.names import with_ancestors
from oai_provider.provider.set_rules import SetRules
from oai_provider.store.base import ItemWrite, Outcome, Store


@dataclass(frozen=True, slots=True)
class Tallies:
    """How many items each set holds, will get and will lose; those below it count."""

    now: Counter[str] = field(default_factory=Counter)
    joining: Counter[str] = field(default_factory=Counter)
    leaving: Counter[str] = field(default_factory=Counter)


class Memberships:
    """The sets of all items of a store, as they are and as they should be.

    `unread` counts the items met whose sources this release cannot read: they stay
    where they are.
    """

    def __init__(
        self,
        store: Store,
        rules: SetRules,
        formats: Formats,
        journals: Journals | None = None,
    ) -> None:
        self._store = store
        self._formats = formats
        self._journals = journals or Journals()
        self._rules = rules
        self.unread = 0

    def tallies(self) -> Tallies:
        """Return how many items each set holds, and what the rules would change."""
        found = Tallies()
        for stored in self._store.items():
            if stored.header.deleted:
                continue
            before = _lists(stored.header.set_specs)
            found.now.update(before)
            set_specs = self._should_be(stored.source)
            if set_specs is not None:
                after = _lists(set_specs)
                found.joining.update(after - before)
                found.leaving.update(before - after)
        return found

    def changes(self) -> Iterator[ItemWrite]:
        """Yield the items whose sets are not what they should be; all else stays."""
        formats = frozenset(f.metadata_prefix for f in self._store.formats())
        # One that is released meanwhile is met twice, not never.
        yield from self._changes_of_embargoed(formats)
        for stored in self._store.items():
            header = stored.header
            set_specs = None if header.deleted else self._should_be(stored.source)
            if set_specs is not None and {*set_specs} != {*header.set_specs}:
                yield _write(header.identifier, stored.source, set_specs, formats)

    def _changes_of_embargoed(self, formats: frozenset[str]) -> Iterator[ItemWrite]:
        """Yield those of which the store says that they are in other sets."""
        for held in self._store.embargoed():
            set_specs = self._should_be(held.source)
            if set_specs is not None:
                write = _write(held.identifier, held.source, set_specs, formats)
                write = replace(write, release=held.release)
                (foreseen,) = self._store.foresee([write])
                if foreseen.outcome is not Outcome.UNCHANGED:
                    yield write

    def _should_be(self, source: str) -> tuple[str, ...] | None:
        try:
            return self._rules.sets_of(self._item(source))
        except ItemError:
            self.unread += 1
            return None

    def _item(self, source: str) -> Item:
        """Return what a source says; only rules ask for what its own XML does."""
        if self._rules.rules:
            return self._journals.filled(described_source(source, self._formats))
        return read_item(json.loads(source))


def counted(store: Store) -> Counter[str]:
    """Return how many items each set holds, those of the sets below it too."""
    alive = (stored.header for stored in store.items() if not stored.header.deleted)
    return Counter(spec for header in alive for spec in _lists(header.set_specs))


def _lists(set_specs: Iterable[str]) -> set[str]:
    return {above for spec in set_specs for above in with_ancestors(spec)}


def _write(
    identifier: str, source: str, set_specs: tuple[str, ...], formats: frozenset[str]
) -> ItemWrite:
    # Its records stay as they are, and it stays out if it is no longer what was read.
    return ItemWrite(
        identifier=identifier,
        source=source,
        payloads={},
        set_specs=set_specs,
        refused=formats,
        rebuilt=True,
        reassigned=True,
    )
