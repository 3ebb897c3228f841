"""For every need of every profile a repository that lacks it, and nothing else.

Each is what differs from a repository that no profile has anything against: other
values of elements, None for none at all, or another shelf.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from validator.shelf import Book, Elements, Shelf

Change = Callable[[Shelf], Shelf]

DC: Final[Elements] = {
    "dc:title": ["A study of tides"],
    "dc:creator": ["Shore, Ann"],
    "dc:contributor": ["Reef, Ben"],
    "dc:subject": ["tides", "ddc:551"],
    "dc:description": ["The sea was told from old tables."],
    "dc:publisher": ["Press of the Coast"],
    "dc:date": ["2014"],
    "dc:type": [
        "info:eu-repo/semantics/article",
        "info:eu-repo/semantics/publishedVersion",
        "doc-type:article",
    ],
    "dc:format": ["application/pdf"],
    "dc:identifier": [
        "https://journal.example.edu/{n}",
        "https://journal.example.edu/{n}.pdf",
    ],
    "dc:source": ["Annals of the Coast (2049-3630) 5 (2014)"],
    "dc:language": ["eng"],
    "dc:relation": ["https://data.example.edu/{n}"],
    "dc:coverage": ["The North Sea"],
    "dc:rights": [
        "info:eu-repo/semantics/openAccess",
        "https://creativecommons.org/licenses/by/4.0/",
    ],
}
_ISSUED: Final = {"dateType": "Issued"}
_OPEN: Final = {"rightsURI": "http://purl.org/coar/access_right/c_abf2"}
_EMBARGOED: Final = {"rightsURI": "http://purl.org/coar/access_right/c_f1cf"}
_ARTICLE: Final = {"uri": "http://purl.org/coar/resource_type/c_6501"}
OPENAIRE: Final[Elements] = {
    "datacite:title": ["A study of tides"],
    "datacite:creatorName": ["Shore, Ann"],
    "datacite:contributorName": ["Reef, Ben"],
    "datacite:alternateIdentifier": ["10.1234/abc"],
    "datacite:relatedIdentifier": ["10.1234/data"],
    "datacite:date": [("2014", _ISSUED)],
    "datacite:identifier": [
        ("https://journal.example.edu/{n}", {"identifierType": "URL"})
    ],
    "datacite:rights": [("open access", _OPEN)],
    "datacite:subject": ["tides"],
    "datacite:size": ["12 pages"],
    "datacite:geoLocation": ["The North Sea"],
    "dc:language": ["eng"],
    "dc:publisher": ["Press of the Coast"],
    "dc:description": ["The sea was told from old tables."],
    "dc:format": ["application/pdf"],
    "dc:source": ["Annals of the Coast"],
    "dc:coverage": ["The North Sea"],
    "oaire:resourceType": [("journal article", _ARTICLE)],
    "oaire:licenseCondition": ["CC BY 4.0"],
    "oaire:version": ["VoR"],
    "oaire:file": ["https://journal.example.edu/{n}.pdf"],
    "oaire:citationTitle": ["Annals of the Coast"],
    "dcterms:audience": ["Sailors"],
}
_SETS: Final = (
    "openaire",
    "open_access",
    "ddc:550",
    "doc-type:article",
    "status-type:publishedVersion",
)


def whole(prefix: str = "oai_dc", count: int = 3) -> Shelf:
    """Return a repository that no profile has anything against."""
    elements = DC if prefix == "oai_dc" else OPENAIRE
    books = [Book(elements=numbered(elements, n), sets=_SETS) for n in range(count)]
    return Shelf(prefix=prefix, books=books, sets=_SETS)


def numbered(elements: Elements, n: int) -> Elements:
    """Return elements with the number of their record in addresses."""
    return {
        name: [
            v.replace("{n}", str(n))
            if isinstance(v, str)
            else (v[0].replace("{n}", str(n)), v[1])
            for v in values
        ]
        for name, values in elements.items()
    }


def other(**fields: Any) -> Change:
    """Return what makes another shelf of one."""
    return lambda shelf: replace(shelf, **fields)


def saying(elements: Mapping[str, Any]) -> Change:
    """Return what lets the first record say something else."""

    def change(shelf: Shelf) -> Shelf:
        first, *others = shelf.books
        said = {n: v for n, v in {**first.elements, **elements}.items() if v}
        return replace(shelf, books=[replace(first, elements=said), *others])

    return change


def without(name: str) -> Change:
    """Return what lets the first record not have an element."""
    return saying({name: None})


def outside(*sets: str) -> Change:
    """Return what takes the first record out of sets."""

    def change(shelf: Shelf) -> Shelf:
        first, *others = shelf.books
        left = tuple(spec for spec in first.sets if not spec.startswith(sets))
        return replace(shelf, books=[replace(first, sets=left), *others])

    return change


def _closed_and_outside(shelf: Shelf) -> Shelf:
    rights = ["info:eu-repo/semantics/closedAccess", "https://example.edu/licence"]
    books = [
        replace(b, sets=b.sets[2:], elements={**b.elements, "dc:rights": rights})
        for b in shelf.books
    ]
    return replace(shelf, books=books, sets=("ddc:550",))


def _short_lived(_: Shelf) -> Shelf:
    return replace(whole(count=101), expires="2024-02-01T06:00:00Z")


def _elsewhere(shelf: Shelf) -> Shelf:
    first, *others = shelf.books
    return replace(shelf, books=[replace(first, about=""), *others])


_SHORT: Final = other(page=2)
_OTHER_TYPE: Final = "info:eu-repo/semantics/other"
_VERSION: Final = "info:eu-repo/semantics/publishedVersion"
_EMBARGO: Final = "info:eu-repo/semantics/embargoedAccess"
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_NO_FORMAT: Final = other(formats=())

_OF_DC: Final[Mapping[str, Change]] = {
    "format": _NO_FORMAT,
    "url": saying({"dc:identifier": ["10.1234/abc"]}),
    "own-url": saying({"dc:identifier": ["https://journal.example.edu/1"]}),
    "handle": saying({"dc:identifier": ["https://hdl.handle.net/123456789/7"]}),
    "title": saying({"dc:title": [" "]}),
    "creator": without("dc:creator"),
    "contributor": without("dc:contributor"),
    "date": saying({"dc:date": ["in spring"]}),
    "type": saying({"dc:type": ["opus"]}),
    "publication-type": saying({"dc:type": [_OTHER_TYPE, _VERSION]}),
    "first-type": saying(
        {"dc:type": ["Article", "info:eu-repo/semantics/article", _VERSION]}
    ),
    "document-type": saying({"dc:type": ["info:eu-repo/semantics/article"]}),
    "version": saying({"dc:type": ["info:eu-repo/semantics/article"]}),
    "description": without("dc:description"),
    "language": saying({"dc:language": ["English"]}),
    "access": saying({"dc:rights": ["https://example.edu/licence"]}),
    "licence": saying({"dc:rights": ["info:eu-repo/semantics/openAccess"]}),
    "embargo-end": saying({"dc:rights": [_EMBARGO, _LICENCE]}),
    "project": saying({"dc:relation": ["info:eu-repo/grantAgreement/EC"]}),
    "relation": without("dc:relation"),
    "subject": without("dc:subject"),
    "ddc": saying({"dc:subject": ["tides"]}),
    "publisher": without("dc:publisher"),
    "source": without("dc:source"),
    "coverage": without("dc:coverage"),
    "media-type": without("dc:format"),
    "file": saying({"dc:identifier": ["https://journal.example.edu/page"]}),
    "doaj-file": saying({"dc:identifier": ["10.1234/abc"], "dc:relation": None}),
    "journal": saying({"dc:source": None, "dc:relation": ["urn:ISSN:2049-3630"]}),
    "issn": saying({"dc:source": ["Annals of the Coast, 1920-1929"]}),
    "set": _closed_and_outside,
    "set-whole": outside("openaire"),
    "open-access": outside("open_access"),
    "ddc-sets": outside("ddc"),
    "doc-type-sets": outside("doc-type"),
    "status-sets": outside("status-type"),
    "open-access-set": _closed_and_outside,
    "deleted-records": other(deleted="no"),
    "page-size": _SHORT,
    "token-life": _short_lived,
    "identify": other(description=""),
    "provenance": _elsewhere,
}
_OF_OPENAIRE: Final[Mapping[str, Change]] = {
    "format": _NO_FORMAT,
    "page-size": _SHORT,
    "url": saying({"datacite:identifier": ["https://journal.example.edu/0"]}),
    "title": without("datacite:title"),
    "creator": without("datacite:creatorName"),
    "contributor": without("datacite:contributorName"),
    "date": saying({"datacite:date": [("2014", {"dateType": "Accepted"})]}),
    "type": saying({"oaire:resourceType": ["journal article"]}),
    "access": saying({"datacite:rights": ["open access"]}),
    "embargo-end": saying({"datacite:rights": [("embargoed access", _EMBARGOED)]}),
    "project": saying({"oaire:fundingReference": ["European Commission"]}),
    "file": saying({"oaire:file": ["/0.pdf"]}),
    "description": without("dc:description"),
    "language": saying({"dc:language": ["und"]}),
    "publisher": without("dc:publisher"),
    "subject": without("datacite:subject"),
    "licence": without("oaire:licenseCondition"),
    "source": without("dc:source"),
    "version": without("oaire:version"),
    "coverage": without("dc:coverage"),
    "media-type": without("dc:format"),
    "citation": without("oaire:citationTitle"),
    "related": without("datacite:relatedIdentifier"),
    "alternate": without("datacite:alternateIdentifier"),
    "audience": without("dcterms:audience"),
    "size": without("datacite:size"),
    "place": without("datacite:geoLocation"),
}
CASES: Final = {"oai_dc": _OF_DC, "oai_openaire": _OF_OPENAIRE}
ELSEWHERE: Final = frozenset(("protocol", "https"))
"""What no shelf shows: it is tested by itself."""
