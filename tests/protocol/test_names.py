"""The syntax of prefixes, sets and identifiers: the whole string or nothing."""

import tracemalloc

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree
from strategies import identifiers, metadata_prefixes, set_specs

from oai_provider.protocol.names import (
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
