"""A folder is the truth: what is in it is stored, and what is not is deleted.

The folder is read twice, first to see what would be done, then to do it. An item is
deleted only if neither reading met it, so no file that changes in between leads to a
wrong deletion. Whatever is refused is in the folder all the same; while there is
something of which nobody can tell which item it is, nothing counts as gone. Items
that were harvested belong to a folder that holds harvested records, and to no other.
Of the items in the folder hashes are held, some 60 MB a million.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from oai_provider.errors import OaiProviderError
from oai_provider.protocol.names import is_identifier
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.provider.repository import Repository
from oai_provider.sources.base import Place, Read, Sourced
from oai_provider.store.base import Outcome

MOST_DELETED: Final = 20
"""The percentage of the items there are that is deleted without being asked twice."""


class SyncError(OaiProviderError):
    """A sync would delete too much; the message says how much, and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a sync would delete."""

    owned: int
    """How many living items belong to the folder."""
    gone: tuple[str, ...]
    """Those of them that are not in it any more."""
    marked: int
    """How many items the folder itself says are deleted."""
    is_empty: bool
    """Whether there is nothing in the folder."""

    def check(self, *, withheld: bool) -> None:
        """Raise `SyncError` if too much would be deleted."""
        deleted = self.marked + (0 if withheld else len(self.gone))
        if 100 * deleted <= MOST_DELETED * self.owned:
            return
        why = "nothing is in the folder, and " if self.is_empty else ""
        items = "item" if self.owned == 1 else "items"
        raise SyncError(
            f"{why}{deleted} of {self.owned} {items} would be deleted, which is more"
            f" than {MOST_DELETED} %: see which with --dry-run, and if they are to go,"
            " repeat with --force; nothing was stored"
        )


class Sync:
    """One sync: `foresee`, then `plan`, then `store`, then `delete`."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._met: set[int] = set()
        self._unnamed: set[Place] = set()
        self._holds_harvests = False
        self._marked = 0

    @property
    def unnamed(self) -> int:
        """How much was refused of which nobody can tell which item it is."""
        return len(self._unnamed)

    def foresee(self, reads: Iterable[Read]) -> Iterator[Loaded | Refusal]:
        """Read the folder, and report what would become of each item in it."""
        for report in self._ingest.foresee(self._noted(reads)):
            self._note(report)
            if isinstance(report, Loaded):
                self._marked += report.outcome is Outcome.DELETED
            yield report

    def plan(self) -> Plan:
        """Return what is to be deleted."""
        owned, gone = 0, []
        for identifier, source in self._living():
            if self._holds_harvests or not _is_harvested(source):
                owned += 1
                if hash(identifier) not in self._met:
                    gone.append(identifier)
        return Plan(
            owned=owned,
            gone=tuple(gone),
            marked=self._marked,
            is_empty=not self._met and not self._unnamed,
        )

    def store(self, reads: Iterable[Read]) -> Iterator[Loaded | Refusal]:
        """Read the folder again, and store what is in it now."""
        for report in self._ingest.load(self._noted(reads)):
            self._note(report)
            yield report

    def delete(self, plan: Plan) -> Iterator[Outcome]:
        """Delete what was planned and has not come back into the folder."""
        gone = (name for name in plan.gone if hash(name) not in self._met)
        return self._ingest.store.delete(gone)

    def _living(self) -> Iterator[tuple[str, str]]:
        """Yield identifier and source of every item that is not deleted."""
        store = self._ingest.store
        # What is due by now is found among the others.
        store.now()
        for held in store.embargoed():
            yield held.identifier, held.source
        for item in store.items():
            if not item.header.deleted:
                yield item.header.identifier, item.source

    def _noted(self, reads: Iterable[Read]) -> Iterator[Read]:
        """Note what is in the folder, whatever becomes of it."""
        for read in reads:
            if isinstance(read, Sourced):
                name = read.item.identifier or self._repository.identifier(read.item.id)
                self._met.add(hash(name))
                self._holds_harvests |= read.harvested
            yield read

    def _note(self, report: Loaded | Refusal) -> None:
        """Note the names of what was refused, or that it has none."""
        if isinstance(report, Loaded):
            return
        names = _names(report, self._repository)
        self._met.update(map(hash, names))
        if not names:
            self._unnamed.add(report.place)

    @property
    def _repository(self) -> Repository:
        return self._ingest.maker.repository


def _names(refusal: Refusal, repository: Repository) -> tuple[str, ...]:
    """Return what a refused item may be called in the store, if that can be told.

    An id that is at fault tells nothing of the id that the item had before.
    """
    name = (refusal.identifier or "").strip()
    if not name or refusal.field == "id":
        return ()
    if refusal.field == "identifier" and not is_identifier(name):
        return ()
    # It may have been given as an id or as an identifier in full.
    return name, repository.identifier(name)


def _is_harvested(source: str) -> bool:
    # Most items can be told without being parsed.
    if '"harvested"' not in source:
        return False
    provenance = json.loads(source).get("provenance") or {}
    return provenance.get("harvested") is not None
