"""Repairs are safe: each ends what its rule found, and begins nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from verifier.cases import CASES, Changes, abstract, creator, subjects
from verifier.fixing import item, judging, mended

from oai_provider.verifier.catalogue import catalogue
from oai_provider.verifier.fixing import texts, values
from oai_provider.verifier.fixing.proposals import PROPOSALS
from oai_provider.verifier.fixing.stored import mended_data


def _broken() -> Iterator[tuple[str, Changes]]:
    for code, (breaks, _) in CASES.items():
        items = breaks if isinstance(breaks, list) else [breaks]
        yield from ((code, one) for one in items)


BROKEN = [*_broken()]
MENDED = sorted(PROPOSALS)


def rules(data: dict[str, Any]) -> set[str]:
    return {one.rule for one in judging().found(data)}


@pytest.mark.parametrize(("code", "changes"), BROKEN)
def test_repair_ends_what_its_rule_found_and_begins_nothing(
    code: str, changes: Changes
) -> None:
    after, mends = mended(changes)
    if not mends:
        assert after == item(changes)
        return
    assert mends == [code]
    # What can be read now is judged for the first time.
    assert rules(after) <= ({"date-of-host"} if code == "item-refused" else set())
    assert mended_data(after, judging()) == (after, ())


def test_catalogue_names_the_rules_whose_findings_are_mended() -> None:
    assert [c for c, e in sorted(catalogue().items()) if e.is_mended] == MENDED


@pytest.mark.parametrize(
    ("code", "changes", "field", "value"),
    [
        ("text-control", abstract("The sea\x7f"), "descriptions", "The sea"),
        ("text-invisible", abstract("The se\u00ada"), "descriptions", "The sea"),
        ("text-not-nfc", abstract("The cafe\u0301"), "descriptions", "The café"),
        ("text-double-escaped", abstract("A &amp;amp; B"), "descriptions", "A & B"),
        ("text-label", abstract("Abstract: the sea"), "descriptions", "the sea"),
        (
            "text-cut-word",
            abstract("The indigeniza-tion failed: indigenization"),
            "descriptions",
            "The indigenization failed: indigenization",
        ),
    ],
)
def test_text_is_mended(code: str, changes: Changes, field: str, value: str) -> None:
    after, mends = mended(changes)
    assert mends == [code]
    assert after[field][0]["value"] == value


def test_subjects_are_parted_at_semicolons_and_nowhere_else() -> None:
    after, mends = mended(subjects("tides; waves, and the sea; foam"))
    assert mends == ["subject-several"]
    values_ = [one["value"] for one in after["subjects"]]
    assert values_ == ["tides", "waves, and the sea", "foam"]
    assert mended(subjects("tides | waves"))[1] == []


def test_part_that_is_a_subject_already_is_not_said_again() -> None:
    after, _ = mended(subjects("tides; waves", "waves"))
    assert [one["value"] for one in after["subjects"]] == ["tides", "waves"]


def test_subject_with_an_address_of_its_own_is_not_parted() -> None:
    one = {"value": "tides; waves", "lang": "en", "uri": "https://terms.example.edu/1"}
    assert mended({"subjects": [one]})[1] == []


def test_names_are_parted_where_each_has_its_comma() -> None:
    after, mends = mended(creator("Shore, Ann; Coast, Ben"))
    assert mends == ["name-several"]
    assert after["creators"] == [{"name": "Shore, Ann"}, {"name": "Coast, Ben"}]
    assert mended(creator("Ann Shore; Ben Coast"))[1] == []


def test_subject_that_is_there_again_in_all_it_says_is_left_out() -> None:
    after, mends = mended(subjects("tides", "sea", "tides"))
    assert mends == ["subject-repeated"]
    assert [one["value"] for one in after["subjects"]] == ["tides", "sea"]
    assert mended(subjects("tides", "Tides"))[1] == []


def test_blank_entries_and_fields_are_left_out() -> None:
    after, mends = mended({"languages": ["", "en", " "], "edition": " "})
    assert {*mends} == {"item-refused"}
    assert after["languages"] == ["en"]
    assert "edition" not in after


def test_blank_title_is_left_for_a_person() -> None:
    assert mended({"titles": [""]})[1] == []


def test_doi_among_local_identifiers_becomes_one() -> None:
    one = {"scheme": "local", "value": "DOI 10.1234/abc"}
    after, _ = mended({"identifiers": [one]})
    assert after["identifiers"] == [{"scheme": "doi", "value": "10.1234/abc"}]


def test_repair_that_would_bring_a_tag_to_light_is_not_made() -> None:
    assert mended(abstract("The &lt;i&gt;sea&lt;/i&gt;"))[1] == []


@pytest.mark.parametrize("code", ["text-mojibake", "text-html", "text-placeholder"])
def test_what_needs_a_thought_is_not_mended(code: str) -> None:
    case = CASES[code][0]
    assert not isinstance(case, list)
    assert mended(case)[1] == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5 May 2014", "2014-05-05"),
        ("May 5, 2014", "2014-05-05"),
        ("5th Sept 2014", "5th Sept 2014"),
        ("Sep. 2014", "2014-09"),
        ("2014-05-31T00:00:00Z", "2014-05-31"),
        ("2014-05-31T10:00:00Z", "2014-05-31T10:00:00Z"),
        ("31/12/2014", "2014-12-31"),
        ("2014/12/31", "2014-12-31"),
        ("05.05.2014", "2014-05-05"),
        ("2024/3/5", "2024/3/5"),
        ("3/5/2024", "3/5/2024"),
        ("31.02.2014", "31.02.2014"),
        ("1/2/14", "1/2/14"),
        ("circa 1920", "1920~"),
        ("1920s", "192X"),
    ],
)
def test_date_is_mended_if_it_can_be_one_day_only(written: str, meant: str) -> None:
    assert values.date(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ISSN 1998\u20138613", "1998-8613"),
        ("issn: 19988613", "1998-8613"),
        ("ISSN 1998-8614", "ISSN 1998-8614"),
        ("https://www.orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000 0002 1825 0097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1825-0098", None),
        ("ISBN-13: 978-3-16-148410-0", "978-3-16-148410-0"),
        ("ISBN 978-3-16-148410-0 (print)", None),
    ],
)
def test_number_is_mended_if_its_digits_agree(written: str, meant: str | None) -> None:
    assert values.digits(written) == (meant or written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("DOI 10.1234/abc", "10.1234/abc"),
        ("doi.org/10.1234/abc.", "10.1234/abc"),
        ("http://www.doi.org/10.1234/abc", "10.1234/abc"),
        ("10.1234/abc;", "10.1234/abc"),
        ("see 10.1234/abc", "see 10.1234/abc"),
    ],
)
def test_doi_loses_what_is_none_of_it(written: str, meant: str) -> None:
    assert values.doi(written) == meant


def test_licence_without_a_version_stays_as_it_is() -> None:
    assert values.licence("CC BY-NC 4.0 International") == "CC-BY-NC-4.0"
    assert values.licence("CC BY") == "CC BY"


def test_control_character_between_letters_may_stand_for_one() -> None:
    assert texts.without_controls("o\x02ce \x02 a\x0bb\x1f") == "o\x02ce  a b"


def test_marks_that_part_words_of_khmer_stay() -> None:
    assert texts.without_invisible("\u1780\u200b\u1781") == "\u1780\u200b\u1781"


def test_ideographs_that_have_twins_are_not_composed() -> None:
    assert texts.composed("\uf900e\u0301") == "\uf900e\u0301"
