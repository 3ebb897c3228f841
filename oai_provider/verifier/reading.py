"""Items to be judged, out of the store and out of files that are not loaded yet.

What the item model refuses is yielded as `Refused`, with its place.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import NamedTuple

from oai_provider.metadata.faults import ItemError, ItemFault
from oai_provider.metadata.format import Formats
from oai_provider.metadata.item import Item, item_of
from oai_provider.metadata.own_xml import described
from oai_provider.provider.preparing import Preparing
from oai_provider.provider.records import RecordMaker
from oai_provider.provider.repository import Repository
from oai_provider.provider.set_rules import SetRules
from oai_provider.sources.base import Place, Read, Unreadable
from oai_provider.store.base import Store
from oai_provider.verifier.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What is no item, or says what no item can."""

    identifier: str
    place: str
    field: str
    reason: str


Judged = Subject | Refused


class Held(NamedTuple):
    """An item as a store has it."""

    identifier: str
    source: str
    sets: tuple[str, ...]


def held(store: Store, identifiers: Collection[str] = ()) -> Iterator[Held]:
    """Yield the items of a store that are not deleted; those named, if any are."""
    stored = (
        Held(one.header.identifier, one.source, one.header.set_specs)
        for one in store.items()
        if not one.header.deleted
    )
    waiting = (Held(one.identifier, one.source, ()) for one in store.embargoed())
    for one in chain(stored, waiting):
        if not identifiers or one.identifier in identifiers:
            yield one


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How items become subjects: by the rules of one repository, on one day."""

    maker: RecordMaker
    set_rules: SetRules
    today: date

    @property
    def _repository(self) -> Repository:
        return self.maker.repository

    @property
    def _formats(self) -> Formats:
        return self.maker.formats

    def of_store(self, held: Held) -> Iterator[Judged]:
        """Yield a stored item, whose records are known to be valid."""
        identifier = held.identifier
        try:
            item = self._full(item_of(json.loads(held.source)))
        except ItemError as error:
            yield from (_refused(fault, identifier, "") for fault in error.faults)
            return
        yield replace(self._subject(item, identifier, ""), sets=held.sets)

    def read(self, reads: Iterable[Read]) -> Iterator[Judged]:
        """Yield what files hold; of each item its records are made and validated."""
        for read in reads:
            if isinstance(read, Unreadable):
                yield Refused(
                    identifier=read.identifier or "",
                    place=str(read.place),
                    field=read.field,
                    reason=read.reason,
                )
            elif not read.deleted:
                yield from self._item(read.item, read.place)

    def _item(self, item: Item, place: Place) -> Iterator[Judged]:
        identifier = item.identifier or self._repository.identifier(item.id)
        try:
            full = self._full(item)
        except ItemError as error:
            yield from (_refused(f, identifier, str(place)) for f in error.faults)
            return
        made = self.maker.made(full, identifier)
        unfit = {
            f"{fault.metadata_prefix or ''}{fault.field}": fault.reason
            for fault in made.faults
        }
        subject = self._subject(full, identifier, str(place))
        yield replace(subject, unfit=unfit, sets=self.set_rules.sets_of(full))

    def _full(self, item: Item) -> Item:
        return self._repository.journals.filled(described(item, self._formats))

    def _subject(self, item: Item, identifier: str, place: str) -> Subject:
        return Subject(
            item=item,
            identifier=identifier,
            today=self.today,
            place=place,
            page=self._repository.public_item_url(identifier),
            journals=frozenset(self._repository.journals.profiles),
        )


def opener_of_reading(
    open_preparing: Callable[[], Preparing], today: date
) -> Callable[[], Reading]:
    """Return what opens, in any process, how items are read."""
    return partial(_opened, open_preparing, today)


def _opened(open_preparing: Callable[[], Preparing], today: date) -> Reading:
    preparing = open_preparing()
    return Reading(maker=preparing.maker, set_rules=preparing.set_rules, today=today)


def _refused(fault: ItemFault, identifier: str, place: str) -> Refused:
    return Refused(
        identifier=identifier, place=place, field=fault.path, reason=fault.message
    )
