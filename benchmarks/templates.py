"""Finished records by the million: those of some articles, renamed.

What the formats make of an article is made once by the way in that every item takes,
and written again under other numbers, so that a big store is soon built.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from benchmarks import corpus
from oai_provider.assembly import open_ingest, utc_now
from oai_provider.config import Config
from oai_provider.metadata.item import item_source, read_item
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.xml import Payload
from oai_provider.store.base import ItemWrite

PREFIX: Final = "oai_dc"
"""The format of the lists that are measured: the one that every peer has."""
OTHER_PREFIX: Final = "mods"

# As many as have every language and year in turn.
_MOST_TEMPLATES: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A record as any server may send it, and its parts."""

    number: int
    identifier: str
    datestamp: str
    set_specs: tuple[str, ...]
    header: bytes
    payload: bytes | None
    """None if the record is deleted."""

    @property
    def record(self) -> bytes:
        """The whole record."""
        if self.payload is None:
            return b"<record>%b</record>\n" % self.header
        metadata = b"<metadata>%b</metadata>" % self.payload
        return b"<record>%b%b</record>\n" % (self.header, metadata)


def config_of(url: str) -> Config:
    """Return a configuration that has all but the store as it is by default."""
    return Config.model_validate({"store": {"url": url}})


def made_templates(count: int) -> list[ItemWrite]:
    """Return articles with their records in every format, for so many records."""
    ingest = open_ingest(config_of("sqlite://"), utc_now)
    templates = []
    for number in range(min(count, _MOST_TEMPLATES)):
        item = read_item(corpus.article(number))
        made = ingest.maker.made(item, corpus.identifier(number))
        if made.faults:
            raise ValueError(f"article {number}: {made.faults[0].reason}")
        source = item_source(item)
        identifier = corpus.identifier(number)
        payloads = made.payloads
        write = ItemWrite(identifier=identifier, source=source, payloads=payloads)
        templates.append(write)
    ingest.store.close()
    return templates


@dataclass(frozen=True, slots=True)
class Records:
    """As many records as are asked for, in order of datestamps."""

    count: int
    templates: list[ItemWrite]

    def writes(self) -> Iterator[ItemWrite]:
        """Yield what a store is to be given."""
        for number in range(self.count):
            write = self._renamed(number)
            moved = dict.fromkeys(write.payloads, corpus.datestamp(number))
            specs = corpus.set_specs(number)
            if corpus.is_deleted(number):
                yield replace(
                    write, payloads={}, set_specs=specs, datestamps=moved, deleted=True
                )
            else:
                yield replace(write, set_specs=specs, datestamps=moved)

    def finished(self) -> Iterator[Finished]:
        """Yield the records of the format that is measured."""
        for number in range(self.count):
            moment, specs = corpus.datestamp(number), corpus.set_specs(number)
            day = format_datestamp(moment, Granularity.DAY)
            payload = self._renamed(number).payloads[PREFIX].stamped(day).xml
            gone = corpus.is_deleted(number)
            stamp = format_datestamp(moment, Granularity.SECOND)
            yield Finished(
                number=number,
                identifier=corpus.identifier(number),
                datestamp=stamp,
                set_specs=specs,
                header=_header(number, stamp, specs),
                payload=None if gone else payload,
            )

    def payload_bytes(self) -> int:
        """Return how much the payloads are, in all formats."""
        sizes = [
            sum(len(payload.xml) for payload in template.payloads.values())
            for template in self.templates
        ]
        alive = (n for n in range(self.count) if not corpus.is_deleted(n))
        # A new name is as long as the old one.
        return sum(sizes[number % len(sizes)] for number in alive)

    def _renamed(self, number: int) -> ItemWrite:
        template = self.templates[number % len(self.templates)]
        old, new = (corpus.local_id(n) for n in (number % len(self.templates), number))
        payloads = {
            prefix: Payload(payload.xml.replace(old.encode(), new.encode()))
            for prefix, payload in template.payloads.items()
        }
        return ItemWrite(
            identifier=corpus.identifier(number),
            source=template.source.replace(old, new),
            payloads=payloads,
        )


def _header(number: int, stamp: str, specs: tuple[str, ...]) -> bytes:
    start = '<header status="deleted">' if corpus.is_deleted(number) else "<header>"
    sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in specs)
    name = f"<identifier>{corpus.identifier(number)}</identifier>"
    return f"{start}{name}<datestamp>{stamp}</datestamp>{sets}</header>".encode()
