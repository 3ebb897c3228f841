"""Items of a store mended, and put back through the door all items come in by.

An item that was harvested is mended where it comes from: its own XML is served as it
is.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import item_of
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.sources.base import Place, Sourced
from oai_provider.store.base import Store
from oai_provider.verifier.fixing.acts import KINDS, Data, Mend
from oai_provider.verifier.fixing.files import Done
from oai_provider.verifier.fixing.items import Judging, mended
from oai_provider.verifier.fixing.writing import Unwritten

_STORE = Place(Path("the store"))
_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedItem:
    """An item of a store before and after its repairs."""

    identifier: str
    source: str
    after: Data
    dones: tuple[Done, ...]

    @property
    def texts(self) -> tuple[str, str]:
        """The item before and after, as people read it."""
        return as_yaml(json.loads(self.source)), as_yaml(self.after)


def mended_items(
    store: Store, identifiers: Iterable[str], judging: Judging
) -> Iterator[MendedItem]:
    """Yield the items that can be mended, of those that are named."""
    held = {one.identifier: one.source for one in store.embargoed()}
    for identifier in identifiers:
        one = store.item(identifier)
        source = held.get(identifier) or (one.source if one else None)
        if source is not None:
            found = _mended(identifier, source, judging)
            if found.dones:
                yield found


def _mended(identifier: str, source: str, judging: Judging) -> MendedItem:
    data = json.loads(source)
    is_own = not (data.get("provenance") or {}).get("harvested")
    after, mends = mended_data(data, judging) if is_own else (data, ())
    dones = tuple(Done(line=0, item=identifier, mend=mend) for mend in mends)
    return MendedItem(identifier=identifier, source=source, after=after, dones=dones)


def mended_data(data: Data, judging: Judging) -> tuple[Data, tuple[Mend, ...]]:
    """Return an item in its long form after all its repairs."""
    made: list[Mend] = []
    for _ in range(_ROUNDS):
        if not judging.is_mendable(data):
            break
        before = data
        for kind in KINDS:
            data, mends = mended(data, kind, judging)
            made += mends
        if data == before:
            break
    return data, tuple(made)


def put_back(ingest: Ingest, one: MendedItem) -> None:
    """Store an item anew, if it is what it was; raises `Unwritten`."""
    stored = ingest.store.item(one.identifier)
    source = stored.source if stored else None
    if stored is None or stored.header.deleted:
        held = ingest.store.embargoed()
        source = next((e.source for e in held if e.identifier == one.identifier), None)
    if source != one.source:
        said = "is not written: it changed since it was read"
        raise Unwritten(f"{one.identifier} {said}")
    try:
        sourced = Sourced(place=_STORE, item=item_of(one.after))
    except ItemError as error:
        raise Unwritten(f"{one.identifier} is not written: {error}") from error
    reports = [*ingest.load([sourced])]
    if not any(isinstance(report, Loaded) for report in reports):
        reasons = "; ".join(r.reason for r in reports if isinstance(r, Refusal))
        raise Unwritten(f"{one.identifier} is not written: {reasons}")


def as_yaml(data: object) -> str:
    """Return data as people read it."""
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1_000_000)
