"""Where an item came from and what was done to it on the way here."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, ConfigDict, Field

from oai_provider.metadata.text import LanguageTag, Line, Part, Uri, WebAddress
from oai_provider.protocol.datestamp import parse_datestamp


def _utc(value: str) -> str:
    parse_datestamp(value)
    return value


# A moment kept as text, because a day and its first second are not the same claim.
UtcDatestamp = Annotated[Line, AfterValidator(_utc)]
