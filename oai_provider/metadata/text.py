"""The types every part of an item is made of: text, languages, addresses.

Text is stripped and never blank, so that no format ever gets an empty element; it
is otherwise kept as it was given. Characters that XML cannot carry are refused
here, and with them the mark a payload keeps its datestamp's place with.
A `Part` says of itself how people may write it shorter; `short_forms` obeys.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import not_
from typing import Annotated, ClassVar, Final, Self, TypeVar

import langcodes
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from oai_provider.protocol.names import has_web_host, is_any_uri, is_identifier
from oai_provider.protocol.xml import DATESTAMP_MARK

# XML 1.0, production 2 (Char), without the datestamp mark. A pattern and not a
# function: it is matched in Rust, in half the time of `xml.not_xml`.
_CARRIED: Final = (
    "^[\t\n\r\u0020-\ud7ff\ue000-"
    f"{chr(ord(DATESTAMP_MARK) - 1)}{chr(ord(DATESTAMP_MARK) + 1)}"
    "-\ufffd\U00010000-\U0010ffff]*$"
)

Line = Annotated[
    str,
    StringConstraints(
        strict=True, strip_whitespace=True, min_length=1, pattern=_CARRIED
    ),
    WithJsonSchema({"type": ["string", "number"], "minLength": 1}),
]
# Text as it stood somewhere: white space and emptiness included.
Verbatim = Annotated[
    str,
    StringConstraints(strict=True, pattern=_CARRIED),
    WithJsonSchema({"type": ["string", "number"]}),
]


_NO_ADDRESS: Final = re.compile(r'[\s<>"{}|\\^`\x7f]')


@lru_cache(maxsize=1024)
def language_tag(tag: str) -> str:
    """Return the tag in the usual form of BCP 47: `eng` as `en`, `EN-us` as `en-US`."""
    if not langcodes.tag_is_valid(tag):
        raise ValueError(
            f"{tag!r} is not a language tag of BCP 47: write en, ru, zh-Hant, "
            "or und where the language is not known"
        )
    return langcodes.standardize_tag(tag)


def _uri(value: str) -> str:
    if not is_identifier(value):
        raise ValueError(
            f"{value!r} is not a URI: it begins with a scheme, such as https:, and "
            "writes spaces and other letters as %20"
        )
    return value


def web_address(value: str) -> str:
    """Return a value that is a web address, or raise a ValueError."""
    if not has_web_host(value):
        raise ValueError(f"{value!r} is not a web address: begin it with https://host")
    # Brackets, lone % and a second # are common: formats escape them.
    if _NO_ADDRESS.search(value):
        raise ValueError(f"{value!r} holds a character an address cannot: write %20")
    return value


def _base_url(value: str) -> str:
    if not is_any_uri(value):
        raise ValueError(
            f"{value!r} is not a URI: write [ ] as %5B %5D, a lone % as %25"
        )
    return value


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        shown = str(value).lower()
        raise ValueError(f"{shown} is not a whole number: write it in digits")  # noqa: TRY004 - for pydantic
    return value


# A whole number; Python would take true for 1.
Count = Annotated[int, Field(ge=0), BeforeValidator(_no_bool)]
LanguageTag = Annotated[Line, AfterValidator(language_tag)]
Uri = Annotated[Line, AfterValidator(_uri)]
WebAddress = Annotated[Line, AfterValidator(web_address)]
# An address that is told as it stands, where nothing in it can be escaped.
BaseUrl = Annotated[WebAddress, AfterValidator(_base_url)]


T = TypeVar("T")
# What there may be any number of; where there is none, none is written.
Several = Annotated[tuple[T, ...], Field(exclude_if=not_)]


@dataclass(frozen=True, slots=True)
class Short:
    """A short name: the field it stands for, and what it says besides."""

    stands_for: str
    implies: Mapping[str, str] = field(default_factory=dict)


class Part(BaseModel):
    """A frozen piece of an item that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # The field that a lone scalar fills, "" where a scalar means nothing.
    scalar_field: ClassVar[str] = ""
    # Other names for fields, by name.
    shorts: ClassVar[Mapping[str, Short]] = {}
    # A field of several values that stands for as many parts, "" where there is none.
    plural_field: ClassVar[str] = ""

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Return the mapping a lone scalar stands for."""
        return {cls.scalar_field: scalar}


class OneOf(Part):
    """A part that says nothing unless one of certain fields is there, or any at all."""

    one_of: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        for name in self.one_of or type(self).model_fields:
            if getattr(self, name):
                return self
        needed = " or ".join(self.one_of) or "it a field, or leave it out"
        raise ValueError(f"says nothing: give {needed}")


class Text(Part):
    """A text and the language it is in."""

    scalar_field: ClassVar[str] = "value"

    value: Line
    lang: LanguageTag | None = None
