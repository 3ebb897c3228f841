"""What a page of a list holds, as plain values: the nouns that all else here speaks.

`page` reads them, `walk` judges them, sinks keep them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Final, NamedTuple

from oai_provider.errors import OaiProviderError
from oai_provider.protocol.model import ResumptionToken


class _Fields(NamedTuple):
    identifier: str
    datestamp: str
    """As it was served."""
    set_specs: tuple[str, ...] = ()
    deleted: bool = False
    metadata: bytes | None = None
    about: tuple[bytes, ...] = ()


class HarvestedRecord(_Fields):
    """A record as it came, or, of ListIdentifiers, its header alone.

    The XML is in the normal form of `protocol.xml.payload`; a record that is alive
    and came with an empty <metadata> has none.
    """

    @cached_property
    def digest(self) -> str:
        """32 hexadecimal digits of all that the record says, its datestamp aside."""
        hashed = sha256(self.metadata or b"")
        parts = (*self.about, *(spec.encode() for spec in self.set_specs))
        hashed.update(b"\0".join((b"", *parts, b"deleted" if self.deleted else b"")))
        return hashed.hexdigest()[:32]


_NAMELESS: Final = "a record without identifier"


class RepairKind(StrEnum):
    """What was done to a document that is not well-formed."""

    CONTROL = "control character removed"
    """A character that XML 1.0 cannot carry, as itself or as a reference."""
    ENCODING = "encoding"
    """The bytes are not in the encoding that is declared; read as another."""
    BEFORE = "junk before the document removed"
    AFTER = "junk after the document removed"
    DECLARATION = "nested XML declaration removed"
    AMPERSAND = "bare ampersand escaped"
    """An & that begins no reference, or one to an entity that XML does not have."""


class Repair(NamedTuple):
    """One repair: what, at which byte of the document as it came, and why."""

    kind: RepairKind
    offset: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableRecord:
    """A record that cannot be kept: its bytes, and why."""

    reason: str
    xml: bytes
    identifier: str | None = None
    line: int = 0

    @property
    def name(self) -> str:
        """What it is told by: its identifier, or else what its bytes come to."""
        if self.identifier:
            return self.identifier
        return f"{_NAMELESS} ({sha256(self.xml).hexdigest()[:12]})"


def is_nameless(name: str) -> bool:
    """Tell whether what begins so is told of a record without identifier."""
    return name.startswith(_NAMELESS)


class ListError(NamedTuple):
    """An error of OAI-PMH 3.6, its code as it came."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A whole page of ListRecords or ListIdentifiers (or GetRecord's one record)."""

    verb: str
    """The name of the element that holds the answer; empty with errors."""
    response_date: datetime
    records: tuple[HarvestedRecord, ...] = ()
    resumption_token: ResumptionToken | None = None
    errors: tuple[ListError, ...] = ()
    unreadable: tuple[UnreadableRecord, ...] = ()
    repairs: tuple[Repair, ...] = ()


class PageFault(StrEnum):
    """Why a document is no page, by what helps against it."""

    EMPTY = "empty"
    CUT = "cut"
    """It ends before </OAI-PMH>."""
    HTML = "HTML"
    NOT_XML = "not XML"
    """Not well-formed, and beyond the repairs we make."""
    DTD = "document type declaration"
    NOT_OAI_PMH = "not OAI-PMH"
    """XML, but no OAI-PMH 2.0 response, or not to what was asked."""


class PageError(OaiProviderError):
    """A document is no page; the message says what it is, and where."""

    def __init__(self, message: str, *, fault: PageFault) -> None:
        super().__init__(message)
        self.fault = fault
