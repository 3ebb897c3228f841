"""A record as its elements are looked at, by the names that guidelines call them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lxml import etree

from oai_provider.metadata.oai_dc.write import DC
from oai_provider.validator import answers
from oai_provider.validator.answers import Header
from oai_provider.validator.exchange import text

# By how a namespace begins: DataCite's has its version in the end.
_NAMESPACES: Final[Mapping[str, str]] = {
    DC: "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://datacite.org/schema/kernel-": "datacite",
    "http://namespace.openaire.eu/schema/oaire/": "oaire",
}
PREFIXES: Final = frozenset(_NAMESPACES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a record something is said."""

    elements: tuple[str, ...]
    """Such as dc:title: one of them is enough."""
    attribute: str = ""
    having: tuple[tuple[str, str], ...] = ()
    """Attributes that the elements have."""

    def __str__(self) -> str:
        names = " or ".join(self.elements)
        having = "".join(f" with {name} {value}" for name, value in self.having)
        return f"{self.attribute} of {names}" if self.attribute else names + having


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record that is not deleted."""

    header: Header

    @property
    def identifier(self) -> str:
        """The identifier of its item."""
        return self.header.identifier

    @cached_property
    def _elements(self) -> Mapping[str, list[etree._Element]]:
        found: dict[str, list[etree._Element]] = {}
        payload = self.header.payload
        for element in () if payload is None else payload.iter(etree.Element):
            found.setdefault(_name(element), []).append(element)
        return found

    def values(self, place: Place) -> Iterator[str]:
        """Yield what is said in a place; what is empty says nothing."""
        for element in (e for name in place.elements for e in self._all(name)):
            if all(element.get(name) == value for name, value in place.having):
                value = element.get(place.attribute) if place.attribute else None
                said = text(element) if not place.attribute else (value or "").strip()
                if said:
                    yield said

    def says(self, *elements: str) -> tuple[str, ...]:
        """Return the texts of elements."""
        return tuple(self.values(Place(elements=elements)))

    @property
    def about(self) -> Iterable[etree._Element]:
        """What stands in its about containers."""
        record = self.header.record
        return () if record is None else answers.containers(record, "about")

    def _all(self, name: str) -> list[etree._Element]:
        return self._elements.get(name, [])


def _name(element: etree._Element) -> str:
    name = etree.QName(element)
    namespace = name.namespace or ""
    for begins, prefix in _NAMESPACES.items():
        if namespace.startswith(begins):
            return f"{prefix}:{name.localname}"
    return name.localname
