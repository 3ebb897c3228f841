"""Every rule finds what it is for, and lets pass what is just right."""

from collections.abc import Iterator

import pytest
from verifier.cases import CASES, WHOLE, case_of
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
