"""originInfo: when it was made and published, by whom and where.

Publication is one originInfo a publisher, the first of which has the date and the
edition; the other dates of its life stand together in one more. One date is the key
date (DLF asks for it): that of publication, or the one that comes nearest to it.
"""

from typing import Final

from lxml import etree

from oai_provider.metadata.agents import Organisation
from oai_provider.metadata.edtf import w3cdtf
from oai_provider.metadata.item import Item, ItemDate
from oai_provider.metadata.mods.building import Attributes, say, say_if, stated, wrap

_ELEMENTS: Final[dict[str, tuple[str, Attributes]]] = {
    "issued": ("dateIssued", {}),
    "available": ("dateOther", {"type": "available"}),
    "created": ("dateCreated", {}),
    "accepted": ("dateOther", {"type": "accepted"}),
    "submitted": ("dateOther", {"type": "submitted"}),
    "updated": ("dateModified", {}),
    "embargo_end": ("dateOther", {"type": "embargo end"}),
}


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


def _write_publication(
    root: etree._Element, item: Item, key: ItemDate | None
) -> None:
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
    say(origin, "publisher", publisher.name.value, stated(publisher.name.lang))


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
