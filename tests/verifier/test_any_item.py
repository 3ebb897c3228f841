"""No rule fails itself, whatever an item says."""

from typing import Any

import pytest
from hypothesis import given
from item_strategies import item_data
from verifier.cases import WHOLE
from verifier.judging import TODAY, codes

from oai_provider.metadata.item import read_item
from oai_provider.verifier.rules import batch_checks, checks
from oai_provider.verifier.subject import Subject


@given(item_data())
def test_rules_take_any_item(data: dict[str, Any]) -> None:
    subject = Subject(item=read_item(data), identifier="oai:x.example:1", today=TODAY)
    for rule in checks():
        assert all(found.message for found in rule.find(subject))
    for batch_rule in batch_checks():
        assert list(batch_rule.find([subject.trait])) == []


@pytest.mark.parametrize("url", ["http://[x/", "https://[::1/a]", "http://"])
def test_address_that_is_none_is_found_and_fails_no_rule(url: str) -> None:
    broken = {**WHOLE, "identifiers": [{"scheme": "url", "value": url}]}
    assert "identifier-address-private" in codes(broken)
