from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from item_strategies import item_data
from lxml import etree
from marked_items import ALTERNATIVES, Marked

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.format import Context, Format, TextWriter, load_formats
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.mods import MODS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.names import is_any_uri
from oai_provider.protocol.xml import element, payload
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

FORMATS = [OAI_DC, MODS]
CONTEXT = Context(
    identifier="oai:repository.example.org:1",
    repository_name="A repository",
    landing_page="https://repository.example.org/items/1",
)
every_format = pytest.mark.parametrize(
    "format_", FORMATS, ids=lambda format_: format_.metadata_prefix
)


def written(format_: Format, item: Item) -> etree._Element:
    element = format_.write(item, CONTEXT)
    assert element is not None
    return element


def served(format_: Format, item: Item) -> str:
    return etree.tostring(written(format_, item), encoding="unicode")


def is_unsaid(format_: Format, path: str) -> bool:
    parts = path.split(".")
    return any(".".join(parts[:n]) in format_.unsaid for n in range(1, len(parts) + 1))


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(schemas_folder())


@pytest.fixture(scope="module")
def published(shared: Path) -> Schemas:
    return Schemas(shared / "schemas")


def test_both_formats_are_installed_under_their_prefixes() -> None:
    assert {f.metadata_prefix: f for f in FORMATS} == load_formats()


@every_format
def test_every_marked_field_is_said_or_unsaid_and_never_both(format_: Format) -> None:
    said: dict[str, bool] = {}
    for without in ALTERNATIVES:
        marked = Marked(without=without)
        text = served(format_, marked.item())
        for path, marks in marked.marks.items():
            said[path] = said.get(path, False) or any(mark in text for mark in marks)
    assert {path for path, is_said in said.items() if not is_said} == {
        path for path in said if is_unsaid(format_, path)
    }


@every_format
@given(data=item_data())
def test_a_record_written_as_text_is_the_payload_of_its_element(
    format_: Format, data: dict[str, object]
) -> None:
    assert isinstance(format_.write, TextWriter)
    finished = format_.write.payload(read_item(data), CONTEXT)
    assert finished is not None
    assert payload(element(finished)) == finished


@every_format
def test_every_field_of_terms_is_told_apart_or_unsaid_and_never_both(
    format_: Format,
) -> None:
    told: dict[str, bool] = {}
    for without in ALTERNATIVES:
        first = Marked(without=without)
        text = served(format_, first.item())
        for path in first.terms:
            other = Marked(without=without, other=path)
            different = served(format_, other.item()) != text
            told[path] = told.get(path, False) or different
    assert {path for path, is_told in told.items() if not is_told} == {
        path for path in told if is_unsaid(format_, path)
    }


@every_format
def test_every_unsaid_name_is_a_field_and_has_a_reason(format_: Format) -> None:
    marked = Marked()
    marked.item()
    fields = {*marked.marks, *marked.terms}
    for path, reason in format_.unsaid.items():
        assert any(f == path or f.startswith(f"{path}.") for f in fields), path
        assert reason


@every_format
@given(data=item_data())
def test_an_e_mail_address_is_never_served(
    format_: Format, data: dict[str, object]
) -> None:
    item = read_item(data)
    assert "name@example.org" not in served(format_, item)


@every_format
@given(data=item_data())
def test_any_item_is_written_validly(
    format_: Format, data: dict[str, object], schemas: Schemas
) -> None:
    element = written(format_, read_item(data))
    assert schemas.faults(element, format_.schema) == ()


@every_format
@given(data=item_data())
def test_any_item_is_valid_by_the_published_schema(
    format_: Format, data: dict[str, object], published: Schemas
) -> None:
    element = written(format_, read_item(data))
    assert published.faults(element, format_.schema) == ()


@every_format
@pytest.mark.parametrize("without", ALTERNATIVES)
def test_an_item_with_every_field_is_valid(
    format_: Format, without: frozenset[str], schemas: Schemas
) -> None:
    element = written(format_, Marked(without=without).item())
    assert schemas.faults(element, format_.schema) == ()


@every_format
def test_an_item_without_a_title_is_not_disseminated(format_: Format) -> None:
    assert format_.write(read_item({"id": "1", "deleted": True}), CONTEXT) is None


@every_format
@given(data=item_data())
def test_writing_twice_gives_the_same_bytes(
    format_: Format, data: dict[str, object]
) -> None:
    item = read_item(data)
    first = payload(written(format_, item))
    assert payload(written(format_, item)) == first


@every_format
@given(data=item_data())
def test_what_is_written_is_read_as_an_item(
    format_: Format, data: dict[str, object]
) -> None:
    assert format_.read is not None
    again = format_.read(written(format_, read_item(data)))
    assert read_item({"id": "1", **again}).titles


@every_format
def test_the_repository_s_page_is_absent_where_nobody_can_reach_it(
    format_: Format,
) -> None:
    item = read_item({"id": "1", "title": "A", "resource_type": "article"})
    element = format_.write(item, replace(CONTEXT, landing_page=None))
    assert element is not None
    assert b"/items/" not in payload(element).xml


@pytest.mark.parametrize(
    ("address", "served"),
    [
        ("http://пример.рф/я", "http://пример.рф/я"),
        (
            "https://example.org/a[1]?q=[x]#a#b",
            "https://example.org/a%5B1%5D?q=%5Bx%5D#a%23b",
        ),
        ("http://example.org/100%", "http://example.org/100%25"),
        ("http://[::1]/x", "http://[::1]/x"),
    ],
)
def test_an_address_is_escaped_as_its_schema_asks(
    address: str, served: str, schemas: Schemas
) -> None:
    item = read_item({"id": "1", "title": "A", "file": address, "resource_type": "map"})
    element = written(MODS, item)
    urls = element.findall(".//{*}url[@access='raw object']")
    assert [url.text for url in urls] == [served]
    assert schemas.faults(element, MODS.schema) == ()


@given(
    start=st.sampled_from(["http://a", "HTTPS://я@[::1]:80/"]),
    rest=st.text("a:/?#[]@!%4-.~я\x7f\ufffd", max_size=8),
)
def test_every_address_that_is_accepted_is_served_as_a_uri(
    start: str, rest: str
) -> None:
    data = {"id": "1", "title": "A", "file": start + rest, "resource_type": "map"}
    try:
        item = read_item(data)
    except ItemError:
        return
    (url,) = written(MODS, item).findall(".//{*}url[@access='raw object']")
    assert is_any_uri(url.text or "")
