"""OAI-PMH 2.0, sections 3.2 to 3.4: the document, its dates, its metadata formats."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from spec.client import Client, Reply, all_schemas, faults_of
from spec.library import BASE_URL, DC, DC_ONLY, KAZIEV, Library, fill, item

from oai_provider.metadata.format import load_formats
from oai_provider.protocol.names import OAI_NS, is_metadata_prefix
from oai_provider.protocol.xml import SCHEMA_LOCATION, XSI

REQUESTS = [
    "verb=Identify",
    "verb=ListSets",
    "verb=ListMetadataFormats",
    f"verb=ListMetadataFormats&{KAZIEV}",
    f"verb=GetRecord&{KAZIEV}&{DC}",
    f"verb=ListIdentifiers&{DC}&from=2024-02-28&until=2024-03-01&set=history",
    "verb=ListRecords&metadataPrefix=mods",
]
ERRORS = [
    "verb=nothing",
    f"verb=ListRecords&{DC}&from=yesterday",
    f"verb=GetRecord&{DC}&identifier=oai:library.example.org:absent",
    f"verb=ListRecords&{DC}&set=empty",
]
ALL = pytest.mark.parametrize("query", REQUESTS + ERRORS)
ANSWERED = pytest.mark.parametrize("query", REQUESTS)


@pytest.fixture(name="by_day")
def _by_day(tmp_path: Path) -> Library:
    """The example repository with datestamps of days."""
    library = Library(tmp_path, repository={"granularity": "day"})
    fill(library)
    return library


# 3.2 The document.


@ALL
def test_response_is_valid_against_the_schemas(client: Client, query: str) -> None:
    assert faults_of(client.get(query).root) == []


def test_published_schemas_are_asked_too(shared: Path) -> None:
    assert (shared / "schemas").is_dir()
    assert len(all_schemas()) == 2


@ALL
def test_response_begins_with_an_xml_declaration(client: Client, query: str) -> None:
    document = client.get(query).document
    assert document.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')


@ALL
def test_response_is_utf_8(client: Client, query: str) -> None:
    assert client.get(query).document.decode("utf-8")


def test_text_of_every_script_comes_through(fresh: Library) -> None:
    said = "национализм, 民族主義, קהילה, 𝄞 & <b> ]]>"
    fresh.load(item("one", abstract=said))
    root = fresh.client.get(f"verb=ListRecords&{DC}").root
    assert root.findtext(".//{*}description") == said


@ALL
def test_no_entity_needs_a_declaration(client: Client, query: str) -> None:
    document = client.get(query).document
    assert b"<!DOCTYPE" not in document
    entities = set(re.findall(rb"&(\w+);", document))
    assert entities <= {b"amp", b"lt", b"gt", b"quot", b"apos"}


@ALL
def test_root_is_named_without_a_prefix(client: Client, query: str) -> None:
    reply = client.get(query)
    assert reply.root.tag == f"{{{OAI_NS}}}OAI-PMH"
    assert b"<OAI-PMH " in reply.document


@ALL
def test_root_declares_the_namespaces(client: Client, query: str) -> None:
    assert client.get(query).root.nsmap == {None: OAI_NS, "xsi": XSI}


@ALL
def test_root_names_the_schema_of_responses(client: Client, query: str) -> None:
    reply = client.get(query)
    location = f"{OAI_NS} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
    assert reply.root.get(SCHEMA_LOCATION) == location
    assert f' xsi:schemaLocation="{location}"'.encode() in reply.document


@ALL
def test_response_date_comes_first(client: Client, query: str) -> None:
    assert client.get(query).root[0].tag == f"{{{OAI_NS}}}responseDate"


@ALL
def test_request_comes_second_and_holds_the_base_url(
    client: Client, query: str
) -> None:
    request = client.get(query).root[1]
    assert request.tag == f"{{{OAI_NS}}}request"
    assert request.text == BASE_URL


@ANSWERED
def test_request_repeats_all_arguments_and_nothing_else(
    client: Client, query: str
) -> None:
    given = dict(pair.split("=") for pair in query.split("&"))
    assert client.get(query).echoed == given


@pytest.mark.parametrize(
    "query",
    [
        "verb=nothing",
        "",
        "verb=Identify&verb=Identify",
        f"verb=ListRecords&{DC}&from=yesterday",
        f"verb=Identify&{DC}",
        f"verb=ListRecords&{DC}&{DC}",
        "verb=GetRecord&identifier=oai:library.example.org:absent",
    ],
)
def test_bad_verb_and_bad_argument_repeat_no_arguments(
    client: Client, query: str
) -> None:
    reply = client.get(query)
    assert set(reply.codes) <= {"badVerb", "badArgument"}
    assert reply.echoed == {}


@pytest.mark.parametrize("query", ERRORS[2:])
def test_other_errors_repeat_the_arguments(client: Client, query: str) -> None:
    given = dict(pair.split("=") for pair in query.split("&"))
    assert client.get(query).echoed == given


@ANSWERED
def test_answer_is_the_third_and_last_element(client: Client, query: str) -> None:
    reply = client.get(query)
    verb = query.removeprefix("verb=").partition("&")[0]
    assert [element.tag for element in reply.root[2:]] == [f"{{{OAI_NS}}}{verb}"]


@pytest.mark.parametrize("query", ERRORS)
def test_nothing_but_errors_follows_when_there_is_one(
    client: Client, query: str
) -> None:
    reply = client.get(query)
    assert {element.tag for element in reply.root[2:]} == {f"{{{OAI_NS}}}error"}


# 3.3 UTCdatetime.

ILLEGAL = [
    *("2024", "2024-02", "20240228", "2024-2-28", "2024-02-30", "2024-13-01"),
    *("2024-02-28T23:59Z", "2024-02-28T23:59:58", "2024-02-28t23:59:58z"),
    *("2024-02-28T23:59:58.0Z", "2024-02-28T23:59:58%2B00:00", "2024-02-28Z"),
    *("2024-02-28T24:00:00Z", "2024-02-28T23:60:00Z", "2016-12-31T23:59:60Z"),
    *("2024-02-28 23:59:58", "%202024-02-28", "2024-02-28%0A", "0000-01-01"),
    *("-2024-02-28", "٢٠٢٤-02-28", "now", "2024-W09-3", "2024-059"),
]


@pytest.mark.parametrize("argument", ["from", "until"])
@pytest.mark.parametrize("value", ILLEGAL)
def test_date_in_any_other_form_is_a_bad_argument(
    client: Client, argument: str, value: str
) -> None:
    reply = client.get(f"verb=ListIdentifiers&{DC}&{argument}={value}")
    assert reply.codes == ["badArgument"]


@pytest.mark.parametrize("value", ["2024-02-28", "2024-02-28T23:59:58Z"])
def test_days_and_seconds_are_understood(client: Client, value: str) -> None:
    assert client.get(f"verb=ListIdentifiers&{DC}&from={value}").codes == []


@pytest.mark.parametrize(
    "window",
    [
        "from=2024-02-28&until=2024-02-29T00:00:00Z",
        "from=2024-02-28T00:00:00Z&until=2024-02-29",
    ],
)
def test_ends_of_a_window_must_be_written_alike(client: Client, window: str) -> None:
    assert client.get(f"verb=ListRecords&{DC}&{window}").codes == ["badArgument"]


def test_identify_tells_the_granularity_of_seconds(client: Client) -> None:
    identity = client.get("verb=Identify").identity
    assert identity.granularity == "YYYY-MM-DDThh:mm:ssZ"


def test_identify_tells_the_granularity_of_days(by_day: Library) -> None:
    identity = by_day.client.get("verb=Identify").identity
    assert identity.granularity == "YYYY-MM-DD"


def test_request_finer_than_the_repository_is_a_bad_argument(by_day: Library) -> None:
    reply = by_day.client.get(f"verb=ListRecords&{DC}&from=2024-02-28T00:00:00Z")
    assert reply.codes == ["badArgument"]


def test_repository_of_days_is_harvested_by_days(by_day: Library) -> None:
    window = "from=2024-02-28&until=2024-02-28"
    reply = by_day.client.get(f"verb=ListRecords&{DC}&{window}")
    assert reply.locals == ["kaziev"]


def header_dates(reply: Reply) -> Iterator[str]:
    """Yield the datestamps of a list as they are written."""
    for element in reply.root.iter(f"{{{OAI_NS}}}datestamp"):
        yield element.text or ""


def test_datestamps_are_as_fine_as_the_repository(
    client: Client, by_day: Library
) -> None:
    query = f"verb=ListRecords&{DC}"
    seconds, days = client.get(query), by_day.client.get(query)
    assert next(header_dates(seconds)) == "2024-02-28T23:59:58Z"
    assert next(header_dates(days)) == "2024-02-28"


def test_earliest_datestamp_is_as_fine_as_the_repository(
    client: Client, by_day: Library
) -> None:
    found = [
        asked.get("verb=Identify").root.findtext(".//{*}earliestDatestamp")
        for asked in (client, by_day.client)
    ]
    assert found == ["2024-02-28T23:59:58Z", "2024-02-28"]


def test_response_date_has_seconds_in_a_repository_of_days_too(
    by_day: Library,
) -> None:
    reply = by_day.client.get("verb=Identify")
    assert reply.root[0].text == "2024-03-01T01:00:02Z"


def test_response_date_is_the_time_at_which_the_request_came(fresh: Library) -> None:
    fresh.clock.now = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
    reply = fresh.client.get("verb=Identify")
    assert reply.root[0].text == "2026-01-02T03:04:05Z"


def test_expiration_date_is_written_with_seconds(tmp_path: Path) -> None:
    library = Library(tmp_path, lists={"token_lifetime": 3600})
    fill(library)
    root = library.client.get(f"verb=ListRecords&{DC}").root
    token = root.find(".//{*}resumptionToken")
    assert token is not None
    assert token.get("expirationDate") == "2024-03-01T02:00:02Z"
    assert library.clock.now + timedelta(hours=1) == datetime(
        2024, 3, 1, 2, 0, 2, tzinfo=UTC
    )


# 3.4 Metadata formats.


def test_every_format_has_prefix_schema_and_namespace(client: Client) -> None:
    formats = client.get("verb=ListMetadataFormats").formats
    assert formats
    for found in formats:
        assert is_metadata_prefix(found.metadata_prefix)
        assert found.schema.startswith("http")
        assert found.namespace


def test_oai_dc_is_disseminated_as_reserved(client: Client) -> None:
    formats = client.get("verb=ListMetadataFormats").formats
    (found,) = (f for f in formats if f.metadata_prefix == "oai_dc")
    assert found.schema == "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
    assert found.namespace == "http://www.openarchives.org/OAI/2.0/oai_dc/"


def test_no_format_takes_the_reserved_prefix_all() -> None:
    assert "all" not in load_formats()


def test_metadata_prefix_with_other_characters_is_a_bad_argument(
    client: Client,
) -> None:
    reply = client.get("verb=ListRecords&metadataPrefix=oai:dc")
    assert reply.codes == ["badArgument"]


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
def test_metadata_are_in_the_namespace_and_schema_that_were_declared(
    client: Client, prefix: str
) -> None:
    formats = client.get("verb=ListMetadataFormats").formats
    (declared,) = (f for f in formats if f.metadata_prefix == prefix)
    for page in client.walk("ListRecords", f"metadataPrefix={prefix}"):
        for root in page.root.iterfind(".//{*}metadata/*"):
            assert etree.QName(root).namespace == declared.namespace
            assert declared.schema in root.get(SCHEMA_LOCATION, "").split()


def located(library: Library, native: str) -> etree._Element:
    """Return the root of the metadata made of an item's own Dublin Core."""
    library.load({"id": "one", "native": {"oai_dc": native}})
    reply = library.client.get(f"verb=ListRecords&{DC}")
    root = reply.root.find(".//{*}metadata/*")
    assert root is not None
    return root


