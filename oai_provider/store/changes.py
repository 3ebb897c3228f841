"""What storing or deleting an item changes, as a function of what is there.

A record moves, that is gets a new datestamp, exactly when what a harvester would
receive of it changes: its payload, its about, its being deleted, its sets. The
source of an item is not served, so it may change without moving anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from oai_provider.store.base import ItemWrite, Outcome, StoreError
from oai_provider.store.batches import Batch
from oai_provider.store.rows import joined


@dataclass(frozen=True, slots=True)
class Content:
    """What a record holds; without payload it is a tombstone."""

    payload: bytes | None = None
    about: bytes | None = None


TOMBSTONE: Final = Content()


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
    deleted: bool
    source: str
    records: dict[int, KnownRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How an item shall be; `moved` has the new content of the records that move."""

    identifier: str
    source: str
    set_specs: tuple[str, ...]
    deleted: bool
    moved: Mapping[int, Content]
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
            return Outcome.ADDED
        if known.deleted != self.deleted:
            return Outcome.DELETED if self.deleted else Outcome.REVIVED
        if self.moved or known.set_specs != self.set_specs:
            return Outcome.CHANGED
        return Outcome.UNCHANGED


def changes_of(
    batch: Batch, known: Mapping[str, KnownItem], format_ids: Mapping[str, int]
) -> dict[str, Change]:
    """Return the changes a batch makes; what is to be deleted but unknown has none."""
    changes = {}
    for identifier, wanted in batch.items():
        found = known.get(identifier)
        if wanted:
            changes[identifier] = _storing(wanted, found, format_ids)
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
        deleted=False,
        moved=moved,
        known=known,
    )


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
    for prefix, payload in write.payloads.items():
        if prefix not in format_ids:
            raise StoreError(
                f"{write.identifier} has a payload in {prefix}, which this store"
                " does not know: declare the format first"
            )
        about = joined(write.about.get(prefix, ()))
        yield format_ids[prefix], Content(payload.xml, about)
