"""Items come in: what is fit to be served is stored, all else is told.

Nothing that fails its schema enters the store. What is refused is reported with
its file, line, format, field and reason, and never keeps other items out.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice

from oai_provider.metadata.provenance import Provenance
from oai_provider.provider.harvested import Harvests
from oai_provider.provider.moving import Moving
from oai_provider.provider.preparing import (
    Prepared,
    Preparing,
    Refusal,
    Results,
    refused,
)
from oai_provider.provider.quarantine import Note, Quarantine
from oai_provider.provider.records import RecordMaker
from oai_provider.provider.set_rules import SetRules
from oai_provider.sources.base import Place, Read
from oai_provider.sources.pieces import Piece
from oai_provider.store.base import ItemWrite, Outcome, Quarantined, Store

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """An item that went in, and what became of it; None in a dry run."""

    place: Place
    identifier: str
    outcome: Outcome | None = None
    doubts: tuple[str, ...] = ()
    provenance: Provenance | None = None
    """How it was read, if there is anything to be told of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """The way into a store."""

    store: Store
    maker: RecordMaker
    set_rules: SetRules = field(default_factory=SetRules)

    @property
    def preparing(self) -> Preparing:
        """What makes of items what is to be stored."""
        return Preparing(maker=self.maker, set_rules=self.set_rules)

    def load(
        self,
        source: Iterable[Read],
        *,
        dry_run: bool = False,
        keep_datestamps: bool = False,
        seen: "Seen | None" = None,
    ) -> Iterator[Loaded | Refusal]:
        """Store what a source yields, and report on every item in order.

        A dry run does all but store: an item that would go in has no outcome. With
        `keep_datestamps`, harvested records move in: see `Moving`. An id that stands
        twice in a source, or was seen before it, is refused the second time, except
        in records that were harvested, of which the later one is the newer.
        """
        self.declare_formats()
        moving = self.moving() if keep_datestamps else None
        batches = self._batches(source, moving)
        yield from self.stored(batches, dry_run=dry_run, seen=seen)

    def load_pieces(
        self,
        read: Callable[[Piece], Iterator[Read]],
        prepared: Generator[tuple[Piece, Results | None], None, None],
        moving: Moving | None,
        *,
        dry_run: bool = False,
    ) -> Iterator[Loaded | Refusal]:
        """Store pieces that were prepared elsewhere, and report as `load` does.

        There nobody knows what is stored. A piece for which that matters is read again.
        """
        with closing(prepared):
            batches = self._gathered(read, prepared, moving)
            yield from self.stored(batches, dry_run=dry_run)

    def _gathered(
        self,
        read: Callable[[Piece], Iterator[Read]],
        prepared: Iterable[tuple[Piece, Results | None]],
        moving: Moving | None,
    ) -> Iterator[Results]:
        """Yield what is to be stored together: a commit costs as much as some items."""
        gathered: Results = []
        for piece, results in prepared:
            if results is None or self._depends(results, gathered):
                yield gathered
                gathered = []
                yield from self._batches(read(piece), moving)
                continue
            gathered += results
            if len(gathered) >= _BATCH:
                yield gathered
                gathered = []
        yield gathered

    def _depends(self, results: Results, gathered: Results) -> bool:
        """Tell whether anything else would become of items that are stored already.

        What was `gathered` counts as stored.
        """
        names = {r.identifier for r in results if isinstance(r, Prepared) and r.depends}
        before = (r.identifier for r in gathered if isinstance(r, Prepared))
        return not names.isdisjoint(before) or bool(names and self.store.known(names))

    def stored(
        self, batches: Iterable[Results], *, dry_run: bool, seen: "Seen | None" = None
    ) -> Iterator[Loaded | Refusal]:
        """Store what was prepared, batch by batch, and report on every item."""
        seen, quarantine = seen or Seen(), Quarantine(self.store)
        for batch in batches:
            results = [_unrepeated(result, seen) for result in batch]
            outcomes = iter(()) if dry_run else self.store.change(_wanted(results))
            yield from _reports(results, outcomes)
            if not dry_run:
                quarantine.note([self._note(result) for result in results])
        quarantine.finish()

    def foresee(self, source: Iterable[Read]) -> Iterator[Loaded | Refusal]:
        """Report on every item as `load` would; nothing is stored.

        Of an item that comes several times, each is seen as if it were the only one.
        """
        seen = Seen()
        for batch in self._batches(source, None):
            results = [_unrepeated(result, seen) for result in batch]
            foreseen = self.store.foresee(_wanted(results))
            outcomes = (one.outcome for one in foreseen)
            yield from _reports(results, outcomes)

    def declare_formats(self) -> None:
        """Make the formats known that records are made in."""
        self.store.declare_formats(f.described for f in self.maker.formats.values())

    def moving(self) -> Moving:
        """Return a move into the store that begins now."""
        formats = (f.metadata_prefix for f in self.store.formats())
        return Moving(now=self.store.now(), prefixes=frozenset(formats))

    def _batches(
        self, source: Iterable[Read], moving: Moving | None
    ) -> Iterator[Results]:
        reads, preparing = iter(source), self.preparing
        while batch := list(islice(reads, _BATCH)):
            harvests = Harvests(self.store, self.maker.formats)
            yield [*preparing.results(batch, harvests, moving)]

    def _note(self, result: Prepared | Refusal) -> Note:
        """Return what the quarantine must know; what is unread may name its item."""
        if isinstance(result, Prepared):
            return Note(
                place=result.place,
                identifier=result.identifier,
                refused=tuple(map(_quarantined, result.refusals)),
                left_alone=result.left_alone,
            )
        name = result.identifier
        identifier = self.maker.repository.named(name) if name else None
        entry = replace(_quarantined(result), identifier=identifier, unread=True)
        return Note(place=result.place, identifier=identifier, refused=(entry,))


