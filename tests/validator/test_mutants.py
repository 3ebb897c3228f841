"""Every rule finds the provider that breaks it, and says nothing of ours."""

import json

import pytest
from validator.libraries import LIBRARIES, app_of
from validator.mutants import MUTANTS
from validator.world import BASE_URL, CHECKS, endpoint_of, judged

from oai_provider.validator.endpoint import DEPTHS, QUICK
from oai_provider.validator.report import as_json
from oai_provider.validator.run import Verdict


def test_every_rule_has_a_mutant() -> None:
    assert {one.code for one in CHECKS} == {*MUTANTS}


@pytest.mark.parametrize("code", MUTANTS)
def test_rule_finds_its_mutant(code: str) -> None:
    mutant = MUTANTS[code]
    endpoint = endpoint_of(app_of(mutant.library), BASE_URL, mutant, mutant.depth)
    judgement = judged(endpoint, code)
    assert [found.rule for found in judgement.findings][:1] == [code], judgement
    assert all(found.message and found.request for found in judgement.findings)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", LIBRARIES)
def test_our_own_provider_breaks_nothing(name: str, depth: str) -> None:
    endpoint = endpoint_of(app_of(name), BASE_URL, depth=DEPTHS[depth])
    judgement = judged(endpoint)
    assert judgement.findings == (), as_json(judgement)
    assert judgement.verdict is Verdict.COMPLIANT
    assert judgement.requests <= DEPTHS[depth].requests


def test_of_our_usual_provider_everything_is_checked() -> None:
    judgement = judged(endpoint_of(app_of("usual"), BASE_URL))
    # Our tokens name no end, and a day is not waited for.
    assert [one.rule for one in judgement.unchecked] == ["token-life"]
    assert len(judgement.checked) == len(CHECKS) - 1


def test_quick_is_below_sixty_requests() -> None:
    assert QUICK.requests < 60


@pytest.mark.parametrize("name", LIBRARIES)
def test_quick_needs_no_more_requests_than_it_may_make(name: str) -> None:
    judgement = judged(endpoint_of(app_of(name), BASE_URL, depth=QUICK))
    reasons = {one.reason for one in judgement.unchecked}
    assert not [reason for reason in reasons if "allowed were made" in reason]


def test_report_has_the_shape_that_programs_rely_on() -> None:
    mutant = MUTANTS["identify-base-url"]
    endpoint = endpoint_of(app_of("usual"), BASE_URL, mutant)
    told = json.loads(as_json(judged(endpoint, "identify-base-url")))
    (finding,) = told["findings"]
    assert told["verdict"] == "not compliant"
    assert finding.keys() >= {"rule", "severity", "clause", "message", "remedy"}
    assert finding["request"] == f"curl -s '{BASE_URL}?verb=Identify'"
    assert finding["excerpt"].count("<baseURL>") == 1
    assert finding["line"] == 7
    assert finding["column"] == 1
