"""Repairs: what each rule changes, and above all what it leaves alone."""
# ruff: noqa: RUF001 - the texts are Russian, too

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.sources.repairs import (
    Repaired,
    Rule,
    repair_characters,
    repair_hyphens,
    words_of,
)

ALL = frozenset(Rule)


def hyphens(text: str, rules: frozenset[Rule] = ALL) -> str:
    return repair_hyphens(text, rules, words_of([text])).text


def undone(repaired: Repaired) -> str:
    text = repaired.text
    for change in reversed(repaired.changes):
        start = change.offset or 0
        end = start + len(change.after)
        assert text[start:end] == change.after
        text = text[:start] + change.before + text[end:]
    return text


def test_a_cut_word_is_joined_when_it_stands_whole_elsewhere() -> None:
    text = "Indigenization began. The indigeniza-tion policy went on."
    assert hyphens(text) == "Indigenization began. The indigenization policy went on."


def test_a_word_cut_at_the_end_of_a_line_is_joined_too() -> None:
    text = "collectivization and collectivi-\nzation and collectivi- zation"
    assert hyphens(text) == "collectivization and collectivization and collectivization"


@pytest.mark.parametrize(
    "text",
    [
        "inter-ethnic relations",
        "interethnic and inter-ethnic",
        "on-line and online",
        "национал-коммунисты",
        "1929-1930 and 19291930",
        "state-of-the-art and stateof",
        "Anglo-Saxon and anglosaxon",
        "a man, a kind, man-kind and mankind",
    ],
)
def test_a_compound_of_the_author_keeps_its_hyphen(text: str) -> None:
    assert hyphens(text) == text


def test_a_space_after_the_hyphen_of_a_compound_is_closed() -> None:
    assert hyphens("Nation- building began") == "Nation-building began"


@pytest.mark.parametrize(
    "text",
    [
        "pre- and post-war",
        "first- to third-year",
        "short- medium- and long-term",
        "Vor- und Nachteile",
        "Haupt- oder Nebenfach",
        "одно- и двухэтажные",
        "двух- или трёхлетний",
        "social-, and economic",
        "the ban- the first",
        "e+e- annihilation",
        "1914- annexed",
        "word - word",
    ],
)
def test_a_suspended_hyphen_and_a_dash_are_left_alone(text: str) -> None:
    assert hyphens(text) == text


def test_only_what_is_cut_is_told_with_its_place() -> None:
    repaired = repair_hyphens("The Nation- building", ALL, frozenset())
    (change,) = repaired.changes
    assert (change.rule, change.before, change.after, change.offset) == (
        Rule.HYPHEN_SPACE,
        "Nation- building",
        "Nation-building",
        4,
    )


@pytest.mark.parametrize(
    ("rule", "text", "repaired"),
    [
        (Rule.SOFT_HYPHEN, "indi\u00adgeni\u00adzation", "indigenization"),
        (Rule.ZERO_WIDTH, "na\u200btion\ufeff \u2060al\u200d", "nation al"),
        (Rule.NO_BREAK_SPACE, "№\u00a05\u202f(31)", "№ 5 (31)"),
        (Rule.DECOMPOSED, "Ko\u0308nig и\u0306", "König й"),
    ],
)
def test_a_character_is_repaired_by_its_rule_and_by_no_other(
    rule: Rule, text: str, repaired: str
) -> None:
    assert repair_characters(text, {rule}).text == repaired
    assert repair_characters(text, ALL - {rule}).text == text


def test_a_joiner_between_persian_letters_means_something() -> None:
    text = "می\u200cخواهم"
    assert repair_characters(text, ALL).text == text


@pytest.mark.parametrize("rule", [Rule.HYPHENATION, Rule.HYPHEN_SPACE])
def test_a_hyphen_rule_can_be_switched_off_alone(rule: Rule) -> None:
    text = "Indigenization, indigeniza-tion, Nation- building"
    assert text != hyphens(text) != hyphens(text, ALL - {rule}) != text


def test_no_rules_change_nothing() -> None:
    text = "Nation- building\u00a0\u00ad"
    assert repair_characters(text, ()) == repair_hyphens(text, (), ()) == Repaired(text)


PIECES = st.sampled_from(
    [
        "ab",
        "cd",
        "-",
        "- ",
        " ",
        "\u00ad",
        "\u00a0",
        "\u200b",
        "o\u0308",
        "1",
        "и",
        "\n",
    ]
)


@given(st.lists(PIECES).map("".join))
def test_every_repair_can_be_undone_from_what_is_told(text: str) -> None:
    characters = repair_characters(text, ALL)
    assert undone(characters) == text
    repaired = repair_hyphens(characters.text, ALL, words_of([text, "abcd"]))
    assert undone(repaired) == characters.text


@given(st.lists(PIECES).map("".join))
def test_repairing_characters_twice_changes_nothing_more(text: str) -> None:
    once = repair_characters(text, ALL).text
    assert repair_characters(once, ALL) == Repaired(once)
