"""What a harvest asks of the place where records go.

A page is written, then committed, then noted in the state of the harvest. A crash in
between leaves more in the sink than the state knows of: `resume` takes it away again,
or leaves it where writing it a second time changes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.listing import HarvestedRecord


class SinkError(OaiProviderError):
    """Records cannot be kept there; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where records of a page come from, as provenance tells it."""

    base_url: str
    """As Identify says it."""
    metadata_prefix: str
    response_date: datetime
    """Of the page."""
    metadata_namespace: str = ""
    """As ListMetadataFormats says it, empty where it does not."""
    schema: str = ""


class Sink(Protocol):
    """A place for records, written by one harvest at a time."""

    def is_empty(self) -> bool:
        """Tell whether nothing is there."""
        ...

    def resume(self, position: int) -> None:
        """Forget what was written after `position`, which a commit returned; 0: all.

        Called once, before anything is written.
        """
        ...

    def write(self, records: Sequence[HarvestedRecord], origin: Origin) -> list[int]:
        """Take records, in place of what was there of their identifiers.

        Returns a place for each, which means something to the sink alone. Raises
        `SinkError` where nothing can be written. A record that cannot be kept raises
        nothing and is told by `refused`.
        """
        ...

    def refused(self) -> Iterator[tuple[str, str]]:
        """Yield identifiers and reasons of what was not kept since the last call.

        A record once, whatever is wrong with it.
        """
        ...

    def commit(self) -> int:
        """Return where we are, when all that was written will survive a crash."""
        ...

    def finish(self, places: Iterable[int]) -> Iterator[int] | None:
        """End a harvest that was complete.

        `places` are those of all that is to stay, in ascending order. Where they
        change, the new ones are yielded, in the same order; None where they do not.
        The end of the iterator is the moment of change. `commit` then returns where
        we are; who is killed before noting both finds all as it was before, by
        `resume` with the position that was noted last.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections; what was not committed may be lost."""
        ...
