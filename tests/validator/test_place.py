"""Places in answers are those at which a person finds them."""

from oai_provider.protocol.xml import parse
from oai_provider.validator.exchange import Request
from oai_provider.validator.place import excerpt_in_line, excerpt_of


def test_element_is_found_in_a_line_of_many() -> None:
    body = "<a><!-- <b> --><b>é</b><![CDATA[<b>]]><b>x</b></a>".encode()
    root = parse(body)
    second = root[-1]
    found = excerpt_of(body, second)
    assert (found.line, found.column) == (1, 39)
    assert body.decode()[found.column - 1 :].startswith("<b>x")


def test_prefixed_elements_are_told_apart() -> None:
    body = b'<a xmlns="urn:a" xmlns:p="urn:a">\n<b/>\n  <p:b/></a>'
    found = excerpt_of(body, parse(body)[1])
    assert (found.line, found.column) == (3, 3)
    assert found.text == "<p:b/></a>"


def test_answer_in_another_encoding_has_a_line_at_least() -> None:
    body = '<?xml version="1.0" encoding="UTF-16"?><a>\n<b/></a>'.encode("utf-16")
    found = excerpt_of(body, parse(body)[0])
    assert (found.line, found.column) == (2, 0)


def test_line_that_is_not_there_shows_the_beginning() -> None:
    assert excerpt_in_line(b"<a/>", 9, 1).text == "<a/>"


def test_request_is_a_line_of_a_shell() -> None:
    pairs = (("verb", "GetRecord"), ("identifier", "it's"))
    url = "https://example.org/oai"
    line = f"curl -s '{url}?verb=GetRecord&identifier=it%27s'"
    assert Request(arguments=pairs).curl(url) == line
    posted = Request(arguments=pairs[:1], method="POST", headers=(("A", "b c"),))
    assert posted.curl(url) == f"curl -s -H 'A: b c' -d verb=GetRecord {url}"
