"""relatedItem: the journal or book it is in, its series, what it is akin to.

An issue in a journal is a `part` with its own details; the running number of an
issue is a detail `wholeNumber` and never a volume. Relations that MODS has no type
for keep DataCite's name as otherType.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from oai_provider.metadata.elements import (
    language_in,
    read_address,
    read_identifier,
    said,
    text_in,
    worded_in,
)
from oai_provider.metadata.host import Host, Pages, Reference, Related, Series
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Item, ResourceType
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.metadata.mods.access import identifiers_in, write_identifier
from oai_provider.metadata.mods.building import XLINK, inside, stated, text_inside
from oai_provider.metadata.mods.kind import read_kind, write_genres
from oai_provider.metadata.mods.origin import (
    encoded,
    read_publishers,
    read_span,
    write_publisher,
)
from oai_provider.metadata.mods.titles import title_in
from oai_provider.metadata.text import Text
from oai_provider.metadata.vocabularies import RELATION_TYPES
from oai_provider.metadata.wording import printed_locator

# DataCite's relation types that MODS has a type for which means the same.
RELATIONS: Final[Mapping[str, str]] = {
    "Continues": "preceding",
    "IsContinuedBy": "succeeding",
    "IsPartOf": "host",
    "HasPart": "constituent",
    "IsVariantFormOf": "otherFormat",
    "IsDerivedFrom": "original",
    "IsReferencedBy": "isReferencedBy",
    "References": "references",
    "Reviews": "reviewOf",
    "IsVersionOf": "otherVersion",
}
CITATION: Final = "citation/reference"
_SERIAL: Final = say("issuance", "serial")
_HOST, _SERIES, _REFERENCES, _ABBREVIATED, _CITATION = (
    attributes({"type": type_})
    for type_ in ("host", "series", "references", "abbreviated", CITATION)
)
_VOLUME, _ISSUE, _WHOLE_NUMBER, _SEASON, _PART, _ARTICLE_NUMBER = (
    attributes({"type": type_})
    for type_ in ("volume", "issue", "wholeNumber", "season", "part", "articleNumber")
)
_PAGES: Final = attributes({"unit": "pages"})
_PAGE_UNITS: Final = ("page", "pages", "p", "pp", None)


def write_related(item: Item) -> Iterator[Markup]:
    """Yield the host, the series, related items and the list of references."""
    if item.host is not None:
        yield _host(item.host)
    yield from map(_series, item.series)
    yield from map(_relation_to, item.related)
    yield from map(_reference, item.references)


def _host(host: Host) -> Markup:
    parts = joined(
        *map(_title, host.titles),
        _title(host.abbreviated, _ABBREVIATED) if host.abbreviated else NOTHING,
        _host_origin(host),
        *map(write_identifier, host.identifiers),
        _part(host),
    )
    return wrap("relatedItem", parts, _HOST)


def _title(title: Text, type_: Markup = NOTHING, more: Markup = NOTHING) -> Markup:
    parts = joined(say("title", title.value), more)
    return wrap("titleInfo", parts, joined(type_, stated(title.lang)))


def _host_origin(host: Host) -> Markup:
    parts = joined(
        write_publisher(host.publisher) if host.publisher else NOTHING,
        _SERIAL if _is_serial(host) else NOTHING,
    )
    return wrap("originInfo", parts) if parts else NOTHING


def _is_serial(host: Host) -> bool:
    """Tell whether the host comes out in issues: it counts them, or has an ISSN."""
    numbered = host.issue or host.whole_number
    return bool(numbered) or any(i.scheme.endswith("issn") for i in host.identifiers)


def _part(host: Host) -> Markup:
    printed = printed_locator(host)
    parts = joined(
        _number(_VOLUME, host.volume, printed),
        _number(_ISSUE, host.issue, printed),
        _number(_WHOLE_NUMBER, host.whole_number, printed),
        _detail(_SEASON, say_if("caption", host.season)),
        _detail(_PART, _part_title(host.part_title)),
        _pages(host.pages) if host.pages else NOTHING,
        say("date", host.year, encoded(host.year)) if host.year else NOTHING,
        say_if("text", printed),
    )
    return wrap("part", parts) if parts else NOTHING


def _number(kind: Markup, number: str | None, printed: str | None) -> Markup:
    if number is None:
        return NOTHING
    caption = say_if("caption", _caption(number, printed))
    return _detail(kind, joined(say("number", number), caption))


def _detail(kind: Markup, content: Markup) -> Markup:
    return wrap("detail", content, kind) if content else NOTHING


def _part_title(title: Text | None) -> Markup:
    return say("title", title.value, stated(title.lang)) if title else NOTHING


def _caption(number: str, printed: str | None) -> str | None:
    """Return the word or sign that the printed citation has before a number."""
    pattern = rf"(№|[^\W\d_]+\.?) ?{re.escape(number)}(?!\w)"
    found = re.search(pattern, printed) if printed else None
    return found[1] if found else None


def _pages(pages: Pages) -> Markup:
    article = _detail(_ARTICLE_NUMBER, say_if("number", pages.article_number))
    extent = joined(
        say_if("start", pages.first),
        say_if("end", pages.last if pages.first else None),
        say_if("list", pages.text),
    )
    return joined(article, wrap("extent", extent, _PAGES) if extent else NOTHING)


def _series(series: Series) -> Markup:
    parts = joined(
        _title(series.name, more=say_if("partNumber", series.number)),
        *map(write_identifier, series.identifiers),
    )
    return wrap("relatedItem", parts, _SERIES)


def _relation_to(related: Related) -> Markup:
    type_ = RELATIONS.get(related.relation)
    kind = {"type": type_} if type_ else {"otherType": related.relation}
    parts = _cited(related.citation, related.identifier)
    if related.resource_type is not None:
        genres = write_genres(ResourceType(id=related.resource_type))
        parts = joined(parts, *genres)
    return wrap("relatedItem", parts, attributes(kind))


def _reference(reference: Reference) -> Markup:
    parts = _cited(reference.text, reference.identifier)
    return wrap("relatedItem", parts, _REFERENCES)


def _cited(citation: str | None, identifier: Identifier | None) -> Markup:
    return joined(
        say_if("note", citation, _CITATION),
        write_identifier(identifier) if identifier else NOTHING,
    )


def read_related(root: etree._Element) -> dict[str, object]:
    """Return host, series, related items and references.

    The first host that is described is the host; a series has a name; what is
    left is related, or not told well enough to be read.
    """
    host: dict[str, object] = {}
    series: list[dict[str, object]] = []
    related: list[dict[str, object]] = []
    references: list[dict[str, object]] = []
    for element in inside(root, "relatedItem"):
        type_ = element.get("type")
        if type_ == "host" and not host and _is_host(element):
            host = _read_host(element)
        elif type_ == "series" and _titles(element):
            series.append(_read_series(element))
        elif type_ == "references":
            references.append(_read_cited(element, "text"))
        else:
            cited = _read_cited(element, "citation")
            related.append(cited and {"relation": _relation(element), **cited})
    return said(
        host=host,
        series=series,
        related=[*filter(None, related)],
        references=[*filter(None, references)],
    )


def _is_host(element: etree._Element) -> bool:
    """Tell a host that is described from one that is only cited."""
    described = inside(element, "titleInfo", "part", "originInfo", "identifier")
    cited = any(note.get("type") == CITATION for note in inside(element, "note"))
    return next(described, None) is not None and not cited


def _titles(
    element: etree._Element, *, abbreviated: bool = False
) -> list[dict[str, object]]:
    infos = (
        (info, title_in(info))
        for info in inside(element, "titleInfo")
        if (info.get("type") == "abbreviated") == abbreviated
    )
    return [said(value=t, lang=language_in(info)) for info, t in infos if t]


def _read_host(element: etree._Element) -> dict[str, object]:
    origins = [*inside(element, "originInfo")]
    publishers = [name for origin in origins for name in read_publishers(origin)]
    abbreviated = _titles(element, abbreviated=True)
    return said(
        titles=_titles(element),
        abbreviated=abbreviated[0] if abbreviated else None,
        identifiers=[*identifiers_in(element)],
        publisher=publishers[0] if publishers else None,
        **_read_part(next(inside(element, "part"), None)),
    )


def _read_part(part: etree._Element | None) -> dict[str, object]:
    if part is None:
        return {}
    details = {detail.get("type"): detail for detail in inside(part, "detail")}
    numbers = {
        field: text_inside(details[type_], name)
        for type_, field, name in (
            ("volume", "volume", "number"),
            ("issue", "issue", "number"),
            ("wholeNumber", "whole_number", "number"),
            ("season", "season", "caption"),
        )
        if type_ in details
    }
    titles = inside(details["part"], "title") if "part" in details else ()
    year = read_span([*inside(part, "date")])
    return said(
        **numbers,
        part_title=next(filter(None, map(worded_in, titles)), None),
        pages=_read_pages(part, details.get("articleNumber")),
        year=year if year and "/" not in year else None,
        citation_text=text_inside(part, "text"),
    )


def _read_pages(
    part: etree._Element, article: etree._Element | None
) -> dict[str, object]:
    extents = (e for e in inside(part, "extent") if e.get("unit") in _PAGE_UNITS)
    extent = next(extents, None)
    number = None if article is None else text_inside(article, "number")
    if extent is None:
        return said(article_number=number)
    first = text_inside(extent, "start")
    return said(
        first=first,
        last=text_inside(extent, "end") if first else None,
        text=text_inside(extent, "list"),
        article_number=number,
    )


def _read_series(element: etree._Element) -> dict[str, object]:
    info = next(info for info in inside(element, "titleInfo") if title_in(info))
    return said(
        name=said(value=text_inside(info, "title"), lang=language_in(info)),
        number=text_inside(info, "partNumber"),
        identifiers=[*identifiers_in(element)],
    )


def _relation(element: etree._Element) -> str:
    other = element.get("otherType", "").lower()
    named = (r for r, type_ in RELATIONS.items() if type_ == element.get("type"))
    return RELATION_TYPES.get(other) or next(named, "Other")


def _read_cited(element: etree._Element, field: str) -> dict[str, object]:
    """Return citation, identifier or address, and kind, of what is related."""
    notes = (n for n in inside(element, "note") if n.get("type") == CITATION)
    titles = (title_in(info) for info in inside(element, "titleInfo"))
    citation = next(filter(None, (*map(text_in, notes), *titles)), None)
    urls = (text_inside(place, "url") for place in inside(element, "location"))
    address = next(filter(None, (element.get(f"{{{XLINK}}}href"), *urls)), None)
    identifier = next(identifiers_in(element), None)
    if identifier is None and read_address(address):
        identifier = read_identifier(str(address))
    cited = said(identifier=identifier, **{field: citation})
    if cited and field == "citation":
        kind = read_kind(element).get("resource_type")
        cited |= said(resource_type=kind.get("id") if isinstance(kind, dict) else None)
    return cited
