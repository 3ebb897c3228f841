"""The page of a report: it stands alone, it can be read, and nobody writes in it."""

import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from reporting.told import CLAUSE, report

from oai_provider.reporting.drawing import drawn, percent, round_above
from oai_provider.reporting.page import as_page
from oai_provider.reporting.plots import Bars, Columns, Points, by_year, few

STYLE = (files("oai_provider.reporting") / "page.css").read_text("utf-8")


def read(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


def shape(page: str) -> list[tuple[object, list[tuple[object, ...]]]]:
    """Return the elements of a page and their attributes, in order."""
    return [(e.tag, sorted(e.attrib.items())) for e in read(page).iter()]


PLAIN = shape(as_page(report()))


# Any text, and letters of markup and of terminals more often than chance has them.
ODD = st.text(st.sampled_from("<>&\"'/=-!x \n\r\x00\x1b\x9b\u202e\ud800]"), min_size=1)

YEARS = st.integers(1000, 2099)


@settings(max_examples=25)
@given(ODD | st.text(min_size=1))
def test_no_text_of_others_becomes_an_element_or_an_attribute(text: str) -> None:
    page = as_page(report(text))
    assert shape(page) == PLAIN
    assert all(c.isprintable() or c == "\n" for c in page)


def test_markup_of_others_is_shown_as_it_was_sent() -> None:
    text = "</style><script>alert('1')</script>&amp;<!--"
    assert text in read(as_page(report(text))).text_content()


def test_page_needs_nothing_but_itself() -> None:
    page = read(as_page(report()))
    foreign = {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not foreign & {str(element.tag) for element in page.iter()}
    assert page.xpath("//@src | //@style | //@onclick | //@srcset") == []
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_page_forbids_browsers_to_load_anything() -> None:
    page = read(as_page(report()))
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_page_has_language_title_and_one_first_heading() -> None:
    text = as_page(report())
    page = read(text)
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert page.findtext(".//title") == "words: not compliant"
    assert page.xpath("count(//h1)") == 1


def test_only_what_http_follows_is_a_link() -> None:
    links = read(as_page(report())).xpath("//a/@href")
    assert CLAUSE in links
    outside = [link for link in links if not link.startswith("#")]
    assert all(link.startswith("https://") for link in outside)


def test_links_within_the_page_lead_somewhere() -> None:
    page = read(as_page(report()))
    names = {*page.xpath("//@id")}
    assert {h[1:] for h in page.xpath("//a/@href") if h.startswith("#")} <= names


def test_every_cell_of_a_head_says_what_it_heads() -> None:
    page = read(as_page(report()))
    assert {*page.xpath("//thead//th/@scope")} == {"col"}
    assert {*page.xpath("//tbody//th/@scope")} == {"row"}
    assert page.xpath("//th[not(@scope)]") == []


def test_every_picture_has_a_title_or_says_what_stands_beside_it() -> None:
    pictures = read(as_page(report())).xpath("//svg")
    assert len(pictures) == 5
    for picture in pictures:
        first = picture[0].tag
        assert first == "title" or picture.get("aria-hidden") == "true"


def test_findings_that_are_not_told_are_counted() -> None:
    said = report()
    many = replace(said, findings=said.findings[:1] * 50)
    page = read(as_page(many))
    assert len(page.xpath("//article//li")) == 20
    assert "And 34 more like these." in page.text_content()
    assert page.xpath("//table[@class='glance']//td[2]/text()") == ["54"]


def test_what_was_not_checked_is_told_with_its_reason() -> None:
    page = read(as_page(report("no sets")))
    (section,) = page.xpath("//section[h2='Not checked']")
    assert section.xpath(".//tbody/tr/*/text()") == ["no sets", "not-checked"]


def test_why_nothing_could_be_judged_is_told() -> None:
    page = as_page(replace(report(), failure="Connection refused"))
    assert "Connection refused" in read(page).xpath("//header/p/text()")


def test_what_is_typed_is_set_apart() -> None:
    assert "baseURL" in read(as_page(report())).xpath("//article/p/code/text()")


def light(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    digits = colour if len(colour) == 6 else "".join(c * 2 for c in colour)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", [0, 1, 2])
def test_every_text_has_the_contrast_of_level_aa(scheme: int) -> None:
    """By day, by night and on paper."""
    root = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--(\w+): #([0-9a-f]+);", root))
    for name in ("text", "faint", "link", "error", "warning", "info", "good"):
        for ground in ("ground", "raised"):
            lights = sorted((light(colours[name]), light(colours[ground])))
            assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5, name


@settings(max_examples=25)
@given(st.dictionaries(YEARS, st.integers(1, 9), min_size=1, max_size=9))
def test_columns_of_years_are_few_have_no_gap_and_leave_no_record_out(
    counts: dict[int, int],
) -> None:
    columns = by_year(counts)
    assert sum(count for _, count in columns) == sum(counts.values())
    assert len(columns) <= 40
    firsts = [int(name[:4]) for name, _ in columns]
    assert len({b - a for a, b in pairwise(firsts)}) <= 1


def test_only_the_most_frequent_are_plotted() -> None:
    counts = {f"type {n}": n for n in range(1, 20)}
    assert [name for name, _ in few(counts)][:2] == ["type 19", "type 18"]
    assert len(few(counts)) == 12


def test_share_is_all_or_nothing_only_if_it_is() -> None:
    shares = (0.0, 0.001, 0.5, 0.999, 1.0)
    assert [*map(percent, shares)] == ["0 %", "< 1 %", "50 %", "99 %", "100 %"]


@given(st.floats(1e-6, 1e9))
def test_scale_holds_the_value_and_is_not_much_longer(value: float) -> None:
    assert value <= round_above(value) <= 2.0001 * value


def test_groups_of_points_differ_by_their_shape() -> None:
    points = Points(
        title="Times",
        note="",
        x="page",
        y="s",
        groups=(("one", ((1, 0.1), (2, 0.2))), ("two", ((1, 0.4),))),
    )
    picture = drawn(points).find("svg")
    assert picture is not None
    assert len(picture.findall("circle")) == 2
    assert [m.get("class") for m in picture.findall("rect")] == ["outline"]


def test_plots_of_nothing_can_be_drawn() -> None:
    said = {"title": "None", "note": "", "head": ""}
    for plot in (Columns(**said, columns=by_year({})), Bars(**said, whole=0, bars=())):
        assert drawn(plot).findtext("h3") == "None"


def test_page_of_nothing_can_be_made() -> None:
    empty = replace(
        report(), findings=(), more={}, checked=(), unchecked=(), tables=(), plots=()
    )
    assert read(as_page(empty)).xpath("//main/*") == []
