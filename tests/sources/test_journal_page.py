"""Journal pages: the article, pages of its shape, and what is no such page."""
# ruff: noqa: RUF001 - the texts are Russian, too

import codecs
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.reads import the_item, the_refusal, written

from oai_provider.metadata.item import Item, item_json
from oai_provider.sources.base import Sourced, Unreadable
from oai_provider.sources.journal_page import ALL_RULES, read_journal_page
from oai_provider.sources.repairs import Rule

ARTICLE = (
    Path(__file__).parents[2] / "records/000_ce5b2683a573652e/000_ce5b2683a573652e.txt"
)
TITLE = "National policy"
PAGE = f"""{TITLE}
The abstract.
Keywords
политика, policy
Authors
Name | Organization | |
Kaziev Sattar Sh. | University (Town; Country) | kaziev@example.org |
References

{TITLE} | Journal of History. 2014. № 5 (31)."""


@pytest.fixture(name="article", scope="module")
def _article() -> Item:
    return the_item(read_journal_page(ARTICLE))


def read(tmp_path: Path, page: str | bytes, rules: Iterable[Rule] = ALL_RULES) -> Item:
    return the_item(
        read_journal_page(written(tmp_path, "page.txt", page), rules=frozenset(rules))
    )


def refused(tmp_path: Path, page: str | bytes) -> Unreadable:
    return the_refusal(read_journal_page(written(tmp_path, "page.txt", page)))


def warnings(item: Item) -> list[str | None]:
    assert item.provenance is not None
    return [doubt.rule for doubt in item.provenance.warnings]


# The article


def test_the_id_is_the_name_of_the_file(article: Item) -> None:
    assert article.id == "000_ce5b2683a573652e"


def test_the_terms_are_tagged_by_their_script(article: Item) -> None:
    assert [(s.value, s.lang) for s in article.subjects] == [
        ("национальная политика", "ru"),
        ("коренизация", "ru"),
        ("межэтнические конфликты", "ru"),
        ("национал-коммунисты", "ru"),
        ("национализм", "ru"),
        ("national policy", "en"),
        ("indigenization", "en"),
        ("ethnic conflict", "en"),
        ("national communists", "en"),
        ("nationalism", "en"),
    ]


def test_the_author_is_told_apart_family_name_first(article: Item) -> None:
    (author,) = article.creators
    assert (author.family, author.given) == ("Kaziev", "Sattar Sh.")
    assert author.name == "Kaziev Sattar Sh."


def test_the_address_is_kept_and_private(article: Item) -> None:
    (author,) = article.creators
    assert author.email is not None
    assert (author.email.value, author.email.public) == ("sattarkaz@mail.ru", False)


def test_the_issue_and_the_whole_number_are_told_apart(article: Item) -> None:
    host = article.host
    assert host is not None
    assert (host.year, host.issue, host.whole_number, host.volume) == (
        "2014",
        "5",
        "31",
        None,
    )


def test_what_the_page_does_not_give_is_absent(article: Item) -> None:
    assert item_json(article).keys() == {
        "id",
        "deleted",
        "resource_type",
        "titles",
        "creators",
        "descriptions",
        "subjects",
        "dates",
        "host",
        "provenance",
    }


def test_every_repair_of_the_article_is_told(article: Item) -> None:
    assert article.provenance is not None
    assert [
        (r.field, r.before, r.after, r.rule) for r in article.provenance.repairs
    ] == [
        ("descriptions[0]", "indigeniza-tion", "indigenization", "hyphenation"),
        ("descriptions[0]", "Nation- building", "Nation-building", "hyphen-space"),
        ("subjects[9]", "nationalismAuthors", "nationalism", "glued-heading"),
    ]


def test_the_offset_of_a_repair_leads_to_it_in_the_text_the_rule_found(
    article: Item,
) -> None:
    assert article.provenance is not None
    text = ARTICLE.read_text().split("\n")[1]
    for repair in article.provenance.repairs[:2]:
        assert repair.offset is not None
        assert text[repair.offset :].startswith(repair.before)
        text = text.replace(repair.before, repair.after)
    assert text == article.descriptions[0].value


def test_the_only_doubt_about_the_article_is_midtwentieth(article: Item) -> None:
    assert article.provenance is not None
    (doubt,) = article.provenance.warnings
    assert (doubt.value, doubt.rule) == ("midtwentieth", "missing-hyphen")
    assert "midtwentieth" in article.descriptions[0].value


@pytest.mark.parametrize(
    ("rule", "as_printed"),
    [
        (Rule.GLUED_HEADING, "nationalismAuthors"),
        (Rule.HYPHENATION, "indigeniza-tion"),
        (Rule.HYPHEN_SPACE, "Nation- building"),
    ],
)
def test_a_repair_can_be_switched_off_alone(rule: Rule, as_printed: str) -> None:
    item = the_item(read_journal_page(ARTICLE, rules=ALL_RULES - {rule}))
    text = f"{item.descriptions[0].value} {item.subjects[-1].value}"
    assert as_printed in text
    assert item.provenance is not None
    assert len(item.provenance.repairs) == 2


