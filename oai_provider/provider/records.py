"""The records of an item in the making: written in each format, and validated.

Nothing leaves here that fails its schema; what does is told as a fault.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from lxml import etree

from oai_provider.metadata.format import Context, Format, FormatError, TextWriter
from oai_provider.metadata.item import Item
from oai_provider.protocol.xml import (
    SCHEMA_LOCATION,
    Payload,
    XmlError,
    element,
    parse,
    payload,
)
from oai_provider.provider.about import about_payloads
from oai_provider.provider.repository import Repository
from oai_provider.xsd import SchemaFault, Schemas


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFault:
    """Why an item is refused in a format, or as a whole without one."""

    reason: str
    field: str = ""
    metadata_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What of an item is fit to be served, and what is not."""

    payloads: Mapping[str, Payload]
    about: Mapping[str, tuple[Payload, ...]]
    faults: tuple[RecordFault, ...]


class _Written(NamedTuple):
    """A record to be validated, and its payload if that is what was written."""

    root: etree._Element
    finished: Payload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMaker:
    """Makes records by the formats installed and the schemas of their catalogue."""

    repository: Repository
    schemas: Schemas
    formats: Mapping[str, Format]

    def made(
        self,
        item: Item,
        identifier: str,
        prefixes: Collection[str] | None = None,
        *,
        finished: Collection[str] = (),
    ) -> Made:
        """Return the records of an item; none if it is refused as a whole.

        With `prefixes` in these formats only. Others than those it brings are written
        of its fields, which must be there: see `metadata.own_xml`. Its own XML is known
        to be in the form of a payload where it is `finished`.
        """
        faults: list[RecordFault] = []
        wanted = self.formats if prefixes is None else prefixes
        try:
            about = {
                prefix: about_payloads(item, format_, self.repository)
                for prefix, format_ in self.formats.items()
                if prefix in wanted
            }
            faults += self._about_faults(item)
        except (XmlError, ValueError) as error:
            faults.append(RecordFault(reason=str(error), field="about"))
        if faults:
            return Made(payloads={}, about={}, faults=tuple(faults))
        faults += self._unknown_formats(item)
        payloads = {}
        context = self._context(identifier)
        for format_ in (f for p, f in self.formats.items() if p in wanted):
            is_finished = format_.metadata_prefix in finished
            result = self._record(item, context, format_, is_finished=is_finished)
            if isinstance(result, Payload):
                payloads[format_.metadata_prefix] = result
            else:
                faults += result
        if not payloads and not faults:
            reason = "no installed format can say what this item says"
            faults.append(RecordFault(reason=reason))
        return Made(payloads=payloads, about=about, faults=tuple(faults))

    def _about_faults(self, item: Item) -> Iterator[RecordFault]:
        """Yield what is wrong with given containers; `container` makes none amiss."""
        given = chain(item.about, *item.record_about.values())
        for about in dict.fromkeys(given):
            for fault in _container_faults(self.schemas, about):
                yield RecordFault(reason=fault.message, field=f"about{fault.path}")

    def _unknown_formats(self, item: Item) -> Iterator[RecordFault]:
        known = ", ".join(self.formats)
        for prefix in sorted(item.native.keys() - self.formats.keys()):
            yield RecordFault(
                reason=f"there is no format {prefix}; there is {known}",
                field=f"native.{prefix}",
                metadata_prefix=prefix,
            )

    def _record(
        self, item: Item, context: Context, format_: Format, *, is_finished: bool
    ) -> Payload | tuple[RecordFault, ...]:
        prefix = format_.metadata_prefix
        native = item.native.get(prefix)
        try:
            written = (
                _written(format_, item, context)
                if native is None
                else _own(native.encode(), format_, is_finished=is_finished)
            )
            if written is None:
                return ()
            faults = self._faults(written.root, format_)
            if not faults:
                return written.finished or payload(written.root)
        except (FormatError, XmlError) as error:
            field = "" if native is None else f"native.{prefix}"
            fault = RecordFault(reason=str(error), field=field, metadata_prefix=prefix)
            return (fault,)
        return tuple(_told(fault, prefix) for fault in faults)

    def _faults(self, root: etree._Element, format_: Format) -> tuple[SchemaFault, ...]:
        if not format_.is_checked:
            return ()
        return self.schemas.faults(root, format_.schema)

    def _context(self, identifier: str) -> Context:
        return Context(
            identifier=identifier,
            repository_name=self.repository.name,
            landing_page=self.repository.public_item_url(identifier),
        )


# Asked for each record, and nearly always of the same.
@lru_cache(maxsize=16)
def _container_faults(schemas: Schemas, container: str) -> tuple[SchemaFault, ...]:
    return schemas.container_faults(parse(container.encode()))


def _written(format_: Format, item: Item, context: Context) -> _Written | None:
    write = format_.write
    if isinstance(write, TextWriter):
        finished = write.payload(item, context)
        return finished and _Written(element(finished), finished)
    root = write(item, context)
    return None if root is None else _Written(root)


def _own(native: bytes, format_: Format, *, is_finished: bool) -> _Written:
    root = parse(native)
    is_changed = _locate(root, format_)
    return _Written(root, Payload(native) if is_finished and not is_changed else None)


def _told(fault: SchemaFault, prefix: str) -> RecordFault:
    return RecordFault(reason=fault.message, field=fault.path, metadata_prefix=prefix)


def _locate(root: etree._Element, format_: Format) -> bool:
    """Name the schema that ListMetadataFormats names; tell whether that was amiss."""
    # OAI-PMH 3.4: they must be the same; what is said of other namespaces stays.
    words = root.get(SCHEMA_LOCATION, "").split()
    locations = dict(zip(words[::2], words[1::2], strict=False))
    if locations.get(format_.namespace) == format_.schema:
        return False
    locations[format_.namespace] = format_.schema
    root.set(SCHEMA_LOCATION, " ".join(f"{n} {s}" for n, s in locations.items()))
    return True
