"""The item: the one model that sources fill and formats are written from.

Its names are those of InvenioRDM and DataCite, with two changes: every text may
say its language, and the journal is a `host`. What the model cannot hold stands in
`native`, where a source's own XML is kept and served as it is. A field that nobody
gave is absent; nothing here guesses. `read_item` is the door for data from outside.
"""

import re
from collections.abc import Mapping
from operator import not_
from typing import Annotated, ClassVar, Final, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from oai_provider.metadata.access import File, Funding, Rights
from oai_provider.metadata.agents import Agent, Organisation
from oai_provider.metadata.coverage import Classification, Period, Place, Subject
from oai_provider.metadata.edtf import Edtf
from oai_provider.metadata.faults import ItemError, faults_of
from oai_provider.metadata.host import (
    Conference,
    Host,
    Reference,
    Related,
    Series,
    Thesis,
)
from oai_provider.metadata.identifiers import Identifier, identifier_shorts
from oai_provider.metadata.provenance import Moment, Provenance
from oai_provider.metadata.short_forms import long_form
from oai_provider.metadata.text import (
    LanguageTag,
    Line,
    OneOf,
    Part,
    Several,
    Short,
    Text,
    Uri,
    WebAddress,
)
from oai_provider.metadata.vocabularies import RESOURCE_TYPES, resource_type_id
from oai_provider.protocol.names import (
    METADATA_PREFIX_RULE,
    SET_SPEC_RULE,
    is_metadata_prefix,
    is_set_spec,
)

# The local part of an oai-identifier: what its schema lets stand, and what it does
# not as an escape in its one spelling (guidelines-oai-identifier, 2.1).
_PLAIN: Final = r"[A-Za-z0-9\-_.!~*'();/?:@&=+$,]"
_LOCAL_ID: Final = re.compile(rf"(?:{_PLAIN}|%[0-9A-F]{{2}})+")
_ESCAPE: Final = re.compile("%(..)")
_NEEDLESS: Final = re.compile(_PLAIN)
_IN_FULL: Final = re.compile(r"oai:[^:/]+\.[^:/]+:(?P<local>.+)")
_UP: Final = frozenset({".", ".."})
_LONGEST_ID: Final = 1000
_LONGEST_SET_SPEC: Final = 200


def _local_id(value: str) -> str:
    if not _LOCAL_ID.fullmatch(value):
        raise ValueError(
            f"{value!r} cannot stand in an identifier: use letters A to Z, digits "
            "and - _ . ! ~ * ' ( ) ; / ? : @ & = + $ , with escapes such as %3C"
        )
    for code in _ESCAPE.findall(value):
        if _NEEDLESS.fullmatch(chr(int(code, 16))):
            raise ValueError(
                f"{value!r} escapes {chr(int(code, 16))!r} without need:"
                f" write it instead of %{code}"
            )
    if (
        len(value) > _LONGEST_ID
        or value[0] == "/"
        or _UP.intersection(value.split("/"))
    ):
        raise ValueError(
            f"{value[:50]!r} cannot be the address of a page: at most {_LONGEST_ID} "
            "characters, no slash before them, and no . or .. between slashes"
        )
    return value


def _set_spec(value: str) -> str:
    if not is_set_spec(value):
        raise ValueError(f"{value!r} is not legal: {SET_SPEC_RULE}")
    if len(value) > _LONGEST_SET_SPEC:
        raise ValueError(
            f"{value[:50]!r} … has {len(value)} characters:"
            f" {_LONGEST_SET_SPEC} at most, since it stands in every token"
        )
    return value


def _metadata_prefix(value: str) -> str:
    if not is_metadata_prefix(value):
        raise ValueError(f"{value!r} is not legal: {METADATA_PREFIX_RULE}")
    return value


class ResourceType(Part):
    """What kind of thing an item is: our term, COAR's when finer, and a local one."""

    scalar_field: ClassVar[str] = "id"

    id: Annotated[
        Line,
        AfterValidator(resource_type_id),
        WithJsonSchema({"anyOf": [{"enum": [*RESOURCE_TYPES]}, {"type": "string"}]}),
    ]
    coar: Uri | None = None
    local: Line | None = None


class Title(Text):
    """A title of the item."""

    type: Literal["main", "translated", "alternative", "subtitle", "abbreviated"] = (
        "main"
    )


class Description(Text):
    """A text about the item."""

    type: Literal["abstract", "toc", "notes", "methods"] = "abstract"


class ItemDate(OneOf):
    """A date in the life of the item, as EDTF, or in words where EDTF has none."""

    scalar_field: ClassVar[str] = "date"
    one_of: ClassVar[tuple[str, ...]] = ("date", "text")

    type: Literal[
        "issued",
        "created",
        "available",
        "submitted",
        "accepted",
        "updated",
        "embargo_end",
    ]
    date: Edtf | None = None
    text: Line | None = None


