"""What responses say, as frozen values: the nouns of OAI-PMH sections 2 and 4.

Writer and reader share these types, and are each other's inverse over them. Those
that a page has hundreds of are named tuples, which are made four times as fast.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.errors import ProtocolError
from oai_provider.protocol.verbs import VERBS, Verb
from oai_provider.protocol.xml import Payload

if TYPE_CHECKING:
    from oai_provider.protocol.written import WrittenRecord


class Header(NamedTuple):
    """The header of a record (OAI-PMH 2.5)."""

    identifier: str
    datestamp: datetime
    set_specs: tuple[str, ...] = ()
    deleted: bool = False


class Record(NamedTuple):
    """An item in one metadata format; a deleted one has no metadata and no about."""

    header: Header
    metadata: Payload | None = None
    about: tuple[Payload, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataFormat:
    """A format a repository can disseminate (OAI-PMH 3.4)."""

    metadata_prefix: str
    schema: str
    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A set, its name for people, and what else is said of it (OAI-PMH 2.6, 4.6)."""

    spec: str
    name: str
    descriptions: tuple[Payload, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumptionToken:
    """The element that ends an incomplete list, or the last page of one (3.5).

    The value is empty on the last page. `cursor` counts records, from 0.
    """

    value: str = ""
    complete_list_size: int | None = None
    cursor: int | None = None
    expiration_date: datetime | None = None


class DeletedRecord(StrEnum):
    """How a repository keeps track of deletions (OAI-PMH 2.5.1)."""

    NO = "no"
    PERSISTENT = "persistent"
    TRANSIENT = "transient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The answer to Identify (OAI-PMH 4.2)."""

    repository_name: str
    base_url: str
    admin_emails: tuple[str, ...]
    earliest_datestamp: datetime
    deleted_record: DeletedRecord
    granularity: Granularity
    compressions: tuple[str, ...] = ()
    descriptions: tuple[Payload, ...] = ()
    protocol_version: str = "2.0"


@dataclass(frozen=True, slots=True)
class MetadataFormats:
    """The answer to ListMetadataFormats (OAI-PMH 4.4)."""

    formats: tuple[MetadataFormat, ...]


@dataclass(frozen=True, slots=True)
class Sets:
    """A page of the answer to ListSets (OAI-PMH 4.6)."""

    sets: tuple[Set, ...]
    resumption_token: ResumptionToken | None = None


@dataclass(frozen=True, slots=True)
class Headers:
    """A page of the answer to ListIdentifiers (OAI-PMH 4.3).

    `until` is the last second of the list, if it has one; no document tells that.
    """

    headers: Sequence[Header]
    resumption_token: ResumptionToken | None = None
    until: datetime | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Records:
    """A page of the answer to ListRecords (OAI-PMH 4.5); `until` as for `Headers`."""

    records: Sequence[Record]
    resumption_token: ResumptionToken | None = None
    until: datetime | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Errors:
    """Every fault of a request that could not be answered (OAI-PMH 3.6)."""

    errors: tuple[ProtocolError, ...]


Body: TypeAlias = (
    "Identity | MetadataFormats | Sets | Record | WrittenRecord | Headers | Records"
    " | Errors"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole response: when, to which request, and its content (OAI-PMH 3.2).

    `arguments` are the echoed attributes of <request> by name, `verb` among them;
    none with badVerb and badArgument. `granularity` is that of the datestamps.
    """

    response_date: datetime
    base_url: str
    arguments: tuple[tuple[str, str], ...]
    body: Body
    granularity: Granularity = Granularity.SECOND

    @property
    def verb(self) -> Verb | None:
        """The verb echoed, if one was."""
        return VERBS.get(dict(self.arguments).get("verb", ""))
