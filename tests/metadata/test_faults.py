"""What people are told: every fault at once, where they wrote it, and the remedy."""

import datetime as dt

import pytest

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import read_item
from oai_provider.metadata.vocabularies import RELATION_TYPES

SMALLEST: dict[str, object] = {"id": "a", "resource_type": "book", "title": "A"}


def faults(**fields: object) -> dict[str, str]:
    """Return message by path for an item with these fields."""
    with pytest.raises(ItemError) as caught:
        read_item({**SMALLEST, **fields})
    return {fault.path: fault.message for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        (
            {"creators": [{"name": "A", "affiliations": ["B", " "]}]},
            "creators[0].affiliations[1]",
        ),
        (
            {"creators": [{"name": "A", "affiliations": [{"name": ""}]}]},
            "creators[0].affiliations[0].name",
        ),
        (
            {"creator": {"name": "A", "affiliation": {"value": ""}}},
            "creator.affiliation.value",
        ),
        ({"abstract": ""}, "abstract"),
        ({"issued": "2014-13"}, "issued"),
        ({"host": {"title": [{"value": "A"}, {"value": ""}]}}, "host.title[1].value"),
        ({"host": ""}, "host"),
        (
            {"subjects": ["a", {"lang": "ru", "values": ["b", ""]}]},
            "subjects[1].values[1]",
        ),
        (
            {"subjects": ["a", {"lang": "Russian", "values": ["b", "c"]}]},
            "subjects[1].lang",
        ),
        ({"isbn": "1", "doi": ["10.1/x", "x"]}, "doi[1]"),
        ({"native": {"mods": ""}}, "native.mods"),
        ({"native": {"a b": "<a/>"}}, "native.a b"),
        (
            {"provenance": {"repairs": [{"field": "a", "from": "b", "to": "c"}]}},
            "provenance.repairs[0].rule",
        ),
        (
            {"provenance": {"origin_descriptions": {"origin": {"altered": "perhaps"}}}},
            "provenance.origin_descriptions.origin.altered",
        ),
        ({"sets": ["a", "b/c"]}, "sets[1]"),
        ({"titles": [], "title": None}, "titles"),
    ],
)
def test_a_fault_is_where_it_was_written(fields: dict[str, object], path: str) -> None:
    assert path in faults(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": True}, 'true is not text: write it in quotes, "true"'),
        ({"edition": 2.0}, '2.0 is not text: write it in quotes, "2.0"'),
        (
            {"issued": dt.date(2014, 1, 1)},
            "2014-01-01 is not text: write it in quotes",
        ),
        (
            {"identifiers": [True]},
            'true is not text: write it in quotes, "true"',
        ),
        ({"edition": ["2"]}, "a list stands where one text belongs: keep one"),
        ({"edition": {"a": "b"}}, "a mapping stands where one text belongs: keep one"),
        ({"edition": " \t"}, "is blank: fill it in or leave the field out"),
        (
            {"edition": "a\x01b"},
            "holds U+0001 at character 2, which XML cannot carry: remove it",
        ),
        (
            {"edition": "ab\ufdd0"},
            "holds U+FDD0 at character 3, which XML cannot carry: remove it",
        ),
        (
            {"edition": "\ud800"},
            "holds U+D800 at character 1, which XML cannot carry: remove it",
        ),
        ({"titel": "B"}, "unknown field: did you mean title?"),
        (
            {"titles": [{"value": "B"}]},
            "says the same as titles, which is there too: keep one of them",
        ),
        (
            {"abstract": "a", "description": "b"},
            "says the same as abstract, which is there too: keep one of them",
        ),
        (
            {"rights": {"access": "opne"}},
            (
                "'opne' is not known here: write 'open', 'embargoed', 'restricted', "
                "'metadata-only' or 'closed'; did you mean open?"
            ),
        ),
        (
            {"file": {"url": "https://example.org/", "size": "big"}},
            "'big' is not a whole number: write it in digits, such as 100",
        ),
        (
            {"file": {"url": "https://example.org/", "size": True}},
            "true is not a whole number: write it in digits",
        ),
        (
            {"file": {"url": "https://example.org/", "size": -1}},
            "'-1' is too small: write 0 or more",
        ),
        (
            {"deleted": "perhaps"},
            "'perhaps' is not true or false: write one of the two",
        ),
        (
            {"places": {"point": {"latitude": "north", "longitude": 1}}},
            "'north' is not a number: write it in digits, such as 51.77",
        ),
        (
            {"places": {"point": "51 71"}},
            ("'51 71' is not a mapping of fields to values: write its fields by name"),
        ),
        ({"creator": {"given": "Omar"}}, "says nothing: give family or name"),
        (
            {"creator": {"name": "A", "email": "at home"}},
            "'at home' is not an e-mail address: write name@example.org",
        ),
        ({"doi": "11.1/x"}, "'11.1/x' is not a doi: write it as 10.1234/abc"),
        (
            {"resource_type": "artcle"},
            "'artcle' is not a resource type: did you mean article?",
        ),
        (
            {"related": {"relation": "near", "doi": "10.1/x"}},
            (
                "'near' is not a relation type of DataCite: write one of "
                + ", ".join(RELATION_TYPES.values())
            ),
        ),
        ({"dates": "2014"}, "type is missing: a value is needed here"),
        (
            {"dates": [{"type": "issued", "date": "2014"}] * 2},
            "holds more than one date of type issued: keep one",
        ),
        (
            {"identifier": "a b"},
            (
                "'a b' is not a URI: it begins with a scheme, such as https:, and "
                "writes spaces and other letters as %20"
            ),
        ),
        (
            {"landing_page": "ftp://example.org/"},
            "'ftp://example.org/' is not a web address: begin it with https://host",
        ),
        (
            {"landing_page": "https://example.org/a b"},
            "'https://example.org/a b' holds a character an address cannot: write %20",
        ),
        (
            {"id": "a b"},
            (
                "'a b' cannot stand in an identifier: use letters A to Z, digits and"
                " - _ . ! ~ * ' ( ) ; / ? : @ & = + $ , with escapes such as %3C"
            ),
        ),
        (
            {"id": "oai:repository.example.org:g"},
            (
                "is missing: the id 'oai:repository.example.org:g' is one in full:"
                " write it here, and 'g' as id"
            ),
        ),
        ({"id": None}, "is missing: a value is needed here"),
        (
            {"datestamp": "yesterday"},
            (
                "'yesterday' is no datestamp: "
                "write it as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"
            ),
        ),
        (
            {"identifiers": {"scheme": "a b", "value": "1"}},
            ("'a b' is not the name of a scheme: write doi, handle, url, local …"),
        ),
    ],
)
def test_a_message_says_what_is_wrong_and_what_to_write(
    fields: dict[str, object], message: str
) -> None:
    assert list(faults(**fields).values()) == [message]


def test_an_unknown_field_with_no_near_name_is_told_the_known_ones() -> None:
    assert (
        faults(native_speaker={"mods": "<a/>"}, conference={"name": "A", "x": "y"})[
            "conference.x"
        ]
        == "unknown field: known here are acronym, dates, name, place"
    )


def test_every_fault_is_told_at_once() -> None:
    found = faults(
        id="",
        title="",
        creators=[{"nmae": "A"}, ""],
        issued="2014-02-30",
        native={"": "a"},
    )
    assert set(found) == {
        "id",
        "title",
        "creators[0].nmae",
        "creators[1]",
        "issued",
        "native.",
    }


def test_a_missing_title_and_type_are_told_together() -> None:
    with pytest.raises(ItemError) as caught:
        read_item({"id": "a"})
    assert str(caught.value) == (
        "resource_type: is missing: give the item its resource_type\n"
        "titles: is missing: give the item its titles"
    )


def test_a_long_value_is_shortened() -> None:
    assert faults(deleted="x" * 100)["deleted"] == (
        f"'{'x' * 59} … is not true or false: write one of the two"
    )
