"""Escaping, strict parsing, and payloads that mean the same wherever they stand."""

from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from strategies import documents, payloads, xml_characters, xml_texts

from oai_provider.protocol import xml
from oai_provider.protocol.xml import (
    DATESTAMP_MARK,
    MAX_DEPTH,
    Payload,
    XmlError,
    attribute,
    element,
    events,
    not_xml,
    parse,
    payload,
    root_tag,
    text,
)

ENVELOPE = (
    b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><ListRecords><record>'
    b"<metadata>%s</metadata></record></ListRecords></OAI-PMH>"
)


def inside(part: Payload) -> etree._Element:
    """Return the payload's element where a response holds it."""
    return parse(ENVELOPE % part.xml)[0][0][0][0]


def meaning(root: etree._Element) -> Iterator[object]:
    """Yield all that an XML document says, prefixes aside."""
    for node in root.iter():
        yield node.tag
        yield dict(node.attrib), node.text or ""
        yield node is not root and (node.tail or "")


# Escaping.


@given(xml_texts)
def test_text_comes_back_from_character_data(value: str) -> None:
    assert (parse(f"<a>{text(value)}</a>".encode()).text or "") == value


@given(xml_texts)
def test_text_comes_back_from_an_attribute(value: str) -> None:
    assert parse(f'<a b="{attribute(value)}"/>'.encode()).get("b") == value


@given(xml_characters)
def test_a_character_of_xml_is_carried(character: str) -> None:
    assert not_xml(f"a{character}b") is None


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"],
)
def test_a_character_xml_cannot_carry_is_named(character: str) -> None:
    assert not_xml(f"a{character}b\x01") == character


# Parsing.


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "Document is empty"),
        (b"\x00", "Document is empty"),
        (b"<a>\x00</a>", "Char 0x0 out of allowed range"),
        (b"<a>\x0b</a>", "PCDATA invalid Char value 11"),
        (b"<a>&#0;</a>", "invalid xmlChar value 0"),
        (b"<a>&nbsp;</a>", "Entity 'nbsp' not defined"),
        (b"<a>", "Premature end of data in tag a"),
        (b"<a/>more", "Extra content at the end"),
        (b"<p:a/>", "Namespace prefix p on a is not defined"),
        (b"<a b='1' b='2'/>", "Attribute b redefined"),
        (b" <?xml version='1.0'?><a/>", "XML declaration allowed only at the start"),
        (b"<?xml version='1.0' encoding='klingon'?><a/>", "Unsupported encoding"),
        ("<a>\u00e9</a>".encode("latin-1"), "Invalid bytes in character encoding"),
        ("<a>é</a>".encode("utf-16-le"), "Char 0x0 out of allowed range"),
        (b"<a>" * 300 + b"</a>" * 300, "Excessive depth in document: 256"),
        (b"<a>" + b"x" * 10_000_001 + b"</a>", "Text node too long"),
        (b"<a b='" + b"x" * 10_000_001 + b"'/>", "Buffer size limit exceeded"),
    ],
)
def test_a_document_that_cannot_be_read_is_a_named_error(
    document: bytes, reason: str
) -> None:
    with pytest.raises(XmlError) as caught:
        parse(document)
    assert reason.lower() in caught.value.reason.lower()


@given(st.binary() | st.binary().map(lambda data: b"<a>" + data + b"</a>"))
def test_no_bytes_give_any_other_error(document: bytes) -> None:
    with suppress(XmlError):
        parse(document)


def test_an_error_says_its_place_once() -> None:
    with pytest.raises(XmlError) as caught:
        parse(b"<a>\n  <b></a>")
    assert (caught.value.line, caught.value.column) == (2, 10)
    assert str(caught.value).count("line 2") == 2, "the tag's line, and the error's"
    assert str(caught.value).endswith("(line 2, column 10)")


def test_an_error_never_advises_to_lift_the_limits() -> None:
    with pytest.raises(XmlError) as caught:
        parse(b"<a>" * 300 + b"</a>" * 300)
    assert "HUGE" not in str(caught.value)


