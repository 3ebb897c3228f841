"""recordInfo: the description itself, its source, its date and its identifier."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from oai_provider.metadata.elements import said
from oai_provider.metadata.format import Context
from oai_provider.metadata.item import Item
from oai_provider.metadata.markup import (
    Markup,
    attributes,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.metadata.mods.building import inside, text_inside
from oai_provider.metadata.mods.kind import language_of, write_language
from oai_provider.metadata.provenance import Provenance
from oai_provider.protocol.xml import DATESTAMP_MARK

_W3CDTF: Final = attributes({"encoding": "w3cdtf"})
_SOURCE: Final = attributes({"source": "OAI-PMH"})
_CHANGED: Final = say("recordChangeDate", DATESTAMP_MARK, _W3CDTF)


def write_record(item: Item, context: Context) -> Markup:
    """Return who describes and when; the change is dated by the record's datestamp."""
    created = item.created.date().isoformat() if item.created else None
    info = joined(
        say("recordContentSource", context.repository_name),
        say_if("recordCreationDate", created, _W3CDTF),
        _CHANGED,
        say("recordIdentifier", context.identifier, _SOURCE),
        *(_description(item.provenance) if item.provenance else ()),
    )
    return wrap("recordInfo", info)


def _description(provenance: Provenance) -> Iterator[Markup]:
    yield say_if("recordOrigin", provenance.statement)
    if provenance.language is not None:
        yield write_language("languageOfCataloging", provenance.language)


def read_record(root: etree._Element) -> dict[str, object]:
    """Return how the source says it described the item, and in which language."""
    statement, language = None, None
    for info in inside(root, "recordInfo"):
        statement = statement or text_inside(info, "recordOrigin")
        for element in inside(info, "languageOfCataloging"):
            language = language or language_of(element)
    return said(provenance=said(statement=statement, language=language))
