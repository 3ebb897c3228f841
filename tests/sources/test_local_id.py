"""Ids made from names: always the same, and always what an identifier may hold."""

from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from oai_provider.metadata.item import read_item
from oai_provider.sources.local_id import id_of_identifier, local_id, stem_id


def _has_a_page(name: str) -> bool:
    # Longer than any name of a file is refused, in words.
    fits = len(local_id(name)) <= 1000
    return fits and name[0] != "/" and not {".", ".."}.intersection(name.split("/"))


@given(st.text(min_size=1).filter(_has_a_page))
def test_any_name_becomes_an_id_that_an_item_may_have(name: str) -> None:
    item = read_item({"id": local_id(name), "titles": "x", "resource_type": "text"})
    assert unquote(item.id, errors="surrogateescape") == normalize("NFC", name)


def test_a_name_that_is_an_id_already_is_left_as_it_is() -> None:
    assert stem_id(Path("a/000_ce5b2683a573652e.txt")) == "000_ce5b2683a573652e"


def test_composed_and_decomposed_names_are_one() -> None:
    assert local_id("o\u0308") == local_id("ö")


def test_a_name_of_bytes_that_are_no_text_is_escaped() -> None:
    assert local_id("a\udcff") == "a%FF"


def test_the_id_is_the_local_part_of_an_oai_identifier() -> None:
    assert id_of_identifier("oai:example.org:a:b") == "a:b"
    assert id_of_identifier("urn:isbn:1") == "urn:isbn:1"
