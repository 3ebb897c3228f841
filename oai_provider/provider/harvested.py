"""Harvested items, which come in one format after the other.

Each record must leave alone what was harvested of its item in other formats, and
one that has not changed must not say that it was harvested anew.
"""

import json
from dataclasses import dataclass, field, replace

from oai_provider.metadata.item import Item
from oai_provider.metadata.provenance import OriginDescription, Provenance
from oai_provider.sources.base import Read, Sourced
from oai_provider.store.base import Store, StoredItem


def is_harvested(item: Item) -> bool:
    """Tell whether an item came with a header of its own."""
    return item.identifier is not None and item.datestamp is not None


@dataclass(frozen=True, slots=True)
class Known:
    """What was harvested of an item before: XML by prefix, and its origins."""

    native: dict[str, str] = field(default_factory=dict)
    origins: tuple[OriginDescription, ...] = ()


@dataclass(frozen=True, slots=True)
class Harvests:
    """Joins what comes in with what is in a store, or has just come in."""

    store: Store
    met: dict[str, Known] = field(default_factory=dict)

    def joined(self, read: Read) -> Read:
        """Return a harvested record with all that its item has in other formats."""
        if not isinstance(read, Sourced):
            return read
        item, identifier = read.item, read.item.identifier
        if identifier is None or not is_harvested(item):
            return read
        if read.deleted:
            self.met[identifier] = Known()
            return read
        known = self.met.get(identifier) or _stored(self.store.item(identifier))
        now = Known(known.native | item.native, _origins(item, known.origins))
        self.met[identifier] = now
        return replace(read, item=_with(item, now))


def _stored(stored: StoredItem | None) -> Known:
    if stored is None or stored.header.deleted:
        return Known()
    source = json.loads(stored.source)
    told = source.get("provenance", {}).get("origin_descriptions", [])
    origins = map(OriginDescription.model_validate, told)
    return Known(source.get("native", {}), tuple(origins))


def _origins(
    item: Item, known: tuple[OriginDescription, ...]
) -> tuple[OriginDescription, ...]:
    """Return the item's origins, then those that it has in other namespaces.

    One that says again what is known keeps the date of the harvest that brought it.
    """
    told = item.provenance.origin_descriptions if item.provenance else ()
    again = {_undated(origin): origin for origin in known}
    news = [again.get(_undated(origin), origin) for origin in told]
    namespaces = {origin.metadata_namespace for origin in news}
    others = (o for o in known if o.metadata_namespace not in namespaces)
    return (*news, *others)


def _undated(origin: OriginDescription) -> OriginDescription:
    return origin.model_copy(update={"harvested": ""})


def _with(item: Item, known: Known) -> Item:
    changes: dict[str, object] = {"native": known.native}
    origins = {"origin_descriptions": known.origins}
    if item.provenance:
        changes["provenance"] = item.provenance.model_copy(update=origins)
    elif known.origins:
        changes["provenance"] = Provenance(origin_descriptions=known.origins)
    return item.model_copy(update=changes)
