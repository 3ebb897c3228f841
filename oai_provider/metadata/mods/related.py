"""relatedItem: the journal or book it is in, its series, what it is akin to.

An issue in a journal is a `part` with its own details; the running number of an
issue is a detail `wholeNumber` and never a volume. Relations that MODS has no type
for keep DataCite's name as otherType.
"""

import re
from collections.abc import Mapping
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
from oai_provider.metadata.mods.access import identifiers_in, write_identifier
from oai_provider.metadata.mods.building import (
    XLINK,
    inside,
    say,
    say_if,
    stated,
    text_inside,
    wrap,
)
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
_PAGE_UNITS: Final = ("page", "pages", "p", "pp", None)


def write_related(root: etree._Element, item: Item) -> None:
    """Write the host, the series, related items and the list of references."""
    if item.host is not None:
        _write_host(root, item.host)
    for series in item.series:
        _write_series(root, series)
    for related in item.related:
        _write_relation(root, related)
    for reference in item.references:
        _write_reference(root, reference)


def _write_host(root: etree._Element, host: Host) -> None:
    element = wrap(root, "relatedItem", {"type": "host"})
    for title in host.titles:
        _write_title(element, title)
    if host.abbreviated is not None:
        attributes = {"type": "abbreviated", **stated(host.abbreviated.lang)}
        info = wrap(element, "titleInfo", attributes)
        say(info, "title", host.abbreviated.value)
    _write_host_origin(element, host)
    for identifier in host.identifiers:
        write_identifier(element, identifier)
    _write_part(element, host)


def _write_title(element: etree._Element, title: Text) -> etree._Element:
    info = wrap(element, "titleInfo", stated(title.lang))
    say(info, "title", title.value)
    return info


def _write_host_origin(element: etree._Element, host: Host) -> None:
    serial = _is_serial(host)
    if host.publisher is None and not serial:
        return
    origin = wrap(element, "originInfo")
    if host.publisher is not None:
        write_publisher(origin, host.publisher)
    if serial:
        say(origin, "issuance", "serial")


def _is_serial(host: Host) -> bool:
    """Tell whether the host comes out in issues: it counts them, or has an ISSN."""
    numbered = host.issue or host.whole_number
    return bool(numbered) or any(i.scheme.endswith("issn") for i in host.identifiers)


def _write_part(element: etree._Element, host: Host) -> None:
    part = wrap(element, "part")
    printed = printed_locator(host)
    for kind, number in (
        ("volume", host.volume),
        ("issue", host.issue),
        ("wholeNumber", host.whole_number),
    ):
        if number is not None:
            detail = wrap(part, "detail", {"type": kind})
            say(detail, "number", number)
            say_if(detail, "caption", _caption(number, printed))
    if host.season is not None:
        say(wrap(part, "detail", {"type": "season"}), "caption", host.season)
    if host.part_title is not None:
        detail = wrap(part, "detail", {"type": "part"})
        say(detail, "title", host.part_title.value, stated(host.part_title.lang))
    if host.pages is not None:
        _write_pages(part, host.pages)
    if host.year is not None:
        say(part, "date", host.year, encoded(host.year))
    say_if(part, "text", printed)
    if not len(part):
        element.remove(part)


def _caption(number: str, printed: str | None) -> str | None:
    """Return the word or sign that the printed citation has before a number."""
    pattern = rf"(№|[^\W\d_]+\.?) ?{re.escape(number)}(?!\w)"
    found = re.search(pattern, printed) if printed else None
    return found[1] if found else None


def _write_pages(part: etree._Element, pages: Pages) -> None:
    if pages.article_number is not None:
        detail = wrap(part, "detail", {"type": "articleNumber"})
        say(detail, "number", pages.article_number)
    if pages.first or pages.text:
        extent = wrap(part, "extent", {"unit": "pages"})
        say_if(extent, "start", pages.first)
        if pages.first:
            say_if(extent, "end", pages.last)
        say_if(extent, "list", pages.text)


def _write_series(root: etree._Element, series: Series) -> None:
    element = wrap(root, "relatedItem", {"type": "series"})
    info = _write_title(element, series.name)
    say_if(info, "partNumber", series.number)
    for identifier in series.identifiers:
        write_identifier(element, identifier)


def _write_relation(root: etree._Element, related: Related) -> None:
    type_ = RELATIONS.get(related.relation)
    kind = {"type": type_} if type_ else {"otherType": related.relation}
    element = wrap(root, "relatedItem", kind)
    _write_cited(element, related.citation, related.identifier)
    if related.resource_type is not None:
        write_genres(element, ResourceType(id=related.resource_type))


def _write_reference(root: etree._Element, reference: Reference) -> None:
    element = wrap(root, "relatedItem", {"type": "references"})
    _write_cited(element, reference.text, reference.identifier)


def _write_cited(
    element: etree._Element, citation: str | None, identifier: Identifier | None
) -> None:
    say_if(element, "note", citation, {"type": CITATION})
    if identifier is not None:
        write_identifier(element, identifier)


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
