"""Meta tags, where an item says less or other things than most."""

import pytest

from oai_provider.metadata.item import read_item
from oai_provider.protocol.xml import parse, payload
from oai_provider.web.scholar import Meta, citation_tags, dublin_core_tags


def tags(**fields: object) -> dict[str, str]:
    item = read_item({"id": "x", "resource_type": "text", "title": "T"} | fields)
    found = citation_tags(item, "https://repository.example.org/items/x")
    return {tag.name.removeprefix("citation_"): tag.content for tag in found}


def test_a_year_alone_is_a_publication_date() -> None:
    assert tags(issued="2014")["publication_date"] == "2014"


def test_of_an_uncertain_date_the_year_is_given() -> None:
    assert tags(issued="2014-05~")["publication_date"] == "2014"


def test_a_date_without_a_known_year_is_not_given() -> None:
    assert "publication_date" not in tags(issued="201X")


def test_a_whole_number_is_the_issue_where_there_is_no_other() -> None:
    assert tags(host={"whole_number": "31"})["issue"] == "31"


def test_a_whole_number_is_never_a_volume() -> None:
    assert "volume" not in tags(host={"issue": "5", "whole_number": "31"})


def test_a_book_part_stands_in_a_book() -> None:
    found = tags(
        resource_type="book-part", host={"title": "B", "isbn": "9780306406157"}
    )
    assert (found["inbook_title"], found["isbn"]) == ("B", "9780306406157")
    assert "journal_title" not in found


def test_an_author_is_named_as_in_records() -> None:
    king = {"family": "King", "given": "Martin", "suffix": "Jr."}
    assert tags(creators=[king])["author"] == "King Jr., Martin"


def test_a_conference_and_a_thesis_have_tags_of_their_own() -> None:
    assert tags(conference="Meeting")["conference_title"] == "Meeting"
    found = tags(thesis={"degree": "PhD", "grantor": "University of Examples"})
    assert found["dissertation_name"] == "PhD"
    assert found["dissertation_institution"] == "University of Examples"


@pytest.mark.parametrize(
    ("file", "is_offered"),
    [
        ({"url": "https://x.org/a.PDF"}, True),
        ({"url": "https://x.org/a", "media_type": "application/pdf"}, True),
        ({"url": "https://x.org/a.pdf", "media_type": "text/html"}, False),
        ({"url": "https://x.org/a.pdf", "access": "open"}, True),
        ({"url": "https://x.org/a.pdf", "access": "restricted"}, False),
    ],
)
def test_only_open_pdf_files_are_offered(
    file: dict[str, str], *, is_offered: bool
) -> None:
    assert ("pdf_url" in tags(files=[file])) is is_offered


def test_an_item_that_is_not_in_oai_dc_has_no_dublin_core() -> None:
    assert list(dublin_core_tags(None)) == []


def test_every_element_of_oai_dc_is_a_tag_with_its_language() -> None:
    record = payload(
        parse(
            b'<o:dc xmlns:o="urn:o" xmlns:d="urn:d"><!-- no element -->'
            b'<d:title xml:lang="en">T</d:title><d:date/><d:title>U</d:title></o:dc>'
        )
    )
    assert list(dublin_core_tags(record)) == [
        Meta("DC.title", "T", "en"),
        Meta("DC.title", "U"),
    ]
