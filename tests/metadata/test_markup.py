from hypothesis import given
from hypothesis import strategies as st
from item_strategies import TEXTS
from lxml import etree

from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    encoded,
    finished,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.protocol.xml import element

ANY = TEXTS | st.sampled_from(["<a>&amp;", "'\"", "]]>", "\r\n\t ", "\u0085 \u2028"])
XMLNS = attributes({"xmlns": "urn:x"})


def read(root: Markup) -> etree._Element:
    return element(finished("root", encoded([root]), NOTHING))[0]


@given(ANY)
def test_a_text_is_read_as_it_was_said(value: str) -> None:
    assert read(say("a", value, XMLNS)).text == value


@given(ANY)
def test_an_attribute_is_read_as_it_was_stated(value: str) -> None:
    stated = attributes({"xmlns": "urn:x", "b": value})
    assert read(wrap("a", NOTHING, stated)).get("b") == value


def test_attributes_keep_their_order() -> None:
    assert attributes({"b": "1", "a": "2"}) == ' b="1" a="2"'


def test_an_element_holds_what_is_joined() -> None:
    both = joined(say("b", "1"), NOTHING, say("c", "2"))
    assert wrap("a", both) == "<a><b>1</b><c>2</c></a>"


def test_an_element_that_holds_nothing_is_one_tag() -> None:
    assert wrap("a", NOTHING) == "<a/>"


def test_nothing_is_said_of_no_text() -> None:
    assert say_if("a", None) == NOTHING
