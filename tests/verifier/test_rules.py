"""Every rule finds what it is for, and lets pass what is just right."""

from collections.abc import Iterator

import pytest
from verifier.cases import CASES, WHOLE, case_of, creator, identified
from verifier.judging import codes, judged, read, reading

from oai_provider.validator.rule import Rule
from oai_provider.verifier.catalogue import PROFILES, catalogue
from oai_provider.verifier.finding import Breach, Check
from oai_provider.verifier.rules import batch_checks, checks
from oai_provider.verifier.run import FAILED, REFUSED, verify
from oai_provider.verifier.subject import Subject

# Links are asked of hosts: see test_links.
CODES = sorted(
    code
    for code, entry in catalogue().items()
    if code != FAILED and entry.chapter != "links"
)
_TOO: dict[str, set[str]] = {
    # Who has no address has no file, either, which guidelines 4 want.
    "openaire-v4-url": {"openaire-v4-file"},
    # A kind that is not known is told as that, too.
    "base-type": {"type-unknown"},
    "dlf-type": {"type-unknown"},
    "openaire-v4-type": {"type-unknown"},
    "dlf-url": {"dlf-media-type"},
}


def _profile(code: str) -> str:
    chapter = catalogue()[code].chapter
    return chapter if chapter in PROFILES else "oai"


@pytest.mark.parametrize("profile", PROFILES)
def test_no_profile_has_anything_against_a_whole_item(profile: str) -> None:
    assert codes(WHOLE, profile) == set()


@pytest.mark.parametrize("code", CODES)
def test_rule_has_an_item_on_either_side(code: str) -> None:
    assert case_of(code) is not None


@pytest.mark.parametrize("code", CODES)
def test_rule_finds_what_breaks_it_and_no_other_does(code: str) -> None:
    case = case_of(code)
    assert case is not None
    assert codes(case[0], _profile(code)) - _TOO.get(code, set()) == {code}


@pytest.mark.parametrize("code", CODES)
def test_rule_lets_pass_what_is_just_right(code: str) -> None:
    case = case_of(code)
    assert case is not None
    assert codes(case[1], _profile(code)) == set()


def test_every_rule_of_the_catalogue_is_run() -> None:
    run = [rule.code for rule in checks()]
    run += [rule.code for rule in batch_checks()]
    assert sorted([*run, REFUSED]) == CODES


def test_open_item_is_not_to_have_closed_files_alone() -> None:
    urls = [f"https://journal.example.edu/{n}.pdf" for n in "12"]
    closed = [{"url": u, "media_type": "x/y", "access": "closed"} for u in urls]
    opened = [closed[0], {**closed[1], "access": "open"}]
    assert codes({"files": closed}) == {"access-and-files"}
    assert codes({"files": opened}) == set()


@pytest.mark.parametrize("value", ["ark:/1", "ark:12345", "ark:/12345/a b", "x"])
def test_what_lacks_a_part_is_no_ark(value: str) -> None:
    assert codes(identified("ark", value)) == {"identifier-ark"}


@pytest.mark.parametrize(
    "value", ["ark:12148/x", "ark:/67531/metapth1/", "ark:/b5060/d8%20x.pdf"]
)
def test_old_and_new_spellings_are_arks(value: str) -> None:
    assert codes(identified("ark", value)) == set()


@pytest.mark.parametrize(
    "value", ["1501.0001", "1513.00001", "0703.0001", "hep-th/9913001", "1412.07878"]
)
def test_number_of_no_month_is_no_id_of_arxiv(value: str) -> None:
    assert codes(identified("arxiv", value)) == {"identifier-arxiv"}


@pytest.mark.parametrize(
    "value", ["0704.0001", "1501.00001v2", "hep-th/9901001", "math.GT/0309136v1"]
)
def test_numbers_of_every_age_are_ids_of_arxiv(value: str) -> None:
    assert codes(identified("arxiv", value)) == set()


@pytest.mark.parametrize("value", ["05dxps055", "042nb2s44", "02MHBDP94"])
def test_known_ids_of_ror_are_right(value: str) -> None:
    one = {"scheme": "ror", "value": value}
    assert codes(creator(family="Shore", given="Ann", identifiers=[one])) == set()


def test_what_is_found_in_a_filled_field_is_said_to_be_the_profiles() -> None:
    journal = {"journal": "odd", "publisher": None}
    (found,) = (f for f in judged(journal).findings if f.rule == "text-html")
    assert found.message.endswith("(from the journal profile of ISSN 1050-124X)")


def test_journal_that_fills_is_told_with_the_fields() -> None:
    (found,) = judged({"journal": "annals", "publisher": None}).findings
    assert found.message == "has publisher from the journal profile of ISSN 0028-0836"


def test_rule_that_fails_itself_is_told_and_stops_nothing() -> None:
    def fails(_: Subject) -> Iterator[Breach]:
        raise KeyError("odd")

    rules: tuple[Check, ...] = (Rule("text-html", fails), *checks())
    subjects = reading().read(read(CASES["text-tex"][0]))
    found = verify(subjects, rules, (), catalogue(), "oai").findings
    assert {one.rule for one in found} == {FAILED, "text-tex"}
    assert any("text-html failed: KeyError: 'odd'" in f.message for f in found)


def test_no_case_is_of_a_rule_that_is_gone() -> None:
    assert CASES.keys() <= catalogue().keys()


def test_finding_names_the_field_the_value_and_the_place() -> None:
    case = CASES["identifier-orcid"]
    (found,) = judged(case[0]).findings
    assert found.field == "creators[0].identifiers[0].value"
    assert found.value == "0000-0002-1825-0098"
    assert found.place == "items.jsonl:1"
    assert found.item == "oai:repository.example.org:one"
    assert "orcid.org" in found.remedy


def test_word_is_not_cut_where_the_whole_is_the_name_of_a_host() -> None:
    text = "The tide-tables are at https://tidetables.example.org/tide"
    described = {"descriptions": [{"value": text, "lang": "en", "type": "abstract"}]}
    assert "text-cut-word" not in codes(described)
    written = text.replace("https://tidetables.example.org/tide", "tidetables.")
    described = {"descriptions": [{"value": written, "lang": "en", "type": "abstract"}]}
    assert "text-cut-word" in codes(described)
