"""The record the program brings along, and the page it was made from."""

from pathlib import Path

import pytest
from lxml import etree
from sources.reads import the_item

from oai_provider.metadata.format import Context, load_formats
from oai_provider.metadata.item import Item, item_json
from oai_provider.protocol.xml import DATESTAMP_MARK, SCHEMA_LOCATION, parse
from oai_provider.resources import records_folder
from oai_provider.sources.paths import read_path

NAME = "000_ce5b2683a573652e"
FOLDER = records_folder() / NAME
COVERAGE = "//dc:coverage | //mods:subject[mods:geographic or mods:temporal]"
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "mods": "http://www.loc.gov/mods/v3",
}
SYSTEM = {
    "{http://www.loc.gov/mods/v3}recordContentSource",
    "{http://www.loc.gov/mods/v3}recordChangeDate",
    "{http://www.loc.gov/mods/v3}recordIdentifier",
}


@pytest.fixture(name="by_hand", scope="module")
def _by_hand() -> Item:
    return the_item(read_path(FOLDER / "item.yaml"))


@pytest.fixture(name="by_machine", scope="module")
def _by_machine() -> Item:
    return the_item(read_path(FOLDER / f"{NAME}.txt"))


def test_the_page_stands_in_the_folder_as_it_was_found(shared: Path) -> None:
    found = shared / "article" / f"{NAME}.txt"
    assert (FOLDER / found.name).read_bytes() == found.read_bytes()


def test_the_item_by_hand_says_what_the_page_says_and_where_and_when(
    by_hand: Item, by_machine: Item
) -> None:
    added = by_hand.model_dump(include={"places", "periods"})
    assert by_machine.model_copy(update=added).model_dump(
        exclude={"places", "periods"}
    ) == by_hand.model_dump(exclude={"places", "periods"})
    assert item_json(by_hand)["periods"] == [{"start": "1920", "end": "1929"}]


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
def test_the_item_by_hand_is_served_as_it_should_be(
    shared: Path, by_hand: Item, prefix: str
) -> None:
    assert record(by_hand, prefix) == content(ideal(shared, prefix))


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
def test_the_page_alone_is_served_as_it_should_be_but_for_coverage(
    shared: Path, by_machine: Item, prefix: str
) -> None:
    wanted = ideal(shared, prefix)
    coverage = wanted.xpath(COVERAGE, namespaces=NAMESPACES)
    assert len(coverage) == 2
    for element in coverage:
        wanted.remove(element)
    assert record(by_machine, prefix) == content(wanted)


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
def test_the_address_of_the_author_is_served_nowhere(
    by_hand: Item, prefix: str
) -> None:
    assert not any("@" in line[2] for line in record(by_hand, prefix))


Line = tuple[tuple[str, ...], tuple[tuple[str, str], ...], str]


def record(item: Item, prefix: str) -> list[Line]:
    context = Context(identifier=f"oai:example.org:{item.id}", repository_name="Here")
    element = load_formats()[prefix].write(item, context)
    assert element is not None
    return content(element)


def ideal(shared: Path, prefix: str) -> etree._Element:
    return parse((shared / "article/ideal" / f"{prefix}.xml").read_bytes())


def content(root: etree._Element) -> list[Line]:
    """Return the path, attributes and text of every element, system values aside."""
    lines = []
    for element in root.iter("*"):
        path = (*(str(e.tag) for e in element.iterancestors()), str(element.tag))
        attributes = {
            (str(k), str(v)) for k, v in element.attrib.items() if k != SCHEMA_LOCATION
        }
        text = (element.text or "").strip()
        if element.tag in SYSTEM:
            assert text
            text = DATESTAMP_MARK
        lines.append((path, tuple(sorted(attributes)), text))
    return lines
