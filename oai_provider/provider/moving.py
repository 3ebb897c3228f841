"""Records that move in from another system, as if nothing had happened to them.

They keep identifier, datestamp, sets and tombstones, and have no provenance, since
the repository is the same; a copy tells it. Only what the other system served is
stored: formats it did not have would need datestamps it never gave; `rebuild` adds
them afterwards.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from oai_provider.errors import OaiProviderError
from oai_provider.metadata.item import Item
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.names import without_implied
from oai_provider.provider.about import told_origin
from oai_provider.sources.base import Sourced
from oai_provider.store.base import ItemWrite


class MovingError(OaiProviderError):
    """A record cannot keep its datestamp; the message says why."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A move into a store that serves these formats, begun `now`."""

    now: datetime
    prefixes: frozenset[str]
    is_copy: bool = False
    """Whether the other repository goes on, and is told as the origin."""

    def entered(self, read: Sourced) -> Sourced:
        """Return a record that says nothing of having been harvested, unless copied.

        Raises `MovingError` for what has no datestamp, or one in the future.
        """
        item = read.item
        if not read.harvested or item.datestamp is None:
            raise MovingError(
                "has no datestamp to keep: give a saved OAI-PMH response, or load"
                " it without --keep-datestamps"
            )
        if item.datestamp > self.now:
            said = format_datestamp(item.datestamp, Granularity.SECOND)
            raise MovingError(f"{said} lies in the future: see to the clocks")
        provenance = item.provenance
        if provenance is None or self.is_copy:
            return read
        # The container it came with stands beside the record again, as it did there.
        before = [o.origin for o in provenance.origin_descriptions if o.origin]
        containers = tuple(told_origin(origin).xml.decode() for origin in before)
        about = item.record_about
        if containers:
            about = {p: about.get(p, ()) + containers for p in item.native}
        own = provenance.model_copy(update={"origin_descriptions": ()})
        moved = {"provenance": own, "record_about": about}
        return replace(read, item=item.model_copy(update=moved))

    def write(
        self, read: Sourced, identifier: str, write: ItemWrite | None
    ) -> ItemWrite | None:
        """Return what is to be stored of a record, None where nothing is fit to be."""
        item, prefixes = read.item, self.prefixes
        if item.datestamp is None:
            return write
        own = {read.metadata_prefix} if read.metadata_prefix else prefixes
        datestamps = dict.fromkeys(sorted(own), item.datestamp)
        if write is None:
            return _tombstone(item, identifier, datestamps) if read.deleted else None
        gone = own if read.deleted else set()
        return replace(
            write,
            refused=(write.refused | prefixes) - write.payloads.keys() - gone,
            datestamps=datestamps,
        )


def _tombstone(
    item: Item, identifier: str, datestamps: dict[str, datetime]
) -> ItemWrite:
    return ItemWrite(
        identifier=identifier,
        source=json.dumps({"id": item.id}),
        payloads={},
        set_specs=without_implied(item.sets),
        deleted=True,
        datestamps=datestamps,
    )
