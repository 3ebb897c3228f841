"""originInfo: when it was made and published, by whom and where.

Publication is one originInfo a publisher, the first of which has the date and the
edition; the other dates of its life stand together in one more. One date is the key
date (DLF asks for it): that of publication, or the one that comes nearest to it.
"""

from collections.abc import Iterator, Sequence
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
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.metadata.mods.building import identified, inside, text_inside

_ELEMENTS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "issued": ("dateIssued", {}),
    "available": ("dateOther", {"type": "available"}),
    "created": ("dateCreated", {}),
    "accepted": ("dateOther", {"type": "accepted"}),
    "submitted": ("dateOther", {"type": "submitted"}),
    "updated": ("dateModified", {}),
    "embargo_end": ("dateOther", {"type": "embargo end"}),
}

_KINDS: Final = {type_: attributes(kind) for type_, (_, kind) in _ELEMENTS.items()}
_ORDER: Final = {type_: n for n, type_ in enumerate(_ELEMENTS)}
_KEY: Final = attributes({"keyDate": "yes"})
_TEXT: Final = attributes({"type": "text"})
_PUBLICATION: Final = attributes({"eventType": "publication"})
_W3CDTF: Final = attributes({"encoding": "w3cdtf"})
_EDTF: Final = attributes({"encoding": "edtf"})
_DOUBT: Final = {"approximate": "~", "questionable": "?"}


def write_origin(item: Item) -> Iterator[Markup]:
    """Yield publication, then the other dates."""
    key = _key_date(item)
    yield from _publication(item, key)
    others = [date for date in item.dates if date.type != "issued"]
    if others:
        dates = joined(*(_date(date, key=date is key) for date in others))
        yield wrap("originInfo", dates)


def _key_date(item: Item) -> ItemDate | None:
    return min(item.dates, key=lambda date: _ORDER[date.type], default=None)


def _publication(item: Item, key: ItemDate | None) -> Iterator[Markup]:
    issued = next((date for date in item.dates if date.type == "issued"), None)
    if not (issued or item.publisher or item.edition):
        return
    first = joined(
        write_publisher(item.publisher[0]) if item.publisher else NOTHING,
        _date(issued, key=issued is key) if issued else NOTHING,
        say_if("edition", item.edition),
    )
    yield wrap("originInfo", first, _PUBLICATION)
    for publisher in item.publisher[1:]:
        yield wrap("originInfo", write_publisher(publisher), _PUBLICATION)


def write_publisher(publisher: Organisation) -> Markup:
    """Return a publisher after the place it is at."""
    name = say("publisher", publisher.name.value, identified(publisher))
    place = say_if("placeTerm", publisher.place, _TEXT)
    return joined(wrap("place", place), name) if place else name


def _date(date: ItemDate, *, key: bool) -> Markup:
    """Return a date in its encoding, in words, or in both ways one after the other."""
    name, kind = _ELEMENTS[date.type][0], _KINDS[date.type]
    primary = _KEY if key else NOTHING
    if date.date is None:
        return say_if(name, date.text, joined(kind, primary))
    coded = say(name, date.date, joined(kind, encoded(date.date), primary))
    return joined(coded, say_if(name, date.text, kind))


def encoded(date: str) -> Markup:
    """Return the encoding of a date: W3CDTF where it can say it, else EDTF."""
    return _W3CDTF if w3cdtf(date) else _EDTF


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