class Physical(OneOf):
    """The thing itself; `digital_origin` in the terms of MODS."""

    scalar_field: ClassVar[str] = "extent"

    extent: Line | None = None
    form: Line | None = None
    digital_origin: (
        Literal[
            "born digital",
            "reformatted digital",
            "digitized microfilm",
            "digitized other analog",
        ]
        | None
    ) = None


class Item(Part):
    """What a repository holds: one thing and all that is said of it."""

    shorts: ClassVar[Mapping[str, Short]] = {
        "set": Short("sets"),
        "title": Short("titles"),
        "creator": Short("creators"),
        "contributor": Short("contributors"),
        "description": Short("descriptions"),
        "abstract": Short("descriptions", {"type": "abstract"}),
        "subject": Short("subjects"),
        "keywords": Short("subjects"),
        "place": Short("places"),
        "period": Short("periods"),
        "issued": Short("dates", {"type": "issued"}),
        "language": Short("languages"),
        "file": Short("files"),
        **identifier_shorts("doi", "handle", "urn", "isbn", "ark", "edn"),
    }

    id: Annotated[Line, AfterValidator(_local_id)]
    identifier: Uri | None = Field(None, validate_default=True)
    datestamp: Moment | None = None
    created: Moment | None = None
    deleted: bool = False
    release: Moment | None = None
    sets: Several[Annotated[Line, AfterValidator(_set_spec)]] = ()
    journal: Line | None = None
    native: dict[Annotated[str, AfterValidator(_metadata_prefix)], Line] = Field(
        default_factory=dict, exclude_if=not_
    )
    about: Several[Line] = ()
    record_about: dict[
        Annotated[str, AfterValidator(_metadata_prefix)], tuple[Line, ...]
    ] = Field(default_factory=dict, exclude_if=not_)
    resource_type: ResourceType | None = Field(None, validate_default=True)
    titles: Several[Title] = Field((), validate_default=True)
    creators: Several[Agent] = ()
    contributors: Several[Agent] = ()
    descriptions: Several[Description] = ()
    subjects: Several[Subject] = ()
    places: Several[Place] = ()
    periods: Several[Period] = ()
    classification: Several[Classification] = ()
    dates: Several[ItemDate] = ()
    publisher: Several[Organisation] = ()
    languages: Several[LanguageTag] = ()
    identifiers: Several[Identifier] = ()
    landing_page: WebAddress | None = None
    files: Several[File] = ()
    host: Host | None = None
    series: Several[Series] = ()
    conference: Conference | None = None
    thesis: Thesis | None = None
    related: Several[Related] = ()
    references: Several[Reference] = ()
    rights: Rights | None = None
    funding: Several[Funding] = ()
    version: Line | None = None
    edition: Line | None = None
    physical: Physical | None = None
    audience: Line | None = None
    provenance: Provenance | None = None

    @field_validator("identifier")
    @classmethod
    def _told_in_full(cls, value: object, info: ValidationInfo) -> object:
        # The id would stand in an identifier that begins like it does.
        found = _IN_FULL.match(info.data.get("id", ""))
        if value is None and found:
            raise ValueError(
                f"is missing: the id {found[0]!r} is one in full: write it here,"
                f" and {found['local']!r} as id"
            )
        return value

    @field_validator("resource_type", "titles")
    @classmethod
    def _described(cls, value: object, info: ValidationInfo) -> object:
        # A deleted item needs no metadata, and one with its own XML has it there.
        given = info.data
        if not value and not given.get("deleted") and not given.get("native"):
            raise ValueError(f"is missing: give the item its {info.field_name}")
        return value

    @field_validator("dates")
    @classmethod
    def _issued_once(cls, dates: tuple[ItemDate, ...]) -> tuple[ItemDate, ...]:
        if sum(date.type == "issued" for date in dates) > 1:
            raise ValueError("holds more than one date of type issued: keep one")
        return dates

    @property
    def title(self) -> Title | None:
        """The main title, else the first there is."""
        mains = (title for title in self.titles if title.type == "main")
        return next(mains, self.titles[0] if self.titles else None)

    @property
    def issued(self) -> str | None:
        """The date of publication, in EDTF."""
        return next((d.date for d in self.dates if d.type == "issued"), None)


def read_item(data: Mapping[str, object]) -> Item:
    """Return the item that a mapping in long or short form describes.

    Raises `ItemError` with every fault at once.
    """
    return _valid(long_form(Item, data), data)


def item_of(data: Mapping[str, object]) -> Item:
    """Return the item that a mapping in long form describes, or raise as `read_item`.

    A value may be None where the long form has none.
    """
    return _valid(data, data)


def _valid(data: Mapping[str, object], written: Mapping[str, object]) -> Item:
    try:
        return Item.model_validate(data)
    except ValidationError as error:
        raise ItemError(faults_of(error, Item, written)) from error


def item_json(item: Item) -> dict[str, object]:
    """Return the item in its long form, as JSON has it, without what is empty."""
    return item.model_dump(mode="json", exclude_none=True)


def item_source(item: Item) -> str:
    """Return the JSON text of `item_json`, by which stores keep an item."""
    return item.model_dump_json(exclude_none=True)