@dataclass(frozen=True, slots=True)
class Seen:
    """The identifiers met in a load, by their hashes: some 60 MB a million.

    Those met `below` count as met, too.
    """

    below: "Seen | None" = None
    hashes: set[int] = field(default_factory=set)

    def before(self, identifier: str) -> bool:
        """Tell whether an identifier was met before, and note that it is now."""
        key = hash(identifier)
        found = key in self.hashes or (
            self.below is not None and key in self.below.hashes
        )
        self.hashes.add(key)
        return found


def _unrepeated(result: Prepared | Refusal, seen: Seen) -> Prepared | Refusal:
    """Refuse an id that was met before, except a harvested one's."""
    if (
        isinstance(result, Refusal)
        or not seen.before(result.identifier)
        or result.harvested
    ):
        return result
    reason = "this id stands before in what is loaded: give each item its own"
    return refused(result.place, result.identifier, reason, "id")


def _wanted(results: Results) -> Iterator[ItemWrite | str]:
    """Yield the items to be stored, and the identifiers of those to be deleted."""
    prepared = (r for r in results if isinstance(r, Prepared))
    return (p.write or p.identifier for p in prepared if p.is_taken)


def _quarantined(refusal: Refusal) -> Quarantined:
    return Quarantined(
        file=str(refusal.place.file),
        line=refusal.place.line,
        reason=refusal.reason,
        field=refusal.field,
        identifier=refusal.identifier,
        metadata_prefix=refusal.metadata_prefix,
    )


def _reports(
    results: Iterable[Prepared | Refusal], outcomes: Iterator[Outcome]
) -> Iterator[Loaded | Refusal]:
    for result in results:
        if isinstance(result, Refusal):
            yield result
            continue
        yield from result.refusals
        if result.is_taken:
            yield Loaded(
                place=result.place,
                identifier=result.identifier,
                outcome=next(outcomes, None),
                doubts=result.doubts,
                provenance=result.provenance,
            )
