"""What people may write shorter, and the long form it is read as."""

import pytest
from hypothesis import given
from item_strategies import item_data

from oai_provider.metadata.item import Item, item_json, read_item
from oai_provider.metadata.short_forms import long_form

SMALLEST: dict[str, object] = {"id": "a", "resource_type": {"id": "book"}}
TITLED: dict[str, object] = {**SMALLEST, "titles": [{"value": "A"}]}


def long(**fields: object) -> dict[str, object]:
    """Return the fields of an item in long form, as it keeps them."""
    kept = item_json(read_item({**TITLED, **fields}))
    return {key: kept[key] for key in kept if key not in {*TITLED, "deleted"}}


SHORT_FORMS: list[tuple[dict[str, object], str, object]] = [
    ({"subjects": "a"}, "subjects", [{"value": "a", "kind": "topic"}]),
    ({"subjects": {"value": "a"}}, "subjects", [{"value": "a", "kind": "topic"}]),
    ({"subject": ["a"]}, "subjects", [{"value": "a", "kind": "topic"}]),
    ({"keywords": ["a"]}, "subjects", [{"value": "a", "kind": "topic"}]),
    (
        {"subjects": [{"lang": "ru", "values": ["a", 2]}, "b"]},
        "subjects",
        [
            {"value": "a", "lang": "ru", "kind": "topic"},
            {"value": "2", "lang": "ru", "kind": "topic"},
            {"value": "b", "kind": "topic"},
        ],
    ),
    (
        {"subjects": {"values": "a", "scheme": "lcsh"}},
        "subjects",
        [{"value": "a", "scheme": "lcsh", "kind": "topic"}],
    ),
    ({"abstract": "a"}, "descriptions", [{"value": "a", "type": "abstract"}]),
    (
        {"abstract": {"value": "a", "lang": "eng"}},
        "descriptions",
        [{"value": "a", "lang": "en", "type": "abstract"}],
    ),
    ({"description": "a"}, "descriptions", [{"value": "a", "type": "abstract"}]),
    ({"issued": 2014}, "dates", [{"type": "issued", "date": "2014"}]),
    ({"issued": {"text": "a"}}, "dates", [{"type": "issued", "text": "a"}]),
    ({"language": "rus"}, "languages", ["ru"]),
    ({"set": "a:b"}, "sets", ["a:b"]),
    (
        {"creator": "Kaziev, Sattar Sh."},
        "creators",
        [{"family": "Kaziev", "given": "Sattar Sh.", "type": "personal"}],
    ),
    ({"creators": "Kaziev S."}, "creators", [{"name": "Kaziev S."}]),
    ({"creator": "Smith, John, Jr"}, "creators", [{"name": "Smith, John, Jr"}]),
    ({"creator": "Plato,"}, "creators", [{"name": "Plato,"}]),
    (
        {"contributor": {"name": "A", "orcid": "0000-0002-1825-009x"}},
        "contributors",
        [
            {
                "name": "A",
                "identifiers": [{"scheme": "orcid", "value": "0000-0002-1825-009X"}],
            }
        ],
    ),
    (
        {"creator": {"name": "A", "affiliation": {"value": "B", "lang": "en"}}},
        "creators",
        [{"name": "A", "affiliations": [{"name": {"value": "B", "lang": "en"}}]}],
    ),
    (
        {
            "publisher": {
                "value": "A",
                "lang": "en",
                "ror": "https://ror.org/02mhbdp94",
            }
        },
        "publisher",
        [
            {
                "name": {"value": "A", "lang": "en"},
                "identifiers": [{"scheme": "ror", "value": "02mhbdp94"}],
            }
        ],
    ),
    ({"publisher": "A"}, "publisher", [{"name": {"value": "A"}}]),
    ({"places": ["A"]}, "places", [{"name": {"value": "A"}}]),
    ({"period": "XX century"}, "periods", [{"name": {"value": "XX century"}}]),
    (
        {"identifiers": ["https://doi.org/10.1/x", "№ 5"]},
        "identifiers",
        [{"scheme": "doi", "value": "10.1/x"}, {"scheme": "local", "value": "№ 5"}],
    ),
    ({"doi": "doi:10.1/X"}, "identifiers", [{"scheme": "doi", "value": "10.1/X"}]),
    (
        {"urn": "urn:isbn:1", "isbn": "978-5-02"},
        "identifiers",
        [
            {"scheme": "urn", "value": "urn:isbn:1"},
            {"scheme": "isbn", "value": "978-5-02"},
        ],
    ),
    ({"host": "A"}, "host", {"titles": [{"value": "A"}]}),
    (
        {
            "host": {
                "title": "A",
                "issue": 5,
                "pages": "12\u201334",
                "issn": "1234567x",
            }
        },
        "host",
        {
            "titles": [{"value": "A"}],
            "identifiers": [{"scheme": "issn", "value": "1234-567X"}],
            "issue": "5",
            "pages": {"first": "12", "last": "34"},
        },
    ),
    (
        {"host": {"identifiers": ["1234-5678"], "pages": "12, 14"}},
        "host",
        {
            "identifiers": [{"scheme": "issn", "value": "1234-5678"}],
            "pages": {"text": "12, 14"},
        },
    ),
    ({"host": {"pages": "e-12"}}, "host", {"pages": {"text": "e-12"}}),
    ({"rights": "All"}, "rights", {"statements": [{"value": "All"}]}),
    (
        {"rights": {"license": ["MIT", "https://example.org/l"]}},
        "rights",
        {"licenses": [{"spdx": "MIT"}, {"uri": "https://example.org/l"}]},
    ),
    (
        {"references": ["A. B, 2014.", "10.1/x"]},
        "references",
        [
            {"text": "A. B, 2014."},
            {"identifier": {"scheme": "doi", "value": "10.1/x"}},
        ],
    ),
    (
        {"related": {"relation": "ispartof", "url": "https://example.org/"}},
        "related",
        [
            {
                "relation": "IsPartOf",
                "identifier": {"scheme": "url", "value": "https://example.org/"},
            }
        ],
    ),
    ({"funding": "A"}, "funding", [{"funder": {"name": {"value": "A"}}}]),
    (
        {"file": "https://example.org/a.pdf"},
        "files",
        [{"url": "https://example.org/a.pdf"}],
    ),
    ({"physical": "12 p."}, "physical", {"extent": "12 p."}),
    (
        {"provenance": "https://example.org/"},
        "provenance",
        {"source": {"url": "https://example.org/"}},
    ),
    ({"provenance": "page.txt"}, "provenance", {"source": {"file": "page.txt"}}),
    ({"thesis": "PhD"}, "thesis", {"degree": {"value": "PhD"}}),
    ({"conference": "A"}, "conference", {"name": {"value": "A"}}),
    ({"edition": 2}, "edition", "2"),
]


@pytest.mark.parametrize(("written", "field", "read"), SHORT_FORMS)
def test_a_short_form_is_read_as_its_long_form(
    written: dict[str, object], field: str, read: object
) -> None:
    assert long(**written) == {field: read}


def test_a_lone_title_and_resource_type_are_enough() -> None:
    written = read_item({"id": 5, "resource_type": "journal article", "title": "A"})
    assert item_json(written) == {
        "id": "5",
        "deleted": False,
        "resource_type": {"id": "article"},
        "titles": [{"value": "A", "type": "main"}],
    }


def test_null_leaves_a_field_out() -> None:
    assert long(host=None, abstract=None, version=None, subjects=None) == {}


def test_a_null_is_no_rival_of_a_short_name() -> None:
    assert long(abstract=None, description="a")["descriptions"]


def test_what_is_written_out_wins_over_what_a_short_name_implies() -> None:
    toc = long(abstract={"value": "a", "type": "toc"})["descriptions"]
    assert toc == [{"value": "a", "type": "toc"}]


@given(item_data())
def test_the_long_form_of_a_long_form_is_itself(data: dict[str, object]) -> None:
    once = item_json(read_item(data))
    assert Item.model_validate(long_form(Item, once)) == Item.model_validate(once)
