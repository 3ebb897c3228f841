"""physicalDescription, abstract, tableOfContents, targetAudience and note."""

from typing import Final

from lxml import etree

from oai_provider.metadata.access import File, Funding
from oai_provider.metadata.host import Thesis
from oai_provider.metadata.item import Item, Physical
from oai_provider.metadata.mods.building import (
    XLINK,
    Attributes,
    say,
    say_if,
    stated,
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
_XLINK_HREF: Final = f"{{{XLINK}}}href"


def write_physical(root: etree._Element, item: Item) -> None:
    """Write the thing itself, then each file of which more is known than its place."""
    if item.physical is not None:
        _write_thing(root, item.physical)
    for file in item.files:
        if file.media_type or file.size is not None or file.checksum:
            _write_file(root, file)


def _write_thing(root: etree._Element, physical: Physical) -> None:
    if physical.form or physical.digital_origin or physical.extent:
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
