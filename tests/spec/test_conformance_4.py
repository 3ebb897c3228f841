"""OAI-PMH 2.0, sections 4 and 5: the six verbs, and Dublin Core."""

from datetime import UTC, datetime

import pytest
from lxml import etree
from spec.client import Client, Reply, specs_of
from spec.library import DC, DC_ONLY, KAZIEV, MODS, Library, item

from oai_provider.protocol.xml import SCHEMA_LOCATION

DC_ITEM = "identifier=oai:library.example.org:dc-only"
NARROWED = "identifier=oai:library.example.org:narrowed"
LISTS = pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])


# 4.1 GetRecord.


def test_get_record_returns_the_record_asked_for(client: Client) -> None:
    record = client.get(f"verb=GetRecord&{KAZIEV}&{MODS}").record
    assert record.header.identifier == "oai:library.example.org:kaziev"
    assert record.metadata is not None
    assert record.metadata.xml.startswith(b"<mods ")


def test_get_record_tells_that_a_format_was_withdrawn(client: Client) -> None:
    assert client.get(f"verb=GetRecord&{NARROWED}&{MODS}").record.header.deleted


# 4.2 Identify.


def children(reply: Reply) -> list[str]:
    """Return the names of the elements of an answer, in order."""
    return [etree.QName(child).localname for child in reply.root[2]]


@pytest.mark.parametrize(
    "name",
    [
        *("repositoryName", "baseURL", "protocolVersion", "earliestDatestamp"),
        *("deletedRecord", "granularity"),
    ],
)
def test_identify_has_each_required_element_once(client: Client, name: str) -> None:
    assert children(client.get("verb=Identify")).count(name) == 1


def test_identify_names_the_repository(client: Client) -> None:
    identity = client.get("verb=Identify").identity
    assert identity.repository_name == "Library of Examples & Exceptions"


def test_identify_tells_the_version_of_the_protocol(client: Client) -> None:
    assert client.get("verb=Identify").identity.protocol_version == "2.0"


def test_identify_has_every_admin_email(client: Client) -> None:
    emails = client.get("verb=Identify").identity.admin_emails
    assert emails == ("library@example.org", "archive@example.org")


def test_no_datestamp_is_below_the_earliest(client: Client) -> None:
    earliest = client.get("verb=Identify").identity.earliest_datestamp
    found = [
        moment
        for prefix in (DC, MODS)
        for page in client.walk("ListIdentifiers", prefix)
        for moment in page.datestamps
    ]
    assert min(found) >= earliest


def test_earliest_datestamp_of_an_empty_repository_is_below_all_to_come(
    fresh: Library,
) -> None:
    earliest = fresh.client.get("verb=Identify").identity.earliest_datestamp
    fresh.load(item("one"))
    assert fresh.client.get(f"verb=ListRecords&{DC}").datestamps[0] >= earliest


def test_nothing_matches_before_the_earliest_datestamp(client: Client) -> None:
    reply = client.get(f"verb=ListRecords&{DC}&until=2024-02-28T23:59:57Z")
    assert reply.codes == ["noRecordsMatch"]


def test_every_description_names_its_schema(client: Client) -> None:
    root = client.get("verb=Identify").root
    found = root.findall(".//{*}description/*")
    assert len(found) == 5
    for description in found:
        namespace, schema = description.get(SCHEMA_LOCATION, "").split()
        assert namespace == etree.QName(description).namespace
        assert schema.endswith(".xsd")


def test_identify_takes_no_argument(client: Client) -> None:
    assert client.get(f"verb=Identify&{DC}").codes == ["badArgument"]


# 4.3 ListIdentifiers and 4.5 ListRecords.


@pytest.mark.parametrize("prefix", [DC, MODS])
def test_list_identifiers_has_the_headers_of_list_records(
    client: Client, prefix: str
) -> None:
    records = client.walk("ListRecords", prefix)
    headers = client.walk("ListIdentifiers", prefix)
    assert [p.list_headers for p in headers] == [p.list_headers for p in records]