def test_without_repairs_the_statement_speaks_of_none() -> None:
    item = the_item(read_journal_page(ARTICLE, rules=()))
    assert item.provenance is not None
    assert item.provenance.repairs == ()
    assert item.provenance.statement == (
        "Transformed by machine from the journal's article web page."
    )


# Pages of its shape


def test_several_authors_stand_in_their_order(tmp_path: Path) -> None:
    row = "Ivanov I. | Institute | |\nPetrov P. | | p@example.org |\nReferences"
    item = read(tmp_path, PAGE.replace("References", row))
    assert [a.family for a in item.creators] == ["Kaziev", "Ivanov", "Petrov"]


def test_an_author_may_have_several_affiliations(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace("Country)", "Country); Second University"))
    assert [a.name.value for a in item.creators[0].affiliations] == [
        "University (Town; Country)",
        "Second University",
    ]


def test_a_second_address_is_told_of_and_not_repeated(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace("example.org |", "example.org, b@example.org |"))
    assert warnings(item) == ["one-address"]
    assert "b@example.org" not in str(item_json(item))


def test_a_page_may_lack_its_terms(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace("Keywords\nполитика, policy\n", ""))
    assert item.subjects == ()
    assert item.descriptions[0].value == "The abstract."


def test_the_heading_of_terms_may_stand_over_none(tmp_path: Path) -> None:
    assert read(tmp_path, PAGE.replace("политика, policy\n", "")).subjects == ()


def test_terms_may_be_of_one_language_and_divided_by_semicolons(tmp_path: Path) -> None:
    item = read(
        tmp_path, PAGE.replace("политика, policy", "a policy; law (civil, old)")
    )
    assert [(s.value, s.lang) for s in item.subjects] == [
        ("a policy", "en"),
        ("law (civil, old)", "en"),
    ]


def test_a_term_in_both_scripts_is_not_tagged(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace("политика, policy", "архив ИТАР USSR, қазақ"))
    assert [s.lang for s in item.subjects] == [None, None]


def test_references_are_kept_as_printed_one_a_line(tmp_path: Path) -> None:
    lines = "1. Ivanov I. Title // Journal. 2014. № 5.\n2. https://example.org/a"
    item = read(tmp_path, PAGE.replace("References\n", f"References\n{lines}"))
    assert [r.text for r in item.references] == lines.split("\n")


def test_a_title_may_hold_bars(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace(TITLE, "One | Two | Three"))
    assert item.titles[0].value == "One | Two | Three"
    assert warnings(item) == []
    assert item.host is not None
    assert item.host.titles[0].value == "Journal of History"


def test_a_second_title_that_differs_is_told(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace(f"{TITLE} |", "Another |"))
    assert item.titles[0].value == TITLE
    assert warnings(item) == ["title-copy"]


def test_the_same_fault_in_both_titles_is_no_difference(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace(TITLE, "Nation- building\u00a0policy"))
    assert item.titles[0].value == "Nation-building policy"
    assert warnings(item) == []


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2014. Т. 3. № 5 (31)", ("2014", "3", "5", "31")),
        ("2018. №52", ("2018", None, "52", None)),
        ("2014. № 3-4", ("2014", None, "3-4", None)),
        ("№ 52", (None, None, "52", None)),
    ],
)
def test_the_citation_is_read_as_far_as_it_goes(
    tmp_path: Path, printed: str, expected: tuple[str | None, ...]
) -> None:
    item = read(tmp_path, PAGE.replace("2014. № 5 (31)", printed))
    host = item.host
    assert host is not None
    assert (host.year, host.volume, host.issue, host.whole_number) == expected
    assert host.citation_text == f"Journal of History. {printed}"
    assert item.issued == expected[0]


def test_a_citation_in_another_form_is_kept_and_told(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace("2014. № 5 (31)", "2014. Special. № 5"))
    assert item.host is not None
    assert item.host.titles == ()
    assert item.host.citation_text == "Journal of History. 2014. Special. № 5"
    assert warnings(item) == ["citation"]


def test_a_page_may_lack_its_last_line(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.rpartition("\n")[0])
    assert (item.host, item.dates) == (None, ())
    assert item.creators[0].family == "Kaziev"


def test_an_author_in_the_last_line_is_no_citation(tmp_path: Path) -> None:
    page = PAGE.partition("References")[0] + "Ivanov I. | Laboratory (31)"
    item = read(tmp_path, page)
    assert item.host is None
    assert item.creators[1].affiliations[0].name.value == "Laboratory (31)"


