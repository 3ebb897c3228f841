"""Doubts: found where they should be, and silent over good prose."""
# ruff: noqa: RUF001 - the texts are Russian, too

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.protocol.xml import XmlError, parse
from oai_provider.sources import doubts
from oai_provider.sources.doubts import suspicions


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("missing-hyphen", "midtwentieth"),
        ("missing-hyphen", "Midthirties"),
        ("missing-hyphen", "latenineteenth"),
        ("missing-hyphen", "twentiethcentury"),
        ("missing-hyphen", "selfdetermination"),
        ("missing-hyphen", "antiSoviet"),
        ("glued-words", "nationalismAuthors"),
        ("glued-words", "коренизацияКлючевые"),
        ("cut-word", "collectiviza-tion"),
        ("cut-word", "govern- ment"),
        ("hyphen-for-dash", "state- the"),
    ],
)
def test_what_looks_wrong_is_found_where_it_stands(rule: str, word: str) -> None:
    (found,) = suspicions(f"so the {word} was")
    assert (found.rule, found.value, found.offset) == (rule, word, 7)


@pytest.mark.parametrize(
    "text",
    [
        "mid-twentieth midday midterm Midwest midst middle midwife",
        "selfish selfless selfsame selfies self-rule self",
        "antisemitic nonlinear postwar interethnic prewar",
        "McDonald iPhone DSpace pH eBook macOS arXiv OpenAIRE",
        "in motion, test-version, to-motion, well-being, state-run",
        "pre- and post-war; Personen- und Sachregister",
        "национал-коммунисты 1920-х",
    ],
)
def test_good_prose_raises_no_doubt(text: str) -> None:
    assert list(suspicions(text)) == []


_PIECES = st.sampled_from(
    (
        *("mid", "Late", "early", "SELF", "self", "anti", "ex", "ſelf", "Soviet"),
        *("twentieth", "first", "fortieth", "century", "May", "ish", "ties"),
        *("-", " ", "- ", ".", "tion", "ments", "the", "word", "Слово", "слово"),
    )
)


@given(st.lists(_PIECES | st.text(max_size=3), max_size=12).map("".join))
def test_signs_hide_nothing_that_looks_wrong(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doubts, "_has_sign", lambda *_: True)
        expected = list(suspicions(text))
    assert list(suspicions(text)) == expected


def test_real_records_raise_next_to_no_doubt(shared: Path) -> None:
    found: Counter[str] = Counter()
    length = 0
    for file in sorted((shared / "records-sample").glob("*.jsonl")):
        for line in file.read_text().splitlines():
            for text in _prose(json.loads(line)["xml"]):
                length += len(text)
                found.update(s.rule for s in suspicions(text))
    assert length > 150_000
    assert found.total() <= 5, found


def _prose(xml: str) -> list[str]:
    try:
        root = parse(xml.encode())
    except XmlError:
        return []
    return [text for text in map(str, root.itertext()) if len(text) > 60]
