"""The item model: what it holds, refuses, and gives back unchanged."""

import json

import pytest
import yaml
from hypothesis import given
from item_strategies import item_data, written_data

from oai_provider.metadata.faults import ItemError, ItemFault
from oai_provider.metadata.item import Item, item_json, item_source, read_item
from oai_provider.metadata.short_forms import shape_of

ARTICLE = """
id: kaziev-2014
resource_type: article
titles:
  - value: Basic national policy of the Soviet state in Kazakhstan (1920-1929 years)
    lang: en
creators:
  - {family: Kaziev, given: "Sattar Sh.", name: "Kaziev Sattar Sh.",
     affiliations: ["North Kazakhstan State University (Petropavlovsk)"],
     email: {value: name@example.org, public: false}}
descriptions: [{value: "The national policy …", lang: en}]
subjects:
  - {lang: ru, values: [национальная политика, коренизация, национализм]}
  - {lang: en, values: [national policy, indigenization]}
issued: 2014
places: [Kazakhstan]
periods: [{start: 1920, end: 1929}]
host:
  title: {value: Tomsk State University Journal of History, lang: en}
  issue: 5
  whole_number: 31
"""
SMALLEST: dict[str, object] = {"id": "a", "resource_type": "article", "title": "A"}


def item(**fields: object) -> Item:
    return read_item({**SMALLEST, **fields})


@pytest.fixture(scope="module")
def article() -> Item:
    return read_item(yaml.load(ARTICLE, yaml.CBaseLoader))


@given(item_data())
def test_an_item_written_as_json_reads_as_the_same_item(
    data: dict[str, object],
) -> None:
    read = read_item(data)
    assert read_item(json.loads(json.dumps(item_json(read)))) == read


@given(item_data())
def test_the_source_of_an_item_is_its_json_with_letters_as_they_are(
    data: dict[str, object],
) -> None:
    read = read_item(data)
    plain = json.dumps(item_json(read), ensure_ascii=False, separators=(",", ":"))
    assert item_source(read) == plain


@given(item_data())
def test_json_of_an_item_holds_nothing_empty(data: dict[str, object]) -> None:
    def check(node: object) -> None:
        assert node not in (None, [], {})
        if isinstance(node, dict | list):
            for below in node.values() if isinstance(node, dict) else node:
                check(below)

    check(item_json(read_item(data)))


@given(written_data())
def test_whatever_is_written_is_an_item_or_an_item_error(
    data: dict[str, object],
) -> None:
    try:
        read_item(data)
    except ItemError as error:
        faults = error.faults
    else:
        faults = (ItemFault("", "none"),)
    assert faults


def test_an_item_cannot_be_changed(article: Item) -> None:
    with pytest.raises(ValueError, match="frozen"):
        article.version = "2"  # type: ignore[misc]  # that is the point


def test_the_article_has_its_host_with_issue_and_whole_number(article: Item) -> None:
    assert article.host
    assert (article.host.issue, article.host.whole_number) == ("5", "31")
    assert article.host.volume is None


def test_the_article_has_its_subjects_one_by_one_in_order(article: Item) -> None:
    assert [(subject.lang, subject.value) for subject in article.subjects] == [
        ("ru", "национальная политика"),
        ("ru", "коренизация"),
        ("ru", "национализм"),
        ("en", "national policy"),
        ("en", "indigenization"),
    ]


def test_an_author_with_a_family_name_is_a_person(article: Item) -> None:
    assert article.creators[0].type == "personal"


def test_an_author_with_nothing_but_a_name_may_be_anything() -> None:
    assert item(creator="UNESCO").creators[0].type is None


def test_an_e_mail_address_is_private_unless_the_item_says_otherwise() -> None:
    agent = item(creator={"name": "A", "email": "a@example.org"}).creators[0]
    assert agent.email
    assert not agent.email.public


def test_the_inverted_name_has_the_family_name_first(article: Item) -> None:
    assert article.creators[0].inverted == "Kaziev, Sattar Sh."


@pytest.mark.parametrize(
    ("name", "inverted"),
    [
        ({"name": "Plato"}, "Plato"),
        ({"family": "Plato"}, "Plato"),
        ({"given": "Omar", "name": "Omar K."}, "Omar K."),
    ],
)
def test_a_name_without_two_parts_is_inverted_as_it_is(
    name: dict[str, object], inverted: str
) -> None:
    assert item(creator=name).creators[0].inverted == inverted


