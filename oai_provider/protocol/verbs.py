"""The six verbs and which arguments each takes: the tables of OAI-PMH section 4."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final


class Verb(StrEnum):
    """A request type of OAI-PMH 2.0, section 4."""

    GET_RECORD = "GetRecord"
    IDENTIFY = "Identify"
    LIST_IDENTIFIERS = "ListIdentifiers"
    LIST_METADATA_FORMATS = "ListMetadataFormats"
    LIST_RECORDS = "ListRecords"
    LIST_SETS = "ListSets"


VERBS: Final = {verb.value: verb for verb in Verb}


@dataclass(frozen=True)
class Arguments:
    """What a verb takes beside `verb` itself."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    exclusive: str | None = None

    @cached_property
    def all(self) -> frozenset[str]:
        """Every argument name the verb knows."""
        exclusive = frozenset({self.exclusive} if self.exclusive else ())
        return self.required | self.optional | exclusive


_SELECTIVE: Final = Arguments(
    required=frozenset({"metadataPrefix"}),
    optional=frozenset({"from", "until", "set"}),
    exclusive="resumptionToken",
)

ARGUMENTS: Final[dict[Verb, Arguments]] = {
    Verb.GET_RECORD: Arguments(required=frozenset({"identifier", "metadataPrefix"})),
    Verb.IDENTIFY: Arguments(),
    Verb.LIST_IDENTIFIERS: _SELECTIVE,
    Verb.LIST_METADATA_FORMATS: Arguments(optional=frozenset({"identifier"})),
    Verb.LIST_RECORDS: _SELECTIVE,
    Verb.LIST_SETS: Arguments(exclusive="resumptionToken"),
}

# The order in which OAI-PMH.xsd declares the attributes of <request>.
ARGUMENT_ORDER: Final = (
    "verb",
    "identifier",
    "metadataPrefix",
    "from",
    "until",
    "set",
    "resumptionToken",
)