def test_a_page_may_lack_its_abstract(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace("The abstract.\n", ""))
    assert item.descriptions == ()
    assert len(item.subjects) == 2


def test_an_abstract_may_have_several_lines(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace("The abstract.", "The abstract.\n\nIts end."))
    assert item.descriptions[0].value == "The abstract.\nIts end."


def test_the_heading_is_cut_from_the_end_of_an_abstract_too(tmp_path: Path) -> None:
    page = PAGE.replace("abstract.\nKeywords\nполитика, policy\n", "abstract.")
    assert read(tmp_path, page).descriptions[0].value == "The abstract."


@pytest.mark.parametrize("term", ["Soviet Authors", "Co-Authors"])
def test_a_term_that_ends_like_the_heading_is_left_alone(
    tmp_path: Path, term: str
) -> None:
    item = read(tmp_path, PAGE.replace("policy\n", f"policy, {term}\n"))
    assert item.subjects[-1].value == term


def test_the_heading_is_cut_only_above_its_table(tmp_path: Path) -> None:
    page = PAGE.replace("policy\nAuthors\nName | Organization | |", "policyAuthors\n.")
    assert read(tmp_path, page).subjects[-1].value != "policy"


def test_a_name_that_does_not_begin_with_the_family_is_told(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.replace("Kaziev Sattar Sh.", "S.Sh. Kaziev"))
    assert (item.creators[0].family, item.creators[0].name) == (None, "S.Sh. Kaziev")
    assert warnings(item) == ["name-order"]


def test_an_affiliation_beside_no_name_is_told(tmp_path: Path) -> None:
    page = PAGE.replace("| |\n", "| |\n | Lost Institute |\n")
    assert warnings(read(tmp_path, page)) == ["no-name"]


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace("\n", "\r\n"),
        lambda page: page.replace("\n", "\r"),
        lambda page: codecs.BOM_UTF8.decode() + page,
        lambda page: f"\n\n{page}\n\n \n",
        lambda page: page.replace("Keywords", " Keywords\u200b "),
    ],
    ids=["windows", "old mac", "mark", "blank lines", "edges"],
)
def test_how_lines_end_and_begin_means_nothing(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    assert read(tmp_path, change(PAGE)) == read(tmp_path, PAGE)


def test_a_page_in_windows_1251_is_read_and_told(tmp_path: Path) -> None:
    item = read(tmp_path, PAGE.encode("windows-1251"))
    assert item.provenance is not None
    assert [r.rule for r in item.provenance.repairs] == ["encoding"]
    assert item.titles == read(tmp_path, PAGE).titles


def test_what_is_invisible_is_repaired_and_told(tmp_path: Path) -> None:
    page = PAGE.replace("abstract", "ab\u00adstract\u00a0o\u0308\u200b")
    item = read(tmp_path, page)
    assert item.descriptions[0].value == "The abstract ö."
    assert item.provenance is not None
    assert [r.rule for r in item.provenance.repairs] == [
        "soft-hyphen",
        "zero-width",
        "no-break-space",
        "decomposed",
    ]


def test_the_name_of_the_file_is_escaped_where_an_id_needs_it(tmp_path: Path) -> None:
    path = written(tmp_path, "статья 1.txt", PAGE)
    assert the_item(read_journal_page(path)).id == (
        "%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F%201"
    )


# No such page


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "Some text\nand more of it",
        "<!DOCTYPE html>\n<html><body>Authors</body></html>",
        "Title\nAbstract\nKeywords\na, b\nIntroduction\nText\nReferences\n1. One",
        "Title\nName | Organization | |",
        "Title | Journal. 2014. № 5 (31).",
        "id,title\n1,One",
    ],
)
def test_another_text_is_refused_and_told_what_is_expected(
    tmp_path: Path, text: str
) -> None:
    reason = refused(tmp_path, text).reason
    assert "expected the title" in reason
    assert "Name | Organization" in reason


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    refusal = refused(tmp_path, b"%PDF-1.4\n\xff\xfe\x00")
    assert (refusal.place.line, "UTF-8" in refusal.reason) == (2, True)


def test_a_file_too_long_to_be_a_page_is_refused(tmp_path: Path) -> None:
    assert "longer than" in refused(tmp_path, PAGE + "x" * 2_000_000).reason


def test_a_character_that_xml_cannot_carry_is_refused_with_its_field(
    tmp_path: Path,
) -> None:
    refusal = refused(tmp_path, PAGE.replace("abstract", "abs\x0btract"))
    assert refusal.field == "descriptions[0].value"
    assert "U+000B" in refusal.reason


# Properties

