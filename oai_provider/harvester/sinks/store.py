"""Records in a store, which `oai-provider serve` re-exposes at once.

Identifiers, sets and containers are kept, the metadata is served as it came, in a
format of its own name and namespace if none is installed, and provenance tells where
each was harvested, with what it told before nested in it. Other formats are made only
where they are served already (decision 15); `rebuild` adds them.

The datestamp it had stands in that provenance; the header's is the copy's own. Whoever
harvests the copy asks for what came since the last time, and a record that arrives
today under a datestamp of last week would never be asked for (decision 8). With
`keep_datestamps` records that are new here keep theirs all the same, and tombstones
come along. That is safe for a first harvest into a store that nobody harvests yet, and
for no other.

What is written twice stays as it is, so after a crash there is nothing to be undone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Final

from lxml import etree

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks.base import Origin, SinkError
from oai_provider.metadata.format import Context, Format, FormatError
from oai_provider.metadata.item import Item, item_of
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.model import MetadataFormat
from oai_provider.protocol.request import Selection
from oai_provider.protocol.xml import (
    SCHEMA_LOCATION,
    Payload,
    XmlError,
    parse,
    root_tag,
)
from oai_provider.provider.harvested import Harvests
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.provider.moving import Moving
from oai_provider.provider.preparing import Refusal, Results
from oai_provider.sources.base import Place, Read, Unreadable
from oai_provider.sources.mapping import read_mapping
from oai_provider.sources.origins import Exchange
from oai_provider.sources.xml_records import (
    Fields,
    RecordError,
    finished_fields,
    header_fields,
)
from oai_provider.store.base import StoreError

_BATCH: Final = 500
_MANDATORY: Final = "oai_dc"


class StoreSink:
    """A sink of one store; several harvests may write into it at once."""

    def __init__(self, ingest: Ingest, *, keep_datestamps: bool = False) -> None:
        self._ingest = ingest
        self._keeps_datestamps = keep_datestamps
        self._count = 0
        self._refused: list[tuple[str, str]] = []
        ingest.declare_formats()
        # What other harvests brought must not be lost by this one.
        for described in ingest.store.formats():
            self._learn(described)

    def is_empty(self) -> bool:
        """Tell whether the store has no item; see `Sink.is_empty`."""
        totals = self._ingest.store.totals()
        return not (totals.items or totals.deleted)

    def resume(self, position: int) -> None:
        """Go on counting there: what is written again stays as it is."""
        self._count = position

    def write(self, records: Sequence[HarvestedRecord], origin: Origin) -> list[int]:
        """Store records; see `Sink.write`."""
        reports: list[Loaded | Refusal] = []
        try:
            batches = self._batches(records, origin)
            reports += self._ingest.stored(batches, dry_run=False)
        except StoreError as error:
            raise SinkError(str(error)) from error
        self._refused += _untaken(reports, self._prefix_of(origin))
        self._count += len(records)
        return [0] * len(records)

    def refused(self) -> Iterator[tuple[str, str]]:
        """Yield what is in the store's quarantine now; see `Sink.refused`."""
        refused, self._refused = self._refused, []
        yield from refused

    def commit(self) -> int:
        """Return how many records were written, all of which are stored."""
        return self._count

    def finish(self, places: Iterable[int]) -> None:
        """Do nothing: an item is stored once from the start."""

    def close(self) -> None:
        """Let go of the store."""
        self._ingest.store.close()

    def _batches(
        self, records: Sequence[HarvestedRecord], origin: Origin
    ) -> Iterator[Results]:
        reads = self._reads(records, origin)
        while batch := [*islice(reads, _BATCH)]:
            # A format may have been met among them.
            ingest = self._ingest
            harvests = Harvests(ingest.store, ingest.maker.formats)
            preparing = replace(ingest.preparing, added=self._added())
            yield [*preparing.results(batch, harvests, self._moving())]

    def _added(self) -> frozenset[str]:
        """Return the formats that records are written in beside those they come in.

        Dublin Core, which every item must have (OAI-PMH 2.5), and what is served here
        already, which would be out of date or withdrawn.
        """
        formats = self._ingest.maker.formats
        return frozenset(
            prefix for prefix in formats if prefix == _MANDATORY or self._serves(prefix)
        )

    def _serves(self, prefix: str) -> bool:
        listed = Selection(metadata_prefix=prefix)
        return bool(self._ingest.store.headers(listed, after=None, limit=1).headers)

    def _moving(self) -> Moving | None:
        if not self._keeps_datestamps:
            return None
        return replace(self._ingest.moving(), is_copy=True)

    def _reads(
        self, records: Sequence[HarvestedRecord], origin: Origin
    ) -> Iterator[Read]:
        # A page is a file to the quarantine, and has a name of its own.
        name = f"{origin.base_url} {origin.metadata_prefix} {self._count}"
        date = format_datestamp(origin.response_date, Granularity.SECOND)
        exchange = Exchange(base_url=origin.base_url, response_date=date)
        for line, record in zip(count(1), records, strict=False):
            place = Place(Path(name), line)
            try:
                fields = self._fields(record, origin, exchange)
            except (FormatError, RecordError, XmlError) as error:
                yield Unreadable(
                    place=place, reason=str(error), identifier=record.identifier
                )
                continue
            for read in read_mapping(fields, place, read=item_of):
                yield self._harvested(read, record, origin)

    def _fields(
        self, record: HarvestedRecord, origin: Origin, exchange: Exchange
    ) -> Fields:
        header = header_fields(
            record.identifier,
            record.datestamp,
            record.set_specs,
            deleted=record.deleted,
        )
        if record.deleted:
            # OAI-PMH 2.5: whatever an endpoint sends along, there is nothing any more.
            return header
        if record.metadata is None:
            raise RecordError("its <metadata> is empty, and it is not deleted")
        metadata = Payload(record.metadata)
        self._meet(metadata, origin)
        about = [*map(Payload, record.about)]
        formats = self._ingest.maker.formats
        return finished_fields(header, metadata, about, formats, exchange)

    def _harvested(self, read: Read, record: HarvestedRecord, origin: Origin) -> Read:
        if isinstance(read, Unreadable):
            return read
        return replace(
            read,
            tombstone=record.deleted,
            harvested=True,
            is_finished=True,
            metadata_prefix=next(iter(read.item.native), self._prefix_of(origin)),
        )

    def _prefix_of(self, origin: Origin) -> str | None:
        """Return what a format is called here, None where that cannot be told."""
        formats = self._ingest.maker.formats
        for met in formats.values():
            if met.namespace == origin.metadata_namespace:
                return met.metadata_prefix
        # One of a namespace of its own is new, and withdraws no other.
        if origin.metadata_prefix in formats or origin.metadata_namespace:
            return origin.metadata_prefix
        return None

    def _meet(self, metadata: Payload, origin: Origin) -> None:
        """Learn a format by its first record, if there is none of its namespace."""
        name = etree.QName(root_tag(metadata))
        namespace = name.namespace or ""
        formats = self._ingest.maker.formats
        if any(f.namespace == namespace for f in formats.values()):
            return
        if origin.metadata_prefix in formats:
            raise RecordError(
                f"<{name.text}> is not {origin.metadata_prefix}, which is in"
                f" {formats[origin.metadata_prefix].namespace} here"
            )
        described = MetadataFormat(
            metadata_prefix=origin.metadata_prefix,
            schema=origin.schema or _schema_of(metadata, namespace),
            namespace=namespace,
        )
        self._learn(described)
        self._ingest.declare_formats()

    def _learn(self, described: MetadataFormat) -> None:
        maker, prefix = self._ingest.maker, described.metadata_prefix
        if prefix in maker.formats:
            return
        met = Format(
            metadata_prefix=prefix,
            schema=described.schema,
            namespace=described.namespace,
            write=_nothing,
            is_checked=maker.schemas.knows(described.schema),
        )
        maker = replace(maker, formats={**maker.formats, prefix: met})
        self._ingest = replace(self._ingest, maker=maker)


def _nothing(_item: Item, _context: Context) -> None:
    """Write no record: there are only those that came."""


def _schema_of(metadata: Payload, namespace: str) -> str:
    """Return the schema that a record names, or what comes nearest to it."""
    words = parse(metadata.xml).get(SCHEMA_LOCATION, "").split()
    return dict(zip(words[::2], words[1::2], strict=False)).get(namespace, namespace)


def _untaken(
    reports: Iterable[Loaded | Refusal], prefix: str | None
) -> Iterator[tuple[str, str]]:
    """Yield what was not kept of the records that came, which were of one format."""
    taken: set[str] = set()
    refused: defaultdict[str, list[Refusal]] = defaultdict(list)
    for report in reports:
        if isinstance(report, Loaded):
            taken.add(report.identifier)
        else:
            refused[report.identifier or ""].append(report)
    for name, refusals in refused.items():
        # A record may be kept though others cannot be made of it.
        own = [r for r in refusals if r.metadata_prefix in {None, prefix}]
        if told := own if name in taken else refusals:
            yield name, "; ".join(map(_reason, told))


def _reason(refusal: Refusal) -> str:
    said = (refusal.metadata_prefix, refusal.field, refusal.reason)
    return ": ".join(filter(None, said))
