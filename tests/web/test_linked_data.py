"""JSON-LD, where an item says other things than most."""

import pytest

from oai_provider.metadata.item import read_item
from oai_provider.web.linked_data import Node, linked_data


def node(**fields: object) -> Node:
    item = read_item({"id": "x", "resource_type": "text", "title": "T"} | fields)
    return linked_data(item, "https://repository.example.org/items/x")


def test_what_an_item_does_not_say_is_absent() -> None:
    assert node() == {
        "@context": "https://schema.org",
        "@type": "TextDigitalDocument",
        "@id": "https://repository.example.org/items/x",
        "url": "https://repository.example.org/items/x",
        "name": "T",
        "headline": "T",
    }


@pytest.mark.parametrize(
    ("creator", "expected"),
    [
        (
            {"family": "Doe"},
            {"@type": "Person", "name": "Doe", "familyName": "Doe"},
        ),
        (
            {"name": "Road Office", "type": "organizational"},
            {"@type": "Organization", "name": "Road Office"},
        ),
        ({"name": "Road Office"}, {"name": "Road Office"}),
    ],
)
def test_whether_a_name_is_a_person_s_is_told_where_the_item_tells(
    creator: dict[str, str], expected: Node
) -> None:
    assert node(creators=[creator])["author"] == [expected]
    assert node(contributors=[creator])["contributor"] == [expected]


def test_a_book_part_is_part_of_a_book_of_a_publisher() -> None:
    host = {"title": "B", "isbn": "9780306406157", "publisher": "Press"}
    assert node(resource_type="book-part", host=host)["isPartOf"] == {
        "@type": "Book",
        "name": "B",
        "isbn": ["9780306406157"],
        "publisher": {"@type": "Organization", "name": "Press"},
    }


def test_a_period_without_years_has_its_name() -> None:
    assert node(periods=["Bronze Age"])["temporalCoverage"] == ["Bronze Age"]


def test_a_period_may_be_open() -> None:
    assert node(periods=[{"start": "1920"}])["temporalCoverage"] == ["1920/.."]
