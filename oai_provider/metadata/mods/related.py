"""relatedItem: the journal or book it is in, its series, what it is akin to.

An issue in a journal is a `part` with its own details; the running number of an
issue is a detail `wholeNumber` and never a volume. Relations that MODS has no type
for keep DataCite's name as otherType.
"""

import re
from collections.abc import Mapping
from typing import Final

from lxml import etree

from oai_provider.metadata.host import Host, Pages, Reference, Related, Series
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Item, ResourceType
from oai_provider.metadata.mods.access import write_identifier
from oai_provider.metadata.mods.building import say, say_if, stated, wrap
from oai_provider.metadata.mods.kind import write_genres
from oai_provider.metadata.mods.origin import encoded, write_publisher
from oai_provider.metadata.text import Text
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
    if pages.first or pages.text:
        extent = wrap(part, "extent", {"unit": "pages"})
        say_if(extent, "start", pages.first)
        if pages.first:
            say_if(extent, "end", pages.last)
        say_if(extent, "list", pages.text)
    if pages.article_number is not None:
        detail = wrap(part, "detail", {"type": "articleNumber"})
        say(detail, "number", pages.article_number)


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
