"""subject and classification: what it is about, where and when.

One term is one subject. Terms that are one another's translation, by the item's
word, share an altRepGroup.
"""

from typing import Final

from lxml import etree

from oai_provider.metadata.coverage import Box, Period, Place, Point, Subject
from oai_provider.metadata.item import Item
from oai_provider.metadata.mods.building import say, say_if, stated, worded, wrap
from oai_provider.metadata.mods.origin import encoded

_KINDS: Final = {"topic": "topic", "genre": "genre"}
_PAIR: Final = "subject-"


def write_subjects(root: etree._Element, item: Item) -> None:
    """Write terms, places and periods, then the classes."""
    for subject in item.subjects:
        _write_term(root, subject)
    for place in item.places:
        _write_place(root, place)
    for period in item.periods:
        _write_period(root, period)
    for classification in item.classification:
        attributes = {"authority": classification.scheme}
        say(root, "classification", classification.value, attributes)


def _write_term(root: etree._Element, subject: Subject) -> None:
    attributes = worded(subject)
    if subject.scheme or subject.uri or subject.pair:
        attributes = {**attributes, **_authority(subject)}
    element = wrap(root, "subject", attributes)
    if subject.kind == "name":
        say(wrap(element, "name"), "namePart", subject.value)
    else:
        say(element, _KINDS[subject.kind], subject.value)


def _authority(subject: Subject) -> dict[str, str]:
    pair = subject.pair and _PAIR + subject.pair
    said = (
        ("authority", subject.scheme),
        ("valueURI", subject.uri),
        ("altRepGroup", pair),
    )
    return {name: value for name, value in said if value}


def _write_place(root: etree._Element, place: Place) -> None:
    lang = place.name.lang if place.name else None
    element = wrap(root, "subject", stated(lang))
    uri = {"valueURI": place.uri} if place.uri else {}
    if place.name is not None:
        say(element, "geographic", place.name.value, uri)
    elif place.uri is not None:
        say(element, "geographic", place.uri, uri)
    if place.point or place.box or place.polygon:
        _write_shapes(wrap(element, "cartographics"), place)


def _write_shapes(cartographics: etree._Element, place: Place) -> None:
    if place.point is not None:
        say(cartographics, "coordinates", point_text(place.point))
    if place.box is not None:
        say(cartographics, "coordinates", box_text(place.box))
    if place.polygon:
        say(cartographics, "coordinates", "; ".join(map(point_text, place.polygon)))


def point_text(point: Point) -> str:
    """Return latitude and longitude in degrees: `55.75, 37.62`."""
    return f"{point.latitude:f}, {point.longitude:f}"


def box_text(box: Box) -> str:
    """Return a box as MARC 255 $c does, in degrees: `W 30 -- E 40 / N 50 -- S 45`."""
    return f"W {box.west:f} -- E {box.east:f} / N {box.north:f} -- S {box.south:f}"


def _write_period(root: etree._Element, period: Period) -> None:
    name = period.name
    element = wrap(root, "subject", stated(name.lang if name else None))
    say_if(element, "temporal", name.value if name else None)
    for point, date in (("start", period.start), ("end", period.end)):
        if date is not None:
            say(element, "temporal", date, {**encoded(date), "point": point})
