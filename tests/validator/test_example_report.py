"""Providers that others wrote: what is known of them is found, and told in the docs."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from interop.providers import APPS

from oai_provider.validator.catalogue import Severity
from oai_provider.validator.run import Judgement, Verdict

_SCRIPT: Final = Path(__file__).parents[2] / "docs" / "example_report.py"

# Faults of theirs, and none of how they are served here.
KNOWN: Final = {
    "oaipmh": {
        # It fills in times, and repeats those in place of what it was asked.
        "xml-request-echo",
        "dates-fraction",
        "dates-turned",
        "error-list-formats-unknown-id",
        "error-list-identifiers-format",
        "token-last-empty",
    },
    "oai_repo": {
        # It takes a day for its first second.
        "dates-days",
        "dates-lower-case",
        "dates-mixed",
        "dates-turned",
        "token-unknown-sets",
        # Of a token it repeats nothing else, not even the verb.
        "xml-request-echo",
    },
}


@pytest.fixture(name="script", scope="module")
def _script() -> ModuleType:
    """The module docs/example_report.py."""
    spec = importlib.util.spec_from_file_location("example_report", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(name="judgements", scope="module")
def _judgements(script: ModuleType) -> Mapping[str, Judgement]:
    return {provider: script.judgement(provider) for provider in APPS}


@pytest.mark.parametrize("provider", APPS)
def test_known_faults_of_other_providers_are_found(
    judgements: Mapping[str, Judgement], provider: str
) -> None:
    judgement = judgements[provider]
    errors = {f.rule for f in judgement.findings if f.severity is Severity.ERROR}
    assert judgement.verdict is Verdict.NOT_COMPLIANT
    assert errors >= KNOWN[provider]


def test_example_report_is_what_a_run_writes(
    script: ModuleType, judgements: Mapping[str, Judgement]
) -> None:
    assert script.PAGE.read_text("utf-8") == script.page(judgements)