WORD = st.text("abcdefgh", min_size=2, max_size=8)
PHRASE = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
RUSSIAN = st.text("бвгдежзиклм", min_size=3, max_size=12)
AUTHOR = st.fixed_dictionaries(
    {
        "family": WORD.map(str.capitalize),
        "given": PHRASE.map(str.title),
        "affiliations": st.lists(PHRASE, max_size=3, unique=True),
        "email": st.none() | WORD.map("{}@example.org".format),
    }
)
PAGES = st.fixed_dictionaries(
    {
        "title": PHRASE,
        "abstract": st.none() | PHRASE,
        "terms": st.lists(RUSSIAN | PHRASE, max_size=6),
        "authors": st.lists(AUTHOR, max_size=4, unique_by=lambda a: a["family"]),
        "references": st.lists(PHRASE, max_size=3),
        "year": st.none() | st.integers(1900, 2100).map(str),
        "issue": st.integers(1, 12).map(str),
        "whole": st.none() | st.integers(1, 400).map(str),
    }
)


def page_of(parts: dict[str, Any]) -> str:
    lines = [parts["title"]]
    if parts["abstract"]:
        lines.append(parts["abstract"])
    if parts["terms"]:
        lines += ["Keywords", ", ".join(parts["terms"])]
    lines += ["Authors", "Name | Organization | |"]
    for author in parts["authors"]:
        organisation = "; ".join(author["affiliations"])
        name = f"{author['family']} {author['given']}"
        lines.append(f"{name} | {organisation} | {author['email'] or ''} |")
    lines += ["References", *parts["references"]]
    year = f"{parts['year']}. " if parts["year"] else ""
    whole = f" ({parts['whole']})" if parts["whole"] else ""
    lines.append(f"{parts['title']} | Journal. {year}№ {parts['issue']}{whole}.")
    return "\n".join(lines)


@given(parts=PAGES)
def test_a_page_made_of_parts_is_read_into_them_again(
    tmp_path_factory: pytest.TempPathFactory, parts: dict[str, Any]
) -> None:
    item = read(tmp_path_factory.getbasetemp(), page_of(parts))
    assert item.titles[0].value == parts["title"]
    assert [d.value for d in item.descriptions] == [*filter(None, [parts["abstract"]])]
    assert [s.value for s in item.subjects] == parts["terms"]
    assert [r.text for r in item.references] == parts["references"]
    assert item.host is not None
    assert item.host.year == parts["year"]
    assert item.host.issue == parts["issue"]
    assert item.host.whole_number == parts["whole"]
    assert warnings(item) == []
    for creator, author in zip(item.creators, parts["authors"], strict=True):
        assert (creator.family, creator.given) == (author["family"], author["given"])
        found = [a.name.value for a in creator.affiliations]
        assert found == author["affiliations"]
        assert (creator.email and creator.email.value) == author["email"]


LANDMARKS = [
    *PAGE.split("\n"),
    "Authors",
    "Name | Organization | |",
    " | ",
    "\x00",
    "№",
]


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.lists(st.sampled_from(LANDMARKS) | st.text()).map(
        lambda lines: "\n".join(lines).encode(errors="surrogatepass")
    )
)
def test_no_bytes_do_more_than_yield(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp(), "any.txt", data)
    reads = list(read_journal_page(path))
    assert reads
    assert all(isinstance(read, Sourced | Unreadable) for read in reads)


@pytest.mark.parametrize(
    "blob",
    ["a" * 99_999, "a," * 9_999, "(" * 99_999, "a-" * 49_999, "\u00a0" * 49_999],
    ids=["word", "terms", "parentheses", "hyphens", "spaces"],
)
def test_a_long_line_takes_no_long_time(tmp_path: Path, blob: str) -> None:
    begin = time.process_time()
    for old in ("The abstract.", "policy", "University"):
        path = written(tmp_path, "page.txt", PAGE.replace(old, blob))
        assert list(read_journal_page(path))
    # A tenth of a second is usual; going through the line anew for each of its
    # characters takes minutes. Other processes are not counted.
    assert time.process_time() - begin < 10


def test_an_address_in_a_text_that_is_served_is_told_without_it(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(
        "A title\nWrite to a@example.org for more.\nKeywords\nb@example.org\n"
        "Authors\nName | Organization | |\nDoe J. | A university | |\nReferences\n\n"
        "A title | A Journal. 2014. № 5 (31).\n"
    )
    (read,) = read_journal_page(page)
    assert isinstance(read, Sourced)
    assert read.item.provenance is not None
    told = [w for w in read.item.provenance.warnings if w.rule == "e-mail"]
    assert [w.field for w in told] == ["descriptions[0]", "subjects[0]"]
    assert not any("@" in w.message for w in told)


def test_two_pages_in_a_file_are_refused(tmp_path: Path) -> None:
    refusal = the_refusal(read_journal_page(written(tmp_path, "x.txt", PAGE * 2)))
    assert "2 tables of authors" in refusal.reason
