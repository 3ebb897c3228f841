import time

import pytest
from harvester.lists import header, page, record
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from oai_provider.harvester.listing import (
    ListPage,
    PageError,
    PageFault,
    Repair,
    RepairKind,
)
from oai_provider.harvester.page import read_list, read_page
from oai_provider.harvester.repairing import repaired

TOKEN = "<resumptionToken>next</resumptionToken>"
GOOD = page(record(1), record(2), record(3), token=TOKEN)


def fault(body: bytes, content_type: str = "") -> PageFault:
    with pytest.raises(PageError) as caught:
        read_page(body, content_type)
    return caught.value.fault


def with_title(title: bytes) -> bytes:
    return page(record(1), record(2, "HERE"), record(3)).replace(b"HERE", title)


def titles(found: ListPage) -> list[str]:
    return [
        (r.metadata or b"").partition(b"<dc:title>")[2].partition(b"</dc:t")[0].decode()
        for r in found.records
    ]


@pytest.mark.parametrize(
    ("title", "read", "kind"),
    [
        (b"a\x0bb", "ab", RepairKind.CONTROL),
        (b"a\x00b", "ab", RepairKind.CONTROL),
        (b"a&#11;b", "ab", RepairKind.CONTROL),
        (b"a&#x1A;b", "ab", RepairKind.CONTROL),
        (b"a&#55349;b", "ab", RepairKind.CONTROL),
        (b"a&#xD835;&#xDD04;b", "a\U0001d504b", RepairKind.CONTROL),
        (b"a&#99999999;b", "ab", RepairKind.CONTROL),
        (b"a\xef\xbf\xbeb", "ab", RepairKind.CONTROL),
        (b"a\xed\xa0\x80b", "ab", RepairKind.CONTROL),
        (b"a\xed\xa0\xb5\xed\xb4\x84b", "a\U0001d504b", RepairKind.ENCODING),
        (b"No\xebl", "Noël", RepairKind.ENCODING),
        (b"\x93a\x94 \xe9", "“a” é", RepairKind.ENCODING),
        ("é ".encode() + b"\xe9", "é é", RepairKind.ENCODING),
        (b"a & b", "a &amp; b", RepairKind.AMPERSAND),
        (b"a&b=c", "a&amp;b=c", RepairKind.AMPERSAND),
        (b"a&unknown;", "a&amp;unknown;", RepairKind.AMPERSAND),
        (b"a&#;b", "a&amp;#;b", RepairKind.AMPERSAND),
        (b"a&nbsp;b", "a\u00a0b", RepairKind.AMPERSAND),
        (b"&eacute;", "é", RepairKind.AMPERSAND),
        (b"&LT;", "&lt;", RepairKind.AMPERSAND),
        (b'<?xml version="1.0"?>a', "a", RepairKind.DECLARATION),
    ],
)
def test_fault_within_a_record_is_mended_and_told(
    title: bytes, read: str, kind: RepairKind
) -> None:
    found = read_page(with_title(title))
    assert titles(found) == ["A title", read, "A title"]
    assert {repair.kind for repair in found.repairs} == {kind}


@pytest.mark.parametrize("bad", [b"\x0b", b"&#11;", b"&", b"&nbsp;"])
def test_repair_tells_the_byte_of_the_document_as_it_came(bad: bytes) -> None:
    body = b"\n\n" + with_title(b"\xe9\xe9" + bad + b" x " + bad)
    offsets = [r.offset for r in read_page(body).repairs if r.kind != "encoding"]
    assert offsets == [0, body.index(bad), body.rindex(bad)]


def test_offsets_count_the_bytes_of_the_encoding_that_was_read() -> None:
    said = with_title("я \x0b".encode()).decode().replace("UTF-8", "UTF-16")
    body = said.encode("utf-16")
    (repair,) = read_page(body).repairs
    assert body[repair.offset : repair.offset + 2] == b"\x0b\0"


@pytest.mark.parametrize("name", ["UTF-16", "utf8mb4", "rot13", "ascii"])
def test_encoding_that_is_declared_wrongly_is_told(name: str) -> None:
    body = with_title("é & c".encode()).replace(b"UTF-8", name.encode())
    found = read_page(body)
    assert titles(found)[1] == "é &amp; c"
    assert found.repairs[0].kind is RepairKind.ENCODING


def test_encoding_that_is_declared_rightly_is_no_repair() -> None:
    body = with_title("é &".encode("latin-1")).replace(b"UTF-8", b"ISO-8859-1")
    found = read_page(body)
    assert titles(found)[1] == "é &amp;"
    assert [repair.kind for repair in found.repairs] == [RepairKind.AMPERSAND]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_says_utf_8_is_read(codec: str) -> None:
    body = GOOD.decode().encode(codec)
    assert read_page(body).records == read_list(GOOD).records
    damaged = body.replace("A t".encode(codec), "& t".encode(codec))
    assert [r.kind for r in read_page(damaged).repairs] == [
        RepairKind.ENCODING,
        *[RepairKind.AMPERSAND] * 3,
    ]


