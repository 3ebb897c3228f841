"""Encodings: UTF-8, and windows-1251 only where the text proves it."""
# ruff: noqa: RUF001 - the texts are Russian, too

import codecs

import pytest

from oai_provider.sources.encoding import EncodingError, page_text, utf8
from oai_provider.sources.repairs import Rule

RUSSIAN = "национальная политика, № 5 – «Коренизация» в Казахстане"
ALL = frozenset(Rule)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert utf8(codecs.BOM_UTF8 + b"a") == "a"


def test_bytes_that_are_not_utf_8_are_refused_with_line_and_byte() -> None:
    with pytest.raises(EncodingError, match=r"0xE9.*save the file as UTF-8") as caught:
        utf8(b"one\ntwo \xe9\n")
    assert caught.value.line == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_of_another_encoding_is_named(encoding: str) -> None:
    with pytest.raises(EncodingError, match=encoding.upper()):
        utf8("title".encode(encoding))


def test_windows_1251_is_read_and_told_as_a_repair() -> None:
    read = page_text(RUSSIAN.encode("windows-1251"), ALL)
    assert read.text == RUSSIAN
    assert [change.rule for change in read.changes] == [Rule.ENCODING]


def test_windows_1251_is_refused_when_the_repair_is_off() -> None:
    with pytest.raises(EncodingError):
        page_text(RUSSIAN.encode("windows-1251"), ALL - {Rule.ENCODING})


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866", "utf-16"])
def test_another_encoding_of_russian_is_not_taken_for_windows_1251(
    encoding: str,
) -> None:
    text = "Национальная политика коренизация межэтнические конфликты"
    with pytest.raises(EncodingError):
        page_text(text.encode(encoding), ALL)


def test_latin_1_is_not_taken_for_windows_1251() -> None:
    with pytest.raises(EncodingError):
        page_text("café naïve Führer".encode("latin-1"), ALL)


def test_a_byte_that_windows_1251_has_no_letter_for_is_refused() -> None:
    with pytest.raises(EncodingError):
        page_text("политика".encode("windows-1251") + b"\x98", ALL)
