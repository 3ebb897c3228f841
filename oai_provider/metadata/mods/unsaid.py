"""What MODS cannot say of an item, and why; a name covers all that is below it.

A field that is said only when another is absent counts as said.
"""

from collections.abc import Mapping
from typing import Final

_HEADER: Final = "belongs to the header of the record, not to its metadata"
_ABOUT: Final = "stands beside the metadata in an about container, if it is public"
_PRIVATE: Final = "is private: no format serves it"
_NOTE: Final = "has no place in the note that tells who paid"

UNSAID: Final[Mapping[str, str]] = {
    "id": _HEADER,
    "identifier": _HEADER,
    "datestamp": _HEADER,
    "deleted": _HEADER,
    "release": "is when the record is first served, which its datestamp tells",
    "sets": _HEADER,
    "journal": "names a profile of the repository, which has filled the item already",
    "native": "is served as it is, in the formats it is in",
    "about": _ABOUT,
    "record_about": _ABOUT,
    "creators.email": _PRIVATE,
    "contributors.email": _PRIVATE,
    "files.access": "is told of the item: location says nothing of access",
    "thesis.grantor.place": "has no place in a name",
    "rights.licenses.start": "has no place in accessCondition",
    "funding.funder.place": _NOTE,
    "funding.funder.identifiers": _NOTE,
    "funding.award.title.lang": _NOTE,
    "provenance.source": _ABOUT,
    "provenance.harvested": _ABOUT,
    "provenance.origin_descriptions": _ABOUT,
    "provenance.repairs": "is for the repository's own eyes",
    "provenance.warnings": "is for the repository's own eyes",
    "provenance.profile": "is for the repository's own eyes",
}
