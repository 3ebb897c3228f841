"""People and organisations: who made an item, published it, paid for it.

A name's parts are kept as given and never guessed: `family` and `given` come from a
person or a rule of the journal, `name` is the form as printed. An e-mail address is
kept for the repository's own use; it is private unless the item says otherwise.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from oai_provider.metadata.identifiers import Identifier, identifier_shorts
from oai_provider.metadata.text import LanguageTag, Line, Part, Short, Text
from oai_provider.metadata.vocabularies import role_term


class Affiliation(Part):
    """An organisation as it is named beside a person."""

    scalar_field: ClassVar[str] = "name"
    shorts: ClassVar[Mapping[str, Short]] = MappingProxyType(
        identifier_shorts("ror", "isni")
    )

    name: Text
    place: Line | None = None
    identifiers: tuple[Identifier, ...] = ()


class Organisation(Affiliation):
    """An organisation in its own right: a publisher, a funder, a university."""


class Email(Part):
    """An e-mail address, served nowhere unless it is public."""

    scalar_field: ClassVar[str] = "value"

    value: Line
    public: bool = False

    @field_validator("value")
    @classmethod
    def _address(cls, value: str) -> str:
        name, at, domain = value.rpartition("@")
        if not (name and at and domain) or any(c.isspace() for c in value):
            raise ValueError(f"{value!r} is not an e-mail address: write name@example.org")
        return value


class ScriptName(Part):
    """A person's name as written in another script or language."""

    scalar_field: ClassVar[str] = "name"

    lang: LanguageTag | None = None
    family: Line | None = None
    given: Line | None = None
    name: Annotated[Line | None, Field(validate_default=True)] = None

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Read `Family, Given` apart; anything else is a name and no more."""
        return _name_parts(scalar)

    @field_validator("name")
    @classmethod
    def _named(cls, name: str | None, info: ValidationInfo) -> str | None:
        return _has_name(name, info)

    @property
    def inverted(self) -> str:
        """The form that sorts: `Family, Given`, or the name as printed."""
        return _inverted(self.family, self.given, self.name)


class Agent(Part):
    """A person or an organisation with a part in the item."""

    scalar_field: ClassVar[str] = "name"
    shorts: ClassVar[Mapping[str, Short]] = MappingProxyType(
        {
            "affiliation": Short("affiliations"),
            **identifier_shorts("orcid", "isni", "ror"),
        }
    )

    family: Line | None = None
    given: Line | None = None
    name: Annotated[Line | None, Field(validate_default=True)] = None
    type: Literal["personal", "organizational"] | None = Field(
        default_factory=lambda named: "personal" if named.get("family") else None
    )
    prefix: Line | None = None
    suffix: Line | None = None
    names_in_other_scripts: tuple[ScriptName, ...] = ()
    role: Annotated[Line, AfterValidator(role_term)] | None = None
    identifiers: tuple[Identifier, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    email: Email | None = None

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Read `Family, Given` apart; anything else is a name and no more."""
        return _name_parts(scalar)

    @field_validator("name")
    @classmethod
    def _named(cls, name: str | None, info: ValidationInfo) -> str | None:
        return _has_name(name, info)

    @property
    def inverted(self) -> str:
        """The form that sorts: `Family, Given`, or the name as printed."""
        return _inverted(self.family, self.given, self.name)

    @property
    def display_name(self) -> str:
        """The name as printed, else made of its parts, the given name first."""
        parts = (self.prefix, self.given, self.family, self.suffix)
        return self.name or " ".join(filter(None, parts))


def _name_parts(scalar: object) -> dict[str, object]:
    if isinstance(scalar, str) and scalar.count(",") == 1:
        family, given = (part.strip() for part in scalar.split(","))
        if family and given:
            return {"family": family, "given": given}
    return {"name": scalar}


def _has_name(name: str | None, info: ValidationInfo) -> str | None:
    # A family name that was given and refused is not in `data`: it has its own fault.
    if name is None and info.data.get("family", "refused") is None:
        raise ValueError("has no name: give family and given, or name as it is printed")
    return name


def _inverted(family: str | None, given: str | None, name: str | None) -> str:
    if family is None:
        return name or ""
    return f"{family}, {given}" if given else family
