"""Citations: each part told apart, and none taken for another."""
# ruff: noqa: RUF001 - the texts are Russian, too

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.sources.citation import Citation, parse_citation

JOURNAL = "Tomsk State University Journal of History"


def citation(
    journal: str = JOURNAL,
    year: str | None = None,
    volume: str | None = None,
    issue: str | None = None,
    whole_number: str | None = None,
) -> Citation:
    return Citation(
        journal=journal,
        year=year,
        volume=volume,
        issue=issue,
        whole_number=whole_number,
        pages=None,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (". 2014. № 5 (31).", citation(year="2014", issue="5", whole_number="31")),
        (". 2018. №52", citation(year="2018", issue="52")),
        (". № 52.", citation(issue="52")),
        (". 2014. Вып. 7.", citation(year="2014", issue="7")),
        (". Вып. 7", citation(issue="7")),
        (". 2014. Т. 3. № 5.", citation(year="2014", volume="3", issue="5")),
        (". 2014. T. 3.", citation(year="2014", volume="3")),
        (
            ". 2014. № 3-4 (29-30).",
            citation(JOURNAL, "2014", None, "3-4", "29-30"),
        ),
        (". 2014. № 3–4.", citation(year="2014", issue="3–4")),
        (". 2014. № 3/4.", citation(year="2014", issue="3/4")),
        (". 2014.", citation(year="2014")),
        (", № 5 (31)", citation(issue="5", whole_number="31")),
        ("", citation()),
    ],
)
def test_a_citation_is_read_apart(text: str, expected: Citation) -> None:
    assert parse_citation(JOURNAL + text) == expected


def test_pages_are_read_where_they_are_given() -> None:
    parsed = parse_citation(f"{JOURNAL}. 2014. № 5 (31). С. 44–52.")
    assert parsed is not None
    assert parsed.pages == "44–52"


def test_a_number_in_parentheses_is_never_a_volume() -> None:
    parsed = parse_citation(f"{JOURNAL}. 2014. (31)")
    assert parsed is not None
    assert (parsed.volume, parsed.whole_number) == (None, "31")


def test_a_title_with_full_stops_stays_whole() -> None:
    parsed = parse_citation("Вестн. Том. гос. ун-та. История. 2014. № 5 (31).")
    assert parsed == citation(
        "Вестн. Том. гос. ун-та. История", year="2014", issue="5", whole_number="31"
    )


@pytest.mark.parametrize("text", ["", ". 2014", f"{JOURNAL}. 2014. Special. № 5"])
def test_what_is_written_in_another_way_is_not_guessed_at(text: str) -> None:
    assert parse_citation(text) is None


def test_a_text_too_long_to_be_a_citation_is_none() -> None:
    assert parse_citation("A" + "." + " " * 100_000 + "B") is None


@given(
    year=st.none() | st.integers(1800, 2100).map(str),
    volume=st.none() | st.integers(1, 99).map(str),
    issue=st.none() | st.integers(1, 999).map(str),
    whole=st.none() | st.integers(1, 999).map(str),
)
def test_a_citation_is_read_back_as_it_was_written(
    year: str | None, volume: str | None, issue: str | None, whole: str | None
) -> None:
    parts = [
        JOURNAL,
        year,
        volume and f"Т. {volume}",
        issue and f"№ {issue}" + (f" ({whole})" if whole else ""),
    ]
    expected = citation(JOURNAL, year, volume, issue, whole if issue else None)
    assert parse_citation(". ".join(filter(None, parts)) + ".") == expected


@pytest.mark.parametrize(
    ("behind", "pages", "rest"),
    [
        ("ISSN 1998-8613", None, "ISSN 1998-8613"),
        ("С. 44–52, ил.", "44–52", "ил"),
        ("С. 44–52. DOI 10.1/2.", "44–52", "DOI 10.1/2"),
        ("One. Two", None, "One. Two"),
        ("С. 44–52", "44–52", None),
    ],
)
def test_what_follows_is_told_and_spoils_nothing(
    behind: str, pages: str | None, rest: str | None
) -> None:
    before = citation(JOURNAL, "2014", None, "5", "31")
    parsed = parse_citation(f"{JOURNAL}. 2014. № 5 (31). {behind}")
    assert parsed == replace(before, pages=pages, rest=rest)
