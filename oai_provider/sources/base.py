"""What every reader of files yields: items with their places, and what it refused.

A reader is a generator over one file. It never stops at a bad item: it yields an
`Unreadable` and goes on, so that one bad record never blocks a list.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from oai_provider.errors import OaiProviderError
from oai_provider.metadata.item import Item


class SourceError(OaiProviderError):
    """A path cannot be read at all; the message names it and the remedy."""


class Place(NamedTuple):
    """Where in what file something stands; line 0 means the file as a whole."""

    file: Path
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else str(self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """An item, and where it was found."""

    place: Place
    item: Item
    tombstone: bool = False
    """The source says that the item is deleted; the item has nothing but its id."""
    harvested: bool = False
    """It came in a response of another repository, with a header of its own."""
    metadata_prefix: str | None = None
    """The format in which it was harvested, if that can be told of a tombstone."""
    is_finished: bool = False
    """The item's own XML is in the form in which `protocol.xml.payload` has it."""

    @property
    def deleted(self) -> bool:
        """Whether the item is to be deleted, by a header or by its own field."""
        return self.tombstone or self.item.deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """What could not be read into an item: where, which field, and why."""

    place: Place
    reason: str
    field: str = ""
    identifier: str | None = None


Read = Sourced | Unreadable
Reader = Callable[[Path], Iterator[Read]]
