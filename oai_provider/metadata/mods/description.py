"""physicalDescription, abstract, tableOfContents, targetAudience and note."""

from typing import Final

from lxml import etree

from oai_provider.metadata.access import File, Funding
from oai_provider.metadata.elements import said, text_in, worded_in
from oai_provider.metadata.host import Thesis
from oai_provider.metadata.item import Item, Physical
from oai_provider.metadata.mods.building import (
    XLINK,
    Attributes,
    inside,
    say,
    say_if,
    stated,
    text_inside,
    worded,
    wrap,
)
from oai_provider.metadata.text import Text

_DESCRIPTIONS: Final[dict[str, tuple[str, Attributes]]] = {
    "abstract": ("abstract", {}),
    "toc": ("tableOfContents", {}),
    "notes": ("note", {}),
    "methods": ("note", {"type": "methods"}),
}
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


def write_physical(root: etree._Element, item: Item) -> None:
    """Write the thing itself, then each file of which more is known than its place."""
    if item.physical is not None:
        _write_thing(root, item.physical)
    for file in item.files:
        if file.media_type or file.size is not None or file.checksum:
            _write_file(root, file)


def _write_thing(root: etree._Element, physical: Physical) -> None:
    element = wrap(root, "physicalDescription")
    say_if(element, "form", physical.form)
    say_if(element, "digitalOrigin", physical.digital_origin)
    say_if(element, "extent", physical.extent)


def _write_file(root: etree._Element, file: File) -> None:
    element = wrap(root, "physicalDescription")
    say_if(element, "internetMediaType", file.media_type)
    if file.size is not None:
        say(element, "extent", str(file.size), {"unit": "bytes"})
    say_if(element, "note", file.checksum, {"type": "checksum"})


def write_descriptions(root: etree._Element, item: Item) -> None:
    """Write abstracts, tables of contents, the audience and notes, in this order."""
    for wanted in ("abstract", "toc", "notes", "methods"):
        if wanted == "notes":
            say_if(root, "targetAudience", item.audience)
        name, kind = _DESCRIPTIONS[wanted]
        for text in item.descriptions:
            if text.type == wanted:
                say(root, name, text.value, {**kind, **worded(text)})
    say_if(root, "note", item.version, {"type": "version identification"})
    if item.thesis is not None:
        _write_thesis(root, item.thesis)
    if item.conference is not None:
        say_if(root, "note", item.conference.place, {"type": "venue"})
    for funding in item.funding:
        _write_funding(root, funding)


def _write_thesis(root: etree._Element, thesis: Thesis) -> None:
    _write_degree(root, "degree", thesis.degree)
    if thesis.level is not None:
        say(root, "note", thesis.level, {"type": "thesis", "displayLabel": "level"})
    if thesis.discipline is not None:
        _write_degree(root, "discipline", thesis.discipline)


def _write_degree(root: etree._Element, label: str, text: Text) -> None:
    attributes = {"type": "thesis", "displayLabel": label, **stated(text.lang)}
    say(root, "note", text.value, attributes)


def _write_funding(root: etree._Element, funding: Funding) -> None:
    """Write who paid and by which grant in one note, with the grant's address."""
    award = funding.award
    attributes = {"type": "funding", **stated(funding.funder.name.lang)}
    said = [funding.funder.name.value]
    if award is not None:
        title = award.title.value if award.title else None
        said += filter(None, (award.number, title))
        if award.uri is not None:
            attributes[_XLINK_HREF] = award.uri
    say(root, "note", "; ".join(said), attributes)


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
