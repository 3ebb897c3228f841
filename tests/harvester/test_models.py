"""Records as they stand on the wire, those included that vanilla sickle fails on."""

import pytest
from harvester.pages import document, header, record
from lxml import etree

from oai_provider.harvester.models import Header, Record, RecordError
from oai_provider.protocol.xml import parse

OAI = "{http://www.openarchives.org/OAI/2.0/}"


def _element(xml: str) -> etree._Element:
    found = parse(document(xml)).find(f"{OAI}{xml[1:].partition('>')[0]}")
    assert found is not None
    return found


def _record(xml: str) -> Record:
    return Record(_element(xml))


def test_an_empty_metadata_says_nothing() -> None:
    found = _record(record("1", ""))
    assert found.metadata == {}
    assert dict(found) == {}


def test_a_record_without_metadata_says_nothing() -> None:
    assert _record(f"<record>{header('1')}</record>").metadata == {}


def test_a_deleted_record_says_nothing() -> None:
    gone = header("1", attributes=' status="deleted"')
    found = _record(f"<record>{gone}</record>")
    assert (found.deleted, found.metadata) == (True, {})
    assert repr(found) == "<Record 1 [deleted]>"


def test_a_record_without_header_is_an_error() -> None:
    with pytest.raises(RecordError, match="line 4 has no <header>"):
        _record("<record><metadata/></record>")


def test_a_header_deep_in_the_metadata_is_none_of_the_record() -> None:
    with pytest.raises(RecordError):
        _record(f"<record><metadata>{header('1')}</metadata></record>")


def test_metadata_is_what_sickle_makes_of_it() -> None:
    inner = (
        '<m xmlns="urn:m"><name>\n  <part>A</part>\n</name><part>B</part>'
        "<!-- not this --><empty/><?nor this?></m>"
    )
    found = _record(record("1", inner))
    assert found.metadata == {"name": [None], "part": ["A", "B"], "empty": [None]}


def test_names_keep_their_namespaces_if_asked() -> None:
    found = Record(
        _element(record("1", '<m xmlns="urn:m"><n>A</n></m>')), strip_ns=False
    )
    assert found.metadata == {"{urn:m}n": ["A"]}


def test_white_space_around_what_a_header_says_is_removed() -> None:
    xml = (
        "<header><identifier>\n oai:a:1 </identifier><datestamp> 2024-01-01\t"
        "</datestamp><setSpec> a </setSpec><setSpec/><setSpec>b:c</setSpec></header>"
    )
    found = Header(_element(xml))
    assert dict(found) == {
        "identifier": "oai:a:1",
        "datestamp": "2024-01-01",
        "setSpecs": ["a", "b:c"],
    }


def test_a_header_may_lack_what_it_should_say() -> None:
    found = Header(_element("<header></header>"))
    assert (found.identifier, found.datestamp, found.setSpecs) == (None, None, [])


def test_about_is_kept_in_order() -> None:
    after = '<about><a xmlns="urn:a"/></about><about/><about><b xmlns="urn:b"/></about>'
    found = _record(record("1", after=after))
    assert [e.tag for e in found.about] == ["{urn:a}a", "{urn:b}b"]


def test_a_record_is_its_xml() -> None:
    found = _record(record("é"))
    assert parse(found.raw.encode()).tag == f"{OAI}record"
    assert str(found) == found.raw
    assert bytes(found) == found.raw.encode() == found.raw_bytes
    assert bytes(found.header) == str(found.header).encode()
    assert not found.raw.endswith("\n")
