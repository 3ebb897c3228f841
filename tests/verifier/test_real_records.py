"""Real records: each rule finds as much as can be counted without it."""

import re
from pathlib import Path

import pytest
from lxml import etree
from verifier.sampled import judged_sample, sample

from oai_provider.verifier.run import Judgement

DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture(name="records")
def _records(shared: Path) -> tuple[etree._Element, ...]:
    return sample(shared, "oai_dc")


@pytest.fixture(name="judgement")
def _judgement(shared: Path) -> Judgement:
    return judged_sample(shared, "oai_dc")


def items(judgement: Judgement, code: str) -> set[str]:
    found = (f for f in judgement.findings if f.rule == code)
    return {f.item.removeprefix("oai:repository.example.org:") for f in found}


def where(
    records: tuple[etree._Element, ...], pattern: str, name: str = "*"
) -> set[str]:
    """Return the records with an element whose text matches."""
    return {
        f"r{n}"
        for n, record in enumerate(records, 1)
        for element in record.iterchildren(f"{DC}{name}")
        if re.search(pattern, (element.text or "").strip())
    }


def test_every_record_is_judged(
    judgement: Judgement, records: tuple[etree._Element, ...]
) -> None:
    assert judgement.items == len(records)


def test_records_without_an_address_are_those_that_have_none(
    judgement: Judgement, records: tuple[etree._Element, ...]
) -> None:
    every = {f"r{n}" for n in range(1, len(records) + 1)}
    without = every - where(records, r"^https?://", "identifier")
    found = items(judgement, "base-url")
    # A bare DOI or Handle is served as an address.
    assert found <= without
    # 96 of 1,599 such records have none.
    assert 0.02 < len(found) / len(records) < 0.1


def test_empty_elements_are_those_that_are_empty(
    judgement: Judgement, records: tuple[etree._Element, ...]
) -> None:
    assert items(judgement, "element-empty") == where(records, r"^$")


def test_names_of_languages_are_those_that_are_no_codes(
    judgement: Judgement, records: tuple[etree._Element, ...]
) -> None:
    english = where(records, r"^English$", "language")
    assert english
    assert english <= items(judgement, "language-in-words")


def test_double_escapes_are_those_that_are_there(
    judgement: Judgement, records: tuple[etree._Element, ...]
) -> None:
    escaped = where(records, r"&(amp|lt|gt|nbsp|quot|#\d+);", "description")
    assert escaped
    assert escaped <= items(judgement, "text-double-escaped")


def test_few_records_are_not_valid(
    judgement: Judgement, records: tuple[etree._Element, ...]
) -> None:
    # 12 of 1,599 such records are not.
    assert 0 < len(items(judgement, "record-invalid")) < 0.03 * len(records)


def test_mojibake_is_rare(
    judgement: Judgement, records: tuple[etree._Element, ...]
) -> None:
    # 2 of 1,599 such records have any.
    assert len(items(judgement, "text-mojibake")) <= 0.01 * len(records)
