"""The syntax of prefixes, sets and identifiers: the whole string or nothing."""

import tracemalloc

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree
from strategies import identifiers, metadata_prefixes, set_specs

from oai_provider.protocol.names import (
    has_web_host,
    is_any_uri,
    is_identifier,
    is_metadata_prefix,
    is_set_spec,
    with_ancestors,
    without_implied,
)
from oai_provider.protocol.xml import parse


@given(metadata_prefixes)
def test_unreserved_characters_make_a_metadata_prefix(value: str) -> None:
    assert is_metadata_prefix(value)


@given(set_specs)
def test_unreserved_characters_and_colons_make_a_set_spec(value: str) -> None:
    assert is_set_spec(value)


@given(identifiers)
def test_a_uri_is_an_identifier(value: str) -> None:
    assert is_identifier(value)


ILLEGAL = ("", " ", "a b", "a\n", "\na", "a\x00", "a/b", "a<script>", "é", "a+b", "a,b")


@pytest.mark.parametrize("value", [*ILLEGAL, "a:b", "a%20b", "\ud800"])
def test_anything_else_is_no_metadata_prefix(value: str) -> None:
    assert not is_metadata_prefix(value)


@pytest.mark.parametrize("value", [*ILLEGAL, ":", ":a", "a:", "a::b", "a:b:", "a:\n"])
def test_anything_else_is_no_set_spec(value: str) -> None:
    assert not is_set_spec(value)


@pytest.mark.parametrize(
    "value",
    [
        *("oai:example.org:1", "http://example.org", "http://example.org:80/a?b#c"),
        *("http://user@[::1]:8080/", "urn:isbn:0-395-36341-1", "x:/", "x:%C3%A9"),
        *("file:///etc/passwd", "mailto:a@example.org", "HTTP://EXAMPLE.ORG/", "x:?"),
    ],
)
def test_uris_of_every_shape_are_identifiers(value: str) -> None:
    assert is_identifier(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", "a", "1:a", ":a", "oai:", "oai:\n", "oai:a\n", "oai:a b", 'invalid"id'),
        *('oai:invalid"id', "oai:é", "oai:%", "oai:%g0", "oai:a<b>", "oai:\x00"),
        *(
            "oai:[",
            "http://[/",
            "http://a:b/",
            "http://a:/",
            "http://a@b@c/",
            "x:#a#b",
            "oai:\ud800",
        ),
    ],
)
def test_anything_else_is_no_identifier(value: str) -> None:
    assert not is_identifier(value)


@pytest.mark.parametrize(
    "value",
    [
        *("http://a", "HTTPS://a/", "http://a:80", "http://u:p@[::1]:65535/[x]%#a#b"),
        *("http://пример.рф/я", "https://a?b", "https://a#b", "http://a_b.c/d e"),
    ],
)
def test_a_web_address_names_a_host(value: str) -> None:
    assert has_web_host(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", "http://", "http:///x", "http://:80/", "http://u@/", "http://a:b:c/"),
        *("http://a:b/", "http://a:/", "http://a:65536/", "http://a:80x", "http:a/b"),
        *("ftp://a/", " http://a/", "http://[::1/", "http://a b/", "http://a@b@c/"),
        *("https", "urn:http://a", "http://a\\b/", "http://100%/"),
    ],
)
def test_without_a_host_or_with_an_impossible_port_there_is_no_web_address(
    value: str,
) -> None:
    assert not has_web_host(value)


@pytest.mark.parametrize("value", ["urn:a", "http://пример.рф/я", "x:\u2028"])
def test_a_uri_may_have_letters_of_any_script_in_a_schema(value: str) -> None:
    assert is_any_uri(value)


@pytest.mark.parametrize("value", ["a", "я:1", "x:[я]", "x: я"])
def test_anything_else_is_no_uri_in_a_schema(value: str) -> None:
    assert not is_any_uri(value)


@pytest.fixture(scope="module")
def any_uri() -> etree.XMLSchema:
    """A schema of one element, <a>, that holds an xs:anyURI."""
    return etree.XMLSchema(
        parse(
            b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
            b'<xs:element name="a" type="xs:anyURI"/></xs:schema>'
        )
    )


@given(st.text("a1:/?#[]@!%4-.", max_size=12).map("x:".__add__) | identifiers)
def test_an_identifier_is_valid_in_the_response_that_echoes_it(
    any_uri: etree.XMLSchema, value: str
) -> None:
    assume(is_identifier(value))
    element = etree.Element("a")
    element.text = value
    assert any_uri.validate(element), any_uri.error_log


@pytest.mark.parametrize("pattern", ["a", "%41", "a%41", "//a", "?a", "a:", "/"])
def test_megabytes_are_judged_in_little_memory(pattern: str) -> None:
    value = "oai:" + pattern * 300_000 + "\n"
    tracemalloc.start()
    try:
        assert not is_identifier(value)
        assert not is_set_spec(value)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_set_stands_below_all_that_its_colons_part() -> None:
    assert with_ancestors("a:b:c") == ("a", "a:b", "a:b:c")
    assert with_ancestors("a") == ("a",)


def test_sets_that_a_set_below_them_implies_are_left_out_in_order() -> None:
    given_ = ["b", "a", "a:b", "ab", "a:b:c", "b", "ab:c"]
    assert without_implied(given_) == ("b", "a:b:c", "ab:c")
