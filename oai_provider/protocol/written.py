"""Records that a store keeps as XML: a page of them is put together, not written.

To whoever looks into it such a page is a sequence of records like any other. Headers
are written when a record is stored, with all that is in them; a response copies them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, TypeAlias, overload

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import Record
from oai_provider.protocol.read import read_header
from oai_provider.protocol.xml import Payload

_TIME: Final = re.compile(rb"T\d\d:\d\d:\d\dZ</datestamp>")
_DAY_END: Final = b"</datestamp>"


WrittenRecord: TypeAlias = tuple[bytes, bytes | None, tuple[Payload, ...]]
"""A record's whole <header>, with its datestamp in seconds, its metadata, and what is
said about it; a tombstone is a header alone."""


class WrittenRecords(Sequence[Record]):
    """Records as they stand in a response; `newest` is their last datestamp."""

    __slots__ = ("_written", "newest")

    def __init__(self, written: Sequence[WrittenRecord], newest: datetime) -> None:
        self._written = written
        self.newest = newest

    def xml(self, granularity: Granularity) -> bytes:
        """Return all records, as they stand in a list."""
        pieces: list[bytes] = []
        for header, metadata, about in self._written:
            if granularity is Granularity.DAY:
                header = _TIME.sub(_DAY_END, header, 1)  # noqa: PLW2901 - cut to its day
            if metadata is None:
                pieces += (b"<record>", header, b"</record>\n")
            elif not about:
                pieces += (
                    b"<record>",
                    header,
                    b"<metadata>",
                    metadata,
                    b"</metadata></record>\n",
                )
            else:
                pieces += (b"<record>", header, b"<metadata>", metadata, b"</metadata>")
                pieces += (b"<about>%b</about>" % part.xml for part in about)
                pieces.append(b"</record>\n")
        return b"".join(pieces)

    def sizes(self) -> Iterator[int]:
        """Yield the bytes of metadata and about of each."""
        for _, metadata, about in self._written:
            yield len(metadata or b"") + sum(len(part.xml) for part in about)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._written)

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> "WrittenRecords": ...

    def __getitem__(self, index: int | slice) -> "Record | WrittenRecords":
        """Return a record, or some of them."""
        if isinstance(index, slice):
            some = self._written[index]
            newest = read_header(some[-1][0]).datestamp if some else self.newest
            return WrittenRecords(some, newest)
        return _taken_apart(self._written[index])

    def __iter__(self) -> Iterator[Record]:
        """Yield the records."""
        return map(_taken_apart, self._written)

    def __eq__(self, other: object) -> bool:
        """Tell whether these are the same records, however they are held."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of the same records in a tuple."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """Return the records as they read."""
        return repr(tuple(self))


def _taken_apart(written: WrittenRecord) -> Record:
    header, metadata, about = written
    payload = None if metadata is None else Payload(metadata)
    return Record(read_header(header), payload, about)
