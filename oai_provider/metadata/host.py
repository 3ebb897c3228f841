"""What an item is part of or was made for: a journal, a series, a degree."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator

from oai_provider.metadata.agents import Organisation
from oai_provider.metadata.edtf import Edtf, EdtfDate
from oai_provider.metadata.identifiers import (
    Identifier,
    SerialIdentifier,
    detected,
    identifier_shorts,
)
from oai_provider.metadata.text import Line, OneOf, Part, Several, Short, Text
from oai_provider.metadata.vocabularies import RELATION_TYPES, resource_type_id

# Both ends need a digit: e-12 is the number of an article.
_RANGE: Final = re.compile(r"(\w*\d) ?[-\u2010-\u2014] ?(\w*\d)")


class Pages(OneOf):
    """Where in its host an item stands."""

    scalar_field: ClassVar[str] = "text"
    one_of: ClassVar[tuple[str, ...]] = ("first", "text", "article_number")

    first: Line | None = None
    last: Line | None = None
    text: Line | None = None
    article_number: Line | None = None

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Read `12-34` apart; anything else is text."""
        match = _RANGE.fullmatch(scalar.strip()) if isinstance(scalar, str) else None
        if match is None:
            return {"text": scalar}
        return {"first": match[1], "last": match[2]}


class Host(OneOf):
    """The journal, book or proceedings an item is part of.

    `whole_number` counts a journal's issues from its first; it is no volume.
    """

    scalar_field: ClassVar[str] = "titles"
    shorts: ClassVar[Mapping[str, Short]] = {
        "title": Short("titles"),
        **identifier_shorts("issn", "pissn", "eissn", "lissn", "isbn"),
    }

    titles: Several[Text] = ()
    abbreviated: Text | None = None
    identifiers: Several[SerialIdentifier] = ()
    publisher: Organisation | None = None
    volume: Line | None = None
    issue: Line | None = None
    whole_number: Line | None = None
    part_title: Text | None = None
    season: Line | None = None
    pages: Pages | None = None
    year: EdtfDate | None = None
    citation_text: Line | None = None


class Series(Part):
    """A series an item belongs to, and its number there."""

    scalar_field: ClassVar[str] = "name"
    shorts: ClassVar[Mapping[str, Short]] = identifier_shorts(
        "issn", "pissn", "eissn", "lissn"
    )

    name: Text
    number: Line | None = None
    identifiers: Several[SerialIdentifier] = ()


class Conference(Part):
    """The meeting an item was given at."""

    scalar_field: ClassVar[str] = "name"

    name: Text
    acronym: Line | None = None
    place: Line | None = None
    dates: Edtf | None = None


class Thesis(Part):
    """The degree a thesis was written for; advisors are contributors, role `ths`."""

    scalar_field: ClassVar[str] = "degree"

    degree: Text
    level: Line | None = None
    discipline: Text | None = None
    grantor: Organisation | None = None


def _relation(value: str) -> str:
    relation = RELATION_TYPES.get(value.lower())
    if relation is None:
        raise ValueError(
            f"{value!r} is not a relation type of DataCite: write one of "
            + ", ".join(RELATION_TYPES.values())
        )
    return relation


class Related(OneOf):
    """Another resource, and how the item is related to it."""

    one_of: ClassVar[tuple[str, ...]] = ("identifier", "citation")
    shorts: ClassVar[Mapping[str, Short]] = identifier_shorts(
        "doi", "handle", "isbn", "issn", "urn", "url", to="identifier"
    )

    relation: Annotated[Line, AfterValidator(_relation)]
    identifier: Identifier | None = None
    resource_type: Annotated[Line, AfterValidator(resource_type_id)] | None = None
    citation: Line | None = None


class Reference(OneOf):
    """A work that the item cites, as printed and by identifier."""

    scalar_field: ClassVar[str] = "text"
    one_of: ClassVar[tuple[str, ...]] = ("text", "identifier")
    shorts: ClassVar[Mapping[str, Short]] = identifier_shorts(
        "doi", "handle", "isbn", "urn", "url", to="identifier"
    )

    text: Line | None = None
    identifier: Identifier | None = None

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Take an identifier for one; anything else is the text of the reference."""
        if isinstance(scalar, str) and detected(scalar)[0] != "local":
            return {"identifier": scalar}
        return {"text": scalar}
