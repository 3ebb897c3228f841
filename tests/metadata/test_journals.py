"""A journal's profile fills what items lack, and never says otherwise than they do."""

import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.metadata.item import Item, item_json, read_item
from oai_provider.metadata.journal_profile import journal_profile
from oai_provider.metadata.journals import Journals, journals, steps
from oai_provider.metadata.name_order import parted

PROFILE: dict[str, Any] = {
    "title": {"value": "Annals of the Coast", "lang": "en"},
    "issn": ["1998-8613", "2311-2387"],
    "publisher": "Press of the Coast",
    "rights": {"access": "open", "license": "CC-BY-4.0", "holder": "The authors"},
    "language": "ru",
    "name_order": "family-first",
    "landing_page": "https://journal.example.edu/{id}",
}
BARE: dict[str, Any] = {"id": "one", "resource_type": "article", "title": "Tides"}


def of(**profiles: dict[str, Any]) -> Journals:
    return journals({n: journal_profile(p) for n, p in profiles.items()})


def filled(profile: dict[str, Any] | None = None, **fields: Any) -> Item:
    """Return an item of a journal that has a profile, filled."""
    item = read_item({**BARE, "journal": "annals", **fields})
    return of(annals=profile or PROFILE).filled(item)


def marks(item: Item) -> set[str]:
    profile = item.provenance and item.provenance.profile
    return set(profile.fields) if profile else set()


def given_profile(**fields: Any) -> dict[str, Any]:
    return {"issn": "1998-8613", **fields}


# Whose profile it is.


@pytest.mark.parametrize(
    "fields",
    [
        {"journal": "annals"},
        {"host": {"issn": "2311-2387"}},
        {"host": {"eissn": "1998-8613", "title": "Another title"}},
        {"host": {"title": "annals  of the COAST"}},
    ],
)
def test_item_is_of_the_journal_it_names_by_name_issn_or_title(
    fields: dict[str, Any],
) -> None:
    item = of(annals=PROFILE).filled(read_item({**BARE, **fields}))
    assert item.publisher[0].name.value == "Press of the Coast"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"host": {"volume": "5"}},
        {"journal": "anals", "host": {"issn": "1998-8613"}},
        {"host": {"issn": "0028-0836", "title": "Annals of the Coast"}},
        {"host": {"title": "Annals of the Coast, new series"}},
    ],
)
def test_item_of_another_journal_is_left_as_it_is(fields: dict[str, Any]) -> None:
    item = read_item({**BARE, **fields})
    assert of(annals=PROFILE).filled(item) is item


def test_title_that_two_journals_have_tells_of_neither() -> None:
    two = of(a={"title": "Annals", "publisher": "A"}, b={"title": "annals"})
    item = read_item({**BARE, "host": {"title": "Annals"}})
    assert two.filled(item) is item


def test_item_with_the_issns_of_two_journals_is_of_neither() -> None:
    two = of(a=given_profile(publisher="A"), b={"issn": "0028-0836"})
    item = read_item({**BARE, "host": {"issn": ["1998-8613", "0028-0836"]}})
    assert two.filled(item) is item


# What is filled.


def test_all_that_a_bare_item_lacks_is_filled_and_marked() -> None:
    item = filled(creators=["Kaziev Sattar Sh."])
    said = item_json(item)
    assert said["languages"] == ["ru"]
    assert said["landing_page"] == "https://journal.example.edu/one"
    assert said["host"] == {
        "titles": [{"value": "Annals of the Coast", "lang": "en"}],
        "identifiers": [
            {"scheme": "issn", "value": "1998-8613"},
            {"scheme": "issn", "value": "2311-2387"},
        ],
    }
    assert marks(item) == {
        *("host.titles", "host.identifiers", "publisher", "languages"),
        *("rights.access", "rights.licenses", "rights.holder", "landing_page"),
        *("creators[0].family", "creators[0].given", "creators[0].type"),
    }


