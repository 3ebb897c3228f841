"""What is read is made fit to be stored, or refused with its reason.

Nothing of it asks the store, so that other processes can do it: what comes out is plain
and small, and the item itself stays where it was read.
"""

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import Item, item_source
from oai_provider.metadata.own_xml import described
from oai_provider.metadata.provenance import Provenance
from oai_provider.provider.doubts import doubts
from oai_provider.provider.harvested import HarvestError, Harvests, restored
from oai_provider.provider.moving import Moving, MovingError
from oai_provider.provider.records import Made, RecordFault, RecordMaker
from oai_provider.provider.set_rules import SetRules
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.store.base import ItemWrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was kept out: a whole item, or an item in one format."""

    place: Place
    reason: str
    field: str = ""
    identifier: str | None = None
    metadata_prefix: str | None = None


class Prepared(NamedTuple):
    """An item, what was refused of it, and what is to be stored if anything is."""

    place: Place
    identifier: str
    write: ItemWrite | None = None
    refusals: tuple[Refusal, ...] = ()
    doubts: tuple[str, ...] = ()
    deletes: bool = False
    left_alone: frozenset[str] = frozenset()
    """The formats of which nothing was read, known from other harvests."""
    harvested: bool = False
    depends: bool = False
    """Whether something else would become of it if the item were stored already."""
    provenance: Provenance | None = None
    """How the item was read, if there is anything to be told of that."""

    @property
    def is_taken(self) -> bool:
        """Whether the store is told of the item."""
        return self.write is not None or self.deletes


Results = list[Prepared | Refusal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """Makes what is to be stored of items, by the rules of one repository."""

    maker: RecordMaker
    set_rules: SetRules = field(default_factory=SetRules)
    added: frozenset[str] | None = None
    """The formats that items are written in beside those they bring; None for all."""

    def results(
        self, reads: Iterable[Read], harvests: Harvests, moving: Moving | None
    ) -> Iterator[Prepared | Refusal]:
        """Yield what becomes of each; `harvests` has what is known of them before."""
        reads = [*reads]
        harvests.ask(reads)
        for read in reads:
            if isinstance(read, Unreadable):
                yield Refusal(
                    place=read.place,
                    reason=read.reason,
                    field=read.field,
                    identifier=read.identifier,
                )
            else:
                yield self._prepared(read, harvests, moving)._replace(
                    harvested=read.harvested,
                    # Where an item's own XML is not fit, what is stored of it stays.
                    depends=read.harvested or bool(read.item.native),
                    provenance=_told(read.item.provenance),
                )

    def _prepared(
        self, read: Sourced, harvests: Harvests, moving: Moving | None
    ) -> Prepared:
        item = read.item
        identifier = item.identifier or self.maker.repository.identifier(item.id)
        try:
            read = moving.entered(read) if moving else read
            known = harvests.known(identifier) if read.harvested else None
        except HarvestError as error:
            return refused(read.place, identifier, str(error), "identifier")
        except MovingError as error:
            return refused(read.place, identifier, str(error), "datestamp")
        if moving is None:
            return self._made(read, identifier, harvests, known, self.added)
        result = self._made(read, identifier, harvests, known, frozenset())
        return result._replace(write=moving.write(read, identifier, result.write))

    def _made(
        self,
        read: Sourced,
        identifier: str,
        harvests: Harvests,
        known: Item | None,
        added: frozenset[str] | None,
    ) -> Prepared:
        """Return an item's records; a harvested one's with all that is known of it.

        They are in the formats it brings and those `added`; None for all.
        """
        item = harvests.whole(read, known) if read.harvested else _alive(read)
        if item is None:
            harvests.met[identifier] = None
            return Prepared(read.place, identifier, deletes=True)
        left_alone = frozenset(item.native.keys() - read.item.native.keys())
        prefixes: AbstractSet[str] = self.maker.formats.keys()
        if added is not None:
            prefixes &= item.native.keys() | added
        try:
            full = self._full(item, prefixes)
        except ItemError as error:
            refusals = tuple(_unread(error, read.place, identifier))
            return Prepared(
                read.place, identifier, None, refusals, left_alone=left_alone
            )
        finished = read.item.native.keys() if read.is_finished else ()
        # What is stored is the item as it was given, without what its journal adds.
        filled = self.maker.repository.journals.filled(full)
        made = self.maker.made(filled, identifier, prefixes, finished=finished)
        unfit = {f.metadata_prefix or "" for f in made.faults} & item.native.keys()
        refusals = tuple(_refusal(f, read.place, identifier) for f in made.faults)
        if unfit and known:
            # What was harvested before stays as it was, in all formats.
            return Prepared(
                read.place, identifier, None, refusals, left_alone=left_alone
            )
        if unfit:
            # Its fields stay, whatever XML they were read out of.
            item = restored(full, unfit, harvests.stored(identifier))
        if read.harvested:
            harvests.met[identifier] = item
        # Where nothing is fit to be served, whatever is stored stays as it was.
        set_specs = self.set_rules.sets_of(filled)
        write = _write(item, identifier, made, set_specs) if made.payloads else None
        found = tuple(doubts(item, made.payloads))
        return Prepared(
            read.place, identifier, write, refusals, found, left_alone=left_alone
        )

    def _full(self, item: Item, prefixes: Collection[str]) -> Item:
        """Return an item with its fields, if more is wanted than the XML it brings."""
        if item.native.keys() >= {*prefixes} and not self.set_rules.rules:
            return item
        return described(item, self.maker.formats)


def refused(place: Place, identifier: str, reason: str, field_: str) -> Prepared:
    """Return an item that is refused as a whole."""
    fault = RecordFault(reason=reason, field=field_)
    return Prepared(place, identifier, None, (_refusal(fault, place, identifier),))


def _told(provenance: Provenance | None) -> Provenance | None:
    """Return provenance that people are told of."""
    if provenance and (provenance.repairs or provenance.warnings):
        return provenance
    return None


def _alive(read: Sourced) -> Item | None:
    return None if read.deleted else read.item


def _write(
    item: Item, identifier: str, made: Made, set_specs: tuple[str, ...]
) -> ItemWrite:
    return ItemWrite(
        identifier=identifier,
        source=item_source(item),
        payloads=made.payloads,
        set_specs=set_specs,
        about=made.about,
        release=item.release,
        refused=frozenset(fault.metadata_prefix or "" for fault in made.faults),
    )


def _unread(error: ItemError, place: Place, identifier: str) -> Iterator[Refusal]:
    for fault in error.faults:
        told = RecordFault(reason=fault.message, field=fault.path)
        yield _refusal(told, place, identifier)


def _refusal(fault: RecordFault, place: Place, identifier: str) -> Refusal:
    return Refusal(
        place=place,
        reason=fault.reason,
        field=fault.field,
        identifier=identifier,
        metadata_prefix=fault.metadata_prefix,
    )
