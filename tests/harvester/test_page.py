from datetime import UTC, date, datetime, time

import pytest
from harvester.lists import DATE, dc, envelope, header, page, record
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import XML_SPACE, documents, responses

from oai_provider.harvester.listing import (
    HarvestedRecord,
    ListError,
    ListPage,
    PageError,
    PageFault,
    UnreadableRecord,
)
from oai_provider.harvester.page import read_list
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.model import (
    Errors,
    Header,
    Headers,
    Record,
    Records,
    Response,
)
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.write import write
from oai_provider.protocol.xml import parse, payload


def fault(body: bytes) -> PageFault:
    with pytest.raises(PageError) as caught:
        read_list(body)
    return caught.value.fault


def unreadable(body: bytes) -> UnreadableRecord:
    (found,) = read_list(body).unreadable
    return found


def harvested(record: Record, granularity: Granularity) -> HarvestedRecord:
    stamp = format_datestamp(record.header.datestamp, granularity)
    identifier, _, specs, deleted = record.header
    metadata = record.metadata and record.metadata.xml
    about = tuple(part.xml for part in record.about)
    return HarvestedRecord(identifier, stamp, specs, deleted, metadata, about)


def expected(response: Response) -> ListPage | None:
    body, granularity = response.body, response.granularity
    match body:
        case Records():
            verb, token = "ListRecords", body.resumption_token
            found = [*body.records]
        case Headers():
            verb, token = "ListIdentifiers", body.resumption_token
            found = [Record(Header(*h)) for h in body.headers]
        case Record():
            verb, token, found = "GetRecord", None, [body]
        case Errors():
            errors = tuple(
                ListError(e.code, e.message.strip(XML_SPACE)) for e in body.errors
            )
            return ListPage(
                verb="", response_date=response.response_date, errors=errors
            )
        case _:
            return None
    return ListPage(
        verb=verb,
        response_date=response.response_date,
        records=tuple(harvested(r, granularity) for r in found),
        resumption_token=token,
    )


@settings(max_examples=50)
@given(responses())
def test_page_is_read_as_it_was_written(response: Response) -> None:
    body = b"".join(write(response))
    if (wanted := expected(response)) is not None:
        assert read_list(body) == wanted
    else:
        assert fault(body) is PageFault.NOT_OAI_PMH


@settings(max_examples=50)
@given(
    st.lists(documents, min_size=1, max_size=3),
    st.sampled_from(["", 'xmlns:a="http://example.org/a"', 'xmlns:xsi="urn:x:y"']),
    st.sampled_from(["", "oai:"]),
)
def test_metadata_has_the_normal_form_wherever_it_stood(
    found: list[bytes], declared: str, p: str
) -> None:
    records = "".join(
        f"<{p}record><{p}header><{p}identifier>oai:x:{n}</{p}identifier>"
        f"<{p}datestamp>2024-01-01</{p}datestamp></{p}header>"
        f"<{p}metadata>{xml.decode()}</{p}metadata></{p}record>"
        for n, xml in enumerate(found)
    )
    colon = ":oai" if p else ""
    body = (
        f'<{p}OAI-PMH xmlns{colon}="{OAI_NS}" {declared}>'
        f"<{p}responseDate>{DATE}</{p}responseDate>"
        f"<{p}ListRecords>{records}</{p}ListRecords></{p}OAI-PMH>"
    ).encode()
    elements = parse(body).iter(f"{{{OAI_NS}}}metadata")
    wanted = [payload(element[0]).xml for element in elements]
    assert [r.metadata for r in read_list(body).records] == wanted


