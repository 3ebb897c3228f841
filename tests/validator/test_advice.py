"""What is known of rules beyond their catalogue: of systems, and of harvesters."""

import json

import pytest
from validator.libraries import library
from validator.mutants import MUTANTS
from validator.world import BASE_URL, endpoint_of, judged

from oai_provider.validator.advice import known_advice, read_advice
from oai_provider.validator.catalogue import CatalogueError, catalogue
from oai_provider.validator.report import as_json

_SIX = {"DSpace", "EPrints", "OJS", "Dataverse", "InvenioRDM", "Omeka"}
_OWN = (
    "[systems.own]\ntitle = 'Own'\npattern = 'own'\n"
    "[[mending]]\nsystem = '{system}'\nrules = ['{rule}']\ntext = 'Do.'\nurl = ''\n"
    "[[consequence]]\nwho = 'All'\nrules = ['b-c']\ntext = 'Stop.'\n{more}url = ''\n"
)


def test_six_systems_have_advice_each() -> None:
    told = {m.system for one in known_advice().by_rule.values() for m in one.mendings}

    assert told == set(known_advice().systems) == _SIX


def test_every_piece_names_its_source() -> None:
    for advice in known_advice().by_rule.values():
        urls = [one.url for one in advice.mendings]
        urls += [one.url for one in advice.consequences]
        assert all(url.startswith("https://") for url in urls), advice


@pytest.mark.parametrize(
    ("told", "system"),
    [
        ("https://example.org/server/oai/request", "DSpace"),
        ("https://example.org/cgi/oai2", "EPrints"),
        ("https://example.org/index.php/journal/oai", "OJS"),
        ("https://example.org/oai2d", "InvenioRDM"),
        ("https://example.org/oai-pmh-repository/request", "Omeka"),
        ("<repositoryName>Demo Dataverse OAI Archive</repositoryName>", "Dataverse"),
        ("https://example.org/oai", ""),
        ("https://example.org/cgi/oai2 <repositoryName>Like DSpace", ""),
    ],
)
def test_system_is_told_by_what_only_it_has(told: str, system: str) -> None:
    assert known_advice().system(told) == system


def test_advice_of_other_systems_is_left_out() -> None:
    within = known_advice().of("identify-base-url").within("EPrints")

    assert [how.system for how in within.mendings] == ["EPrints"]
    assert within.consequences


@pytest.mark.parametrize(
    ("system", "rule", "more", "said"),
    [
        ("other", "a-b", "", "no system 'other'"),
        ("own", "a-z", "", "there is no rule a-z"),
        ("own", "a-b", "when = 'now'\n", "not known: when"),
    ],
)
def test_advice_that_nobody_would_see_is_refused(
    system: str, rule: str, more: str, said: str
) -> None:
    document = _OWN.format(system=system, rule=rule, more=more)

    with pytest.raises(CatalogueError, match=said):
        read_advice(document, ("a-b", "b-c"))


def test_finding_says_what_becomes_of_it_and_how_systems_mend_it() -> None:
    mutant = MUTANTS["identify-base-url"]
    endpoint = endpoint_of(library(mutant.library).app(), BASE_URL, mutant)
    judgement = judged(endpoint, "identify-base-url")
    found = json.loads(as_json(judgement))["findings"][0]

    assert {how["system"] for how in found["mendings"]} == _SIX - {"Omeka"}
    assert "not registered" in found["consequences"][0]["text"]


def test_catalogue_alone_is_known_to_the_advice() -> None:
    assert known_advice().by_rule.keys() <= catalogue().keys()
