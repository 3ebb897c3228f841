"""The eight error codes of OAI-PMH 3.6, as data."""

from dataclasses import dataclass
from enum import StrEnum


class ErrorCode(StrEnum):
    """A code that the specification lists; there are no others."""

    BAD_ARGUMENT = "badArgument"
    BAD_RESUMPTION_TOKEN = "badResumptionToken"  # noqa: S105 - a code, no secret
    BAD_VERB = "badVerb"
    CANNOT_DISSEMINATE_FORMAT = "cannotDisseminateFormat"
    ID_DOES_NOT_EXIST = "idDoesNotExist"
    NO_METADATA_FORMATS = "noMetadataFormats"
    NO_RECORDS_MATCH = "noRecordsMatch"
    NO_SET_HIERARCHY = "noSetHierarchy"


# OAI-PMH 3.2: with these two the request's attributes must not be echoed.
UNECHOED = frozenset({ErrorCode.BAD_ARGUMENT, ErrorCode.BAD_VERB})


@dataclass(frozen=True, slots=True)
class ProtocolError:
    """One <error> of a response: a code, and the reason in words."""

    code: ErrorCode
    message: str
