from collections.abc import Mapping

import pytest
from lxml import etree

from oai_provider.metadata.format import Context, FormatError
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.metadata.oai_dc.write import DC
from oai_provider.protocol.xml import XML_LANG, parse

CONTEXT = Context(identifier="oai:repository.example.org:1", repository_name="R")
PAGE = "https://repository.example.org/items/1"
PUBLIC = Context(
    identifier="oai:repository.example.org:1", repository_name="R", landing_page=PAGE
)


def item(**fields: object) -> Item:
    return read_item({"id": "1", "title": "A", "resource_type": "article", **fields})


def written(element: str, context: Context = CONTEXT, **fields: object) -> list[str]:
    root = OAI_DC.write(item(**fields), context)
    assert root is not None
    return [str(child.text) for child in root.iterchildren(f"{{{DC}}}{element}")]


def read(inside: str) -> Mapping[str, object]:
    assert OAI_DC.read is not None
    return OAI_DC.read(
        parse(
            f'<oai_dc:dc xmlns:oai_dc="{OAI_DC.namespace}" xmlns:dc="{DC}">'
            f"{inside}</oai_dc:dc>".encode()
        )
    )


def test_the_repository_s_page_comes_first_then_dois_then_addresses_then_the_rest() -> (
    None
):
    identifiers = written(
        "identifier",
        PUBLIC,
        identifiers=[
            {"scheme": "local", "value": "17"},
            {"scheme": "handle", "value": "1/2"},
            {"scheme": "doi", "value": "10.1/x"},
        ],
        landing_page="https://journal.example.org/1",
        file="https://journal.example.org/1.pdf",
    )
    assert identifiers == [
        PAGE,
        "https://journal.example.org/1",
        "https://doi.org/10.1/x",
        "https://hdl.handle.net/1/2",
        "17",
        "https://journal.example.org/1.pdf",
    ]


def test_the_same_thing_is_said_once() -> None:
    assert written("identifier", PUBLIC, landing_page=PAGE) == [PAGE]


def test_the_main_title_comes_first_and_carries_its_subtitle() -> None:
    titles = written(
        "title",
        titles=[
            {"value": "Second", "type": "translated", "lang": "en"},
            {"value": "Первый", "lang": "ru"},
            {"value": "подробно", "lang": "ru", "type": "subtitle"},
        ],
        title=None,
    )
    assert titles == ["Первый: подробно", "Second"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (
            [{"type": "created", "date": "2012"}, {"type": "issued", "date": "2014"}],
            ["2014"],
        ),
        (
            [{"type": "updated", "date": "2015"}, {"type": "created", "date": "2012"}],
            ["2012"],
        ),
        ([{"type": "issued", "text": "circa 1920"}], ["circa 1920"]),
        (
            [{"type": "embargo_end", "date": "2030-01-01"}],
            ["info:eu-repo/date/embargoEnd/2030-01-01"],
        ),
        ([{"type": "embargo_end", "text": "one day"}], []),
    ],
)
def test_one_date_is_said_besides_the_end_of_an_embargo(
    dates: list[dict[str, str]], expected: list[str]
) -> None:
    assert written("date", dates=dates) == expected


def test_the_first_type_is_that_of_info_eu_repo() -> None:
    assert written("type", version="acceptedVersion") == [
        "info:eu-repo/semantics/article",
        "Text",
        "info:eu-repo/semantics/acceptedVersion",
    ]


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        ("open", ["info:eu-repo/semantics/openAccess"]),
        (
            "metadata-only",
            [
                "info:eu-repo/semantics/closedAccess",
                "http://purl.org/coar/access_right/c_14cb",
            ],
        ),
    ],
)
def test_access_is_said_in_the_terms_of_info_eu_repo(
    access: str, expected: list[str]
) -> None:
    assert written("rights", rights={"access": access}) == expected


