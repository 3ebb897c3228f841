"""An item in simple Dublin Core, by the OpenAIRE guidelines 3 for repositories.

One value an element, in the order of the fifteen; the first dc:identifier is the
address that suits a reader best, the first dc:type and dc:rights are the terms of
info:eu-repo. A text's language stands in xml:lang, as the schema allows.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import quote

from oai_provider.metadata.access import Funding
from oai_provider.metadata.agents import Organisation
from oai_provider.metadata.coverage import Box, Classification, Period, Place, Point
from oai_provider.metadata.edtf import w3cdtf
from oai_provider.metadata.format import Context, TextWriter
from oai_provider.metadata.item import Item, ItemDate
from oai_provider.metadata.languages import iso639_3
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    encoded,
    finished,
    say,
)
from oai_provider.metadata.vocabularies import ACCESS, EU_REPO, RESOURCE_TYPES
from oai_provider.metadata.wording import (
    conference_citation,
    host_citation,
    identifier_uri,
    inverted_name,
    license_uri,
    with_subtitles,
)
from oai_provider.protocol.xml import XSI, Payload

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
DC: Final = "http://purl.org/dc/elements/1.1/"
CLASSIFICATION: Final = "info:eu-repo/classification/"
GRANT: Final = "info:eu-repo/grantAgreement/"
EMBARGO_END: Final = "info:eu-repo/date/embargoEnd/"
# The states of publication that info:eu-repo names.
VERSIONS: Final = frozenset(
    f"{state}Version" for state in ("submitted", "accepted", "published", "updated")
) | {"draft"}

_ABOUT: Final = attributes(
    {
        "xmlns:oai_dc": NAMESPACE,
        "xmlns:dc": DC,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
    }
)
_CLASS_MARK: Final = re.compile(r"[A-Za-z0-9.:+/()'*=-]+", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)
# dc:date is one date: that of publication, or the one that comes nearest to it.
_DATES: Final = ("issued", "available", "created", "accepted", "submitted", "updated")

# A value, and the language it is in.
Said: TypeAlias = tuple[str, str | None]


@TextWriter
def write(item: Item, context: Context) -> Payload | None:
    """Return the item as oai_dc, or None where it has no title to be known by."""
    if not item.titles:
        return None
    elements = (
        say(name, value, _spoken(lang) if lang else NOTHING)
        for name, statements in _ELEMENTS
        for value, lang in dict.fromkeys(statements(item, context))
    )
    return finished("oai_dc:dc", encoded(elements), _ABOUT)


@lru_cache(maxsize=1024)
def _spoken(lang: str) -> Markup:
    return attributes({"xml:lang": lang})


def _titles(item: Item, _: Context) -> Iterator[Said]:
    groups = with_subtitles(item.titles)
    for head, subtitles in sorted(groups, key=lambda group: group[0].type != "main"):
        yield ": ".join((head.value, *(s.value for s in subtitles))), head.lang


def _creators(item: Item, _: Context) -> Iterator[Said]:
    return ((inverted_name(agent), None) for agent in item.creators)


def _subjects(item: Item, _: Context) -> Iterator[Said]:
    for subject in item.subjects:
        yield subject.value, subject.lang
    for classification in item.classification:
        yield _class_mark(classification), None


def _class_mark(classification: Classification) -> str:
    scheme, value = classification.scheme, classification.value
    if _CLASS_MARK.fullmatch(scheme) and _CLASS_MARK.fullmatch(value):
        return f"{CLASSIFICATION}{scheme}/{value}"
    return f"{scheme.upper()} {value}"


def _descriptions(item: Item, _: Context) -> Iterator[Said]:
    return ((text.value, text.lang) for text in item.descriptions)


def _publishers(item: Item, _: Context) -> Iterator[Said]:
    organisations: list[Organisation | None] = [*item.publisher]
    organisations.append(item.host.publisher if item.host else None)
    organisations.append(item.thesis.grantor if item.thesis else None)
    names = [organisation.name for organisation in filter(None, organisations)]
    first: dict[str, Said] = {}
    for name in names:
        first.setdefault(name.value, (name.value, name.lang))
    yield from first.values()


def _contributors(item: Item, _: Context) -> Iterator[Said]:
    return ((inverted_name(agent), None) for agent in item.contributors)


def _dates(item: Item, _: Context) -> Iterator[Said]:
    dates: dict[str, ItemDate] = {}
    for date in item.dates:
        dates.setdefault(date.type, date)
    chosen = next((dates[type_] for type_ in _DATES if type_ in dates), None)
    if chosen is not None:
        yield chosen.date or chosen.text or "", None
    embargo = dates.get("embargo_end")
    if embargo is not None and embargo.date and w3cdtf(embargo.date):
        yield EMBARGO_END + embargo.date, None


def _types(item: Item, _: Context) -> Iterator[Said]:
    kind = item.resource_type
    if kind is not None:
        terms = RESOURCE_TYPES[kind.id]
        said = (terms.eu_repo_uri, kind.coar, terms.dcmi, kind.local)
        yield from ((term, None) for term in said if term)
    if item.version in VERSIONS:
        yield f"{EU_REPO}{item.version}", None


def _formats(item: Item, _: Context) -> Iterator[Said]:
    for file in item.files:
        if file.media_type:
            yield file.media_type, None
    if item.physical:
        for said in (item.physical.form, item.physical.extent):
            if said:
                yield said, None


def _identifiers(item: Item, context: Context) -> Iterator[Said]:
    pages = (context.landing_page, item.landing_page)
    yield from ((page, None) for page in pages if page)
    # Sorting keeps the order of equals: first DOIs, then what has an address.
    for identifier in sorted(
        item.identifiers, key=lambda i: (i.scheme != "doi", i.url is None)
    ):
        yield identifier_uri(identifier), None
    yield from ((file.url, None) for file in item.files)


def _sources(item: Item, _: Context) -> Iterator[Said]:
    host = item.host
    if host is not None:
        abbreviated = (host.abbreviated,) if host.abbreviated else ()
        for title in host.titles or abbreviated:
            yield host_citation(host, title.value), title.lang
        if not (host.titles or abbreviated) and host.citation_text:
            yield host.citation_text, None
    for series in item.series:
        said = f"{series.name.value} ; {series.number}" if series.number else None
        yield said or series.name.value, series.name.lang
    if item.conference is not None:
        yield conference_citation(item.conference), item.conference.name.lang


def _languages(item: Item, _: Context) -> Iterator[Said]:
    return ((iso639_3(tag) or tag, None) for tag in item.languages)


def _relations(item: Item, _: Context) -> Iterator[Said]:
    for related in item.related:
        if related.identifier is not None:
            yield identifier_uri(related.identifier), None
        elif related.citation:
            yield related.citation, None
    hosts = [item.host.identifiers] if item.host else []
    for identifiers in (*hosts, *(series.identifiers for series in item.series)):
        yield from ((identifier_uri(identifier), None) for identifier in identifiers)
    for funding in item.funding:
        grant = _grant(funding)
        if grant:
            yield grant, None


def _grant(funding: Funding) -> str | None:
    """Return funder, programme (which the item does not know) and grant number."""
    award = funding.award
    if award is None or award.number is None:
        return None
    names = [funding.funder.name.value, "", award.number]
    if award.title is not None:
        names += ["", award.title.value]
    return GRANT + "/".join(quote(name, safe=" ") for name in names)


def _coverages(item: Item, _: Context) -> Iterator[Said]:
    for place in item.places:
        yield from _place(place)
    for period in item.periods:
        if period.name is not None:
            yield period.name.value, period.name.lang
        span = _span(period)
        if span:
            yield span, None


def _place(place: Place) -> Iterator[Said]:
    if place.name is not None:
        yield place.name.value, place.name.lang
    elif place.uri is not None:
        yield place.uri, None
    if place.point is not None:
        yield _point(place.point), None
    if place.box is not None:
        yield _box(place.box), None


def _point(point: Point) -> str:
    """Return a point as the DCMI Point scheme writes it."""
    return f"east={point.longitude:f}; north={point.latitude:f}"


def _box(box: Box) -> str:
    """Return a box as the DCMI Box scheme writes it."""
    return (
        f"northlimit={box.north:f}; southlimit={box.south:f}; "
        f"westlimit={box.west:f}; eastlimit={box.east:f}"
    )


def _span(period: Period) -> str | None:
    start, end = period.start, period.end
    if start is None and end is None:
        return None
    if start == end:
        return start
    if start and end and _YEAR.fullmatch(start) and _YEAR.fullmatch(end):
        return f"{start}-{end}"
    return f"{start or '..'}/{end or '..'}"


def _rights(item: Item, _: Context) -> Iterator[Said]:
    rights = item.rights
    if rights is None:
        return
    if rights.access is not None:
        terms = ACCESS[rights.access]
        yield terms.eu_repo_uri, None
        if rights.access == "metadata-only":
            yield terms.coar_uri, None
    for license_ in rights.licenses:
        yield license_uri(license_) or license_.spdx or "", None
    for statement in rights.statements:
        yield statement.value, statement.lang
    if rights.holder is not None:
        yield f"© {rights.holder}", None


_ELEMENTS: Final[tuple[tuple[str, Callable[[Item, Context], Iterable[Said]]], ...]] = (
    *(
        (f"dc:{name}", statements)
        for name, statements in (
            ("title", _titles),
            ("creator", _creators),
            ("subject", _subjects),
            ("description", _descriptions),
            ("publisher", _publishers),
            ("contributor", _contributors),
            ("date", _dates),
            ("type", _types),
            ("format", _formats),
            ("identifier", _identifiers),
            ("source", _sources),
            ("language", _languages),
            ("relation", _relations),
            ("coverage", _coverages),
            ("rights", _rights),
        )
    ),
)
