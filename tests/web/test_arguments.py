"""Query strings and forms, octet by octet."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.protocol.xml import not_xml
from oai_provider.web.arguments import read_arguments


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_what_is_encoded_is_read_again(pairs: list[tuple[str, str]]) -> None:
    encodable = [
        (name, value)
        for name, value in pairs
        if not any("\ud800" <= c <= "\udfff" for c in name + value)
    ]
    assert read_arguments(urlencode(encodable).encode()) == encodable


@given(st.binary())
def test_any_octets_are_read(form: bytes) -> None:
    assert len(read_arguments(form)) == sum(map(bool, form.split(b"&")))


@pytest.mark.parametrize(
    ("form", "pairs"),
    [
        (b"", []),
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a=1&&b=2&", [("a", "1"), ("b", "2")]),
        (b"a=1&a=2&a=1", [("a", "1"), ("a", "2"), ("a", "1")]),
        (b"a=&b", [("a", ""), ("b", "")]),
        (b"=x", [("", "x")]),
        (b"=&&", [("", "")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
        (b"a=x+y%2Bz%20", [("a", "x y+z ")]),
        (b"%61=%C3%A9", [("a", "é")]),
        (b"a=\xc3\xa9", [("a", "é")]),
    ],
)
def test_pairs_are_parted_and_decoded_as_forms_are(
    form: bytes, pairs: list[tuple[str, str]]
) -> None:
    assert read_arguments(form) == pairs


@pytest.mark.parametrize(
    "value",
    [b"%ff", b"\xff", b"%C0%80", b"%ED%A0%80", b"%F4%90%80%80", b"%E9", b"%00"],
)
def test_what_is_not_utf_8_becomes_what_xml_cannot_carry(value: bytes) -> None:
    [(_, decoded)] = read_arguments(b"a=" + value)
    assert not_xml(decoded) is not None


@pytest.mark.parametrize("value", ["%zz", "100%", "%4", "oai:x:%4%31", "%C3%A9+%"])
def test_what_holds_a_malformed_escape_stays_as_it_was_sent(value: str) -> None:
    assert read_arguments(f"a={value}".encode()) == [("a", value)]