@pytest.mark.parametrize(
    ("license_", "expected"),
    [
        ("CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("MIT", "https://spdx.org/licenses/MIT"),
        ({"spdx": "MIT", "uri": "https://example.org/mit"}, "https://example.org/mit"),
        ("as you like", "as you like"),
    ],
)
def test_a_licence_is_said_by_its_address(license_: object, expected: str) -> None:
    assert written("rights", rights={"license": license_}) == [expected]


def test_a_grant_is_said_as_openaire_writes_it() -> None:
    funding = {
        "funder": "EC/JRC",
        "award": {"number": "283595", "title": "Open & shut"},
    }
    assert written("relation", funding=funding) == [
        "info:eu-repo/grantAgreement/EC%2FJRC//283595//Open %26 shut"
    ]


def test_a_funder_without_a_grant_is_not_said() -> None:
    assert written("relation", funding="Road Fund") == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (
            {
                "title": "J",
                "issue": 5,
                "whole_number": 31,
                "volume": 2,
                "year": 2014,
                "pages": "3-9",
                "issn": "1234-5679",
            },
            "J (1234-5679). 2014. vol. 2, no. 5 (31). p. 3-9",
        ),
        ({"title": "J", "citation_text": "J. 2014. № 5 (31)"}, "J. 2014. № 5 (31)"),
        ({"title": "J", "citation_text": "2014. № 5 (31)"}, "J. 2014. № 5 (31)"),
        ({"abbreviated": "J.", "pages": {"article_number": "e5"}}, "J.. article e5"),
        ({"citation_text": "Somewhere, 2014"}, "Somewhere, 2014"),
    ],
)
def test_the_host_is_said_as_a_citation(host: dict[str, object], expected: str) -> None:
    assert written("source", host=host) == [expected]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ({"start": "1920", "end": "1929"}, "1920-1929"),
        ({"start": "1920", "end": "1920"}, "1920"),
        ({"start": "1920-05", "end": "1929"}, "1920-05/1929"),
        ({"end": "1929"}, "../1929"),
    ],
)
def test_a_period_is_said_as_a_span(period: dict[str, str], expected: str) -> None:
    assert written("coverage", period=period) == [expected]
    assert read(f"<dc:coverage>{expected}</dc:coverage>") == {"periods": [period]}


def test_a_point_and_a_box_come_back_from_their_encodings() -> None:
    point = {"point": {"latitude": "51.77", "longitude": "-55.10"}}
    box = {"box": {"west": "1", "east": "2.5", "south": "-3", "north": "4"}}
    values = written("coverage", places=[point, box])
    inside = "".join(f"<dc:coverage>{value}</dc:coverage>" for value in values)
    assert read(inside)["places"] == [point, box]


def test_a_generation_follows_the_family_name() -> None:
    creator = {"family": "King", "given": "Martin", "suffix": "Jr.", "prefix": "Dr."}
    assert written("creator", creator=creator) == ["King Jr., Martin"]


def test_the_language_of_a_text_stands_in_xml_lang() -> None:
    root = OAI_DC.write(item(abstract={"value": "Дороги", "lang": "rus"}), CONTEXT)
    assert root is not None
    description = root.find(f"{{{DC}}}description")
    assert description is not None
    assert description.get(XML_LANG) == "ru"


def test_a_regional_language_is_said_by_its_code_of_three_letters() -> None:
    assert written("language", languages=["pt-BR", "ger"]) == ["por", "deu"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-02-24T18:13:03Z", {"date": "2022-02-24"}),
        ("2003-12", {"date": "2003-12"}),
        ("January 9999", {"text": "January 9999"}),
        ("2014-13", {"text": "2014-13"}),
    ],
)
def test_a_date_that_is_none_is_read_as_text(
    value: str, expected: dict[str, str]
) -> None:
    assert read(f"<dc:date>{value}</dc:date>")["dates"] == [
        {"type": "issued", **expected}
    ]


def test_a_date_without_a_time_of_day_is_taken_before_those_of_machines() -> None:
    dates = read("<dc:date>2022-02-24T18:13:03Z</dc:date><dc:date>2007</dc:date>")
    assert dates["dates"] == [{"type": "issued", "date": "2007"}]


def test_a_labelled_date_is_read_by_its_label() -> None:
    dates = read("<dc:date>Accepted: 2011-05</dc:date>")
    assert dates["dates"] == [{"type": "accepted", "date": "2011-05"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("eng", ["en"]),
        ("en_US", ["en-US"]),
        ("English", ["en"]),
        ("Spanish, Castilian", None),
        ("xx", None),
    ],
)
def test_a_language_is_read_where_it_is_certain(
    value: str, expected: list[str] | None
) -> None:
    assert read(f"<dc:language>{value}</dc:language>").get("languages") == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["Text", "info:eu-repo/semantics/article"], {"id": "article"}),
        (["http://purl.org/eprint/type/JournalArticle"], {"id": "article"}),
        (["Poem"], {"id": "other", "local": "Poem"}),
        (
            [
                "info:eu-repo/semantics/article",
                "http://purl.org/coar/resource_type/c_2df8fbb1",
            ],
            {"id": "research-article"},
        ),
        (["info:eu-repo/semantics/publishedVersion"], None),
    ],
)
def test_a_type_is_read_as_the_narrowest_term_known(
    values: list[str], expected: dict[str, str] | None
) -> None:
    types = "".join(f"<dc:type>{value}</dc:type>" for value in values)
    assert read(types).get("resource_type") == expected


def test_a_name_is_taken_apart_at_a_single_comma_only() -> None:
    names = read(
        "<dc:creator>Kaziev, Sattar</dc:creator><dc:creator>A, B, C</dc:creator>"
    )
    assert names["creators"] == [
        {"family": "Kaziev", "given": "Sattar"},
        {"name": "A, B, C"},
    ]


