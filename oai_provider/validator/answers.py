"""What answers hold, as plain values beside the elements that say it.

Text is kept as it was served: whether it is legal is for the rules to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import Final

from lxml import etree

from oai_provider.protocol.datestamp import Granularity
from oai_provider.validator.exchange import OAI, Exchange, child_text, text

_HEADERS: Final = "headers read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header, and where it stands: a list of many is held without its XML."""

    identifier: str
    datestamp: str
    set_specs: tuple[str, ...]
    is_deleted: bool
    place: int
    """Which of the headers of its answer it is."""
    exchange: Exchange

    @property
    def element(self) -> etree._Element:
        """The <header> itself."""
        return self.exchange.header_elements[self.place]

    @property
    def said(self) -> tuple[object, ...]:
        """All that the header says; the order of sets means nothing."""
        specs = frozenset(self.set_specs)
        return self.identifier, self.datestamp, specs, self.is_deleted

    @property
    def record(self) -> etree._Element | None:
        """The record around it, where it is not of ListIdentifiers."""
        parent = self.element.getparent()
        is_record = parent is not None and parent.tag == f"{OAI}record"
        return parent if is_record else None

    @property
    def metadata(self) -> etree._Element | None:
        """The <metadata> beside it."""
        return None if self.record is None else self.record.find(f"{OAI}metadata")

    @property
    def payload(self) -> etree._Element | None:
        """The first element within <metadata>."""
        metadata = self.metadata
        return None if metadata is None else next(metadata.iterchildren("*"), None)


@dataclass(frozen=True, kw_only=True)
class Format:
    """A metadata format, as ListMetadataFormats declares it."""

    prefix: str
    schema: str
    namespace: str
    element: etree._Element


@dataclass(frozen=True, kw_only=True)
class Set:
    """A set, as ListSets lists it, and where."""

    spec: str
    name: str
    element: etree._Element
    exchange: Exchange


@dataclass(frozen=True, kw_only=True)
class Token:
    """A resumptionToken; numbers and dates as they were served."""

    value: str
    cursor: str | None
    size: str | None
    expires: str | None
    element: etree._Element
    exchange: Exchange


def headers(exchange: Exchange) -> tuple[Header, ...]:
    """Return the headers of a list, or of a GetRecord; they are read once."""
    # Nearly all rules ask for them, and a page may have many thousands. They are held
    # beside the answer, whose tree may be forgotten: they do without it.
    kept = vars(exchange)
    if _HEADERS not in kept:
        found = enumerate(exchange.header_elements)
        kept[_HEADERS] = tuple(_header(e, place, exchange) for place, e in found)
    known: tuple[Header, ...] = kept[_HEADERS]
    return known


def _header(element: etree._Element, place: int, exchange: Exchange) -> Header:
    specs = map(text, element.iterchildren(f"{OAI}setSpec"))
    # What rules remember of a list of many is held once.
    return Header(
        identifier=intern(child_text(element, "identifier")),
        datestamp=intern(child_text(element, "datestamp")),
        set_specs=tuple(map(intern, specs)),
        is_deleted=element.get("status") == "deleted",
        place=place,
        exchange=exchange,
    )


def formats(exchange: Exchange) -> tuple[Format, ...]:
    """Return the formats of a ListMetadataFormats."""
    answer = exchange.answer
    if answer is None:
        return ()
    return tuple(
        Format(
            prefix=child_text(element, "metadataPrefix"),
            schema=child_text(element, "schema"),
            namespace=child_text(element, "metadataNamespace"),
            element=element,
        )
        for element in answer.iterchildren(f"{OAI}metadataFormat")
    )


def sets(exchange: Exchange) -> tuple[Set, ...]:
    """Return the sets of a page of ListSets."""
    answer = exchange.answer
    if answer is None:
        return ()
    return tuple(
        Set(
            spec=child_text(element, "setSpec"),
            name=child_text(element, "setName"),
            element=element,
            exchange=exchange,
        )
        for element in answer.iterchildren(f"{OAI}set")
    )


def tokens(exchange: Exchange) -> tuple[Token, ...]:
    """Return the resumption tokens of a page of a list."""
    answer = exchange.answer
    if answer is None:
        return ()
    return tuple(
        Token(
            value=text(element),
            cursor=element.get("cursor"),
            size=element.get("completeListSize"),
            expires=element.get("expirationDate"),
            element=element,
            exchange=exchange,
        )
        for element in answer.iterchildren(f"{OAI}resumptionToken")
    )


def granularity(identify: etree._Element) -> Granularity:
    """Return the granularity that is declared; days, which all know, if none is."""
    told = child_text(identify, "granularity")
    return Granularity(told) if told in [*Granularity] else Granularity.DAY


def names(exchange: Exchange) -> Iterator[str]:
    """Yield what the entries of a list are called: identifiers, or setSpecs."""
    yield from (one.identifier for one in headers(exchange))
    yield from (one.spec for one in sets(exchange))


def containers(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield what stands within the elements of a name: description, about, ..."""
    for container in parent.iter(OAI + name):
        yield from container.iterchildren("*")
