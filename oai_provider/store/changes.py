"""What storing or deleting an item changes, as a function of what is there.

A record moves, that is gets a new datestamp, exactly when what a harvester would
receive of it changes: its payload, its about, its being deleted, its sets. The
source of an item is not served, so it may change without moving anything. Where a
repository tells of the sets that items leave, a set keeps them as deleted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from oai_provider.protocol.datestamp import to_seconds
from oai_provider.protocol.names import with_ancestors
from oai_provider.protocol.write import write_content
from oai_provider.store.base import ItemWrite, Outcome, StoreError
from oai_provider.store.batches import Batch

Content = bytes
"""What follows the header in a record, with marks where its day stands."""

TOMBSTONE: Final[Content] = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecord:
    """A record as it is in the database."""

    id: int
    datestamp: int
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """An item as it is in the database, with its records by format id."""

    id: int
    set_specs: tuple[str, ...]
    left_specs: tuple[str, ...]
    deleted: bool
    source: str
    records: dict[int, KnownRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How an item shall be; `moved` has the new content of the records that move.

    `kept` has the datestamps, in seconds, that records keep if they are new here.
    """

    identifier: str
    source: str
    set_specs: tuple[str, ...]
    left_specs: tuple[str, ...] = ()
    deleted: bool
    moved: Mapping[int, Content]
    kept: Mapping[int, int] = field(default_factory=dict)
    known: KnownItem | None

    @property
    def newest(self) -> int:
        """The latest of the item's datestamps, below which none may be set."""
        records = self.known.records.values() if self.known else ()
        return max((record.datestamp for record in records), default=0)

    @property
    def outcome(self) -> Outcome:
        """What becomes of the item."""
        known = self.known
        if known is None:
            return Outcome.DELETED if self.deleted else Outcome.ADDED
        if known.deleted != self.deleted:
            return Outcome.DELETED if self.deleted else Outcome.REVIVED
        if self.moved or known.set_specs != self.set_specs:
            return Outcome.CHANGED
        return Outcome.UNCHANGED


def changes_of(
    batch: Batch,
    known: Mapping[str, KnownItem],
    format_ids: Mapping[str, int],
    *,
    tells_left_sets: bool = False,
) -> dict[str, Change]:
    """Return the changes a batch makes; what is to be deleted but unknown has none."""
    changes = {}
    for identifier, wanted in batch.items():
        found = known.get(identifier)
        if wanted:
            change = _storing(wanted, found, format_ids)
            if found and change.set_specs != found.set_specs:
                left = _left(found, change.set_specs) if tells_left_sets else ()
                change = replace(change, left_specs=left)
            changes[identifier] = change
        elif found:
            changes[identifier] = _deleting(identifier, found)
    return changes


def _storing(
    write: ItemWrite, known: KnownItem | None, format_ids: Mapping[str, int]
) -> Change:
    set_specs = tuple(dict.fromkeys(write.set_specs))
    if known and set(known.set_specs) == set(set_specs):
        set_specs = known.set_specs
    records = known.records if known else {}
    sets_changed = known is not None and known.set_specs != set_specs
    kept = {
        format_ids[prefix]: to_seconds(datestamp)
        for prefix, datestamp in write.datestamps.items()
        if prefix in format_ids
    }
    moved = {
        format_id: content
        for format_id, content in dict(_wanted(write, known, format_ids)).items()
        if sets_changed
        or format_id not in records
        or records[format_id].content != content
    }
    return Change(
        identifier=write.identifier,
        source=write.source,
        set_specs=set_specs,
        left_specs=known.left_specs if known else (),
        deleted=write.deleted,
        moved=moved,
        kept=kept,
        known=known,
    )


def _left(known: KnownItem, set_specs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sets that an item was in and is no longer."""
    now_in = {above for spec in set_specs for above in with_ancestors(spec)}
    was_in = dict.fromkeys((*known.left_specs, *known.set_specs))
    return tuple(spec for spec in was_in if spec not in now_in)


def _deleting(identifier: str, known: KnownItem) -> Change:
    moved = {
        format_id: TOMBSTONE
        for format_id, record in known.records.items()
        if record.content != TOMBSTONE
    }
    return Change(
        identifier=identifier,
        source=known.source,
        set_specs=known.set_specs,
        left_specs=known.left_specs,
        deleted=True,
        moved=moved,
        known=known,
    )


def _wanted(
    write: ItemWrite, known: KnownItem | None, format_ids: Mapping[str, int]
) -> Iterator[tuple[int, Content]]:
    """Yield the content of each record the item has or had."""
    if known:
        refused = {format_ids.get(prefix) for prefix in write.refused}
        for format_id, record in known.records.items():
            yield format_id, record.content if format_id in refused else TOMBSTONE
    # What moves in with a datestamp and nothing else is a tombstone.
    moving = write.datestamps.keys() - write.payloads.keys()
    yield from ((format_ids[prefix], TOMBSTONE) for prefix in moving)
    for prefix, payload in write.payloads.items():
        if prefix not in format_ids:
            raise StoreError(
                f"{write.identifier} has a payload in {prefix}, which this store"
                " does not know: declare the format first"
            )
        content = write_content(payload, write.about.get(prefix, ()))
        yield format_ids[prefix], content