def test_the_first_address_is_the_page_of_the_item() -> None:
    identifiers = read(
        "<dc:identifier>https://example.org/1</dc:identifier>"
        "<dc:identifier>https://doi.org/10.1/x</dc:identifier>"
        "<dc:identifier> AAA 17 </dc:identifier>"
    )
    assert identifiers == {
        "landing_page": "https://example.org/1",
        "identifiers": [
            {"scheme": "doi", "value": "10.1/x"},
            {"scheme": "local", "value": "AAA 17"},
        ],
    }


def test_empty_elements_say_nothing() -> None:
    assert read("<dc:title> </dc:title><dc:rights/><dc:type>\n</dc:type>") == {}


def test_a_grant_and_an_issn_are_read_out_of_relations() -> None:
    fields = read(
        "<dc:relation>info:eu-repo/grantAgreement/EC/FP7/244909/EU/A%2FB</dc:relation>"
        "<dc:relation>urn:ISSN:1234-5679</dc:relation>"
        "<dc:relation>info:eu-repo/grantAgreement/EC</dc:relation>"
    )
    assert fields["funding"] == [
        {"funder": {"name": "EC"}, "award": {"number": "244909", "title": "A/B"}}
    ]
    assert fields["host"] == {"identifiers": [{"scheme": "issn", "value": "1234-5679"}]}
    assert fields["related"] == [
        {"relation": "Other", "citation": "info:eu-repo/grantAgreement/EC"}
    ]


def test_only_the_first_description_in_a_language_is_the_abstract() -> None:
    fields = read(
        '<dc:description xml:lang="en">A</dc:description>'
        '<dc:description xml:lang="ru">Б</dc:description>'
        '<dc:description xml:lang="en">C</dc:description>'
    )
    assert fields["descriptions"] == [
        {"type": "abstract", "value": "A", "lang": "en"},
        {"type": "abstract", "value": "Б", "lang": "ru"},
        {"type": "notes", "value": "C", "lang": "en"},
    ]


def elements(name: str, *values: str) -> str:
    return "".join(f"<dc:{name}>{value}</dc:{name}>" for value in values)


def test_dates_of_different_types_are_all_read() -> None:
    assert read(elements("date", "2014", "accepted: 2013", "2015"))["dates"] == [
        {"type": "issued", "date": "2014"},
        {"type": "accepted", "date": "2013"},
    ]


def test_a_date_that_can_be_read_wins_over_one_that_is_words() -> None:
    assert read(elements("date", "last spring", "2014"))["dates"] == [
        {"type": "issued", "date": "2014"}
    ]


def test_a_format_that_is_no_media_type_is_an_extent() -> None:
    fields = read(elements("format", "application/pdf", "12 p.", "30 cm"))
    assert fields == {"physical": {"extent": "12 p."}}
    assert read(elements("format", "application/pdf")) == {}


def test_lists_that_two_elements_speak_of_are_joined() -> None:
    fields = read(elements("source", "J. 2014", "B") + elements("relation", "C"))
    assert fields == {
        "host": {"citation_text": "J. 2014"},
        "related": [
            {"relation": "Other", "citation": "B"},
            {"relation": "Other", "citation": "C"},
        ],
    }


def test_a_host_that_two_elements_speak_of_is_one() -> None:
    issn = elements("relation", "urn:ISSN:1234-5679")
    assert read(elements("source", "J. 2014") + issn) == {
        "host": {
            "citation_text": "J. 2014",
            "identifiers": [{"scheme": "issn", "value": "1234-5679"}],
        }
    }


def test_a_version_is_read_among_the_types() -> None:
    kinds = elements("type", "Text", "info:eu-repo/semantics/acceptedVersion")
    assert read(kinds) == {
        "resource_type": {"id": "text"},
        "version": "acceptedVersion",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Asia", {"places": [{"name": {"value": "Asia"}}]}),
        ("19th century", {"periods": [{"name": {"value": "19th century"}}]}),
        ("1920-1929", {"periods": [{"start": "1920", "end": "1929"}]}),
    ],
)
def test_what_a_thing_is_about_is_a_place_unless_it_begins_with_a_digit(
    value: str, expected: dict[str, object]
) -> None:
    assert read(elements("coverage", value)) == expected


def test_rights_are_told_apart() -> None:
    rights = (
        "info:eu-repo/semantics/openAccess",
        "https://creativecommons.org/licenses/by/4.0/",
        "© Doe",
        "© Roe",
        "Ask.",
    )
    assert read(elements("rights", *rights))["rights"] == {
        "access": "open",
        "licenses": [{"uri": "https://creativecommons.org/licenses/by/4.0/"}],
        "holder": "Doe",
        "statements": [{"value": "© Roe"}, {"value": "Ask."}],
    }


def test_another_element_is_refused_by_name() -> None:
    assert OAI_DC.read is not None
    with pytest.raises(FormatError, match="other"):
        OAI_DC.read(etree.Element("other"))
