"""Text, language tags and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from oai_provider.metadata.text import LanguageTag, Line, Uri, WebAddress
from oai_provider.protocol.xml import DATESTAMP_MARK, not_xml

LINE = TypeAdapter[str](Line)
TAG = TypeAdapter[str](LanguageTag)
URI = TypeAdapter[str](Uri)
ADDRESS = TypeAdapter[str](WebAddress)


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_text_is_accepted_exactly_if_xml_can_carry_it(text: str) -> None:
    try:
        kept = LINE.validate_python(text)
    except ValidationError:
        assert not text.strip() or not_xml(text) or DATESTAMP_MARK in text
    else:
        assert kept
        assert not not_xml(kept)
        assert DATESTAMP_MARK not in kept


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\ufffe", "\uffff", "\ufdd0"])
def test_a_character_xml_cannot_carry_is_refused(character: str) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        LINE.validate_python(f"a{character}b")


@pytest.mark.parametrize("text", ["a\tb\nc\rd", "\ufdcf\ufdd1\ufffd", "\U0010ffff"])
def test_characters_beside_those_are_kept(text: str) -> None:
    assert LINE.validate_python(text) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("en", "en"),
        ("eng", "en"),
        ("ger", "de"),
        ("RU", "ru"),
        ("zh-hant", "zh-Hant"),
        ("en_US", "en-US"),
        ("und", "und"),
        ("mul", "mul"),
        ("no", "no"),
        ("x-klingon", "x-klingon"),
    ],
)
def test_a_language_tag_is_kept_in_its_usual_form(written: str, read: str) -> None:
    assert TAG.validate_python(written) == read


@pytest.mark.parametrize("tag", ["English", "xx", "cn", "en-", "a", "Русский"])
def test_a_language_that_bcp_47_does_not_know_is_refused(tag: str) -> None:
    with pytest.raises(ValidationError, match="is not a language tag of BCP 47"):
        TAG.validate_python(tag)


@pytest.mark.parametrize("uri", ["example.org", "https://example.org/a b", "я:1"])
def test_what_is_no_uri_is_refused(uri: str) -> None:
    with pytest.raises(ValidationError, match="is not a URI"):
        URI.validate_python(uri)


@pytest.mark.parametrize(
    "address", ["http:///x", "http://a:b/", "http://a:b:c/", "http://[::1", "ftp://a"]
)
def test_an_address_without_a_host_or_with_an_impossible_port_is_refused(
    address: str,
) -> None:
    with pytest.raises(ValidationError, match="is not a web address"):
        ADDRESS.validate_python(address)


@pytest.mark.parametrize(
    "address",
    ["http://пример.рф/я", "https://a.b/a[1]?q=[x]#a#b", "http://a.b/100%", "HTTP://a"],
)
def test_addresses_as_people_write_them_are_kept(address: str) -> None:
    assert ADDRESS.validate_python(address) == address
