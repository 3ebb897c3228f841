"""What an item is about: terms, classes, places and periods."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from oai_provider.metadata.edtf import EdtfDate
from oai_provider.metadata.text import Line, OneOf, Part, Several, Text, Uri

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


class Place(OneOf):
    """A place the item is about."""

    scalar_field: ClassVar[str] = "name"
    one_of: ClassVar[tuple[str, ...]] = ("name", "uri", "point", "box", "polygon")

    name: Text | None = None
    uri: Uri | None = None
    point: Point | None = None
    box: Box | None = None
    polygon: Several[Point] = ()


class Period(OneOf):
    """A time the item is about."""

    scalar_field: ClassVar[str] = "name"
    one_of: ClassVar[tuple[str, ...]] = ("name", "start", "end")

    name: Text | None = None
    start: EdtfDate | None = None
    end: EdtfDate | None = None
