"""recordInfo: the description itself, its source, its date and its identifier."""

from lxml import etree

from oai_provider.metadata.elements import said
from oai_provider.metadata.format import Context
from oai_provider.metadata.item import Item
from oai_provider.metadata.mods.building import (
    inside,
    say,
    say_if,
    text_inside,
    wrap,
)
from oai_provider.metadata.mods.kind import language_of, write_language
from oai_provider.protocol.xml import DATESTAMP_MARK


def write_record(root: etree._Element, item: Item, context: Context) -> None:
    """Write who describes and when; the change is dated by the record's datestamp."""
    info = wrap(root, "recordInfo")
    say(info, "recordContentSource", context.repository_name)
    w3cdtf = {"encoding": "w3cdtf"}
    if item.created is not None:
        say(info, "recordCreationDate", item.created.date().isoformat(), w3cdtf)
    say(info, "recordChangeDate", DATESTAMP_MARK, w3cdtf)
    say(info, "recordIdentifier", context.identifier, {"source": "OAI-PMH"})
    provenance = item.provenance
    if provenance is not None:
        say_if(info, "recordOrigin", provenance.statement)
        if provenance.language is not None:
            write_language(info, "languageOfCataloging", provenance.language)


def read_record(root: etree._Element) -> dict[str, object]:
    """Return how the source says it described the item, and in which language."""
    statement, language = None, None
    for info in inside(root, "recordInfo"):
        statement = statement or text_inside(info, "recordOrigin")
        for element in inside(info, "languageOfCataloging"):
            language = language or language_of(element)
    return said(provenance=said(statement=statement, language=language))
