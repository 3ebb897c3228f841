"""Where an item came from and what was done to it on the way here."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from oai_provider.metadata.text import (
    BaseUrl,
    Count,
    LanguageTag,
    Line,
    OneOf,
    Part,
    Several,
    Uri,
    Verbatim,
    WebAddress,
)
from oai_provider.protocol.datestamp import (
    DatestampError,
    Granularity,
    format_datestamp,
    parse_datestamp,
)


def _parsed(value: str) -> datetime:
    try:
        return parse_datestamp(value.strip())[0]
    except DatestampError as error:
        raise ValueError(f"{value!r} is no datestamp: {error}") from error


def _read(value: object) -> object:
    return _parsed(value) if isinstance(value, str) else value


def _whole_second(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(microsecond=0)


def _written(value: datetime) -> str:
    return format_datestamp(value, Granularity.SECOND)


def _utc_datestamp(value: str) -> str:
    _parsed(value)
    return value


# A moment of ours: whole seconds of UTC, a day being its first second.
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_read),
    AfterValidator(_whole_second),
    PlainSerializer(_written),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$"}
    ),
]
# A moment of someone else's, kept in the granularity they wrote it in.
Datestamp = Annotated[Line, AfterValidator(_utc_datestamp)]


class Repair(Part):
    """A change made to a text by rule: what stood there, and what stands there now."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    field: Line
    before: Verbatim = Field(alias="from")
    after: Verbatim = Field(alias="to")
    rule: Line
    offset: Count | None = None


class Doubt(Part):
    """Something doubtful that was left as it was."""

    scalar_field: ClassVar[str] = "message"

    message: Line
    field: Line | None = None
    value: Line | None = None
    rule: Line | None = None
    offset: Count | None = None


class Source(OneOf):
    """The page or file an item was read from."""

    scalar_field: ClassVar[str] = "file"
    one_of: ClassVar[tuple[str, ...]] = ("url", "file")

    url: WebAddress | None = None
    file: Line | None = None

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Take what begins like a web address for one, anything else for a file."""
        web = isinstance(scalar, str) and scalar.lower().startswith(("http:", "https:"))
        return {"url" if web else "file": scalar}


class OriginDescription(Part):
    """Where a record was harvested from, in the terms of the provenance schema."""

    base_url: BaseUrl
    identifier: Uri
    datestamp: Datestamp
    metadata_namespace: Uri
    harvested: Datestamp
    altered: bool
    origin: "OriginDescription | None" = None


class ProfileFill(Part):
    """The fields that the journal's profile gave, not the item's own source."""

    journal: Line
    issn: Line | None = None
    fields: Annotated[tuple[Line, ...], Field(min_length=1)]

    def __str__(self) -> str:
        """Name the profile by the journal's ISSN, if it has one."""
        of = f"ISSN {self.issn}" if self.issn else self.journal
        return f"the journal profile of {of}"


class Provenance(OneOf):
    """How an item came to say what it says."""

    scalar_field: ClassVar[str] = "source"

    source: Source | None = None
    harvested: Moment | None = None
    statement: Line | None = None
    language: LanguageTag | None = None
    origin_descriptions: Several[OriginDescription] = ()
    repairs: Several[Repair] = ()
    warnings: Several[Doubt] = ()
    profile: ProfileFill | None = None
