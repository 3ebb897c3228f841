"""What the provider asks of a store, whatever holds the rows.

A store keeps items: their source, their set memberships, and one finished payload
a metadata format. It stamps what it writes; a datestamp moves exactly when what a
harvester would receive changes, and never backwards. Lists are chronological and
read on from a Position, never by counting rows off.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from oai_provider.errors import OaiProviderError
from oai_provider.protocol.model import Header, MetadataFormat, Record, Set
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.protocol.written import WrittenRecord
from oai_provider.protocol.xml import Payload


class StoreError(OaiProviderError):
    """A store cannot be opened or used; the message names it and the remedy."""


class StoreAway(StoreError):
    """The database does not answer now; the same call may succeed later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWrite:
    """An item to be stored, in the formats in which it is fit to be served.

    Formats absent from `payloads` are no longer disseminated (a tombstone takes
    their place), except those in `refused`, which stay as they were.
    """

    identifier: str
    source: str
    """The item as JSON, lossless; never served as it is."""
    payloads: Mapping[str, Payload]
    set_specs: tuple[str, ...] = ()
    about: Mapping[str, tuple[Payload, ...]] = field(default_factory=dict)
    """The containers that go with the payload in each format."""
    refused: frozenset[str] = field(default_factory=frozenset)
    release: datetime | None = None
    """When the item may first be seen; until then it is as if it were not there."""
    datestamps: Mapping[str, datetime] = field(default_factory=dict)
    """Datestamps by format that records keep if they are new here: moving in.

    Those of formats without a payload are tombstones.
    """
    deleted: bool = False
    """Whether the item moves in as a tombstone."""
    rebuilt: bool = False
    """Whether the records were made of the item that is stored, which keeps its sets.

    If another was stored meanwhile, or it was deleted, nothing becomes of this one.
    """
    reassigned: bool = False
    """Whether a rebuilt item goes into the sets given, instead of keeping its own."""


class Outcome(StrEnum):
    """What became of one item."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    REVIVED = "revived"
    EMBARGOED = "embargoed"
    """Stored, and not to be seen before its release."""
    UNKNOWN = "unknown"
    """Asked to delete what is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What storing or deleting an item would make of it."""

    outcome: Outcome
    moved: frozenset[str] = frozenset()
    """The formats in which a harvester would receive something else."""


@dataclass(frozen=True, slots=True)
class Page:
    """Records in order, and where to read on; `after` is None at the end."""

    records: Sequence[Record]
    after: Position | None


@dataclass(frozen=True, slots=True)
class HeaderPage:
    """Headers in order, and where to read on; `after` is None at the end."""

    headers: Sequence[Header]
    after: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item as stored: its header (newest datestamp of its formats) and source."""

    header: Header
    source: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Embargoed:
    """An item that nobody may see before its release."""

    identifier: str
    release: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """What was refused: an item, an item in one format, or what is no item yet."""

    file: str
    line: int
    """0 for the file as a whole."""
    reason: str
    field: str = ""
    identifier: str | None = None
    metadata_prefix: str | None = None
    unread: bool = False
    """Whether it could not be read into an item at all."""
    since: datetime | None = None
    """When it was first refused for this reason; the store gives it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file after one and until another, all of them if none is named."""

    file: str
    after: int = -1
    until: int = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many items are alive, and how many are tombstones."""

    items: int
    deleted: int


class Store(Protocol):
    """A repository's items; every method may raise `StoreAway`."""

    # The clock.

    def now(self) -> datetime:
        """Return the time by the one clock of the store, which gives datestamps.

        What is due by then is done first: embargoed items are released, and what a
        writer left behind that was killed is put in order. Whoever reads the store
        after this finds everything that was committed before the time returned, and
        all that is committed later has this second or a later one for datestamp.
        """
        ...

    # What Identify, ListMetadataFormats and ListSets ask.

    def earliest_datestamp(self) -> datetime | None:
        """Return a lower limit of all datestamps, without a scan; None when empty."""
        ...

    def formats(self) -> tuple[MetadataFormat, ...]:
        """Return the formats declared or stored, by prefix."""
        ...

    def formats_of(self, identifier: str) -> tuple[MetadataFormat, ...] | None:
        """Return the formats an item is available in; None if there is no such item.

        A tombstone withdraws its format (OAI-PMH 2.5), so a deleted item has none.
        """
        ...

    def has_sets(self) -> bool:
        """Tell whether there is any set."""
        ...

    def sets(self, *, after: str | None, limit: int) -> tuple[Set, ...]:
        """Return up to `limit` sets whose spec comes after the one given, in order."""
        ...

    def count_sets(self) -> int:
        """Return how many sets there are."""
        ...

    # What GetRecord, ListIdentifiers and ListRecords ask.

    def record(
        self, identifier: str, metadata_prefix: str
    ) -> Record | WrittenRecord | None:
        """Return one record, a tombstone too."""
        ...

    def records(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> Page:
        """Return the next `limit` records of a list."""
        ...

    def headers(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> HeaderPage:
        """Return the next `limit` headers of a list."""
        ...

    def count(self, selection: Selection) -> int:
        """Return how many records a list holds."""
        ...

    # What people ask.

    def item(self, identifier: str) -> StoredItem | None:
        """Return an item, a deleted one too."""
        ...

    def known(self, identifiers: Collection[str]) -> frozenset[str]:
        """Return those of the identifiers that items have, deleted ones too."""
        ...

    def items(self, *, after: str = "") -> Iterator[StoredItem]:
        """Yield every item after an identifier, in order, holding few in memory."""
        ...

    def totals(self) -> Totals:
        """Return how many items there are."""
        ...

    def embargoed(self) -> Iterator[Embargoed]:
        """Yield the items that nobody may see yet, by identifier."""
        ...

    def quarantined(self) -> Iterator[Quarantined]:
        """Yield what was refused and is not mended yet."""
        ...

    def count_quarantined(self) -> int:
        """Return how many entries `quarantined` yields."""
        ...

    # Writing.

    def declare_formats(self, formats: Iterable[MetadataFormat]) -> None:
        """Make formats known, or correct the schema and namespace of known ones."""
        ...

    def declare_sets(self, sets: Iterable[Set]) -> None:
        """Make sets (and the sets above them) known, with their names."""
        ...

    def put(self, items: Iterable[ItemWrite]) -> Iterator[Outcome]:
        """Store items, yielding what became of each, in order.

        Items are committed in batches; an outcome is yielded after its commit.
        """
        ...

    def delete(self, identifiers: Iterable[str]) -> Iterator[Outcome]:
        """Replace items by tombstones, yielding what became of each, in order."""
        ...

    def change(self, items: Iterable[ItemWrite | str]) -> Iterator[Outcome]:
        """Store items and delete those that are named alone, as `put` and `delete`."""
        ...

    def foresee(self, items: Iterable[ItemWrite | str]) -> Iterator[Foreseen]:
        """Yield what `put` would make of each item, `delete` of each identifier.

        Nothing is stored; each is foreseen as if it were the only one.
        """
        ...

    def quarantine(
        self,
        refused: Collection[Quarantined],
        *,
        identifiers: Collection[str] = (),
        left_alone: Mapping[str, Collection[str]] = MappingProxyType({}),
        lines: Collection[Lines] = (),
    ) -> None:
        """Replace what is known of items, and of what is no item in lines of files.

        What is known of items in formats that are to be `left_alone` stays. The same
        refusal keeps its `since`. Items that are deleted leave by themselves.
        """
        ...

    # Lifetime.

    def token_keys(self) -> tuple[bytes, ...]:
        """Return the keys of resumption tokens, made once and kept with the data."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...
