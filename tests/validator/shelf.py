"""A repository of records as they are written here, for harvesters to judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from validator.world import BASE_URL, SCHEMAS

from oai_provider.validator.endpoint import USUAL, Depth, Endpoint
from oai_provider.validator.exchange import Exchange, Request

# Values of an element, each with attributes if it has some.
Value: TypeAlias = str | tuple[str, Mapping[str, str]]
Elements: TypeAlias = Mapping[str, Sequence[Value]]

_NAMESPACES: Final = {
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "datacite": "http://datacite.org/schema/kernel-4",
    "oaire": "http://namespace.openaire.eu/schema/oaire/",
}
_ROOTS: Final = {"oai_dc": "oai_dc:dc", "oai_openaire": "oaire:resource"}
_PROVENANCE: Final = '<about><provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance"/></about>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A record: what it says in a format."""

    elements: Elements
    sets: tuple[str, ...] = ()
    day: int = 1
    about: str = _PROVENANCE
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A transport that answers as a repository of some records does."""

    books: Sequence[Book]
    prefix: str = "oai_dc"
    formats: tuple[str, ...] = ("oai_dc", "oai_openaire")
    sets: tuple[str, ...] = ()
    deleted: str = "persistent"
    page: int = 100
    expires: str = "2024-02-02T00:00:00Z"
    description: str = "<description/>"

    def send(self, request: Request) -> Exchange:
        """Return the answer; dates are days of one month."""
        given = dict(request.arguments)
        inner = {
            "Identify": self._identify,
            "ListMetadataFormats": self._formats,
            "ListSets": self._sets,
        }.get(request.verb, lambda: self._list(given))()
        body = (
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>2024-02-01T00:00:00Z</responseDate><request/>{inner}"
            "</OAI-PMH>"
        )
        return Exchange(request=request, url=BASE_URL, status=200, body=body.encode())

    def _identify(self) -> str:
        return (
            "<Identify><repositoryName>Shelf</repositoryName>"
            "<adminEmail>a@example.edu</adminEmail>"
            f"<deletedRecord>{self.deleted}</deletedRecord>"
            f"<granularity>YYYY-MM-DD</granularity>{self.description}</Identify>"
        )

    def _formats(self) -> str:
        told = (
            f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix></metadataFormat>"
            for prefix in self.formats
        )
        return f"<ListMetadataFormats>{''.join(told)}</ListMetadataFormats>"

    def _sets(self) -> str:
        told = (f"<set><setSpec>{spec}</setSpec></set>" for spec in self.sets)
        listed = f"<ListSets>{''.join(told)}</ListSets>"
        return listed if self.sets else '<error code="noSetHierarchy"/>'

    def _list(self, given: Mapping[str, str]) -> str:
        verb, token = given["verb"], given.get("resumptionToken", "")
        if token:
            wanted, since, start = token.split("!")
        else:
            wanted, since, start = given.get("set", ""), given.get("from", ""), "0"
        if given.get("metadataPrefix", self.prefix) not in self.formats:
            return '<error code="cannotDisseminateFormat"/>'
        books = [
            record(f"oai:example.edu:{n}", book, self.prefix)
            for n, book in enumerate(self.books)
            if (not wanted or wanted in book.sets) and _date(book) >= since
        ]
        first = int(start)
        last = first + self.page
        shown = "".join(books[first:last])
        told = ""
        if last < len(books):
            told = (
                f'<resumptionToken expirationDate="{self.expires}">'
                f"{wanted}!{since}!{last}</resumptionToken>"
            )
        none = '<error code="noRecordsMatch"/>'
        return f"<{verb}>{shown}{told}</{verb}>" if books else none


def _date(book: Book) -> str:
    return f"2024-01-{book.day:02}"


def record(identifier: str, book: Book, prefix: str) -> str:
    """Return a record as it is listed."""
    status = ' status="deleted"' if book.is_deleted else ""
    sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in book.sets)
    header = (
        f"<header{status}><identifier>{identifier}</identifier>"
        f"<datestamp>{_date(book)}</datestamp>{sets}</header>"
    )
    if book.is_deleted:
        return f"<record>{header}</record>"
    root = _ROOTS[prefix]
    spaces = "".join(f" xmlns:{n}={quoteattr(u)}" for n, u in _NAMESPACES.items())
    said = "".join(
        element(name, value)
        for name, values in book.elements.items()
        for value in values
    )
    metadata = f"<metadata><{root}{spaces}>{said}</{root}></metadata>"
    return f"<record>{header}{metadata}{book.about}</record>"


def element(name: str, value: Value) -> str:
    """Return an element that says something."""
    text, attributes = (value, {}) if isinstance(value, str) else value
    told = "".join(f" {n}={quoteattr(v)}" for n, v in attributes.items())
    return f"<{name}{told}>{escape(text)}</{name}>"


def endpoint_of(
    shelf: Shelf, *, base_url: str = BASE_URL, depth: Depth = USUAL
) -> Endpoint:
    """Return the endpoint that a shelf is."""
    return Endpoint(base_url, shelf, schemas=SCHEMAS, depth=depth)
