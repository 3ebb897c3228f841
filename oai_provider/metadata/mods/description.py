"""physicalDescription, abstract, tableOfContents, targetAudience and note."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from oai_provider.metadata.access import File, Funding
from oai_provider.metadata.elements import said, text_in, worded_in
from oai_provider.metadata.host import Thesis
from oai_provider.metadata.item import Item, Physical
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.metadata.mods.building import (
    XLINK,
    inside,
    stated,
    text_inside,
    worded,
)
from oai_provider.metadata.text import Text

_DESCRIPTIONS: Final = {
    "abstract": ("abstract", NOTHING),
    "toc": ("tableOfContents", NOTHING),
    "notes": ("note", NOTHING),
    "methods": ("note", attributes({"type": "methods"})),
}
_FUNDING: Final = attributes({"type": "funding"})
_VERSION: Final = attributes({"type": "version identification"})
_VENUE: Final = attributes({"type": "venue"})
_CHECKSUM: Final = attributes({"type": "checksum"})
_BYTES: Final = attributes({"unit": "bytes"})
# Notes whose types are fields of the item.
_READ_ELSEWHERE: Final = frozenset(("version identification", "thesis", "venue"))
_DIGITAL_ORIGINS: Final = frozenset(
    (
        "born digital",
        "reformatted digital",
        "digitized microfilm",
        "digitized other analog",
    )
)
_XLINK_HREF: Final = f"{{{XLINK}}}href"


def write_physical(item: Item) -> Iterator[Markup]:
    """Yield the thing itself, then each file of which more is known than its place."""
    if item.physical is not None:
        yield _thing(item.physical)
    for file in item.files:
        if file.media_type or file.size is not None or file.checksum:
            yield _file(file)


def _thing(physical: Physical) -> Markup:
    parts = joined(
        say_if("form", physical.form),
        say_if("digitalOrigin", physical.digital_origin),
        say_if("extent", physical.extent),
    )
    return wrap("physicalDescription", parts)


def _file(file: File) -> Markup:
    parts = joined(
        say_if("internetMediaType", file.media_type),
        say_if("extent", None if file.size is None else str(file.size), _BYTES),
        say_if("note", file.checksum, _CHECKSUM),
    )
    return wrap("physicalDescription", parts)


def write_descriptions(item: Item) -> Iterator[Markup]:
    """Yield abstracts, tables of contents, the audience and notes, in this order."""
    yield from _texts(item, "abstract", "toc")
    yield say_if("targetAudience", item.audience)
    yield from _texts(item, "notes", "methods")
    yield say_if("note", item.version, _VERSION)
    if item.thesis is not None:
        yield from _thesis(item.thesis)
    if item.conference is not None:
        yield say_if("note", item.conference.place, _VENUE)
    yield from map(_funding, item.funding)


def _texts(item: Item, *types: str) -> Iterator[Markup]:
    for wanted in types:
        name, kind = _DESCRIPTIONS[wanted]
        for text in item.descriptions:
            if text.type == wanted:
                yield say(name, text.value, joined(kind, worded(text)))


def _thesis(thesis: Thesis) -> Iterator[Markup]:
    yield _degree("degree", thesis.degree)
    label = attributes({"type": "thesis", "displayLabel": "level"})
    yield say_if("note", thesis.level, label)
    if thesis.discipline is not None:
        yield _degree("discipline", thesis.discipline)


def _degree(label: str, text: Text) -> Markup:
    labelled = attributes({"type": "thesis", "displayLabel": label})
    return say("note", text.value, joined(labelled, stated(text.lang)))


def _funding(funding: Funding) -> Markup:
    """Return who paid and by which grant in one note, with the grant's address."""
    award = funding.award
    said = [funding.funder.name.value]
    address = NOTHING
    if award is not None:
        title = award.title.value if award.title else None
        said += filter(None, (award.number, title))
        if award.uri is not None:
            address = attributes({"xlink:href": award.uri})
    lang = stated(funding.funder.name.lang)
    return say("note", "; ".join(said), joined(_FUNDING, lang, address))


def read_physical(root: etree._Element) -> dict[str, object]:
    """Return form, extent and digital origin, the first of each; and no file."""
    parts = [*inside(root, "physicalDescription")]
    extents = (
        e for p in parts for e in inside(p, "extent") if e.get("unit") != "bytes"
    )
    origins = (text_inside(part, "digitalOrigin") for part in parts)
    forms = (text_inside(part, "form") for part in parts)
    return said(
        physical=said(
            form=next(filter(None, forms), None),
            extent=next(filter(None, map(text_in, extents)), None),
            digital_origin=next((o for o in origins if o in _DIGITAL_ORIGINS), None),
        )
    )


def read_file_facts(root: etree._Element) -> list[dict[str, object]]:
    """Return what is said of each file: its media type, size and checksum."""
    facts = (_file_facts(part) for part in inside(root, "physicalDescription"))
    return [fact for fact in facts if fact]


def _file_facts(part: etree._Element) -> dict[str, object]:
    sizes = (e for e in inside(part, "extent") if e.get("unit") == "bytes")
    size = text_in(next(sizes, None)) or ""
    checksums = (e for e in inside(part, "note") if e.get("type") == "checksum")
    return said(
        media_type=text_inside(part, "internetMediaType"),
        size=int(size) if size.isascii() and size.isdigit() else None,
        checksum=text_in(next(checksums, None)),
    )


def read_descriptions(root: etree._Element) -> dict[str, object]:
    """Return abstracts, contents, notes, the audience and the version."""
    descriptions = [
        {"type": type_, **text}
        for element in inside(root, "abstract", "tableOfContents", "note")
        if (type_ := _type(element)) and (text := worded_in(element))
    ]
    return said(
        descriptions=descriptions,
        audience=text_inside(root, "targetAudience"),
        version=note_in(root, "version identification"),
    )


def _type(element: etree._Element) -> str | None:
    """Return the type of a description, None for a note read elsewhere."""
    name = etree.QName(element).localname
    if name != "note":
        return "toc" if name == "tableOfContents" else "abstract"
    kind = element.get("type")
    if kind in _READ_ELSEWHERE and (kind != "thesis" or element.get("displayLabel")):
        return None
    return "methods" if kind == "methods" else "notes"


def note_in(root: etree._Element, type_: str, label: str | None = None) -> str | None:
    """Return the text of the first note of a type and label."""
    text = (note_worded(root, type_, label) or {}).get("value")
    return None if text is None else str(text)


def note_worded(
    root: etree._Element, type_: str, label: str | None = None
) -> dict[str, object] | None:
    """Return text and language of the first note of a type and label."""
    for note in inside(root, "note"):
        if note.get("type") == type_ and label in (None, note.get("displayLabel")):
            return worded_in(note)
    return None
