"""Items become finished records: written in each format, validated, stored.

Nothing that fails its schema enters the store. What is refused is reported with
its file, line, format, field and reason, and never keeps other items out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby, islice

from lxml import etree

from oai_provider.metadata.format import Context, Format
from oai_provider.metadata.item import Item, item_json
from oai_provider.protocol.names import without_implied
from oai_provider.protocol.xml import (
    SCHEMA_LOCATION,
    Payload,
    XmlError,
    parse,
    payload,
)
from oai_provider.provider.about import about_payloads
from oai_provider.provider.repository import Repository
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.store.base import ItemWrite, Outcome, Store
from oai_provider.xsd import Schemas

_BATCH = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was kept out: a whole item, or an item in one format."""

    place: Place
    reason: str
    field: str = ""
    identifier: str | None = None
    metadata_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """An item that went in, and what became of it; None in a dry run."""

    place: Place
    identifier: str
    item: Item
    outcome: Outcome | None = None


class _Action(Enum):
    PUT = auto()
    DELETE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An item, what was refused of it, and what is to be stored if anything is."""

    source: Sourced
    identifier: str
    write: ItemWrite | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def action(self) -> _Action:
        if self.source.deleted:
            return _Action.DELETE
        return _Action.PUT if self.write else _Action.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """The way into a store."""

    repository: Repository
    store: Store
    schemas: Schemas
    formats: Mapping[str, Format]

    def load(
        self, source: Iterable[Read], *, dry_run: bool = False
    ) -> Iterator[Loaded | Refusal]:
        """Store what a source yields, and report on every item in order.

        A dry run does all but store: an item that would go in has no outcome.
        """
        self.store.declare_formats(f.described for f in self.formats.values())
        reads = iter(source)
        while batch := list(islice(reads, _BATCH)):
            results = [self._prepare(read) for read in batch]
            outcomes = iter(()) if dry_run else self._store(results)
            yield from _reports(results, outcomes)

    def _store(self, results: Iterable[_Prepared | Refusal]) -> Iterator[Outcome]:
        prepared = (r for r in results if isinstance(r, _Prepared))
        for action, group in groupby(prepared, lambda p: p.action):
            if action is _Action.PUT:
                yield from self.store.put(p.write for p in group if p.write)
            elif action is _Action.DELETE:
                yield from self.store.delete(p.identifier for p in group)

    def _prepare(self, read: Read) -> _Prepared | Refusal:
        if isinstance(read, Unreadable):
            return Refusal(
                place=read.place,
                reason=read.reason,
                field=read.field,
                identifier=read.identifier,
            )
        item = read.item
        identifier = item.identifier or self.repository.identifier(item.id)
        if read.deleted:
            return _Prepared(read, identifier)
        record = _Records(self, read.place, item, identifier)
        try:
            about = about_payloads(item, self.repository.record_rights)
        except (XmlError, ValueError) as error:
            return record.refusal(None, str(error), "about")
        return record.prepared(read, about)


class _Records:
    """The records of one item in the making."""

    def __init__(
        self, ingest: Ingest, place: Place, item: Item, identifier: str
    ) -> None:
        self._ingest = ingest
        self._place = place
        self._item = item
        self._identifier = identifier
        self._refusals: list[Refusal] = []

    def prepared(
        self, source: Sourced, about: tuple[Payload, ...]
    ) -> _Prepared | Refusal:
        payloads = dict(self._payloads())
        if not payloads and not self._refusals:
            return self.refusal(None, "no installed format can say what this item says")
        if not payloads:
            # Nothing of it is fit to be served: whatever is stored stays as it was.
            return _Prepared(source, self._identifier, None, tuple(self._refusals))
        write = ItemWrite(
            identifier=self._identifier,
            source=json.dumps(item_json(self._item), ensure_ascii=False),
            payloads=payloads,
            set_specs=without_implied(self._item.sets),
            about=about,
            refused=frozenset(r.metadata_prefix or "" for r in self._refusals),
        )
        return _Prepared(source, self._identifier, write, tuple(self._refusals))

    def refusal(self, prefix: str | None, reason: str, field: str = "") -> Refusal:
        return Refusal(
            place=self._place,
            reason=reason,
            field=field,
            identifier=self._identifier,
            metadata_prefix=prefix,
        )

    def _payloads(self) -> Iterator[tuple[str, Payload]]:
        formats = self._ingest.formats
        for prefix in self._item.native.keys() - formats.keys():
            reason = f"there is no format {prefix} here; there is {', '.join(formats)}"
            self._refusals.append(self.refusal(prefix, reason, f"native.{prefix}"))
        for prefix, format_ in formats.items():
            try:
                element = self._element(format_)
                if element is not None and self._is_valid(format_, element):
                    yield prefix, payload(element)
            except XmlError as error:
                field = f"native.{prefix}"
                self._refusals.append(self.refusal(prefix, str(error), field))

    def _element(self, format_: Format) -> etree._Element | None:
        native = self._item.native.get(format_.metadata_prefix)
        if native is not None:
            return _located(parse(native.encode()), format_)
        repository = self._ingest.repository
        context = Context(
            identifier=self._identifier,
            repository_name=repository.name,
            landing_page=repository.public_item_url(self._identifier),
        )
        return format_.write(self._item, context)

    def _is_valid(self, format_: Format, element: etree._Element) -> bool:
        faults = self._ingest.schemas.faults(element, format_.schema)
        self._refusals += [
            self.refusal(format_.metadata_prefix, fault.message, fault.path)
            for fault in faults
        ]
        return not faults


def _located(root: etree._Element, format_: Format) -> etree._Element:
    """Return the element naming the schema that ListMetadataFormats names."""
    # OAI-PMH 3.4: they must be the same; what is said of other namespaces stays.
    words = root.get(SCHEMA_LOCATION, "").split()
    locations = dict(zip(words[::2], words[1::2], strict=False))
    if locations.get(format_.namespace) != format_.schema:
        locations[format_.namespace] = format_.schema
        root.set(SCHEMA_LOCATION, " ".join(f"{n} {s}" for n, s in locations.items()))
    return root


def _reports(
    results: Iterable[_Prepared | Refusal], outcomes: Iterator[Outcome]
) -> Iterator[Loaded | Refusal]:
    for result in results:
        if isinstance(result, Refusal):
            yield result
            continue
        yield from result.refusals
        if result.action is not _Action.NOTHING:
            yield Loaded(
                place=result.source.place,
                identifier=result.identifier,
                item=result.source.item,
                outcome=next(outcomes, None),
            )
