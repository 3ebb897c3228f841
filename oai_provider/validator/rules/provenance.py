"""What records say of others: where they come from, and which ones they name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from oai_provider.protocol.datestamp import last_second, parse_datestamp
from oai_provider.protocol.names import OAI_NS
from oai_provider.validator.answers import Header, containers
from oai_provider.validator.course import told_at
from oai_provider.validator.endpoint import Endpoint, is_date, way_on
from oai_provider.validator.exchange import text
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check

_NS: Final = f"{{{OAI_NS}provenance}}"
_WORD: Final = re.compile(r"\S+")
_FALSE: Final = frozenset({"false", "0"})


@dataclass(frozen=True, kw_only=True)
class _Origin:
    """Where a record was harvested, and where it stood before that."""

    header: Header
    element: etree._Element

    def said(self, name: str) -> str:
        """Return what is said of the origin."""
        return text(self.element.find(_NS + name))

    @property
    def harvested(self) -> str:
        """When it was harvested there."""
        return self.element.get("harvestDate", "")

    @property
    def before(self) -> "_Origin | None":
        """Where it had been harvested before."""
        found = self.element.find(f"{_NS}originDescription")
        return None if found is None else _Origin(header=self.header, element=found)

    def breach(self, message: str) -> Breach:
        """Return a breach that the description shows."""
        said = f"the provenance of {self.header.identifier}: {message}"
        return breach(said, self.header.exchange, self.element)


def _origins(endpoint: Endpoint) -> Iterator[_Origin]:
    """Yield the last place that each record was harvested from."""
    found = False
    for header in endpoint.records:
        record = header.record
        for one in () if record is None else containers(record, "about"):
            origin = one.find(f"{_NS}originDescription")
            if one.tag == f"{_NS}provenance" and origin is not None:
                found = True
                yield _Origin(header=header, element=origin)
    if not found:
        raise NotChecked("no record with provenance was met")


@check("record-provenance-order")
def order(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that were harvested before they were there, or are not yet."""
    for origin in _origins(endpoint):
        now, date = told_at(origin.header.exchange), origin.harvested
        if now and is_date(date) and parse_datestamp(date)[0] > now:
            yield origin.breach(f"harvestDate {date} is to come")
        one: _Origin | None = origin
        while one is not None:
            yield from _out_of_order(one)
            one = one.before


def _out_of_order(origin: _Origin) -> Iterator[Breach]:
    before = origin.before
    earlier = {"datestamp": origin.said("datestamp")}
    if before is not None:
        earlier["the harvestDate of its origin"] = before.harvested
    for name, date in earlier.items():
        if _is_before(origin.harvested, date):
            said = f"{name}, {date}, is after the harvestDate {origin.harvested}"
            yield origin.breach(said)


def _is_before(date: str, other: str) -> bool:
    """Tell whether a date is surely before another; days are taken whole."""
    if not (is_date(date) and is_date(other)):
        return False
    return last_second(*parse_datestamp(date)) < parse_datestamp(other)[0]


@check("record-provenance-unaltered")
def unaltered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that are said to be as they were, in another namespace."""
    for origin in _origins(endpoint):
        payload = origin.header.payload
        if payload is None or origin.element.get("altered") not in _FALSE:
            continue
        served, told = etree.QName(payload).namespace, origin.said("metadataNamespace")
        if told and told != served:
            yield origin.breach(
                f"altered is false, and the metadata are of {served}, not {told}"
            )


@check("record-provenance-elsewhere")
def elsewhere(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that are said to be harvested from here."""
    own = endpoint.base_url.rstrip("/?")
    for origin in _origins(endpoint):
        if origin.said("baseURL").rstrip("/?") == own:
            yield origin.breach("baseURL is that of this repository itself")


@check("record-provenance-once")
def once(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that are one and the same where they come from."""
    known: dict[tuple[str, str], str] = {}
    for origin in _origins(endpoint):
        key = origin.said("baseURL"), origin.said("identifier")
        first = known.setdefault(key, origin.header.identifier)
        if all(key) and first != origin.header.identifier:
            yield origin.breach(f"{first} too is {key[1]} of {key[0]}")


@check("record-relations")
def relations(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that name an item of this repository which is not there."""
    own = f"oai:{endpoint.repository_identifier()}:"
    pages = endpoint.walk("ListRecords", **endpoint.list_arguments())
    if way_on(pages[-1]):
        raise NotChecked("the list was not read to its end: --whole reads it")
    known = {header.identifier for header in endpoint.records}
    for header in endpoint.records:
        payload = header.payload
        for element in () if payload is None else payload.iter("*"):
            named = text(element) if len(element) == 0 else ""
            if _WORD.fullmatch(named) and named.startswith(own) and named not in known:
                yield breach(
                    f"{header.identifier} names {named}, which is not in the list",
                    header.exchange,
                    element,
                )
