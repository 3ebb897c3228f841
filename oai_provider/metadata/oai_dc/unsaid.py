"""What simple Dublin Core cannot say of an item, and why.

A name covers all that is below it. A field that is said only when another is
absent (`creators.name` without `creators.family`) counts as said.
"""

from collections.abc import Mapping
from typing import Final

_HEADER: Final = "belongs to the header of the record, not to its metadata"
_ABOUT: Final = "stands beside the metadata in an about container, if it is public"
_PRIVATE: Final = "is private: no format serves it"
_ELEMENT: Final = "has none of the fifteen elements to stand in"
_TERM: Final = "is told in words: a second element would count as a second term"
_GRANT: Final = "has no place in the URI that names a grant"
_AGENT: Final[Mapping[str, str]] = {
    "type": _ELEMENT,
    "prefix": "is left out of names, as OpenAIRE asks",
    "names_in_other_scripts": "would count as another person",
    "role": _ELEMENT,
    "identifiers": _ELEMENT,
    "affiliations": "is an organisation that did not write the item itself",
    "email": _PRIVATE,
}
_ORGANISATION: Final[Mapping[str, str]] = {"place": _ELEMENT, "identifiers": _ELEMENT}


def _below(field: str, reasons: Mapping[str, str]) -> dict[str, str]:
    return {f"{field}.{name}": reason for name, reason in reasons.items()}


UNSAID: Final[Mapping[str, str]] = {
    "id": _HEADER,
    "identifier": _HEADER,
    "datestamp": _HEADER,
    "created": "is about the record, which Dublin Core does not describe",
    "deleted": _HEADER,
    "release": "is when the record is first served, which its datestamp tells",
    "sets": _HEADER,
    "journal": "names a profile of the repository, which has filled the item already",
    "native": "is served as it is, in the formats it is in",
    "about": _ABOUT,
    "record_about": _ABOUT,
    "provenance": _ABOUT,
    **_below("creators", _AGENT),
    **_below("contributors", _AGENT),
    "descriptions.type": _ELEMENT,
    "subjects.kind": _ELEMENT,
    "subjects.scheme": _ELEMENT,
    "subjects.uri": _TERM,
    "subjects.pair": _ELEMENT,
    "places.polygon": "has no encoding: DCMI knows points and boxes",
    **_below("publisher", _ORGANISATION),
    **_below("host.publisher", _ORGANISATION),
    "host.part_title.lang": "stands in a citation, whose language is the title's",
    "files.size": "is no format, which is all that dc:format tells of a file",
    "files.checksum": _ELEMENT,
    "files.access": "is told of the item, not of each file",
    "files.version": _ELEMENT,
    "thesis.degree": _ELEMENT,
    "thesis.level": "is part of the type of resource",
    "thesis.discipline": _ELEMENT,
    **_below("thesis.grantor", _ORGANISATION),
    "related.relation": _ELEMENT,
    "related.resource_type": _ELEMENT,
    "references": "would count as related resources, by the dozen",
    "rights.licenses.start": _ELEMENT,
    "funding.funder.name.lang": _GRANT,
    **_below("funding.funder", _ORGANISATION),
    "funding.award.title.lang": _GRANT,
    "funding.award.uri": _GRANT,
    "version": "is told where it is a state that info:eu-repo names, as a dc:type",
    "edition": _ELEMENT,
    "physical.digital_origin": _ELEMENT,
    "audience": _ELEMENT,
}
