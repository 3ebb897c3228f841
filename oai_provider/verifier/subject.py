"""An item as rules look at it: its fields, its texts with their places, its own XML.

What several rules look at is made once, when the first one asks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, auto
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

from lxml import etree

from oai_provider.metadata.agents import Agent, Organisation
from oai_provider.metadata.elements import text_in
from oai_provider.metadata.host import Host
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Item
from oai_provider.metadata.text import Text
from oai_provider.metadata.wording import identifier_uri
from oai_provider.protocol.xml import XML_LANG, XmlError, parse
from oai_provider.sources.doubts import Suspicion, suspicions
from oai_provider.verifier.trait import Trait

_Value = TypeVar("_Value")
_NO_WORD: Final = re.compile(r"[\W_]+")


class Kind(StrEnum):
    """What a text is, for rules that hold of some only."""

    TITLE = auto()
    PROSE = auto()
    SUBJECT = auto()
    NAME = auto()
    OTHER = auto()


_WRITTEN: Final = frozenset((Kind.TITLE, Kind.PROSE))


class Told(NamedTuple):
    """A text of an item that is served."""

    path: str
    value: str
    kind: Kind
    lang: str | None = None


class Named(NamedTuple):
    """An identifier, and where it stands."""

    path: str
    identifier: Identifier


class Raw(NamedTuple):
    """An element of an item's own XML."""

    path: str
    name: str
    text: str | None
    is_empty: bool


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An item to be judged; `item` has the fields that its own XML has."""

    item: Item
    identifier: str
    today: date
    place: str = ""
    page: str | None = None
    """Its landing page in this repository, if the public can reach that."""
    sets: tuple[str, ...] = ()
    unfit: Mapping[str, str] = field(default_factory=dict)
    """Why it cannot be served, by field."""
    journals: frozenset[str] = frozenset()
    """The names of the journals that have a profile here."""

    @cached_property
    def texts(self) -> tuple[Told, ...]:
        """All texts that are served."""
        return tuple(_texts(self.item))

    @cached_property
    def text(self) -> str:
        """All of them as one, in which most rules soon see that there is nothing."""
        return " ".join([text.value for text in self.texts])

    @cached_property
    def is_printable(self) -> bool:
        """Whether no text holds what cannot be seen."""
        return self.text.isprintable()

    @cached_property
    def suspicions(self) -> tuple[tuple[Told, Suspicion], ...]:
        """What looks wrong in titles and descriptions."""
        return tuple(
            (text, suspicion)
            for text in self.texts
            if text.kind in _WRITTEN
            for suspicion in suspicions(text.value)
        )

    @cached_property
    def agents(self) -> tuple[tuple[str, Agent], ...]:
        """Creators and contributors with their places."""
        item = self.item
        return (
            *_numbered("creators", item.creators),
            *_numbered("contributors", item.contributors),
        )

    @cached_property
    def identifiers(self) -> tuple[Named, ...]:
        """All identifiers: the item's own, of people, of its host and the rest."""
        return tuple(_identifiers(self))

    @cached_property
    def addresses(self) -> tuple[tuple[str, str], ...]:
        """The web addresses of the item, with their places."""
        item = self.item
        page = [("landing_page", item.landing_page)] if item.landing_page else []
        files = ((f"{path}.url", f.url) for path, f in _numbered("files", item.files))
        named = (
            (f"{path}.value", i.value)
            for path, i in _numbered("identifiers", item.identifiers)
            if i.scheme == "url"
        )
        return (*page, *files, *named)

    @cached_property
    def elements(self) -> tuple[Raw, ...]:
        """The elements of the item's own XML that hold no others."""
        found: list[Raw] = []
        for prefix, xml in self.item.native.items():
            try:
                found += _leaves(prefix, parse(xml.encode()))
            except XmlError:
                continue
        return tuple(found)

    @property
    def trait(self) -> Trait:
        """What is kept of it."""
        item = self.item
        title = item.title.value if item.title else ""
        host = item.host
        pages = host.pages if host else None
        first = item.creators[0] if item.creators else None
        name = (first.family or first.name or "") if first else ""
        return Trait(
            item=self.identifier,
            place=self.place,
            title=_NO_WORD.sub(" ", title.casefold()).strip(),
            year=(item.issued or "")[:4],
            author=name.partition(",")[0].casefold(),
            locator="/".join(
                part or ""
                for part in (
                    host and host.volume,
                    host and host.issue,
                    pages and (pages.first or pages.text or pages.article_number),
                )
            ),
            names=tuple(self._own_names()),
        )

    def _own_names(self) -> Iterator[str]:
        item = self.item
        if item.landing_page:
            yield item.landing_page.rstrip("/")
        for identifier in item.identifiers:
            # Two books may well have one ISBN, as chapters, and local ids are local.
            if identifier.scheme in _ONE_THING:
                uri = identifier_uri(identifier).rstrip("/")
                yield uri.lower() if identifier.scheme == "doi" else uri


