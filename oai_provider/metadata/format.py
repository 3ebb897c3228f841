"""What a metadata format is to the rest: a name, a schema, and two functions.

Formats register under the entry point group `oai_provider.formats`, ours through
the same door as any other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points

from lxml import etree

from oai_provider.errors import OaiProviderError
from oai_provider.metadata.item import Item
from oai_provider.protocol.model import MetadataFormat
from oai_provider.protocol.names import METADATA_PREFIX_RULE, is_metadata_prefix
from oai_provider.protocol.xml import Payload, element

GROUP = "oai_provider.formats"


class FormatError(OaiProviderError):
    """A format cannot be loaded, or an element is not of the format read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a record says that its item does not: the values of the system."""

    identifier: str
    """The OAI identifier of the record."""
    repository_name: str
    landing_page: str | None = None
    """The item's page in this repository; None unless the public can reach it."""


@dataclass(frozen=True, slots=True)
class TextWriter:
    """The `write` of a format that has its records as text before it has a tree.

    `payload` returns what `protocol.xml.payload` would make of the element, so that
    whoever makes records needs not write them twice.
    """

    payload: Callable[[Item, Context], Payload | None]

    def __call__(self, item: Item, context: Context) -> etree._Element | None:
        """Return the element that the text is of."""
        payload = self.payload(item, context)
        return None if payload is None else element(payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A metadata format: how an item is written in it, and read from it.

    `write` returns an element valid against `schema`, or None where the item
    cannot be disseminated in this format, and raises `FormatError` where it must be
    refused in it. `read` returns a mapping that
    `metadata.item.read_item` takes. `unsaid` names every field of the item that
    the format has no place for, with the reason.
    """

    metadata_prefix: str
    schema: str
    namespace: str
    write: Callable[[Item, Context], etree._Element | None]
    read: Callable[[etree._Element], dict[str, object]] | None = None
    unsaid: Mapping[str, str] = field(default_factory=dict)
    is_checked: bool = True
    """Whether records are validated; those of a format that is met in a harvest, with
    no schema at hand, are served as they came."""

    @property
    def described(self) -> MetadataFormat:
        """The format as ListMetadataFormats describes it."""
        return MetadataFormat(
            metadata_prefix=self.metadata_prefix,
            schema=self.schema,
            namespace=self.namespace,
        )


Formats = Mapping[str, Format]
"""Formats by metadataPrefix."""


def load_formats() -> dict[str, Format]:
    """Return the installed formats by metadataPrefix, in the order of prefixes."""
    found: dict[str, Format] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        loaded = point.load()
        door = f"entry point {point.name} = {point.value} of {GROUP}"
        if not isinstance(loaded, Format):
            raise FormatError(f"{door} is no Format")
        prefix = loaded.metadata_prefix
        if not is_metadata_prefix(prefix):
            raise FormatError(
                f"{door}: {prefix!r} is not legal: {METADATA_PREFIX_RULE}"
            )
        if prefix in found:
            raise FormatError(f"{door}: there is a format {prefix} already")
        found[prefix] = loaded
    return found