def test_charset_of_the_answer_tells_what_nothing_else_does() -> None:
    body = with_title("Заглавие".encode("cp1251"))
    found = read_page(body, "text/xml; charset=windows-1251")
    assert titles(found)[1] == "Заглавие"
    assert [r.kind for r in found.repairs] == [RepairKind.ENCODING]


def test_bytes_of_another_script_are_not_guessed() -> None:
    found = read_page(with_title("Заглавие".encode("cp1251")))
    assert titles(found) == ["A title", "A title"]
    (told,) = found.unreadable
    assert "Заглавие".encode("cp1251") in told.xml


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\n", b""),
        (b"\xef\xbb\xbf\n", b""),
        (b"\xef\xbb\xbf\xef\xbb\xbf", b""),
        (b"<br />\n<b>Notice</b>: Undefined & index in x.php\n", b""),
        (b"", b"<br />\nWarning: x in <b>y.php</b>"),
        (b"", b"\0\0"),
    ],
)
def test_junk_around_the_document_is_removed_and_told(
    before: bytes, after: bytes
) -> None:
    found = read_page(before + GOOD + after)
    assert found.records == read_list(GOOD).records
    place, kind = (
        (0, RepairKind.BEFORE)
        if before
        else (GOOD.index(b"</OAI-PMH>") + 10, RepairKind.AFTER)
    )
    assert [repair[:2] for repair in found.repairs] == [(kind, place)]


def test_junk_after_the_declaration_is_removed() -> None:
    body = GOOD.replace(b"?>", b"?>\nNotice: x", 1)
    assert read_page(body).repairs[0].kind is RepairKind.BEFORE


@pytest.mark.parametrize("body", [GOOD + GOOD, GOOD + record(4).encode()])
def test_records_after_the_document_are_no_junk(body: bytes) -> None:
    assert fault(body) is PageFault.NOT_XML


def test_nothing_in_cdata_or_comments_is_markup() -> None:
    title = b"<![CDATA[a & <?xml b?> &nbsp;]]><!-- & -->\x0b"
    found = read_page(with_title(title))
    assert [r.kind for r in found.repairs] == [RepairKind.CONTROL]
    assert titles(found)[1].startswith("a &amp; &lt;?xml b?&gt; &amp;nbsp;")


def test_each_repair_is_told_by_itself() -> None:
    found = read_page(with_title(b"a\x0b&nbsp;\x0b"))
    assert [r.reason for r in found.repairs] == [
        "U+000B",
        "&nbsp; is of HTML: read as '\\xa0'",
        "U+000B",
    ]
    assert isinstance(found.repairs[0], Repair)


def test_too_many_repairs_are_refused() -> None:
    assert fault(with_title(b"\x0b" * 10_001)) is PageFault.NOT_XML


@pytest.mark.parametrize(
    "broken",
    [
        b"<dc:title>a < b</dc:title>",
        b"<dc:title>a<br>b</dc:title>",
        b"<dc:title lang=en>a</dc:title>",
        b"<un:bound>a</un:bound>",
        b"</metadata>",
        b"<![CDATA[a < b]]></dc:title>",
    ],
)
def test_record_that_stays_broken_is_kept_apart_with_its_bytes(broken: bytes) -> None:
    body = GOOD.replace(b"<dc:title>A title</dc:title>", broken, 2).replace(
        broken, b"<dc:title>A title</dc:title>", 1
    )
    found = read_page(body)
    (told,) = found.unreadable
    assert broken in told.xml
    assert told.xml in body
    assert told.identifier == "oai:x:2"
    assert told.line == 6
    assert "oai:x:1" in [r.identifier for r in found.records]
    assert found.resumption_token == read_list(GOOD).resumption_token


def test_records_beside_a_broken_one_are_read_with_any_prefix() -> None:
    body = GOOD.decode().replace("xmlns=", "xmlns:oai=").replace("A title", "a<b", 1)
    for name in ("OAI-PMH", "responseDate", "request", "ListRecords", "record"):
        body = body.replace(f"<{name}", f"<oai:{name}")
        body = body.replace(f"</{name}", f"</oai:{name}")
    for name in ("header", "identifier", "datestamp", "metadata", "resumptionToken"):
        body = body.replace(f"<{name}", f"<oai:{name}")
        body = body.replace(f"</{name}", f"</oai:{name}")
    found = read_page(body.encode())
    assert [r.identifier for r in found.records] == ["oai:x:2", "oai:x:3"]
    assert len(found.unreadable) == 1


def test_header_that_is_broken_is_kept_apart() -> None:
    odd = header(2).replace("oai:x:2", "oai:<x:2")
    found = read_page(page(header(1), odd, header(3), verb="ListIdentifiers"))
    assert [r.identifier for r in found.records] == ["oai:x:1", "oai:x:3"]
    assert len(found.unreadable) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</ListRecords>", b""),
        (b"<ListRecords>", b""),
        (b"</responseDate>", b""),
        (b"</resumptionToken>", b""),
        (b"http://x.org/oai", b"a<b"),
    ],
)
def test_frame_that_is_broken_is_no_page(old: bytes, new: bytes) -> None:
    assert fault(GOOD.replace(old, new)) is PageFault.NOT_XML


