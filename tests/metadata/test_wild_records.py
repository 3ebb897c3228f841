"""Whatever a well-formed record holds, it is read into an item."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from oai_provider.metadata.item import read_item
from oai_provider.metadata.mods import MODS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.xml import DATESTAMP_MARK, XML_LANG, parse

SEEDS = Path(__file__).parent.parent / "schemas" / "seeds"
DC = "http://purl.org/dc/elements/1.1/"
ELEMENTS = [
    *("title", "creator", "subject", "description", "publisher", "contributor"),
    *("date", "type", "format", "identifier", "source", "language", "relation"),
    *("coverage", "rights"),
]
WILD = st.sampled_from(
    [
        *("", " ", "\u00a0", DATESTAMP_MARK, f"a{DATESTAMP_MARK}", "x", "5", "-", ","),
        *("2014", "2014-13-01T99", "1920-1929", "1929-1920", "../..", "/", "0000"),
        *("info:eu-repo/classification/ / ", "info:eu-repo/classification/ /B"),
        *(
            "info:eu-repo/grantAgreement/ / /%20",
            "info:eu-repo/grantAgreement/A//1//%00",
        ),
        *(
            "info:eu-repo/date/embargoEnd/",
            "info:eu-repo/semantics/",
            "UDC 1",
            "urn:a:b",
        ),
        *("http://[", "http://a b", "https://", "http://%zz", "10.1/x", "doi:10.1/"),
        *("issn", "ISSN 1", "urn:issn:12345678", "no scheme", "east=9e9; north=1"),
        *("east=1; north=99", "northlimit=1; southlimit=1; westlimit=1; eastlimit=999"),
        *("east=nan; north=1", "a=b", "Other", "Text", "article", "aut", "©", "© "),
        *(
            "91, 181",
            "W 999 -- E 1 / N 1 -- S 1",
            "iso8601",
            "20149999",
            "19uu",
            "1e999",
        ),
        *("primary", "start", "personal", "corporate", "lcsh", "en", "rus", "zz-zz-zz"),
    ]
) | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=9)


@given(values=st.lists(st.tuples(st.sampled_from(ELEMENTS), WILD, WILD), max_size=9))
def test_any_dublin_core_is_read(values: list[tuple[str, str, str]]) -> None:
    root = etree.Element(f"{{{OAI_DC.namespace}}}dc")
    for name, text, lang in values:
        element = etree.SubElement(root, f"{{{DC}}}{name}", {XML_LANG: lang})
        element.text = text
    assert OAI_DC.read is not None
    item = read_item({"id": "1", "native": {"x": "<x/>"}, **OAI_DC.read(root)})
    assert bool(item.titles) == any(
        name == "title" and text.replace(DATESTAMP_MARK, "").strip()
        for name, text, _ in values
    )


@pytest.mark.parametrize("seed", sorted(SEEDS.glob("mods-*.xml")), ids=lambda p: p.stem)
@given(changes=st.lists(st.tuples(st.integers(0, 999), WILD), max_size=40))
def test_any_mods_is_read(seed: Path, changes: list[tuple[int, str]]) -> None:
    root = parse(seed.read_bytes())
    places = [*places_of_text(root)]
    for n, text in changes:
        element, attribute = places[n % len(places)]
        if attribute is None:
            element.text = text
        else:
            element.set(attribute, text)
    assert MODS.read is not None
    for record in root.iter(f"{{{MODS.namespace}}}mods"):
        read_item({"id": "1", "native": {"x": "<x/>"}, **MODS.read(record)})


def places_of_text(
    root: etree._Element,
) -> Iterator[tuple[etree._Element, str | None]]:
    for element in root.iter(etree.Element):
        if not len(element):
            yield element, None
        yield from ((element, str(name)) for name in element.attrib)