def test_an_error_of_ours_has_no_place_to_say() -> None:
    assert str(XmlError("a reason")) == "a reason"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "us-ascii"]
)
def test_a_document_may_be_in_any_encoding_it_declares(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    value = "é" if encoding != "us-ascii" else "e"
    document = f"<?xml version='1.0' encoding='{name}'?><a>{value}</a>"
    assert parse(document.encode(encoding)).text == value


DOCTYPES = {
    "a bare one": "<!DOCTYPE a>",
    "a public one": "<!DOCTYPE a PUBLIC '-//X//Y' 'http://127.0.0.1:9/a.dtd'>",
    "a harmless entity": "<!DOCTYPE a [<!ENTITY b 'x'>]>",
    "an external entity": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>",
    "an attribute default": "<!DOCTYPE a [<!ATTLIST a b CDATA 'x'>]>",
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_a_document_type_declaration_is_refused(doctype: str) -> None:
    with pytest.raises(XmlError, match="remove <!DOCTYPE>"):
        parse(f"{doctype}<a/>".encode())


@pytest.mark.parametrize("place", ["<a>&z;</a>", "<a b='&z;'/>"])
def test_an_entity_bomb_is_refused(place: str) -> None:
    entities = "".join(
        f"<!ENTITY {after} '{f'&{before};' * 10}'>"
        for before, after in zip("abcdefghijklm", "bcdefghijklmz", strict=True)
    )
    with pytest.raises(XmlError):
        parse(f"<!DOCTYPE a [<!ENTITY a 'lol'>{entities}]>{place}".encode())


EXTERNAL = (
    "<!DOCTYPE a SYSTEM '{0}'><a/>",
    "<!DOCTYPE a [<!ENTITY % p SYSTEM '{0}'> %p;]><a/>",
    "<!DOCTYPE a [<!ENTITY e SYSTEM '{0}'>]><a>&e;</a>",
)


@pytest.mark.parametrize("document", EXTERNAL)
def test_nothing_a_document_names_is_read_from_a_file(
    document: str, tmp_path: Path
) -> None:
    # Were it read, its bad syntax would be the error.
    bad = tmp_path / "bad.dtd"
    bad.write_text("<!ENTITY <<< not a declaration", encoding="utf-8")
    with pytest.raises(XmlError, match="remove <!DOCTYPE>"):
        parse(document.format(bad.as_uri()).encode())


@pytest.fixture(scope="module")
def requests_seen() -> Iterator[tuple[str, list[str]]]:
    """An HTTP server's address, and the paths asked of it so far."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - same
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", seen
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("document", EXTERNAL)
def test_nothing_a_document_names_is_fetched(
    document: str, requests_seen: tuple[str, list[str]]
) -> None:
    address, seen = requests_seen
    with pytest.raises(XmlError):
        parse(document.format(address).encode())
    assert seen == []


def test_xinclude_is_left_as_it_is() -> None:
    include = (
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude"'
        b' href="/etc/hostname" parse="text"/>'
    )
    assert payload(parse(include)) == Payload(include)


# Streams.


def test_elements_of_a_stream_are_told_as_they_begin_and_end() -> None:
    told = [(event, e.tag) for event, e in events(BytesIO(b"<a><b/></a>"))]
    assert told == [("start", "a"), ("start", "b"), ("end", "b"), ("end", "a")]


def test_of_a_stream_only_elements_asked_for_are_told() -> None:
    told = [(event, e.tag) for event, e in events(BytesIO(b"<a><b/></a>"), ["b"])]
    assert told == [("start", "b"), ("end", "b")]


@pytest.mark.parametrize("names", [None, ["a"], ["b"], ["c"]])
@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_a_document_type_declaration_is_refused_in_a_stream(
    doctype: str, names: list[str] | None
) -> None:
    with pytest.raises(XmlError, match="remove <!DOCTYPE>"):
        list(events(BytesIO(f"{doctype}<a><b/></a>".encode()), names))


@pytest.mark.parametrize(
    "document", [b"<a>\n  <b></a>", b"<a>\n&x;</a>", b"<a>" * 300 + b"</a>" * 300]
)
def test_a_stream_is_refused_in_the_words_a_document_is(document: bytes) -> None:
    with pytest.raises(XmlError) as whole:
        parse(document)
    with pytest.raises(XmlError) as streamed:
        list(events(BytesIO(document)))
    assert streamed.value.reason == whole.value.reason
    assert streamed.value.line == whole.value.line


def test_an_empty_stream_is_no_document() -> None:
    with pytest.raises(XmlError, match="no element found"):
        list(events(BytesIO(b"")))


# Payloads.


@given(payloads)
def test_a_payload_read_and_made_again_is_the_same(part: Payload) -> None:
    assert payload(parse(part.xml)) == part


@given(payloads)
def test_a_payload_taken_out_of_an_envelope_is_the_same(part: Payload) -> None:
    assert payload(inside(part)) == part


@given(payloads)
def test_the_tag_of_a_payload_is_that_of_its_element(part: Payload) -> None:
    assert root_tag(part) == parse(part.xml).tag


def test_the_tag_of_a_payload_may_hold_what_ends_tags() -> None:
    assert root_tag(Payload(b'<a xmlns="urn:a" b="1>2"/>')) == "{urn:a}a"


@pytest.mark.parametrize("xml", [b"", b"words", b"<a", b"<a:b>", b"</a>"])
def test_what_begins_with_no_tag_has_none(xml: bytes) -> None:
    with pytest.raises(XmlError):
        root_tag(Payload(xml))


@given(payloads)
def test_the_element_of_a_payload_is_the_one_that_is_parsed(part: Payload) -> None:
    assert etree.tostring(element(part)) == etree.tostring(parse(part.xml))


def test_an_element_of_a_payload_may_be_larger_than_what_is_parsed() -> None:
    part = Payload(b'<a xmlns="urn:a">%b</a>' % (b"a" * 10_000_001))
    assert payload(element(part)) == part
    with pytest.raises(XmlError):
        parse(part.xml)


@given(documents)
@example(b'<a xmlns="urn:a" b="xmlns"/>')
def test_the_short_way_to_a_payload_leads_where_the_long_one_does(
    document: bytes,
) -> None:
    with patch.object(xml, "_plain", return_value=None):
        long = payload(parse(document))
    assert payload(parse(document)) == long


@given(documents)
def test_so_it_does_out_of_an_envelope(document: bytes) -> None:
    found = parse(ENVELOPE % document)[0][0][0][0]
    with patch.object(xml, "_plain", return_value=None):
        long = payload(found)
    assert payload(found) == long


@pytest.mark.parametrize("element_", ["<y/>", "<y>t</y>", '<y b=""/>', "<y\n/>"])
def test_a_default_namespace_from_outside_that_is_used_comes_along(
    element_: str,
) -> None:
    document = f'<x xmlns="urn:x" xmlns:a="urn:a"><a:e>{element_}</a:e></x>'
    part = payload(parse(document.encode())[0])
    assert inside(part)[0].tag == "{urn:x}y"


@pytest.mark.parametrize("uri", ["urn:x", "", "*", "http://x?a&amp;b"])
def test_one_that_is_not_used_stays_outside(uri: str) -> None:
    document = b'<x xmlns="%b" xmlns:a="urn:a"><a:e a:b="">t</a:e></x>' % uri.encode()
    assert payload(parse(document)[0]).xml == b'<a:e xmlns:a="urn:a" a:b="">t</a:e>'


@given(documents)
def test_a_payload_says_in_an_envelope_what_its_source_says(document: bytes) -> None:
    source = parse(document)
    assert list(meaning(inside(payload(source)))) == list(meaning(source))


@given(documents)
def test_a_prefix_in_a_value_is_bound_in_a_payload_as_in_its_source(
    document: bytes,
) -> None:
    source = parse(document)
    served = inside(payload(source))
    for before, after in zip(source.iter(), served.iter(), strict=True):
        value = before.text or ""
        for prefix in set(before.nsmap) - {None}:
            if f"{prefix}:" in value:
                assert after.nsmap[prefix] == before.nsmap[prefix]


def test_a_declaration_without_use_is_left_out() -> None:
    source = parse(b'<a:e xmlns:a="urn:a" xmlns:b="urn:b">text</a:e>')
    assert payload(source).xml == b'<a:e xmlns:a="urn:a">text</a:e>'


@pytest.mark.parametrize(
    "content",
    ["b:q", '<a:e a:type="b:q"/>', "<a:e/>b:q", "<a:e>x b:q</a:e>", "<?pi b:q?>"],
)
def test_a_declaration_that_a_value_needs_is_kept(content: str) -> None:
    document = f'<a:e xmlns:a="urn:a" xmlns:b="urn:b">{content}</a:e>'.encode()
    assert payload(parse(document)).xml == document


def test_a_declaration_from_outside_comes_along() -> None:
    source = parse(b'<x xmlns:a="urn:a"><a:e>tail</a:e>after</x>')
    assert payload(source[0]).xml == b'<a:e xmlns:a="urn:a">tail</a:e>'


def test_xsi_in_a_value_needs_no_declaration_since_envelopes_have_it() -> None:
    part = payload(parse(b'<a:e xmlns:a="urn:a">@xsi:type</a:e>'))
    assert part.xml == b'<a:e xmlns:a="urn:a">@xsi:type</a:e>'
    assert payload(inside(part)) == part


def test_xsi_bound_to_something_else_is_kept_for_a_value() -> None:
    document = b'<a:e xmlns:a="urn:a" xmlns:xsi="urn:mine">xsi:q</a:e>'
    assert payload(parse(document)).xml == document


def test_an_element_of_no_namespace_stays_so_in_an_envelope() -> None:
    part = payload(parse(b'<a:e xmlns:a="urn:a"><plain b="&gt;"/></a:e>'))
    assert part.xml == b'<a:e xmlns="" xmlns:a="urn:a"><plain b=">"></plain></a:e>'
    assert inside(part)[0].tag == "plain"


def test_an_element_of_no_namespace_stays_so_below_a_default_one() -> None:
    document = b'<e xmlns="urn:a"><plain xmlns=""></plain></e>'
    assert payload(parse(document)).xml == document


def test_a_payload_in_no_namespace_is_refused() -> None:
    with pytest.raises(XmlError, match="<dc> is in no namespace: declare"):
        payload(parse(b"<dc/>"))


def test_an_ambiguous_tree_built_in_memory_is_refused() -> None:
    root = etree.Element("{urn:a}e", nsmap={None: "urn:a"})
    etree.SubElement(root, "plain")
    with pytest.raises(XmlError, match="built below a default namespace"):
        payload(root)


def test_a_relative_namespace_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(XmlError, match="relative URI: give it a scheme"):
        payload(parse(b'<e xmlns="relative"><plain xmlns=""/></e>'))


def test_a_namespace_with_an_ampersand_is_written_escaped() -> None:
    document = b'<a:e xmlns:a="http://a.b/?c&amp;d"/>'
    assert payload(parse(document)).xml == document


def test_a_namespace_with_an_ampersand_beside_an_element_of_none_is_refused() -> None:
    document = b'<a:e xmlns:a="http://a.b/?c&amp;amp;d"><plain/></a:e>'
    with pytest.raises(XmlError, match="a namespace with & cannot stand beside"):
        payload(parse(document))


def nested(levels: int, inner: str = "") -> bytes:
    return f"{'<a:e>' * levels}{inner}{'</a:e>' * levels}".replace(
        "<a:e>", '<a:e xmlns:a="urn:a">', 1
    ).encode()


@pytest.mark.parametrize("inner", ["", "<plain></plain>"])
def test_a_payload_as_deep_as_can_be_is_read_inside_a_response(inner: str) -> None:
    part = payload(parse(nested(MAX_DEPTH - bool(inner), inner)))
    assert payload(inside(part)) == part


@pytest.mark.parametrize("inner", ["", "<plain/>"])
def test_a_payload_too_deep_to_be_read_in_a_response_is_refused(inner: str) -> None:
    with pytest.raises(XmlError, match="more than 250 levels deep"):
        payload(parse(nested(MAX_DEPTH + 1, inner)))


def test_marked_places_of_a_payload_get_the_datestamp() -> None:
    source = etree.Element("{urn:a}e", date=DATESTAMP_MARK)
    source.text = f"changed {DATESTAMP_MARK}."
    root = parse(payload(source).stamped("2014-05-01").xml)
    assert (root.get("date"), root.text) == ("2014-05-01", "changed 2014-05-01.")


def test_a_payload_with_the_first_byte_of_a_mark_is_stamped_for_nothing() -> None:
    part = Payload("<a>\uff01</a>".encode())
    assert part.stamped("2014-05-01") is part


def test_a_payload_without_marks_is_stamped_for_nothing() -> None:
    part = Payload(b"<a/>")
    assert part.stamped("2014-05-01") is part
