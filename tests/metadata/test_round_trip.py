"""What of an item comes back when its record is read: exactly these fields.

Reading folds white space and takes a comma in a name for the one after the family
name, so the items here have neither. What is compared as a set may come back with
more in it: Dublin Core's elements each say several things.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st
from item_strategies import item_data

from oai_provider.metadata.access import Funding
from oai_provider.metadata.agents import Agent, Organisation
from oai_provider.metadata.format import Context, Format
from oai_provider.metadata.host import Host
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.languages import iso639_3
from oai_provider.metadata.mods import MODS
from oai_provider.metadata.mods.read_names import CREATORS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.metadata.text import Text
from oai_provider.metadata.vocabularies import RESOURCE_TYPES
from oai_provider.metadata.wording import (
    host_citation,
    identifier_uri,
    inverted_name,
    license_uri,
    printed_locator,
    with_subtitles,
)

CONTEXT = Context(identifier="oai:repository.example.org:1", repository_name="R")
Kept: TypeAlias = Callable[[Item], object]


def plain(value: object) -> object:
    """Return data whose texts have no white space to fold and no comma."""
    if isinstance(value, str):
        return " ".join(value.replace(",", " ").split()) or "x"
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def plain_item(data: dict[str, object]) -> Item:
    return read_item({key: plain(value) for key, value in data.items()})


def items() -> st.SearchStrategy[Item]:
    return item_data().map(plain_item)


def again(format_: Format, item: Item) -> Item:
    element = format_.write(item, CONTEXT)
    assert element is not None
    assert format_.read is not None
    return read_item({"id": "1", "native": {"x": "<x/>"}, **format_.read(element)})


def said(text: Text | None) -> tuple[str, str | None] | None:
    return (text.value, text.lang) if text else None


def named(organisation: Organisation | None) -> object:
    return organisation and (said(organisation.name), organisation.place)


def parts(agent: Agent) -> object:
    return (
        (agent.family, agent.given, agent.name, agent.type),
        (agent.prefix, agent.suffix),
        [(n.lang, n.family, n.given, n.name) for n in agent.names_in_other_scripts],
        [(i.scheme, i.value) for i in agent.identifiers],
        [
            (", ".join(filter(None, (a.name.value, a.place))), a.name.lang)
            for a in agent.affiliations
        ],
    )


def titles(item: Item) -> object:
    return [
        (
            "main" if head.type == "subtitle" else head.type,
            said(head),
            [(s.value, s.lang or head.lang) for s in subtitles],
        )
        for head, subtitles in with_subtitles(item.titles)
    ]


def authors(item: Item) -> object:
    unstated = [a for a in item.creators if a.role is None or a.role in CREATORS]
    stated = [agent for agent in item.contributors if agent.role in CREATORS]
    return [*map(parts, unstated), *map(parts, stated)]


def everyone(item: Item) -> object:
    return {repr(parts(agent)) for agent in (*item.creators, *item.contributors)}


def dates(item: Item) -> object:
    found: dict[str, dict[str, str]] = {}
    for date in item.dates:
        fields = found.setdefault(date.type, {})
        for name, value in (("date", date.date), ("text", date.text)):
            if value:
                fields.setdefault(name, value)
    return found


def descriptions(item: Item) -> object:
    order = ("abstract", "toc", "notes", "methods")
    texts = item.descriptions
    funding = [("notes", funding_note(funding)) for funding in item.funding]
    found = [*((text.type, said(text)) for text in texts), *funding]
    return sorted(found, key=lambda text: order.index(text[0]))


def funding_note(funding: Funding) -> tuple[str, str | None]:
    award = funding.award
    parts = [funding.funder.name.value]
    if award is not None:
        title = award.title.value if award.title else None
        parts += filter(None, (award.number, title))
    return "; ".join(parts), funding.funder.name.lang


def places(item: Item) -> object:
    return [
        (
            said(place.name),
            place.uri,
            # A polygon of one point is read as that point.
            place.polygon[0] if len(place.polygon) == 1 else place.point,
            place.box,
            place.polygon[1:] and place.polygon,
        )
        for place in item.places
    ]


def host(item: Item) -> object:
    found = item.host
    if found is None:
        return None
    pages = found.pages
    return (
        [said(title) for title in found.titles],
        said(found.abbreviated),
        [(i.scheme, i.value) for i in found.identifiers],
        named(found.publisher),
        (found.volume, found.issue, found.whole_number, found.season, found.year),
        said(found.part_title),
        pages and (pages.first, pages.first and pages.last, pages.text),
        pages and pages.article_number,
        printed_locator(found),
    )


def related(item: Item) -> object:
    elsewhere = ("IsPartOf", "References")
    return [
        (r.relation, r.identifier, r.resource_type, r.citation)
        for r in item.related
        if r.relation not in elsewhere
    ]


def references(item: Item) -> object:
    listed = [r for r in item.related if r.relation == "References"]
    return [
        *((r.citation, r.identifier) for r in listed),
        *((r.text, r.identifier) for r in item.references),
    ]


def rights(item: Item) -> object:
    found = item.rights
    if found is None:
        return None
    uris = [license_uri(license_) for license_ in found.licenses]
    wordy = [(s.spdx, None) for s in found.licenses if license_uri(s) is None]
    return (
        found.access,
        [uri for uri in uris if uri],
        [*wordy, *map(said, found.statements)],
        found.holder,
    )


def provenance(item: Item) -> object:
    found = item.provenance
    return (found.statement, found.language) if found else (None, None)


def thesis(item: Item) -> object:
    found = item.thesis
    return found and (
        said(found.degree),
        found.level,
        said(found.discipline),
        said(found.grantor.name) if found.grantor else None,
    )


KEPT_BY_MODS: dict[str, Kept] = {
    "titles": titles,
    "who has a creator's role": authors,
    "everyone who is named": everyone,
    "resource type": lambda item: item.resource_type and item.resource_type.id,
    "dates": dates,
    "publishers": lambda item: [*map(named, item.publisher)],
    "languages": lambda item: [*dict.fromkeys(item.languages)],
    "descriptions": descriptions,
    "subjects": lambda item: item.subjects,
    "places": places,
    "periods": lambda item: item.periods,
    "classification": lambda item: item.classification,
    "identifiers": lambda item: item.identifiers,
    "landing page": lambda item: item.landing_page,
    "files": lambda item: [(file.url, file.version) for file in item.files],
    "host": host,
    "series": lambda item: item.series,
    "conference": lambda item: item.conference,
    "thesis": thesis,
    "related": related,
    "references": references,
    "rights": rights,
    "physical": lambda item: item.physical,
    "version": lambda item: item.version,
    "edition": lambda item: item.edition,
    "audience": lambda item: item.audience,
    "provenance": provenance,
}


def distinct(values: Iterable[object]) -> object:
    return [*dict.fromkeys(values)]


def dc_titles(item: Item) -> object:
    heads = with_subtitles(item.titles)
    heads.sort(key=lambda group: group[0].type != "main")
    return distinct(
        (": ".join([head.value, *(s.value for s in subtitles)]), head.lang)
        for head, subtitles in heads
    )


def dc_publishers(item: Item) -> object:
    given: list[Organisation | None] = [*item.publisher]
    given.append(item.host.publisher if item.host else None)
    given.append(item.thesis.grantor if item.thesis else None)
    names = [organisation.name for organisation in given if organisation]
    return {name.value for name in names}


def dc_identifiers(item: Item) -> object:
    addresses = [item.landing_page, *(file.url for file in item.files)]
    return {*filter(None, addresses), *map(identifier_uri, item.identifiers)}


def dc_relations(item: Item) -> object:
    hosts = [item.host.identifiers] if item.host else []
    serial = [*hosts, *(series.identifiers for series in item.series)]
    told = {
        identifier_uri(r.identifier) if r.identifier else r.citation
        for r in item.related
    }
    return told | {identifier_uri(one) for several in serial for one in several}


def dc_coverage(item: Item) -> object:
    places = [said(p.name) or (p.uri, None) for p in item.places if p.name or p.uri]
    return {*places, *(said(period.name) for period in item.periods if period.name)}


def dc_rights(item: Item) -> object:
    found = item.rights
    if found is None:
        return None
    uris = (license_uri(license_) for license_ in found.licenses)
    return (found.access, distinct(filter(None, uris)), found.holder)


KEPT_BY_DUBLIN_CORE: dict[str, Kept] = {
    "titles": dc_titles,
    "creators": lambda item: distinct(map(inverted_name, item.creators)),
    "contributors": lambda item: distinct(map(inverted_name, item.contributors)),
    "subjects": lambda item: distinct(map(said, item.subjects)),
    "classification": lambda item: distinct(item.classification),
    "descriptions": lambda item: distinct(map(said, item.descriptions)),
    "publishers": dc_publishers,
    "languages": lambda item: distinct(map(iso639_3, item.languages)),
    "identifiers": dc_identifiers,
    "relations": dc_relations,
    "coverage": dc_coverage,
    "rights": dc_rights,
    "kind": lambda item: (
        item.resource_type and RESOURCE_TYPES[item.resource_type.id].eu_repo
    ),
}


def lost(
    format_: Format, fields: dict[str, Kept], item: Item
) -> dict[str, tuple[object, object]]:
    """Return the fields that do not come back, as they were and as they are."""
    read = again(format_, item)
    both = {name: (kept(item), kept(read)) for name, kept in fields.items()}
    return {name: pair for name, pair in both.items() if not survives(*pair)}


def survives(before: object, after: object) -> bool:
    if isinstance(before, set) and isinstance(after, set):
        return before <= after
    return before == after


@given(item=items())
def test_mods_gives_back_all_it_keeps(item: Item) -> None:
    assert lost(MODS, KEPT_BY_MODS, item) == {}


@given(item=items())
def test_dublin_core_gives_back_all_it_keeps(item: Item) -> None:
    assert lost(OAI_DC, KEPT_BY_DUBLIN_CORE, item) == {}


@given(item=items())
def test_dublin_core_gives_the_host_back_as_its_citation(item: Item) -> None:
    given = item.host
    if given is None or not (given.titles or given.citation_text):
        return
    title = next((title.value for title in given.titles), None)
    expected = host_citation(given, title) if title else None
    read = again(OAI_DC, item).host
    assert isinstance(read, Host)
    assert expected is None or read.citation_text == " ".join(expected.split())
