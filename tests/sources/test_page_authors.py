"""The authors' table: who, where, and which address is kept out of the text."""

import pytest

from oai_provider.sources.page_authors import Author, authors_of, family_and_given


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Kaziev Sattar Sh.", ("Kaziev", "Sattar Sh.")),
        ("Kaziev S.Sh.", ("Kaziev", "S.Sh.")),
        ("Казиев Саттар Шарниязович", ("Казиев", "Саттар Шарниязович")),
        ("Tuyakbaeva-Smith Aigul", ("Tuyakbaeva-Smith", "Aigul")),
        ("van der Berg Jan", ("van der Berg", "Jan")),
        ("kaziev sattar", ("kaziev", "sattar")),
        ("Berg, Jan van der", ("Berg", "Jan van der")),
        ("S.Sh. Kaziev", None),
        ("Aristotle", None),
        ("Kaziev,", None),
    ],
)
def test_the_family_name_comes_first_or_nothing_is_told_apart(
    name: str, parts: tuple[str, str] | None
) -> None:
    assert family_and_given(name) == parts


def test_a_row_is_an_author_with_affiliation_and_address() -> None:
    row = ("Kaziev Sattar Sh.", "University (Town, Country)", "k@mail.ru", "")
    assert authors_of([row]) == (
        [Author("Kaziev Sattar Sh.", ["University (Town, Country)"], ["k@mail.ru"])],
        [],
    )


@pytest.mark.parametrize(
    "row",
    [
        ("Kaziev S.", "a@b.ru", "University"),
        ("a@b.ru", "Kaziev S.", "University"),
        ("Kaziev S.", "University, e-mail: a@b.ru"),
        ("Kaziev S.", "University (a@b.ru)"),
        ("Kaziev S. <a@b.ru>", "University"),
        ("Kaziev S.", "University; a@b.ru."),
        ("Kaziev S.", "a@b.ru", "", "University", "Mailto: a@b.ru"),
    ],
)
def test_an_address_is_known_in_any_column_and_taken_out_of_it(
    row: tuple[str, ...],
) -> None:
    assert authors_of([row])[0] == [Author("Kaziev S.", ["University"], ["a@b.ru"])]


def test_an_address_that_ends_like_another_is_taken_out_whole() -> None:
    (author,), _ = authors_of([("Kaziev S.", "a@b.ru, aa@b.ru")])
    assert (author.affiliations, author.emails) == ([], ["a@b.ru", "aa@b.ru"])


def test_affiliations_are_divided_by_semicolons_outside_parentheses() -> None:
    (author,), _ = authors_of([("Kaziev S.", "One (Town; Country); Two", "Three")])
    assert author.affiliations == ["One (Town; Country)", "Two", "Three"]


def test_a_row_without_a_name_goes_on_about_the_author_above() -> None:
    rows = [("Kaziev S.", "One"), ("", "Two", "a@b.ru")]
    assert authors_of(rows)[0] == [Author("Kaziev S.", ["One", "Two"], ["a@b.ru"])]


def test_rows_of_one_name_are_one_author() -> None:
    rows = [("Kaziev S.", "One"), ("Ivanov I.", "Two"), ("Kaziev S.", "Three")]
    authors, _ = authors_of(rows)
    assert [author.name for author in authors] == ["Kaziev S.", "Ivanov I."]
    assert authors[0].affiliations == ["One", "Three"]


def test_what_stands_above_every_name_belongs_to_nobody() -> None:
    assert authors_of([("", "One")]) == ([], ["One"])


def test_an_empty_row_says_nothing() -> None:
    assert authors_of([("", "", "")]) == ([], [])


@pytest.mark.parametrize(
    "cell",
    [
        '<a href="mailto:x@example.org">x@example.org</a>',
        "<a href='mailto:x@example.org'>x@example.org</a>",
        "(e-mail: x@example.org)",
        "[E-Mail x@example.org]",
    ],
)
def test_nothing_is_left_of_a_cell_that_was_an_address(cell: str) -> None:
    (author,), _ = authors_of([["Doe J.", cell]])
    assert (author.affiliations, author.emails) == ([], ["x@example.org"])


def test_a_label_leaves_no_brackets_behind() -> None:
    (author,), _ = authors_of([["Doe J.", "A university (e-mail: x@example.org)"]])
    assert author.affiliations == ["A university"]
