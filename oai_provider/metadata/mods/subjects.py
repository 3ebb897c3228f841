"""subject and classification: what it is about, where and when.

One term is one subject. Terms that are one another's translation, by the item's
word, share an altRepGroup.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from oai_provider.metadata.coverage import Box, Period, Place, Point, Subject
from oai_provider.metadata.elements import (
    folded,
    language_in,
    read_shape,
    read_uri,
    said,
    text_in,
)
from oai_provider.metadata.item import Item
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.metadata.mods.building import NAMESPACE, inside, stated, worded
from oai_provider.metadata.mods.origin import date_in, encoded

_START: Final = attributes({"point": "start"})
_END: Final = attributes({"point": "end"})
_PAIR: Final = "subject-"
# What makes a subject a term, whatever else stands in it.
_TERMS: Final = ("topic", "genre", "name", "titleInfo", "occupation")
_DEGREES: Final = r"-?\d+(?:\.\d+)?"
_POINT: Final = re.compile(
    rf"(?P<latitude>{_DEGREES}), (?P<longitude>{_DEGREES})", re.ASCII
)
_BOX: Final = re.compile(
    rf"W (?P<west>{_DEGREES}) -- E (?P<east>{_DEGREES})"
    rf" / N (?P<north>{_DEGREES}) -- S (?P<south>{_DEGREES})",
    re.ASCII,
)


def write_subjects(item: Item) -> Iterator[Markup]:
    """Yield terms, places and periods, then the classes."""
    yield from map(_term, item.subjects)
    yield from map(_place, item.places)
    yield from map(_period, item.periods)
    for classification in item.classification:
        authority = attributes({"authority": classification.scheme})
        yield say("classification", classification.value, authority)


def _term(subject: Subject) -> Markup:
    if subject.kind == "name":
        term = wrap("name", say("namePart", subject.value))
    else:
        term = say(subject.kind, subject.value)
    said = worded(subject)
    if subject.scheme or subject.uri or subject.pair:
        said = joined(said, _authority(subject))
    return wrap("subject", term, said)


def _authority(subject: Subject) -> Markup:
    pair = subject.pair and _PAIR + subject.pair
    said = (
        ("authority", subject.scheme),
        ("valueURI", subject.uri),
        ("altRepGroup", pair),
    )
    return attributes({name: value for name, value in said if value})


def _place(place: Place) -> Markup:
    name = place.name.value if place.name else place.uri
    uri = attributes({"valueURI": place.uri}) if place.uri else NOTHING
    shapes = joined(*_shapes(place))
    parts = joined(
        say_if("geographic", name, uri),
        wrap("cartographics", shapes) if shapes else NOTHING,
    )
    return wrap("subject", parts, stated(place.name.lang if place.name else None))


def _shapes(place: Place) -> Iterator[Markup]:
    if place.point is not None:
        yield say("coordinates", point_text(place.point))
    if place.box is not None:
        yield say("coordinates", box_text(place.box))
    if place.polygon:
        yield say("coordinates", "; ".join(map(point_text, place.polygon)))


def point_text(point: Point) -> str:
    """Return latitude and longitude in degrees: `55.75, 37.62`."""
    return f"{point.latitude:f}, {point.longitude:f}"


def box_text(box: Box) -> str:
    """Return a box as MARC 255 $c does, in degrees: `W 30 -- E 40 / N 50 -- S 45`."""
    return f"W {box.west:f} -- E {box.east:f} / N {box.north:f} -- S {box.south:f}"


def _period(period: Period) -> Markup:
    name = period.name
    parts = joined(
        say_if("temporal", name.value if name else None),
        _bound(_START, period.start),
        _bound(_END, period.end),
    )
    return wrap("subject", parts, stated(name.lang if name else None))


def _bound(point: Markup, date: str | None) -> Markup:
    return say("temporal", date, joined(encoded(date), point)) if date else NOTHING


def read_subjects(root: etree._Element) -> dict[str, object]:
    """Return terms, places, periods and classes.

    A heading of several parts is one term, its parts joined by dashes; a subject of
    places and times alone is no term.
    """
    terms: list[dict[str, object]] = []
    places: list[dict[str, object]] = []
    periods: list[dict[str, object]] = []
    for subject in inside(root, "subject"):
        if next(inside(subject, *_TERMS), None) is not None:
            terms.append(_read_term(subject))
        else:
            places += _read_places(subject)
            periods.append(_read_period(subject))
    return said(
        subjects=[term for term in terms if "value" in term],
        places=[place for place in places if place],
        periods=[period for period in periods if period],
        classification=_read_classes(root),
    )


def _read_term(subject: etree._Element) -> dict[str, object]:
    parts = [e for e in subject.iterchildren(etree.Element) if text_in(e)]
    kinds = {etree.QName(part).localname for part in parts}
    kind = kinds.pop() if len(kinds) == 1 else "topic"
    one = parts[0] if len(parts) == 1 else subject
    pair = (subject.get("altRepGroup") or "").removeprefix(_PAIR)
    return said(
        value=" -- ".join(filter(None, map(_heading, parts))) or None,
        lang=language_in(subject) or language_in(one),
        kind=kind if kind in ("name", "genre") else "topic",
        scheme=folded(subject.get("authority") or one.get("authority")),
        uri=read_uri(subject.get("valueURI") or one.get("valueURI")),
        pair=folded(pair),
    )


def _heading(part: etree._Element) -> str | None:
    """Return a part of a heading: a name's parts stand apart, by commas."""
    names = [text_in(child) for child in part.iterchildren(etree.Element)]
    return ", ".join(filter(None, names)) if names else text_in(part)


