"""What an item is about: terms, classes, places and periods."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from oai_provider.metadata.edtf import EdtfDate
from oai_provider.metadata.text import Line, Part, Short, Text, Uri

Latitude = Annotated[Decimal, Field(ge=-90, le=90)]
Longitude = Annotated[Decimal, Field(ge=-180, le=180)]


class Subject(Text):
    """A term the item is about; equal `pair` marks one term in several languages."""

    plural_field: ClassVar[str] = "values"

    kind: Literal["topic", "name", "genre"] = "topic"
    scheme: Line | None = None
    uri: Uri | None = None
    pair: Line | None = None


class Classification(Part):
    """A class of a scheme such as udc, ddc, lcc, grnti."""

    scheme: Annotated[Line, AfterValidator(str.lower)]
    value: Line


class Point(Part):
    """A point on the earth, in degrees of WGS 84."""

    latitude: Latitude
    longitude: Longitude


class Box(Part):
    """A box on the earth, in degrees of WGS 84."""

    west: Longitude
    east: Longitude
    south: Latitude
    north: Latitude


class Place(Part):
    """A place the item is about."""

    scalar_field: ClassVar[str] = "name"
    shorts: ClassVar[Mapping[str, Short]] = MappingProxyType({})

    uri: Uri | None = None
    point: Point | None = None
    box: Box | None = None
    polygon: tuple[Point, ...] = ()
    name: Annotated[Text | None, Field(validate_default=True)] = None

    @field_validator("name")
    @classmethod
    def _located(cls, name: Text | None, info: ValidationInfo) -> Text | None:
        if name is None and not any(info.data.values()) and len(info.data) == 4:
            raise ValueError("says nothing: give name, uri, point, box or polygon")
        return name


class Period(Part):
    """A time the item is about."""

    scalar_field: ClassVar[str] = "name"

    start: EdtfDate | None = None
    end: EdtfDate | None = None
    name: Annotated[Text | None, Field(validate_default=True)] = None

    @field_validator("name")
    @classmethod
    def _dated(cls, name: Text | None, info: ValidationInfo) -> Text | None:
        if name is None and not any(info.data.values()) and len(info.data) == 2:
            raise ValueError("says nothing: give start and end, or name")
        return name
