"""Records of other people's repositories are read into items, whatever they hold."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from lxml import etree

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.format import Context, Format
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.mods import MODS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

DC = "{http://purl.org/dc/elements/1.1/}"
CONTEXT = Context(identifier="oai:repository.example.org:1", repository_name="R")
every_format = pytest.mark.parametrize(
    "format_", [OAI_DC, MODS], ids=lambda format_: format_.metadata_prefix
)


def records(shared: Path, format_: Format) -> Iterator[tuple[str, etree._Element]]:
    file = shared / "records-sample" / f"{format_.metadata_prefix}.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines():
        xml = json.loads(line)["xml"]
        yield xml, parse(xml.encode())


def item_of(format_: Format, xml: str, element: etree._Element) -> Item:
    """Return the record as an item, its own XML kept, as those who harvest keep it."""
    assert format_.read is not None
    native = {format_.metadata_prefix: xml}
    return read_item({"id": "1", "native": native, **format_.read(element)})


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(schemas_folder())


@every_format
def test_every_valid_record_is_read_and_any_other_refused_in_words(
    format_: Format, shared: Path, schemas: Schemas
) -> None:
    count = Counter[str]()
    for xml, element in records(shared, format_):
        valid = not schemas.faults(element, format_.schema)
        with nullcontext() if valid else suppress(ItemError):
            item_of(format_, xml, element)
        count["valid" if valid else "invalid"] += 1
    assert count["valid"] > count["invalid"]


@every_format
def test_what_is_read_is_written_validly_in_both_formats(
    format_: Format, shared: Path, schemas: Schemas
) -> None:
    for xml, element in records(shared, format_):
        item = item_of(format_, xml, element)
        for other in (OAI_DC, MODS):
            written = other.write(item, CONTEXT)
            assert (written is None) == (not item.titles)
            if written is not None:
                assert schemas.faults(written, other.schema) == (), xml[:500]


@every_format
def test_every_title_and_name_of_a_record_is_read(
    format_: Format, shared: Path
) -> None:
    title, *names = {
        "oai_dc": (f"{DC}title", f"{DC}creator", f"{DC}contributor"),
        "mods": ("{*}titleInfo/{*}title", "{*}name/{*}namePart"),
    }[format_.metadata_prefix]
    for xml, element in records(shared, format_):
        item = item_of(format_, xml, element)
        people = item.creators or item.contributors or item.conference
        assert bool(item.titles) == has_text(element, title), xml[:500]
        assert bool(people) == any(has_text(element, n) for n in names), xml[:500]


def has_text(element: etree._Element, path: str) -> bool:
    return any("".join(found.itertext()).strip() for found in element.findall(path))