def _read_places(subject: etree._Element) -> Iterator[dict[str, object]]:
    shapes: dict[str, object] = {}
    for coordinates in subject.iter(f"{{{NAMESPACE}}}coordinates"):
        shapes |= _read_coordinates(text_in(coordinates) or "")
    names = [*inside(subject, "geographic", "hierarchicalGeographic")]
    for element in names or [subject]:
        name = _heading(element) if names else None
        uri = read_uri(element.get("valueURI") or subject.get("valueURI"))
        lang = language_in(element) or language_in(subject)
        named = said(value=name, lang=lang) if name and name != uri else None
        yield said(name=named, uri=uri if names else None, **shapes)
        shapes = {}


def _read_coordinates(text: str) -> dict[str, object]:
    """Return what this module writes as coordinates; other notations stay unread."""
    box = _BOX.fullmatch(text)
    if box:
        return read_shape(box=box.groupdict())
    points = [_POINT.fullmatch(point) for point in text.split("; ")]
    degrees = [point.groupdict() for point in points if point]
    if len(degrees) < len(points):
        return {}
    return (
        read_shape(point=degrees[0])
        if len(points) == 1
        else read_shape(polygon=degrees)
    )


def _read_period(subject: etree._Element) -> dict[str, object]:
    """Return the period that temporal elements, with points or alone, describe."""
    elements = [*inside(subject, "temporal")]
    bounds: dict[str, object] = {}
    for element in elements:
        date = (date_in(element) or {}).get("date")
        if date and "/" not in str(date):
            bounds.setdefault(element.get("point", ""), date)
    names = (text_in(e) for e in elements if e.get("point") is None)
    name = next(filter(None, names), None)
    return said(
        name=said(value=name, lang=language_in(subject)) if name else None,
        start=bounds.get("start"),
        end=bounds.get("end"),
    )


def _read_classes(root: etree._Element) -> list[dict[str, object]]:
    """Return the classes whose scheme is stated."""
    classes: list[dict[str, object]] = []
    for element in inside(root, "classification"):
        scheme, value = folded(element.get("authority")), text_in(element)
        if scheme and value:
            classes.append({"scheme": scheme, "value": value})
    return classes
