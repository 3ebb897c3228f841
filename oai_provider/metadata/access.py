"""What may be done with an item, where its files are, and who paid for it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from oai_provider.metadata.agents import Organisation
from oai_provider.metadata.edtf import EdtfDate
from oai_provider.metadata.text import (
    Count,
    Line,
    OneOf,
    Part,
    Several,
    Short,
    Text,
    Uri,
    WebAddress,
)

Access = Literal["open", "embargoed", "restricted", "metadata-only", "closed"]


class License(OneOf):
    """A licence, by its SPDX name or its address, and the day it begins."""

    scalar_field: ClassVar[str] = "spdx"
    one_of: ClassVar[tuple[str, ...]] = ("spdx", "uri")

    spdx: Line | None = None
    uri: Uri | None = None
    start: EdtfDate | None = None

    @classmethod
    def from_scalar(cls, scalar: object) -> dict[str, object]:
        """Take what has a scheme for an address, anything else for an SPDX name."""
        return {"uri" if isinstance(scalar, str) and ":" in scalar else "spdx": scalar}


class Rights(OneOf):
    """Who may read the item, and what they may do with it."""

    scalar_field: ClassVar[str] = "statements"
    shorts: ClassVar[Mapping[str, Short]] = {
        "statement": Short("statements"),
        "license": Short("licenses"),
    }

    access: Access | None = None
    statements: Several[Text] = ()
    licenses: Several[License] = ()
    holder: Line | None = None


class File(Part):
    """A file of the item."""

    scalar_field: ClassVar[str] = "url"

    url: WebAddress
    media_type: Line | None = None
    size: Count | None = None
    checksum: Line | None = None
    access: Access | None = None
    version: Line | None = None


class Award(OneOf):
    """A grant."""

    scalar_field: ClassVar[str] = "number"
    one_of: ClassVar[tuple[str, ...]] = ("number", "title", "uri")

    number: Line | None = None
    title: Text | None = None
    uri: Uri | None = None


class Funding(Part):
    """Who paid, and by which grant."""

    scalar_field: ClassVar[str] = "funder"

    funder: Organisation
    award: Award | None = None
