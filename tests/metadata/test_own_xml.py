"""What a harvested item says in XML of its own is there for whoever asks."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.format import load_formats
from oai_provider.metadata.item import Item, item_json, item_source, read_item
from oai_provider.metadata.own_xml import described, described_source, richest, told
from oai_provider.protocol.xml import text

FORMATS = load_formats()
DC = (
    '<d:dc xmlns:d="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">{}</d:dc>'
)
IN_DC = DC.format("<dc:title>in DC</dc:title><dc:creator>Ann</dc:creator>")
IN_MODS = (
    '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>in MODS</title>'
    "</titleInfo><recordInfo><recordOrigin>by hand</recordOrigin></recordInfo></mods>"
)


def harvested(**fields: object) -> Item:
    known = {"id": "a", "provenance": {"harvested": "2015-01-01"}}
    return read_item(known | {"native": {"oai_dc": IN_DC}} | fields)


def title(item: Item) -> str | None:
    return item.title.value if item.title else None


def test_its_fields_are_those_of_its_xml() -> None:
    item = described(harvested(), FORMATS)
    assert title(item) == "in DC"
    assert item.creators[0].display_name == "Ann"


def test_its_xml_and_its_header_stay() -> None:
    item = harvested(sets=["x"], identifier="oai:example.org:a", datestamp="2014-01-01")
    full = described(item, FORMATS)
    names = ("id", "identifier", "datestamp", "sets", "native", "provenance")
    assert [getattr(full, n) for n in names] == [getattr(item, n) for n in names]


def test_fields_are_those_of_the_format_that_says_most() -> None:
    item = harvested(native={"oai_dc": IN_DC, "mods": IN_MODS})
    assert title(described(item, FORMATS)) == "in MODS"
    assert richest(["oai_dc", "unknown", "mods"], FORMATS) == "mods"


def test_what_the_xml_says_of_its_making_joins_when_it_was_harvested() -> None:
    provenance = described(harvested(native={"mods": IN_MODS}), FORMATS).provenance
    assert provenance
    assert provenance.statement == "by hand"
    assert provenance.harvested == harvested().provenance.harvested  # type: ignore[union-attr] # it has one


def test_what_an_item_says_itself_goes_before() -> None:
    item = described(harvested(creators=["Bob"]), FORMATS)
    assert (title(item), item.creators[0].display_name) == ("in DC", "Bob")


@pytest.mark.parametrize(
    "item",
    [
        harvested(title="its own"),
        read_item({"id": "a", "native": {"oai_dc": IN_DC}}),
        read_item({"id": "a", "title": "A", "resource_type": "article"}),
        harvested(native={"unknown": IN_DC}),
    ],
    ids=["fields of its own", "not harvested", "no XML", "of no known format"],
)
def test_others_are_as_they_are(item: Item) -> None:
    assert described(item, FORMATS) is item


def test_a_format_that_reads_nothing_leaves_an_item_as_it_is() -> None:
    silent = {"oai_dc": replace(FORMATS["oai_dc"], read=None)}
    item = harvested()
    assert described(item, silent) is item


@pytest.mark.parametrize(
    "xml", ["<x", IN_DC.replace("d:dc", "d:no")], ids=["no XML", "another root"]
)
def test_xml_that_cannot_be_read_is_told_with_its_place(xml: str) -> None:
    with pytest.raises(ItemError) as raised:
        described(harvested(native={"oai_dc": xml}), FORMATS)
    assert [fault.path for fault in raised.value.faults] == ["native.oai_dc"]


@pytest.mark.parametrize("read", [json.loads, lambda s: told(s, FORMATS)])
def test_a_source_with_fields_is_told_as_it_is(
    read: Callable[[str], dict[str, object]],
) -> None:
    source = item_source(harvested(title="its own", resource_type="article"))
    assert read(source) == json.loads(source)


def test_a_source_without_is_told_with_those_of_its_xml() -> None:
    item = harvested()
    assert told(item_source(item), FORMATS) == item_json(described(item, FORMATS))


def test_a_source_that_cannot_be_read_is_told_all_the_same() -> None:
    source = json.dumps({"id": "a", "native": {"oai_dc": IN_DC}, "unheard_of": 1})
    assert told(source, FORMATS) == json.loads(source)


@given(st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1), min_size=1))
def test_what_is_stored_without_fields_says_what_was_read(titles: list[str]) -> None:
    xml = DC.format("".join(f"<dc:title>{text(t)}</dc:title>" for t in titles))
    item = harvested(native={"oai_dc": xml})
    assert described_source(item_source(item), FORMATS) == described(item, FORMATS)