_ONE_THING: Final = frozenset(("doi", "handle", "url", "arxiv", "ark", "urn", "edn"))


def _numbered(name: str, values: Iterable[_Value]) -> Iterator[tuple[str, _Value]]:
    return ((f"{name}[{n}]", value) for n, value in enumerate(values))


def _texts(item: Item) -> Iterator[Told]:
    """Yield all that is served as text."""
    yield from _plain("titles", item.titles, Kind.TITLE)
    yield from _plain("descriptions", item.descriptions, Kind.PROSE)
    yield from _plain("subjects", item.subjects, Kind.SUBJECT)
    for name, agents in (
        ("creators", item.creators),
        ("contributors", item.contributors),
    ):
        for path, agent in _numbered(name, agents):
            yield from _of_agent(path, agent)
    for path, publisher in _numbered("publisher", item.publisher):
        yield from _of_organisation(path, publisher)
    yield from _of_rest(item)


def _plain(name: str, texts: Iterable[Text], kind: Kind) -> Iterator[Told]:
    for path, text in _numbered(name, texts):
        yield Told(path, text.value, kind, text.lang)


def _of_agent(path: str, agent: Agent) -> Iterator[Told]:
    for part in ("family", "given", "name"):
        value = getattr(agent, part)
        if value:
            yield Told(f"{path}.{part}", value, Kind.NAME)
    for place, affiliation in _numbered(f"{path}.affiliations", agent.affiliations):
        yield from _of_organisation(place, affiliation)


def _of_organisation(path: str, organisation: Organisation) -> Iterator[Told]:
    name = organisation.name
    yield Told(f"{path}.name", name.value, Kind.OTHER, name.lang)


def _of_rest(item: Item) -> Iterator[Told]:
    if item.host:
        yield from _of_host(item.host)
    names = (
        *((path, place.name) for path, place in _numbered("places", item.places)),
        *((path, period.name) for path, period in _numbered("periods", item.periods)),
    )
    for path, name in names:
        if name:
            yield Told(f"{path}.name", name.value, Kind.OTHER, name.lang)
    if item.rights:
        yield from _plain("rights.statements", item.rights.statements, Kind.OTHER)
    for path, reference in _numbered("references", item.references):
        if reference.text:
            yield Told(f"{path}.text", reference.text, Kind.OTHER)


def _of_host(host: Host) -> Iterator[Told]:
    yield from _plain("host.titles", host.titles, Kind.OTHER)
    if host.citation_text:
        yield Told("host.citation_text", host.citation_text, Kind.OTHER)


def _identifiers(subject: Subject) -> Iterator[Named]:
    item = subject.item
    groups: list[tuple[str, Iterable[Identifier]]] = [("identifiers", item.identifiers)]
    if item.host:
        groups.append(("host.identifiers", item.host.identifiers))
    groups += (
        (f"{path}.identifiers", series.identifiers)
        for path, series in _numbered("series", item.series)
    )
    for path, agent in subject.agents:
        groups.append((f"{path}.identifiers", agent.identifiers))
        groups += (
            (f"{place}.identifiers", affiliation.identifiers)
            for place, affiliation in _numbered(
                f"{path}.affiliations", agent.affiliations
            )
        )
    for name, group in groups:
        yield from (Named(path, one) for path, one in _numbered(name, group))
    yield from _pointed_at(item)


def _pointed_at(item: Item) -> Iterator[Named]:
    others = (
        *((path, one.identifier) for path, one in _numbered("related", item.related)),
        *((p, one.identifier) for p, one in _numbered("references", item.references)),
    )
    for path, identifier in others:
        if identifier:
            yield Named(f"{path}.identifier", identifier)


def _leaves(prefix: str, root: etree._Element) -> Iterator[Raw]:
    for element in root.iter(etree.Element):
        if len(element):
            continue
        name = etree.QName(element).localname
        text = text_in(element)
        # An attribute other than the language may say something, an address say.
        is_empty = text is None and not {*element.attrib} - {XML_LANG}
        path = f"native.{prefix}/{name}"
        yield Raw(path, name, text, is_empty=is_empty)