def test_the_display_name_is_the_one_printed(article: Item) -> None:
    assert article.creators[0].display_name == "Kaziev Sattar Sh."


def test_the_display_name_of_a_name_in_parts_has_the_given_name_first() -> None:
    parts = {"family": "Doe", "given": "Jo", "prefix": "Dr", "suffix": "Jr"}
    assert item(creator=parts).creators[0].display_name == "Dr Jo Doe Jr"


def test_the_title_is_the_main_one() -> None:
    titles = [{"value": "A", "type": "translated"}, {"value": "B"}]
    title = read_item({"id": "a", "resource_type": "book", "titles": titles}).title
    assert title
    assert title.value == "B"


def test_the_title_is_the_first_where_none_is_the_main_one() -> None:
    titles = [{"value": "A", "type": "translated"}]
    title = read_item({"id": "a", "resource_type": "book", "titles": titles}).title
    assert title
    assert title.value == "A"


def test_the_date_of_issue_is_found_among_the_dates() -> None:
    dates = [{"type": "available", "date": "2015"}, {"type": "issued", "date": "2014"}]
    assert item(dates=dates).issued == "2014"
    assert item().issued is None


def test_a_deleted_item_needs_nothing_but_its_id() -> None:
    assert read_item({"id": "a", "deleted": "true"}).title is None


def test_an_item_with_xml_of_its_own_needs_no_title() -> None:
    assert read_item({"id": "a", "native": {"mods": "<mods/>"}}).resource_type is None


def test_a_day_is_its_first_second_as_datestamp() -> None:
    assert item_json(item(datestamp="2014-05-31"))["datestamp"] == (
        "2014-05-31T00:00:00Z"
    )


def test_the_datestamp_of_someone_else_keeps_its_granularity() -> None:
    origin = {
        "base_url": "https://example.org/oai",
        "identifier": "oai:example.org:1",
        "datestamp": "2014-05-31",
        "metadata_namespace": "http://www.loc.gov/mods/v3",
        "harvested": "2014-06-01T00:00:00Z",
        "altered": "false",
        "origin": {
            "base_url": "https://example.com/oai",
            "identifier": "oai:example.com:1",
            "datestamp": "2013-01-01",
            "metadata_namespace": "http://www.loc.gov/mods/v3",
            "harvested": "2013-06-01",
            "altered": "true",
        },
    }
    provenance = item(provenance={"origin_descriptions": origin}).provenance
    assert provenance
    assert provenance.origin_descriptions[0].datestamp == "2014-05-31"
    assert provenance.origin_descriptions[0].origin
    assert provenance.origin_descriptions[0].origin.altered


def test_a_repair_keeps_white_space_and_emptiness() -> None:
    repair = {"field": "title", "from": "a- b ", "to": "", "rule": "hyphen"}
    provenance = item(provenance={"repairs": repair}).provenance
    assert provenance
    assert (provenance.repairs[0].before, provenance.repairs[0].after) == ("a- b ", "")


def test_text_is_stripped_and_otherwise_kept() -> None:
    title = item(title="\u00a0 Cafe\u0301\n\u2019x \n").title
    assert title
    assert title.value == "Cafe\u0301\n\u2019x"


def test_a_profile_is_named_and_not_looked_up() -> None:
    assert item(journal="tsu-history").journal == "tsu-history"


def test_coordinates_keep_their_digits() -> None:
    place = item(places={"point": {"latitude": "51.10", "longitude": 71.4}})
    assert item_json(place)["places"] == [
        {"point": {"latitude": "51.10", "longitude": "71.4"}}
    ]


def test_every_part_within_an_item_is_known_to_the_short_forms() -> None:
    held = {name for name, nested in shape_of(Item).nested.items() if nested.model}
    assert held == {
        "resource_type", "titles", "creators", "contributors", "descriptions",
        "subjects", "places", "periods", "classification", "dates", "publisher",
        "identifiers", "files", "host", "series", "conference", "thesis", "related",
        "references", "rights", "funding", "physical", "provenance",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["..", "a/../b", "/a", "./a", ".", "a" * 1001])
def test_an_id_that_cannot_be_the_address_of_a_page_is_refused(name: str) -> None:
    with pytest.raises(ItemError, match="cannot be the address of a page"):
        read_item({"id": name, "resource_type": "article", "title": "A"})


def test_a_set_spec_that_no_token_can_carry_is_refused() -> None:
    data = {"id": "a", "resource_type": "article", "title": "A", "sets": "s" * 201}
    with pytest.raises(ItemError, match="200 at most"):
        read_item(data)
