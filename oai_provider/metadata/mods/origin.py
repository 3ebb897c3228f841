"""originInfo: when it was made and published, by whom and where.

Publication is one originInfo a publisher, the first of which has the date and the
edition; the other dates of its life stand together in one more. One date is the key
date (DLF asks for it): that of publication, or the one that comes nearest to it.
"""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from oai_provider.metadata.agents import Organisation
from oai_provider.metadata.edtf import w3cdtf
from oai_provider.metadata.elements import (
    hyphenated,
    read_date,
    said,
    text_in,
    worded_in,
)
from oai_provider.metadata.item import Item, ItemDate
from oai_provider.metadata.mods.building import (
    Attributes,
    identified,
    inside,
    say,
    say_if,
    text_inside,
    wrap,
)

_ELEMENTS: Final[dict[str, tuple[str, Attributes]]] = {
    "issued": ("dateIssued", {}),
    "available": ("dateOther", {"type": "available"}),
    "created": ("dateCreated", {}),
    "accepted": ("dateOther", {"type": "accepted"}),
    "submitted": ("dateOther", {"type": "submitted"}),
    "updated": ("dateModified", {}),
    "embargo_end": ("dateOther", {"type": "embargo end"}),
}

_DOUBT: Final = {"approximate": "~", "questionable": "?"}


def write_origin(root: etree._Element, item: Item) -> None:
    """Write publication, then the other dates."""
    key = _key_date(item)
    _write_publication(root, item, key)
    others = [date for date in item.dates if date.type != "issued"]
    if others:
        origin = wrap(root, "originInfo")
        for date in others:
            _write_date(origin, date, key=date is key)


def _key_date(item: Item) -> ItemDate | None:
    order = [*_ELEMENTS]
    return min(item.dates, key=lambda date: order.index(date.type), default=None)


def _write_publication(root: etree._Element, item: Item, key: ItemDate | None) -> None:
    issued = next((date for date in item.dates if date.type == "issued"), None)
    if not (issued or item.publisher or item.edition):
        return
    origin = wrap(root, "originInfo", {"eventType": "publication"})
    if item.publisher:
        write_publisher(origin, item.publisher[0])
    if issued is not None:
        _write_date(origin, issued, key=issued is key)
    say_if(origin, "edition", item.edition)
    for publisher in item.publisher[1:]:
        more = wrap(root, "originInfo", {"eventType": "publication"})
        write_publisher(more, publisher)


def write_publisher(origin: etree._Element, publisher: Organisation) -> None:
    """Write a publisher after the place it is at."""
    if publisher.place is not None:
        place = wrap(origin, "place")
        say(place, "placeTerm", publisher.place, {"type": "text"})
    say(origin, "publisher", publisher.name.value, identified(publisher))


def _write_date(origin: etree._Element, date: ItemDate, *, key: bool) -> None:
    """Write a date in its encoding, in words, or in both ways one after the other."""
    name, kind = _ELEMENTS[date.type]
    primary = {"keyDate": "yes"} if key else {}
    if date.date is not None:
        say(origin, name, date.date, {**kind, **encoded(date.date), **primary})
        primary = {}
    say_if(origin, name, date.text, {**kind, **primary})


def encoded(date: str) -> Attributes:
    """Return the encoding of a date: W3CDTF where it can say it, else EDTF."""
    return {"encoding": "w3cdtf" if w3cdtf(date) else "edtf"}


def read_origin(root: etree._Element) -> dict[str, object]:
    """Return dates, publishers and the edition."""
    origins = [*inside(root, "originInfo")]
    dates = (_read_date(origins, type_) for type_ in _ELEMENTS)
    editions = (text_inside(origin, "edition") for origin in origins)
    return said(
        dates=[*filter(None, dates)],
        publisher=[p for origin in origins for p in read_publishers(origin)],
        edition=next(filter(None, editions), None),
    )


def read_publishers(origin: etree._Element) -> list[dict[str, object]]:
    """Return the publishers of an event, each at the place it happened, if one."""
    places = [p for p in inside(origin, "place") if (_place(p))]
    place = _place(places[0]) if len(places) == 1 else None
    names = filter(None, map(worded_in, inside(origin, "publisher")))
    return [said(name=name, place=place) for name in names]


def _place(place: etree._Element) -> str | None:
    """Return a place's name; its code is no name."""
    terms = (t for t in inside(place, "placeTerm") if t.get("type") != "code")
    return next(filter(None, map(text_in, terms)), None)


def _read_date(
    origins: Sequence[etree._Element], type_: str
) -> dict[str, object] | None:
    name, kind = _ELEMENTS[type_]
    elements = [
        element
        for origin in origins
        for element in inside(origin, name)
        if element.get("type") == kind.get("type")
    ]
    date = read_span(elements)
    texts = (read.get("text") for read in map(date_in, elements) if read)
    text = next(filter(None, texts), None)
    return {"type": type_, **said(date=date, text=text)} if date or text else None


def read_span(elements: Sequence[etree._Element]) -> str | None:
    """Return the date or interval in EDTF that elements with points give together."""
    dates = [
        (e.get("point"), read.get("date")) for e in elements if (read := date_in(e))
    ]
    start, end, alone = (
        next((date for point, date in dates if date and point == wanted), None)
        for wanted in ("start", "end", None)
    )
    if start is None and end is None:
        return str(alone) if alone else None
    span = read_date(f"{start or ''}/{end or ''}" if start != end else f"{start}")
    return str(span["date"]) if "date" in span else None


def date_in(element: etree._Element) -> dict[str, object] | None:
    """Return the date or text of one element, by the encoding it states."""
    value = text_in(element)
    if value is None:
        return None
    if element.get("encoding") == "marc":
        value = value.replace("u", "X")
    mark = _DOUBT.get(element.get("qualifier", ""), "")
    read = read_date(hyphenated(value) if element.get("encoding") else value)
    marked = read_date(f"{read['date']}{mark}") if mark and "date" in read else read
    return marked if "date" in marked else read