LOCATION = (
    "http://www.openarchives.org/OAI/2.0/oai_dc/"
    " http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
)


def test_metadata_given_without_schema_location_get_it(fresh: Library) -> None:
    bare = DC_ONLY.replace(f' xsi:schemaLocation="{LOCATION}"', "")
    assert located(fresh, bare).get(SCHEMA_LOCATION) == LOCATION


def test_schema_location_that_is_added_has_the_prefix_xsi(fresh: Library) -> None:
    bare = DC_ONLY.replace(f' xsi:schemaLocation="{LOCATION}"', "")
    without = bare.replace(f' xmlns:xsi="{XSI}"', "")
    assert b" xsi:schemaLocation=" in etree.tostring(located(fresh, without))


def test_schema_location_is_that_of_the_format(fresh: Library) -> None:
    other = DC_ONLY.replace("OAI/2.0/oai_dc.xsd", "OAI/1.1/dc.xsd")
    assert located(fresh, other).get(SCHEMA_LOCATION) == LOCATION


def test_dublin_core_is_simple(client: Client) -> None:
    elements = "http://purl.org/dc/elements/1.1/"
    for page in client.walk("ListRecords", DC):
        for root in page.root.iterfind(".//{*}metadata/*"):
            assert {etree.QName(child).namespace for child in root} == {elements}
