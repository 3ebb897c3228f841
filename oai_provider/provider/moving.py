"""Records that move in from another system, as if nothing had happened to them.

They keep identifier, datestamp, sets and tombstones, and have no provenance, since
the repository is the same. Only what the other system served is stored: formats it
did not have would need datestamps it never gave; `rebuild` adds them afterwards.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from oai_provider.errors import OaiProviderError
from oai_provider.metadata.item import Item
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.sources.base import Sourced
from oai_provider.store.base import ItemWrite, Store


class MovingError(OaiProviderError):
    """A record cannot keep its datestamp; the message says why."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A move into a store."""

    store: Store

    def entered(self, read: Sourced) -> Sourced:
        """Return a record that says nothing of having been harvested.

        Raises `MovingError` for what has no datestamp, or one in the future.
        """
        item = read.item
        if not read.harvested or item.datestamp is None:
            raise MovingError(
                "has no datestamp to keep: give a saved OAI-PMH response, or load"
                " it without --keep-datestamps"
            )
        if item.datestamp > self.store.now():
            said = format_datestamp(item.datestamp, Granularity.SECOND)
            raise MovingError(f"{said} lies in the future: see to the clocks")
        provenance = item.provenance
        if provenance is None:
            return read
        before = (o.origin for o in provenance.origin_descriptions if o.origin)
        changes = {"origin_descriptions": tuple(before)}
        moved = {"provenance": provenance.model_copy(update=changes)}
        return replace(read, item=item.model_copy(update=moved))

    def write(
        self, read: Sourced, identifier: str, write: ItemWrite | None
    ) -> ItemWrite | None:
        """Return what is to be stored of a record, None where nothing is fit to be."""
        item = read.item
        if item.datestamp is None:
            return write
        if read.deleted:
            return self._tombstone(item, identifier, item.datestamp)
        if write is None:
            return None
        payloads = {p: x for p, x in write.payloads.items() if p in item.native}
        return replace(
            write,
            payloads=payloads,
            refused=write.refused | self._prefixes() - payloads.keys(),
            datestamps=dict.fromkeys(item.native, item.datestamp),
        )

    def _tombstone(self, item: Item, identifier: str, datestamp: datetime) -> ItemWrite:
        """Return a tombstone in every format, since a header tells none."""
        return ItemWrite(
            identifier=identifier,
            source=f'{{"id": "{item.id}"}}',
            payloads={},
            set_specs=item.sets,
            deleted=True,
            datestamps=dict.fromkeys(self._prefixes(), datestamp),
        )

    def _prefixes(self) -> frozenset[str]:
        return frozenset(f.metadata_prefix for f in self.store.formats())