def test_item_that_says_all_is_left_as_it_is() -> None:
    said = {
        "publisher": "Another press",
        "languages": ["de"],
        "rights": {"access": "restricted", "license": "MIT", "holder": "Ann"},
        "landing_page": "https://other.example.edu/1",
        "host": {"title": "Annals", "issn": "0028-0836"},
    }
    item = read_item({**BARE, "journal": "annals", **said})
    assert of(annals=PROFILE).filled(item) is item


_NAMES = st.sampled_from(["Ann Shore", "Shore, Ann", "Survey Group", "de la Mer"])
_SAID = st.fixed_dictionaries(
    {},
    optional={
        "publisher": st.just("Another press"),
        "languages": st.lists(st.sampled_from(["en", "ru"]), unique=True),
        "landing_page": st.just("https://other.example.edu/1"),
        "creators": st.lists(_NAMES, max_size=3),
        "contributors": st.lists(_NAMES, max_size=3),
        "host": st.fixed_dictionaries(
            {"issue": st.just("5")},
            optional={
                "title": st.just("Annals"),
                "issn": st.just("0028-0836"),
                "isbn": st.just("978-3-16-148410-0"),
                "publisher": st.just("A third press"),
            },
        ),
        "rights": st.fixed_dictionaries(
            {"holder": st.just("Ann Shore")},
            optional={
                "access": st.sampled_from(["open", "closed"]),
                "license": st.just("MIT"),
                "statement": st.just("All rights reserved"),
            },
        ),
    },
)


@given(_SAID)
def test_nothing_an_item_says_is_changed(data: dict[str, object]) -> None:
    item = read_item({**BARE, **data, "journal": "annals"})
    before, after = item_json(item), item_json(of(annals=PROFILE).filled(item))
    assert _is_kept(before, after)


def _is_kept(before: object, after: object) -> bool:
    if isinstance(before, dict):
        assert isinstance(after, dict)
        return all(
            name in after and _is_kept(value, after[name])
            for name, value in before.items()
        )
    if isinstance(before, list):
        assert isinstance(after, list)
        return all(map(_is_kept, before, after)) and len(before) <= len(after)
    return before == after


def test_marks_name_the_journal_and_its_first_issn() -> None:
    item = filled(provenance={"source": "one.txt"})
    assert item.provenance is not None
    assert str(item.provenance.profile) == "the journal profile of ISSN 1998-8613"
    assert item.provenance.source is not None


def test_profile_without_issn_is_named_by_its_name() -> None:
    item = filled({"title": "Annals", "publisher": "Press"})
    assert item.provenance is not None
    assert str(item.provenance.profile) == "the journal profile of annals"


def test_several_languages_say_of_no_text_in_which_it_is() -> None:
    assert filled(given_profile(languages=["ru", "en"])).languages == ()


def test_publisher_of_the_host_is_enough() -> None:
    assert filled(host={"publisher": "Another press"}).publisher == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"dates": [{"type": "embargo_end", "date": "2031-01-01"}]},
        {"files": [{"url": "https://j.example.edu/1", "access": "closed"}]},
    ],
)
def test_what_is_held_back_is_not_called_open(fields: dict[str, Any]) -> None:
    assert not {"rights.access", "rights.licenses"} & {*marks(filled(**fields))}


@pytest.mark.parametrize(
    "rights",
    [{"access": "closed"}, {"license": "MIT"}, {"statement": "All rights reserved"}],
)
def test_terms_that_the_item_has_are_not_added_to(rights: dict[str, Any]) -> None:
    assert "rights.licenses" not in marks(filled(rights=rights))


@pytest.mark.parametrize(
    ("name", "family", "given_name"),
    [
        ("Kaziev Sattar Sh.", "Kaziev", "Sattar Sh."),
        ("Казиев Саттар", "Казиев", "Саттар"),
        ("Казиев Ш.Г.", "Казиев", "Ш.Г."),
    ],
)
def test_family_first_parts_a_name(name: str, family: str, given_name: str) -> None:
    (one,) = filled(creators=[name]).creators
    assert (one.family, one.given, one.name) == (family, given_name, name)


