"""Records and headers as a store keeps them: written, with all that is in them.

A page of them is copied, not written. To whoever looks into it, it is a sequence of
records or headers like any other; they are read only then.
"""

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeVar, overload

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import Header, Record
from oai_provider.protocol.read import read_header, read_record
from oai_provider.protocol.xml import Payload

_TIME: Final = re.compile(rb"T\d\d:\d\d:\d\dZ</datestamp>")
_DAY_END: Final = b"</datestamp>"
_HEADER_END: Final = b"</header>"
# Enumerations are slow to look up: this is done for each response.
_SECOND: Final = Granularity.SECOND
_OUTSIDE: Final = len(b"</header></record>\n")

_Read = TypeVar("_Read")


class WrittenRecord:
    """A <record> and the line feed after it, its datestamp in seconds."""

    __slots__ = ("datestamp", "xml")

    def __init__(self, xml: bytes, datestamp: datetime) -> None:
        self.xml = xml
        self.datestamp = datestamp

    def written(self, granularity: Granularity) -> bytes:
        """Return it as it stands in a response."""
        return self.xml if granularity is _SECOND else _cut(self.xml)

    @property
    def header(self) -> Header:
        """Its header."""
        return read_record(self.xml).header

    @property
    def metadata(self) -> Payload | None:
        """Its metadata; None if it is deleted."""
        return read_record(self.xml).metadata

    @property
    def about(self) -> tuple[Payload, ...]:
        """What is said about it."""
        return read_record(self.xml).about

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same record, however that is held."""
        if isinstance(other, WrittenRecord):
            return self.xml == other.xml
        return read_record(self.xml) == other

    def __hash__(self) -> int:
        """Return the hash of the same record, read."""
        return hash(read_record(self.xml))

    def __repr__(self) -> str:
        """Return the record as it reads."""
        return repr(read_record(self.xml))


class _Written(Sequence[_Read]):
    """What is written, a line feed after each; `newest` is the last datestamp."""

    __slots__ = ("_xml", "newest")

    def __init__(self, xml: Sequence[bytes], newest: datetime) -> None:
        self._xml = xml
        self.newest = newest

    def written(self, granularity: Granularity) -> Iterable[bytes]:
        """Return all, as they stand in a list."""
        return self._xml if granularity is _SECOND else map(_cut, self._xml)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._xml)

    @overload
    def __getitem__(self, index: int) -> _Read: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[_Read]: ...

    def __getitem__(self, index: int | slice) -> _Read | Sequence[_Read]:
        """Return one of them, or some."""
        return tuple(self)[index]

    @abstractmethod
    def __iter__(self) -> Iterator[_Read]:
        """Yield them, read."""

    def __eq__(self, other: object) -> bool:
        """Tell whether these are the same, however they are held."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of the same in a tuple."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """Return them as they read."""
        return repr(tuple(self))


class WrittenRecords(_Written[Record]):
    """Each a whole <record>, its datestamp in seconds."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Record]:
        """Yield the records."""
        return map(read_record, self._xml)

    @property
    def bytes(self) -> int:
        """Of how many bytes all are, with their headers."""
        return sum(map(len, self._xml))

    def sizes(self) -> Iterator[int]:
        """Yield the bytes of each, without its header."""
        for xml in self._xml:
            yield len(xml) - xml.index(_HEADER_END) - _OUTSIDE


class WrittenHeaders(_Written[Header]):
    """Each a <header>, its datestamp in seconds."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Header]:
        """Yield the headers."""
        return map(read_header, self._xml)


def _cut(xml: bytes) -> bytes:
    """Return what has a datestamp with the day of that alone."""
    return _TIME.sub(_DAY_END, xml, 1)
