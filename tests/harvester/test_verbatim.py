"""Elements found again in the bytes that they were parsed from."""

from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.verbatim import outermost
from oai_provider.protocol.xml import attribute, parse, text

_TEXT = st.text(st.characters(codec="utf-8", min_codepoint=32, max_codepoint=0xFF))


def _other(value: str) -> str:
    # Neither -- nor ]]> may stand in them.
    plain = value.replace("-", "").replace("]", "").replace("?", "")
    return f"<!-- <r> {plain} --><![CDATA[</r><r> {plain}]]><?p <r> {plain}?>"


_INNER = st.recursive(
    st.one_of(_TEXT.map(text), _TEXT.map(_other)),
    lambda inner: st.builds(
        lambda name, value, parts: (
            f'<{name} a="{attribute(value)}">{"".join(parts)}</{name}\n>'
            if parts
            else f"<{name} a='/>'/>"
        ),
        st.sampled_from(["r", "rr", "x:r", "r.r", "other"]),
        _TEXT,
        st.lists(inner, max_size=3),
    ),
    max_leaves=10,
)


@given(
    inners=st.lists(_INNER, max_size=5), between=_TEXT.map(_other), prefix=st.booleans()
)
def test_every_element_is_found_whole_whatever_is_in_it(
    inners: list[str], between: str, prefix: bool
) -> None:
    name = "y:r" if prefix else "r"
    elements = [f"<{name} b='>'>{inner}</{name} >" for inner in inners]
    start = '<d xmlns:x="urn:x" xmlns:y="urn:y">'
    whole = f"{start}{between}{between.join(elements)}</d>".encode()
    parse(whole)
    assert outermost(whole, name) == [element.encode() for element in elements]


def test_elements_in_elements_of_the_same_name_are_not_told_apart() -> None:
    xml = b"<d><r>1<r/><r>2</r></r><r/><r>3</r></d>"
    assert outermost(xml, "r") == [b"<r>1<r/><r>2</r></r>", b"<r/>", b"<r>3</r>"]


def test_a_name_that_begins_the_same_is_another() -> None:
    assert outermost(b"<d><rr/><r-r/><r.r/><r:r/></d>", "r") == []
