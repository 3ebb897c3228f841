"""Names of files: safe everywhere, and never the same for two identifiers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.sinks.names import safe_name, shelf_of

texts = st.text(st.characters(codec="utf-8"), max_size=300) | st.text(
    "aA.:/~%+=!_-conCOM1", max_size=400
)


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("oai:example.org:1", "oai+example.org+1"),
        ("oai:arXiv.org:hep-th/9901001", "oai+ar~xiv.org+hep-th=9901001"),
        ("hdl:10/a~b c", "hdl+10=a%7eb%20c"),
        ("оаи", "%d0%be%d0%b0%d0%b8"),
        ("..", "%2e."),
        (".hidden", "%2ehidden"),
        ("con", "%63on"),
        ("CON.x", "~c~o~n.x"),
        ("com1.a", "%63om1.a"),
        ("conference", "conference"),
    ],
)
def test_names_can_be_read(identifier: str, name: str) -> None:
    assert safe_name(identifier) == name


@given(texts)
def test_a_name_holds_what_every_system_takes(text: str) -> None:
    name = safe_name(text)
    assert re.fullmatch(r"[a-z0-9_\-%~+=!][a-z0-9._\-%~+=!]{0,179}", name)


@given(texts, texts)
def test_two_identifiers_have_two_names(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)


@given(st.text("aA:%+~", max_size=3), st.text("aA:%+~35be", max_size=5))
def test_short_identifiers_have_names_of_their_own(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)


def test_long_identifiers_are_told_apart_by_their_ends() -> None:
    long = "oai:example.org:" + "x" * 1000
    names = {safe_name(long + end) for end in "ab"}
    assert len(names) == 2
    assert all(len(name) <= 180 for name in names)


def test_there_are_as_many_shelves_as_two_digits_tell() -> None:
    shelves = {shelf_of(f"oai:example.org:{n}") for n in range(5000)}
    assert shelves == {f"{n:02x}" for n in range(256)}