def test_given_first_leaves_small_words_with_the_family() -> None:
    assert parted("Ludwig van Beethoven", "given-first") == ("van Beethoven", "Ludwig")


@pytest.mark.parametrize(
    "one",
    [
        "Coastal Survey Group",
        "Shore, Ann",
        "A. B. Shore",
        "A.B. Shore",
        "Plato",
        {"name": "Ann Shore", "type": "organizational"},
        {"name": "Ann Shore", "family": "Shore"},
    ],
)
def test_what_is_in_order_or_no_person_is_left(one: object) -> None:
    assert (
        filled(creators=[one]).creators
        == read_item({**BARE, "creators": [one]}).creators
    )


@pytest.mark.parametrize(
    ("pattern", "page"),
    [
        ("https://j.example.edu/{id}", "https://j.example.edu/a%26b"),
        ("https://j.example.edu/{year}/{issue}", "https://j.example.edu/2014/5%20a"),
        ("https://doi.org/{doi}", "https://doi.org/10.1234/a%3Cb"),
        ("https://j.example.edu/{volume}", None),
        ("https://j.example.edu/{first_page}", None),
    ],
)
def test_page_is_what_the_pattern_makes_of_the_item(
    pattern: str, page: str | None
) -> None:
    item = filled(
        given_profile(landing_page=pattern),
        id="a&b",
        issued="2014",
        doi="10.1234/a<b",
        host={"issue": "5 a"},
    )
    assert item.landing_page == page


def test_steps_lead_through_names_and_numbers() -> None:
    assert [*steps("creators[10].family")] == ["creators", 10, "family"]


def test_profiles_pass_to_other_processes() -> None:
    profiles = of(annals=PROFILE)
    assert pickle.loads(pickle.dumps(profiles)) == profiles


# What is no profile.


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"issn": "1998-8614"}, "issn: the digits of ISSN 1998-8614 do not agree"),
        ({"issn": ["1998-8613", "1998-8614"]}, "issn[1]: the digits of ISSN"),
        ({"issn": "19988613x"}, "write it as 1234-5678"),
        (given_profile(language="Russian"), "'Russian' is not a language tag"),
        (given_profile(publishr="x"), "publishr: unknown field: did you mean publ"),
        (given_profile(rights={"acces": "open"}), "rights.acces: unknown field"),
        (given_profile(name_order="family"), "did you mean family-first?"),
        (given_profile(landing_page="https://a.org/{nr}"), "{nr} stands for nothing"),
        (
            given_profile(landing_page="https://a.org/{id!r}"),
            "{id!r} stands for nothing",
        ),
        (
            given_profile(landing_page="https://a.org/{id:9}"),
            "{id:9} stands for nothing",
        ),
        (given_profile(landing_page="https://a.org/{0}"), "{0} stands for nothing"),
        (given_profile(landing_page="https://a.org/{"), "braces that do not match"),
        (given_profile(landing_page="https://a.org/1"), "one address for all items"),
        (given_profile(landing_page="a.org/{id}"), "begin it with https://host"),
        (given_profile(landing_page="https://a.org/{id} 1"), "write %20"),
        ({"publisher": "x"}, "belongs to no journal: give it issn, or title"),
        ("x", "is no table"),
    ],
)
def test_what_is_wrong_with_a_profile_is_told_with_its_remedy(
    table: object, said: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        journal_profile(table)


def test_issn_ends_with_x_where_the_digit_would_be_ten() -> None:
    assert journal_profile({"issn": "1050-124X"}).issns == ("1050-124X",)


def test_two_profiles_cannot_have_one_issn() -> None:
    with pytest.raises(ValueError, match="1998-8613 stands in a and in b: keep it"):
        of(a={"issn": "1998-8613"}, b={"pissn": ["1998-8613", "0028-0836"]})
