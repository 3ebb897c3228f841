"""People and organisations: who made an item, published it, paid for it.

A name's parts are kept as given and never guessed: `family` and `given` come from a
person or a rule of the journal, `name` is the form as printed. An e-mail address is
kept for the repository's own use, and served nowhere.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, field_validator

from oai_provider.metadata.identifiers import Identifier, identifier_shorts
from oai_provider.metadata.text import (
    LanguageTag,
    Line,
    OneOf,
    Part,
    Several,
    Short,
    Text,
)
from oai_provider.metadata.vocabularies import role_term


class Organisation(Part):
    """An organisation: an affiliation, a publisher, a funder, a university."""

    scalar_field: ClassVar[str] = "name"
    shorts: ClassVar[Mapping[str, Short]] = identifier_shorts("ror", "isni")

    name: Text
    place: Line | None = None
    identifiers: Several[Identifier] = ()


class Email(Part):
    """An e-mail address, kept and served nowhere, `public` or not.

    `public` records the author's consent, for formats that have a place for an
    address; none served today has one.
    """

    scalar_field: ClassVar[str] = "value"

    value: Line
    public: bool = False

    @field_validator("value")
    @classmethod
    def _address(cls, value: str) -> str:
        name, at, domain = value.rpartition("@")
        if not (name and at and domain) or any(c.isspace() for c in value):
            raise ValueError(
                f"{value!r} is not an e-mail address: write name@example.org"
            )
        return value


class Name(OneOf):
    """A name: in its parts, or only as it is printed."""

    scalar_field: ClassVar[str] = "name"
    one_of: ClassVar[tuple[str, ...]] = ("family", "name")

    family: Line | None = None
    given: Line | None = None
    name: Line | None = None

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Read `Family, Given` apart; anything else is a name and no more."""
        if isinstance(scalar, str) and scalar.count(",") == 1:
            family, given = (part.strip() for part in scalar.split(","))
            if family and given:
                return {"family": family, "given": given}
        return {"name": scalar}

    @property
    def inverted(self) -> str:
        """The form that sorts: `Family, Given`, or the name as printed."""
        if self.family is None:
            return self.name or ""
        return f"{self.family}, {self.given}" if self.given else self.family


class ScriptName(Name):
    """A person's name as written in another script or language."""

    lang: LanguageTag | None = None


class Agent(Name):
    """A person or an organisation with a part in the item."""

    shorts: ClassVar[Mapping[str, Short]] = {
        "affiliation": Short("affiliations"),
        **identifier_shorts("orcid", "isni", "ror"),
    }

    type: Literal["personal", "organizational"] | None = Field(
        default_factory=lambda given: "personal" if given.get("family") else None
    )
    prefix: Line | None = None
    suffix: Line | None = None
    names_in_other_scripts: Several[ScriptName] = ()
    role: Annotated[Line, AfterValidator(role_term)] | None = None
    identifiers: Several[Identifier] = ()
    affiliations: Several[Organisation] = ()
    email: Email | None = None

    @property
    def display_name(self) -> str:
        """The name as printed, else made of its parts, the given name first."""
        parts = (self.prefix, self.given, self.family, self.suffix)
        return self.name or " ".join(filter(None, parts))
