"""Harvested items, which come in one format after the other.

Each record leaves alone what was harvested of its item in other formats, and one
that has not changed does not say that it was harvested anew. The fields of an item
are those of the format that can say most, in whatever order the formats come.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from oai_provider.errors import OaiProviderError
from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.format import Format
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.own_xml import richest
from oai_provider.metadata.provenance import OriginDescription, Provenance
from oai_provider.sources.base import Read, Sourced
from oai_provider.store.base import Store, StoredItem


class HarvestError(OaiProviderError):
    """A harvested record cannot go in; the message says why."""


@dataclass(frozen=True, slots=True)
class Harvests:
    """Joins what comes in with what is in a store, or has just come in.

    Without a store nothing is known but what has come in.
    """

    store: Store | None
    formats: Mapping[str, Format]
    met: dict[str, Item | None] = field(default_factory=dict)

    def ask(self, reads: Iterable[Read]) -> None:
        """Find out of which harvested items nothing is stored, all at once."""
        names = {
            read.item.identifier or ""
            for read in reads
            if isinstance(read, Sourced) and read.harvested
        }
        names -= self.met.keys()
        if self.store and names:
            self.met.update(dict.fromkeys(names - self.store.known(names)))

    def known(self, identifier: str) -> Item | None:
        """Return what was harvested of an item before.

        Raises `HarvestError` for an item that was not harvested, whose fields would
        be lost.
        """
        if identifier in self.met:
            return self.met[identifier]
        item = self.stored(identifier, deleted=False)
        if item is None:
            return None
        if item.provenance is None or item.provenance.harvested is None:
            raise HarvestError(
                "there is an item of this identifier that was not harvested: load"
                " its own file, or delete it first"
            )
        return item

    def stored(self, identifier: str, *, deleted: bool = True) -> Item | None:
        """Return an item as it is stored, a deleted one if that is wanted."""
        found = self.store.item(identifier) if self.store else None
        if found is None or (found.header.deleted and not deleted):
            return None
        return stored_item(found)

    def whole(self, read: Sourced, known: Item | None) -> Item | None:
        """Return a harvested item with all that is known of it in other formats.

        None if that is nothing, the record being a tombstone.
        """
        if not read.deleted:
            return self._joined(read.item, known) if known else read.item
        prefix = read.metadata_prefix
        if known is None or prefix is None or not known.native.keys() - {prefix}:
            return None
        left = {p: xml for p, xml in known.native.items() if p != prefix}
        about = {p: xml for p, xml in known.record_about.items() if p != prefix}
        return known.model_copy(update={"native": left, "record_about": about})

    def _joined(self, item: Item, known: Item) -> Item:
        native = {**known.native, **item.native}
        of_others = {
            prefix: containers
            for prefix, containers in known.record_about.items()
            if prefix not in item.native
        }
        base = item if richest(native, self.formats) in item.native else known
        return base.model_copy(
            update={
                "native": native,
                "record_about": {**of_others, **item.record_about},
                "provenance": _provenance(base, item, known),
                "datestamp": item.datestamp,
                "sets": item.sets,
            }
        )


def stored_item(stored: StoredItem) -> Item:
    """Return a stored item; of one that another release wrote, its own XML at least."""
    source = json.loads(stored.source)
    try:
        return read_item(source)
    except ItemError:
        return Item.model_construct(
            id=source.get("id", ""),
            identifier=stored.header.identifier,
            native=source.get("native", {}),
        )


def restored(item: Item, refused: Iterable[str], known: Item | None) -> Item:
    """Return an item whose own XML is only what is fit to be served.

    In formats in which it is refused it keeps the XML that was known before, if any.
    """
    before = known.native if known else {}
    native = {p: x for p, x in item.native.items() if p not in {*refused}}
    for prefix in refused:
        if prefix in item.native and prefix in before:
            native[prefix] = before[prefix]
    return item if native == item.native else item.model_copy(update={"native": native})


def _provenance(base: Item, item: Item, known: Item) -> Provenance | None:
    """Return the provenance of the fields, with the origins of all formats."""
    now = item.provenance
    if now is None:
        return base.provenance
    changes = {"harvested": now.harvested, "origin_descriptions": _origins(now, known)}
    return (base.provenance or now).model_copy(update=changes)


def _origins(now: Provenance, known: Item) -> tuple[OriginDescription, ...]:
    """Return an item's origins, then those that it has in other namespaces.

    One that says again what is known keeps the date of the harvest that brought it.
    """
    before = known.provenance.origin_descriptions if known.provenance else ()
    again = {_undated(origin): origin for origin in before}
    news = [again.get(_undated(o), o) for o in now.origin_descriptions]
    namespaces = {origin.metadata_namespace for origin in news}
    others = (o for o in before if o.metadata_namespace not in namespaces)
    return (*news, *others)


def _undated(origin: OriginDescription) -> OriginDescription:
    return origin.model_copy(update={"harvested": ""})