def test_section_that_never_ends_leaves_no_frame() -> None:
    assert fault(with_title(b"<![CDATA[a]]")) is PageFault.NOT_XML


def test_message_tells_line_and_column() -> None:
    body = GOOD.replace(b"http://x.org/oai", b"a<b")
    with pytest.raises(PageError, match=r"line \d+, column \d+"):
        read_page(body)


def test_record_in_cdata_is_never_a_record() -> None:
    inner = f"<![CDATA[{record(8)}{record(9)}]]>".encode()
    found = read_page(with_title(inner + b"a < b"))
    assert [r.identifier for r in found.records] == ["oai:x:1", "oai:x:3"]


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html>\n<html><body>Log in<br></body></html>",
        b"<HTML><head><title>x</title></head></HTML>",
        b"\n<!-- x --><html lang='en'><p>&nbsp;</html>",
        b"<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html/>",
    ],
)
def test_html_is_told(body: bytes) -> None:
    assert fault(body) is PageFault.HTML


def test_html_without_html_is_told_by_its_type() -> None:
    assert fault(b"<div>Log in<br></div>", "text/html; charset=x") is PageFault.HTML


@pytest.mark.parametrize("body", [b"", b" \n", b"\xef\xbb\xbf", b"\0"])
def test_empty_answer_is_told(body: bytes) -> None:
    assert fault(body) is PageFault.EMPTY


@pytest.mark.parametrize("body", [b"error", b'{"a": 1}', b"<a><b></a>", b"\xff"])
def test_what_is_no_xml_is_told(body: bytes) -> None:
    assert fault(body) is PageFault.NOT_XML


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))


@pytest.mark.parametrize("damage", ["", "\x0b", "a < b"])
@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE OAI-PMH>",
        f'<!DOCTYPE o [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE o [<!ENTITY l12 SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_document_type_is_refused_whatever_else_is_wrong(
    declared: str, damage: str, codec: str
) -> None:
    body = with_title(f"&l12;{damage}".encode()).decode()
    body = body.replace("?>", f"?>{declared}", 1).replace("UTF-8", codec)
    start = time.perf_counter()
    assert fault(body.encode(codec)) is PageFault.DTD
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("bad", [b"", b"\x0b", b"&nbsp;"])
def test_page_cut_at_any_byte_is_no_page(bad: bytes) -> None:
    body = with_title(bad).rstrip()
    for end in range(len(body)):
        assert fault(body[:end]) in {PageFault.CUT, PageFault.EMPTY, PageFault.NOT_XML}


def test_cut_in_a_record_is_told_as_cut() -> None:
    assert fault(GOOD[: len(GOOD) // 2]) is PageFault.CUT


@pytest.mark.parametrize("nested", [GOOD.decode().partition("?>")[2], "</OAI-PMH>"])
def test_cut_after_an_end_in_a_record_is_no_page(nested: str) -> None:
    for title in (
        nested,
        f"<![CDATA[{nested}",
        f"<!--{nested}",
        f"<![CDATA[{nested}]]>",
    ):
        body = with_title(title.encode())
        end = body.index(nested.encode()) + len(nested)
        for more in range(30):
            with pytest.raises(PageError):
                read_page(body[: end + more])


@settings(max_examples=20)
@given(documents)
def test_document_that_is_well_formed_is_not_changed(body: bytes) -> None:
    assert repaired(body, "text/xml; charset=latin-1") == (body, ())


def test_document_in_another_encoding_is_not_changed() -> None:
    body = GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert repaired(body, "") == (body, ())


damages = st.tuples(
    st.integers(0, len(GOOD)),
    st.integers(0, 4),
    st.sampled_from([b"", b"<", b"&", b"]]>", b"<![CDATA[", b"<!--", b"<?xml ?>"])
    | st.binary(max_size=4),
)


@given(st.lists(damages, min_size=1, max_size=4), st.sampled_from(["", "text/html"]))
def test_damage_is_a_page_or_a_page_error(
    found: list[tuple[int, int, bytes]], content_type: str
) -> None:
    body = GOOD
    for start, length, put in found:
        body = body[:start] + put + body[start + length :]
    try:
        read_page(body, content_type)
    except PageError:
        return


@given(st.integers(0, len(GOOD)), st.sampled_from([b"\0", b"\x0b", b"\x1f", b"&#2;"]))
def test_control_character_never_changes_a_record_in_silence(
    start: int, control: bytes
) -> None:
    body = GOOD[:start] + control + GOOD[start:]
    try:
        found = read_page(body)
    except PageError:
        return
    known = {*read_list(GOOD).records}
    assert {*found.records} <= known or found.repairs
    assert found.repairs or found.unreadable


@given(st.integers(0, len(GOOD) - 2), st.integers(1, 200))
def test_bytes_that_are_missing_are_told_unless_markup_is_whole(
    start: int, length: int
) -> None:
    body = GOOD[:start] + GOOD[start + length :]
    try:
        found = read_page(body)
    except PageError:
        return
    assert len(found.records) + len(found.unreadable) <= 3