@pytest.mark.parametrize(
    "xml",
    [
        '<a:e xmlns:a="urn:a"><title>in the namespace of the page</title></a:e>',
        '<a:e xmlns:a="urn:a" xmlns="urn:b" xmlns:c="urn:c"><t>c:d</t></a:e>',
        '<a:e xmlns:a="urn:a" xmlns:c="urn:c">x si: xsi:y xmlns</a:e>',
        '<e xmlns="urn:a" xmlns:c="urn:c"><c:x xmlns:c="urn:d"/></e>',
        '<e xmlns="urn:a"><f xsi:type="g"/><!-- c --><?p i?></e>',
        '<e xmlns="urn:a"><f xmlns="">unqualified</f></e>',
        '<e xmlns="urn:a" title="a &gt; b"/>',
        "<record><header/></record>",
    ],
)
def test_payload_that_is_not_plain_has_the_normal_form(xml: str) -> None:
    body = page(f"<record>{header()}<metadata>{xml}</metadata></record>").replace(
        b"<OAI-PMH ", b'<OAI-PMH xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    )
    (metadata,) = parse(body).iter(f"{{{OAI_NS}}}metadata")
    assert read_list(body).records[0].metadata == payload(metadata[0]).xml


def test_white_space_and_comments_around_values_mean_nothing() -> None:
    odd = (
        record()
        .replace("oai:x:1", "\n oai:<!-- c -->x:1\t")
        .replace("<header>", "<!-- c --><header lang='en'> ")
    )
    assert read_list(page(odd)) == read_list(page(record()))


def test_sets_and_about_are_kept_in_order() -> None:
    specs = "<setSpec>b</setSpec><setSpec/><setSpec> a:c </setSpec>"
    about = f"<about>{dc('one')}</about><about/><about>{dc('two')}</about>"
    xml = f"<record>{header(1, specs)}<metadata>{dc('x')}</metadata>{about}</record>"
    (found,) = read_list(page(xml)).records
    assert found.set_specs == ("b", "a:c")
    assert [*found.about] == [
        payload(parse(dc(t).encode())).xml for t in ("one", "two")
    ]


def test_empty_metadata_is_a_record_without() -> None:
    found = read_list(page(f"<record>{header()}<metadata/></record>", record(2)))
    assert [r.metadata is None for r in found.records] == [True, False]


def test_deleted_record_has_no_metadata_whatever_is_sent() -> None:
    xml = record().replace("<header>", "<header status=' Deleted '>")
    (found,) = read_list(page(xml)).records
    assert (found.deleted, found.metadata) == (True, None)


def test_attribute_that_looks_like_a_declaration_stays() -> None:
    xml = '<a:e xmlns:a="urn:a" b="q xmlns:p=" c="d"/>'
    (found,) = read_list(
        page(f"<record>{header()}<metadata>{xml}</metadata></record>")
    ).records
    assert found.metadata == payload(parse(xml.encode())).xml == xml.encode()


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("<record/>", "no <header>"),
        (f"<record>{header()}</record>", "no <metadata>"),
        (record().replace("<identifier>oai:x:1</identifier>", ""), "no <identifier>"),
        (record().replace("oai:x:1", " "), "no <identifier>"),
        (record().replace("<datestamp>2024-01-01</datestamp>", ""), "no <datestamp>"),
        (record().replace("</metadata>", "</metadata><metadata/>"), "repeated"),
        (record().replace("</oai_dc:dc>", f"</oai_dc:dc>{dc('b')}"), "2 elements"),
        (record().replace("<header>", "<header status='gone'>"), "'gone'"),
        (record().replace("<metadata>", "<metadata>text"), "'text'"),
        (record().replace("<record>", "<record>text"), "'text'"),
        (record().replace("oai:x:1", "oai:<b>x</b>:1"), "elements instead"),
        (record().replace("<metadata>", "<note/><metadata>"), "<note>"),
        (record().replace("<datestamp>", "<note/><datestamp>"), "<note>"),
        (f"<record>{header()}<metadata><a xmlns=''/></metadata></record>", "namespace"),
        (record(1, f"{'<dc:b>' * 249}{'</dc:b>' * 249}"), "nested"),
        (header(), "no place"),
        ("stray", "'stray'"),
    ],
)
def test_odd_record_is_told_and_keeps_no_other_out(xml: str, reason: str) -> None:
    found = read_list(page(record(2), xml, record(3)))
    assert [r.identifier for r in found.records] == ["oai:x:2", "oai:x:3"]
    (told,) = found.unreadable
    assert reason in told.reason


def test_unreadable_record_has_its_bytes_identifier_and_line() -> None:
    told = unreadable(page(record(2), f"<record>{header()}</record>"))
    assert (told.identifier, told.line) == ("oai:x:1", 6)
    assert header().encode() in told.xml


def test_headers_are_records_without_metadata() -> None:
    found = read_list(page(header(), header(2), verb="ListIdentifiers"))
    assert [r.identifier for r in found.records] == ["oai:x:1", "oai:x:2"]


def test_text_in_a_header_makes_it_unreadable() -> None:
    odd = header().replace("<datestamp>", "text<datestamp>")
    assert "'text'" in unreadable(page(odd, verb="ListIdentifiers")).reason


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-05-06T07:08:09.123456Z", (7, 8, 9)),
        ("2024-05-06T09:08:09+02:00", (7, 8, 9)),
        ("2024-05-06T02:08:09-0500", (7, 8, 9)),
        ("2024-05-06 07:08:09", (7, 8, 9)),
        ("2024-05-06T07:08Z", (7, 8, 0)),
        (" 2024-05-06 ", (0, 0, 0)),
    ],
)
def test_response_date_is_read_in_the_forms_of_the_field(
    written: str, read: tuple[int, int, int]
) -> None:
    found = read_list(envelope("<ListRecords/>", written).encode())
    assert found.response_date == datetime.combine(date(2024, 5, 6), time(*read), UTC)


@pytest.mark.parametrize(
    "written",
    ["", "today", "2024-13-01", "0001-01-01T00:00:00+10:00", "2024-05-06T07", "1714"],
)
def test_response_date_that_is_none_is_no_page(written: str) -> None:
    body = envelope("<ListRecords/>", written).encode()
    assert fault(body) is PageFault.NOT_OAI_PMH


def test_token_keeps_its_value_and_drops_what_is_absurd() -> None:
    token = (
        "<resumptionToken completeListSize='many' cursor='-1' expirationDate='soon'>"
        " abc </resumptionToken>"
    )
    found = read_list(page(record(), token=token)).resumption_token
    assert found is not None
    assert found.value == "abc"
    assert (found.complete_list_size, found.cursor, found.expiration_date) == (
        None,
        None,
        None,
    )


def test_tokens_that_differ_are_no_page() -> None:
    token = "<resumptionToken>a</resumptionToken><resumptionToken>b</resumptionToken>"
    assert fault(page(record(), token=token)) is PageFault.NOT_OAI_PMH


def test_errors_are_kept_with_codes_that_are_not_known() -> None:
    body = envelope("<error code='odd'> a <b>c</b></error><error>d</error>").encode()
    found = read_list(body)
    assert found.errors == (ListError("odd", "a c"), ListError("", "d"))
    assert found.verb == ""


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<Identify/>",
        "<ListSets/>",
        "<ListRecords/><ListRecords/>",
        "<ListRecords xmlns=''/>",
        "<responseDate>2024-01-01</responseDate><ListRecords/>",
    ],
)
def test_what_is_no_list_is_no_page(content: str) -> None:
    assert fault(envelope(content).encode()) is PageFault.NOT_OAI_PMH


def test_other_root_is_no_page() -> None:
    assert fault(b"<rss/>") is PageFault.NOT_OAI_PMH


def test_xhtml_is_told_as_html() -> None:
    assert fault(b"<html xmlns='http://www.w3.org/1999/xhtml'/>") is PageFault.HTML
