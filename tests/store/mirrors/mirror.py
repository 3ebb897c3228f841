"""What a harvester knows of a list, and how that differs from the list.

A mirror is kept as harvesters in the field keep theirs: what comes replaces what was
there under the same identifier.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from oai_provider.protocol.datestamp import to_seconds
from oai_provider.protocol.model import Record
from oai_provider.protocol.request import Selection
from oai_provider.protocol.written import WrittenRecord

# What every harvester keeps a mirror of: two formats, and a set with sets below it.
SELECTIONS: Final = (
    Selection(metadata_prefix="oai_dc"),
    Selection(metadata_prefix="mods"),
    Selection(metadata_prefix="oai_dc", set_spec="x"),
)

Entry = tuple[int, bool, str]
"""Of a record: its datestamp in seconds, whether it is deleted, what it says."""
Entries = dict[str, Entry]


def entry_of(record: Record | WrittenRecord) -> Entry:
    """Return what a mirror keeps of a record."""
    header = record.header
    said = record.metadata.xml if record.metadata else b""
    return to_seconds(header.datestamp), header.deleted, sha256(said).hexdigest()[:16]


@dataclass(slots=True)
class Mirror:
    """A copy of a list, kept up to date by harvests."""

    entries: Entries = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def take(self, records: Iterable[Record]) -> None:
        """Put records in the place of what was known of their items."""
        for record in records:
            identifier, entry = record.header.identifier, entry_of(record)
            known = self.entries.get(identifier)
            if known and known[0] > entry[0]:
                self.faults.append(f"{identifier} went from {known} back to {entry}")
            self.entries[identifier] = entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The identifiers in which a mirror differs from the store."""

    lost: frozenset[str]
    """The store has them, and the mirror not as they are."""
    ghosts: frozenset[str]
    """The mirror has them alive, and the store has not."""


def difference(mirror: Entries, store: Entries) -> Difference:
    """Compare what a harvester has with what it should have."""
    lost = {i for i, entry in store.items() if mirror.get(i) != entry}
    ghosts = {
        identifier
        for identifier, (_, deleted, _) in mirror.items()
        if not deleted and (identifier not in store or store[identifier][1])
    }
    return Difference(lost=frozenset(lost), ghosts=frozenset(ghosts))