def test_list_identifiers_has_headers_only(client: Client) -> None:
    names = set(children(client.get(f"verb=ListIdentifiers&{DC}")))
    assert names == {"header", "resumptionToken"}


@LISTS
def test_list_holds_the_records_of_its_format_only(client: Client, verb: str) -> None:
    pages = client.walk(verb, MODS)
    assert "dc-only" not in [local for page in pages for local in page.locals]


@LISTS
def test_list_holds_records_whose_format_was_withdrawn(
    client: Client, verb: str
) -> None:
    pages = client.walk(verb, MODS)
    deleted = [h.identifier for page in pages for h in page.list_headers if h.deleted]
    assert deleted == [
        "oai:library.example.org:tie-3",
        "oai:library.example.org:narrowed",
    ]


@LISTS
def test_token_alone_stands_for_the_required_prefix(client: Client, verb: str) -> None:
    token = client.get(f"verb={verb}&{DC}").way_on
    assert client.resume(verb, token).codes == []


def test_list_records_has_no_metadata_in_deleted_records(client: Client) -> None:
    for page in client.walk("ListRecords", DC):
        for record in page.records:
            assert record.header.deleted == (record.metadata is None)


@LISTS
def test_lists_are_chronological(client: Client, verb: str) -> None:
    pages = client.walk(verb, DC)
    moments = [moment for page in pages for moment in page.datestamps]
    assert moments == sorted(moments)


# 4.4 ListMetadataFormats.


def test_list_metadata_formats_has_all_of_the_repository(client: Client) -> None:
    formats = client.get("verb=ListMetadataFormats").formats
    assert [f.metadata_prefix for f in formats] == ["mods", "oai_dc"]


def test_list_metadata_formats_of_an_item_has_its_formats_only(client: Client) -> None:
    formats = client.get(f"verb=ListMetadataFormats&{DC_ITEM}").formats
    assert [f.metadata_prefix for f in formats] == ["oai_dc"]


def test_list_metadata_formats_leaves_out_what_was_withdrawn(client: Client) -> None:
    formats = client.get(f"verb=ListMetadataFormats&{NARROWED}").formats
    assert [f.metadata_prefix for f in formats] == ["oai_dc"]


def test_deleted_item_has_no_metadata_formats(client: Client) -> None:
    identifier = "identifier=oai:library.example.org:tie-3"
    reply = client.get(f"verb=ListMetadataFormats&{identifier}")
    assert reply.codes == ["noMetadataFormats"]


def test_formats_listed_for_an_item_can_be_asked_for(client: Client) -> None:
    for found in client.get(f"verb=ListMetadataFormats&{KAZIEV}").formats:
        argument = f"metadataPrefix={found.metadata_prefix}"
        assert client.get(f"verb=GetRecord&{KAZIEV}&{argument}").codes == []


# 4.6 ListSets.


def test_list_sets_has_the_whole_structure(client: Client) -> None:
    assert specs_of(client.walk("ListSets")) == [
        *("empty", "history", "history:asia", "history:europe"),
        *("law", "music", "music:opera", "music:opera:buffa"),
    ]


def test_set_that_an_item_brings_is_listed_at_once(fresh: Library) -> None:
    fresh.load(item("one", "a:b"))
    assert [s.spec for s in fresh.client.get("verb=ListSets").sets] == ["a", "a:b"]


# 5 Dublin Core.


@pytest.mark.parametrize(
    "native",
    [
        DC_ONLY.replace("dc:title", "dc:titles"),
        DC_ONLY.replace("<dc:title>", "<dc:title><b/>"),
        DC_ONLY.replace("Only in", "<dc:creator/>"),
    ],
)
def test_dublin_core_that_is_not_valid_never_enters(
    fresh: Library, native: str
) -> None:
    assert fresh.reports({"id": "one", "native": {"oai_dc": native}})
    assert fresh.client.get(f"verb=ListRecords&{DC}").codes == ["noRecordsMatch"]


def test_clock_far_in_the_future_is_no_trouble(fresh: Library) -> None:
    fresh.clock.now = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    fresh.load(item("one"))
    assert fresh.client.get(f"verb=ListRecords&{DC}").locals == ["one"]
