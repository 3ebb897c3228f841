"""Pages of long lists, which are held without their XML."""

import pytest
from validator.libraries import library
from validator.world import BASE_URL, endpoint_of

from oai_provider.validator import shelf
from oai_provider.validator.answers import headers
from oai_provider.validator.endpoint import USUAL, WHOLE
from oai_provider.validator.exchange import Exchange, Request


@pytest.fixture(name="pages")
def _pages(monkeypatch: pytest.MonkeyPatch) -> tuple[Exchange, ...]:
    monkeypatch.setattr(shelf, "_KEPT", 1)
    endpoint = endpoint_of(library("usual").app(), BASE_URL, depth=WHOLE)
    return endpoint.walk("ListRecords", metadataPrefix="oai_dc")


def test_page_on_the_shelf_says_what_came(pages: tuple[Exchange, ...]) -> None:
    usual = endpoint_of(library("usual").app(), BASE_URL, depth=USUAL)
    plain = usual.walk("ListRecords", metadataPrefix="oai_dc")
    assert [page.body for page in pages] == [page.body for page in plain]
    assert [h.said for page in pages for h in headers(page)] == [
        h.said for page in plain for h in headers(page)
    ]


def test_tree_of_a_page_is_forgotten_and_read_anew(pages: tuple[Exchange, ...]) -> None:
    first = headers(pages[0])
    tree = pages[0].root
    assert pages[1].root is not None
    assert pages[0].root is not tree
    assert [h.payload is not None for h in first] == [not h.is_deleted for h in first]


def test_headers_of_a_page_are_read_once(pages: tuple[Exchange, ...]) -> None:
    first = headers(pages[0])
    assert pages[1].root is not None
    assert headers(pages[0]) is first
    assert "_parsed" not in vars(pages[0])


def test_answer_that_is_no_xml_stays_none_on_the_shelf() -> None:
    request = Request(arguments=(("verb", "ListRecords"),))
    page = shelf.Shelf().put(Exchange(request=request, status=200, body=b"<a>"))
    assert page.root is None
    assert page.xml_error is not None
    assert page.body == b"<a>"
