"""What writing a batch would do, found before anything is written.

The writer goes by it within its transaction; whoever wants to know without writing
asks for it without one, and learns what would have been true at that moment.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from oai_provider.store.base import Foreseen, ItemWrite, Outcome
from oai_provider.store.batches import Batch
from oai_provider.store.changes import Change, KnownItem, changes_of
from oai_provider.store.embargo import (
    differing,
    held_anew,
    is_embargoed,
    known_embargoes,
)
from oai_provider.store.known import format_ids, known_items


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """The items of a batch: those to be seen, and those to be held back.

    `stale` were rebuilt of items that are no longer what they were.
    """

    batch: Batch
    changes: Mapping[str, Change]
    held: Mapping[str, ItemWrite]
    before: Mapping[str, ItemWrite]
    stale: Collection[str]

    @property
    def outcomes(self) -> list[Outcome]:
        """What becomes of each item, in order."""
        return [self._outcome(identifier) for identifier in self.batch]

    def told(self, prefixes: Mapping[int, str]) -> list[Foreseen]:
        """Return what becomes of each item and its records, by ids of formats."""
        return [
            Foreseen(
                outcome=self._outcome(identifier),
                moved=self._moved(identifier, prefixes),
            )
            for identifier in self.batch
        ]

    def _outcome(self, identifier: str) -> Outcome:
        change = self.changes.get(identifier)
        before = self.before.get(identifier)
        if identifier in self.stale:
            return Outcome.UNCHANGED
        if held := self.held.get(identifier):
            is_new = before is None or differing(held, before)
            return Outcome.EMBARGOED if is_new else Outcome.UNCHANGED
        if change is None:
            return Outcome.DELETED if before else Outcome.UNKNOWN
        return change.outcome

    def _moved(self, identifier: str, prefixes: Mapping[int, str]) -> frozenset[str]:
        change = self.changes.get(identifier)
        seen = {prefixes[format_id] for format_id in change.moved} if change else set()
        held = self.held.get(identifier)
        hidden = differing(held, self.before.get(identifier)) if held else frozenset()
        return hidden.union(seen)


def foresee(
    connection: Connection, batch: Batch, now: int, *, tells_left_sets: bool
) -> Foresight:
    """Return what writing a batch at a moment, in seconds, would do."""
    before = known_embargoes(connection, batch)
    known = known_items(connection, batch)
    wanted: Batch = {}
    for identifier, write in batch.items():
        if not (write and write.rebuilt):
            wanted[identifier] = write
        elif stored := _rebuilt(write, known, before):
            wanted[identifier] = stored
    held = {
        identifier: held_anew(write, before.get(identifier))
        for identifier, write in wanted.items()
        if write and is_embargoed(write, now)
    }
    # What was seen before it was embargoed is withdrawn.
    shown = {i: None if i in held else write for i, write in wanted.items()}
    return Foresight(
        batch=batch,
        changes=changes_of(
            shown, known, format_ids(connection), tells_left_sets=tells_left_sets
        ),
        held=held,
        before={i: write for i, write in before.items() if i in wanted},
        stale=batch.keys() - wanted.keys(),
    )


def _rebuilt(
    write: ItemWrite, known: Mapping[str, KnownItem], before: Mapping[str, ItemWrite]
) -> ItemWrite | None:
    """Return a rebuilt item in its sets; None if it was made of another."""
    held, item = before.get(write.identifier), known.get(write.identifier)
    stored = held or (None if item is None or item.deleted else item)
    if stored is None or stored.source != write.source:
        return None
    again = held_anew(write, held)
    return again if write.reassigned else replace(again, set_specs=stored.set_specs)
