"""What simple Dublin Core cannot say of an item, and why.

A name covers all that is below it. A field that is said only when another is
absent (`creators.name` without `creators.family`) counts as said.
"""

from collections.abc import Mapping
from typing import Final

_HEADER: Final = "belongs to the header of the record, not to its metadata"
_PRIVATE: Final = "is private: no format serves it"
_NO_ELEMENT: Final = "has none of the fifteen elements to stand in"
_TERM: Final = "is told in words; a second element would count as a second term"

UNSAID: Final[Mapping[str, str]] = {
    "id": _HEADER,
    "identifier": _HEADER,
    "datestamp": _HEADER,
    "deleted": _HEADER,
    "sets": _HEADER,
    "created": "is about the record, which Dublin Core does not describe",
    "journal": "names a profile of the repository, which has filled the item already",
    "native": "is served as it is, in the formats it is in",
    "about": "stands beside the metadata, in about containers",
    "provenance": "stands beside the metadata, in about containers, or is private",
}
