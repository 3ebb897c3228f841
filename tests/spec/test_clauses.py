"""Every clause of the specification is tied to tests that exist, or says why not."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final, NotRequired, TypedDict, cast

import pytest

CHECKOUT: Final = Path(__file__).parents[2]
LEVELS: Final = {"must", "must not", "should", "should not", "may"}
STATUSES: Final = {"open", "otherwise", "not used", "operator"}
DOCUMENTS: Final = {
    *("repository", "aggregator", "oai-identifier", "friends", "branding", "eprints"),
    *("rights", "provenance"),
}
_ID = re.compile(r"(?:([a-z-]+)-)?([1-9](?:\.[1-9]\d*)*)-([1-9]\d*)")


class Clause(TypedDict):
    """An entry of clauses.toml."""

    id: str
    level: str
    text: str
    tests: NotRequired[list[str]]
    status: NotRequired[str]
    reason: NotRequired[str]


CLAUSES: Final = cast(
    "list[Clause]",
    tomllib.loads(Path(__file__).with_name("clauses.toml").read_text("utf-8"))[
        "clause"
    ],
)


@cache
def marks_in(file: str) -> dict[str, bool]:
    """Return the tests of a file by name, and whether each is expected to fail."""
    tree = ast.parse((CHECKOUT / file).read_text("utf-8"))
    return {
        node.name: any("xfail" in ast.dump(mark) for mark in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_the_whole_specification_is_there() -> None:
    assert len(CLAUSES) >= 200
    sections = {clause["id"].rpartition("-")[0] for clause in CLAUSES}
    named = {match[1] for c in CLAUSES if (match := _ID.fullmatch(c["id"]))}
    assert named == DOCUMENTS | {None}
    chapters = {"2.2", "2.3", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.7.2"}
    features = {"3.1.1", "3.1.2.1", "3.1.3", "3.2", "3.3", "3.4", "3.5", "3.6"}
    verbs = {"4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "5"}
    assert chapters | features | verbs <= sections


def test_ids_are_unique() -> None:
    ids = [clause["id"] for clause in CLAUSES]
    assert len(ids) == len(set(ids))


def test_ids_are_sections_and_numbers() -> None:
    assert [c["id"] for c in CLAUSES if not _ID.fullmatch(c["id"])] == []


def test_numbers_count_up_within_a_section() -> None:
    found: dict[str, list[int]] = {}
    for clause in CLAUSES:
        section, _, number = clause["id"].rpartition("-")
        found.setdefault(section, []).append(int(number))
    for section, numbers in found.items():
        assert numbers == list(range(1, len(numbers) + 1)), section


def test_entries_have_known_fields_only() -> None:
    for clause in CLAUSES:
        assert clause.keys() <= Clause.__annotations__.keys(), clause
        assert clause["level"] in LEVELS, clause
        assert clause["text"].endswith("."), clause


@pytest.mark.parametrize("clause", CLAUSES, ids=[c["id"] for c in CLAUSES])
def test_clause_is_proven_by_tests_that_exist_or_says_why_not(clause: Clause) -> None:
    tests = clause.get("tests", [])
    assert tests or clause.get("status")
    assert len(tests) == len(set(tests))
    for test in tests:
        file, _, name = test.partition("::")
        assert name in marks_in(file), test


def test_clauses_that_are_kept_are_proven_by_tests_that_pass() -> None:
    for clause in CLAUSES:
        parted = (test.partition("::") for test in clause.get("tests", []))
        failing = any(marks_in(file)[name] for file, _, name in parted)
        assert not failing or clause.get("status") == "open", clause


def test_statuses_have_reasons() -> None:
    for clause in CLAUSES:
        assert clause.get("status") in {None, *STATUSES}, clause
        assert ("status" in clause) == ("reason" in clause), clause


def test_no_must_is_left_undone_on_purpose() -> None:
    for clause in CLAUSES:
        undone = clause.get("status") == "otherwise"
        assert not (undone and clause["level"].startswith("must")), clause
