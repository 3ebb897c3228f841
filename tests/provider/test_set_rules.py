"""A rule holds for the items it speaks of, and is refused where it makes no sense."""

import tomllib

import pytest
from hypothesis import given
from item_strategies import item_data

from oai_provider.metadata.edtf import Edtf, EdtfDate
from oai_provider.metadata.item import Item, item_json, read_item
from oai_provider.metadata.short_forms import shape_of
from oai_provider.metadata.text import Part
from oai_provider.provider.set_rules import SetRule, SetRules, set_rule

ARTICLE: dict[str, object] = {
    "id": "a",
    "resource_type": "article",
    "title": [{"value": "On  Nations", "lang": "en"}, {"value": "Про нации"}],
    "creators": [
        {"family": "Doe", "given": "Jane", "affiliation": "Tomsk State University"},
        {"name": "Anonymous", "role": "edt"},
    ],
    "languages": ["ru", "en"],
    "issued": "2014-05-31",
    "doi": "10.17223/abc",
    "keywords": ["Nationalism", "policy"],
    "host": {
        "title": "Tomsk State University Journal of History",
        "issn": "1998-8613",
        "pages": "12-34",
        "year": "2014",
    },
    "rights": {"access": "open", "license": "CC-BY-4.0"},
    "files": [{"url": "https://example.org/a.pdf", "size": 1000}],
    "sets": ["history:asia"],
    "native": {"mods": "<mods/>"},
}


def article(**fields: object) -> Item:
    return read_item(ARTICLE | fields)


def holds(rule: str, item: Item | None = None) -> bool:
    """Tell whether a rule, written as TOML, holds for an item."""
    table = tomllib.loads(f"rule = {rule}")["rule"]
    return set_rule(table).holds(item or article())


def problem(rule: str) -> str:
    with pytest.raises(ValueError, match=":") as caught:
        holds(rule)
    return str(caught.value)


HOLDING = """
{languages = "ru"}
{languages = "RUS"}
{language = "en"}
{resource_type = "article"}
{resource_type = "Article"}
{"resource_type.id" = "article"}
{issued = 2014}
{issued = "2014"}
{issued = "2010..2019"}
{issued = "2014.."}
{issued = "..2014"}
{issued = ["1999", "2014"]}
{"host.year" = "2014"}
{"host.titles" = "Tomsk State University Journal of History"}
{host.title = "tomsk state  university JOURNAL of history "}
{host = {titles = "Tomsk State University Journal of History", pages = "12-34"}}
{subjects = "nationalism"}
{subjects = ["history", "policy"]}
{titles = "on nations"}
{titles = "ПРО НАЦИИ"}
{titles = {value = "On Nations", lang = "eng"}}
{creators = "Doe, Jane"}
{creators = "anonymous"}
{creators.affiliations.name = "Tomsk State University"}
{creator.affiliation = "Tomsk State University"}
{creators = [{family = "Doe", given = "Jane"}, {family = "Roe"}]}
{creators.role = "edt", creators.name = "Anonymous"}
{doi = "https://doi.org/10.17223/ABC"}
{identifiers = "doi:10.17223/abc"}
{identifiers.scheme = "doi"}
{host.issn = "1998-8613"}
{rights.access = "open"}
{rights.licenses = "CC-BY-4.0"}
{files.size = 1000}
{sets = "history:asia"}
{deleted = false}
{has = "doi"}
{has = "host.issn"}
{has = ["isbn", "doi"]}
{has = "rights.licenses"}
{has = "issued"}
{has = "native"}
{has = "creators.affiliations"}
{not = {languages = "de"}}
{not = {languages = "ru", resource_type = "book"}}
{not = [{languages = "de"}, {has = "isbn"}]}
{not = {not = {languages = "ru"}}}
{languages = "ru", resource_type = "article", has = "doi"}
{creators = {not = {has = "affiliations"}}}
"""

FAILING = """
{languages = "de"}
{languages = ["de", "fr"]}
{resource_type = "book"}
{issued = "2013"}
{issued = "2015..2019"}
{issued = "2015.."}
{issued = "..2013"}
{"host.titles" = "Tomsk State University Journal"}
{host = {titles = "Tomsk State University Journal of History", pages = "1-2"}}
{subjects = "national"}
{titles = {value = "On Nations", lang = "ru"}}
{titles.value = "On Nations", languages = "de"}
{creators = "Doe, John"}
{creators = {family = "Doe", role = "edt"}}
{creators = [{family = "Doe", role = "edt"}, {family = "Roe"}]}
{doi = "10.17223/other"}
{identifiers = "10.17223/other"}
{isbn = "10.17223/abc"}
{rights.access = "closed"}
{deleted = true}
{conference.name = "A meeting"}
{has = "isbn"}
{has = "conference"}
{has = "thesis.grantor"}
{has = "host.isbn"}
{has = "deleted"}
{has = "abstract"}
{has = "record_about"}
{not = {languages = "ru"}}
{not = [{languages = "de"}, {has = "doi"}]}
{languages = "ru", resource_type = "book"}
"""


def lines(text: str) -> list[str]:
    return text.split("\n")[1:-1]


@pytest.mark.parametrize("rule", lines(HOLDING))
def test_rule_holds_for_the_article(rule: str) -> None:
    assert holds(rule)


@pytest.mark.parametrize("rule", lines(FAILING))
def test_rule_does_not_hold_for_the_article(rule: str) -> None:
    assert not holds(rule)


@pytest.mark.parametrize("date", ["2014?", "2014-05", "2014/2016", "2014-21"])
def test_date_is_of_the_year_it_begins_in(date: str) -> None:
    assert holds('{issued = "2014"}', article(issued=date))


@pytest.mark.parametrize("date", ["201X", "../2014"])
def test_date_of_an_unknown_year_is_in_no_range(date: str) -> None:
    assert not holds('{issued = "1000..2999"}', article(issued=date))


def test_year_has_a_sign_and_more_digits_where_needed() -> None:
    assert holds('{issued = "-0500..-0400"}', article(issued="-0450"))


def test_another_date_of_the_item_is_not_the_issued_one() -> None:
    item = article(dates=[{"type": "created", "date": "2010"}], issued=None)
    assert not holds('{issued = "2010"}', item)
    assert holds('{dates = {type = "created", date = "2010"}}', item)


def _models(model: type[Part], found: set[type[Part]]) -> set[type[Part]]:
    found.add(model)
    for nested in shape_of(model).nested.values():
        if nested.model and nested.model not in found:
            _models(nested.model, found)
    return found


def test_every_date_of_the_model_is_compared_by_years() -> None:
    by_years = {
        (model, name)
        for model in _models(Item, set())
        for name, info in model.model_fields.items()
        if "edtf" in f"{info.annotation}{info.metadata}"
    }
    optional = {Edtf | None, EdtfDate | None}
    assert len(by_years) > 5
    assert all(m.model_fields[n].annotation in optional for m, n in by_years)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('{langages = "ru"}', "langages: there is no such field; did you mean langua"),
        ('{"host.titels" = "x"}', "did you mean host.titles?"),
        ('{not = {langages = "ru"}}', "not.langages: there is no such field"),
        ('{has = "rights.licences"}', "did you mean rights.licenses?"),
        ('{has = "arxiv"}', "arxiv: there is no such field; there is id, identifier"),
        ('{"languages.x" = "ru"}', "languages: there are no fields in it"),
        ('{has = "languages.x"}', "languages: there are no fields in it"),
        ('{languages = "Russian"}', "languages: 'Russian': 'Russian' is not a lang"),
        ('{resource_type = "artcle"}', "resource_type.id: 'artcle'"),
        ('{rights.access = "opne"}', "rights.access: 'opne': Input should be 'open'"),
        ('{issued = "May"}', "issued.date: 'May' is no year: write a year, 2014"),
        ('{issued = ".."}', "issued.date: '..' is no year"),
        ('{issued = "2010-2019"}', "issued.date: '2010-2019' is no year"),
        ('{issued = "2019..2010"}', "issued.date: '2019..2010' ends before it starts"),
        ('{native = "x"}', 'native: it can only be asked for: write has = "native"'),
        ('{related = "x"}', "related: 'x' says nothing: write one of its relation, "),
        ("{titles = true}", "titles: True says nothing: write one of its value, lang"),
        ("{languages = []}", "languages: the list is empty: write a value"),
        ("{languages = [[]]}", "languages: []"),
        ("{}", "the rule: write conditions, such as"),
        ("{not = {}}", "not: write conditions, such as"),
        ("{not = 3}", "not: write conditions, such as"),
        ("{host = {}}", "host: write conditions, such as"),
        ('"ru"', "the rule: write conditions, such as"),
    ],
)
def test_rule_that_makes_no_sense_is_refused_in_words(rule: str, told: str) -> None:
    assert told in problem(rule)


def test_all_problems_of_a_rule_are_told_together() -> None:
    assert problem('{langages = "ru", has = "x", issued = "May"}').count("; ") >= 2


def test_item_is_in_its_own_sets_and_in_those_whose_rules_hold() -> None:
    written = {"ru": {"languages": "ru"}, "de": {"languages": "de"}}
    rules = SetRules({spec: set_rule(table) for spec, table in written.items()})
    assert rules.sets_of(article()) == ("history:asia", "ru")


def test_set_that_another_implies_is_left_out() -> None:
    rules = SetRules({"history": set_rule({"languages": "ru"})})
    assert rules.sets_of(article()) == ("history:asia",)


@pytest.fixture(name="pairs", scope="module")
def _pairs() -> list[tuple[SetRule, SetRule]]:
    """Rules, each with its opposite."""
    tables = [
        tomllib.loads(f"rule = {r}")["rule"] for r in [*lines(HOLDING), *lines(FAILING)]
    ]
    return [(set_rule(table), set_rule({"not": table})) for table in tables]


@given(data=item_data())
def test_rule_or_its_opposite_holds_for_any_item(
    pairs: list[tuple[SetRule, SetRule]], data: dict[str, object]
) -> None:
    item = read_item(data)
    for rule, opposite in pairs:
        assert rule.holds(item) is not opposite.holds(item)


@given(data=item_data())
def test_item_is_found_by_what_it_says(data: dict[str, object]) -> None:
    item = read_item(data)
    said = [
        ("id", item.id),
        *(("titles", title.value) for title in item.titles),
        *(("languages", language) for language in item.languages),
        *(("has", name) for name in item_json(item) if name != "deleted"),
    ]
    failing = [pair for pair in said if not set_rule(dict([pair])).holds(item)]
    assert failing == []
