"""Writer and reader are each other's inverse; what is no response is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from strategies import responses

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import (
    DeletedRecord,
    Header,
    Headers,
    Identity,
    MetadataFormat,
    MetadataFormats,
    Record,
    Records,
    Response,
    ResumptionToken,
    Set,
    Sets,
)
from oai_provider.protocol.read import ResponseError, read
from oai_provider.protocol.verbs import Verb
from oai_provider.protocol.write import write
from oai_provider.protocol.xml import Payload, XmlError
from oai_provider.protocol.xml import parse as parse_xml
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

NOW = datetime(2024, 2, 29, 12, 0, 0, tzinfo=UTC)
BASE_URL = "http://example.org/oai?a=1&b=2"


@given(responses())
def test_a_response_written_and_read_is_the_same(response: Response) -> None:
    assert read(b"".join(write(response))) == response


def written(body: object, *arguments: tuple[str, str]) -> str:
    response = Response(
        response_date=NOW,
        base_url=BASE_URL,
        arguments=arguments,
        body=body,  # type: ignore[arg-type] # each test gives one of the bodies
    )
    return b"".join(write(response)).decode()


# What stands on the wire.


def test_a_document_begins_as_the_specification_shows_it() -> None:
    assert written(Sets((Set(spec="a", name="A"),))).startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/'
        ' http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
        "<responseDate>2024-02-29T12:00:00Z</responseDate>\n"
    )


def test_the_request_element_echoes_arguments_and_the_base_url() -> None:
    assert (
        '<request verb="ListSets" resumptionToken="&quot;&lt;&#10;">'
        "http://example.org/oai?a=1&amp;b=2</request>"
        in written(
            Sets((Set(spec="a", name="A"),)),
            ("verb", "ListSets"),
            ("resumptionToken", '"<\n'),
        )
    )


DC = Payload(
    b'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A</dc:title></oai_dc:dc>'
)
FRIENDS = Payload(b'<friends xmlns="http://www.openarchives.org/OAI/2.0/friends/"/>')
RIGHTS = Payload(
    b'<rights xmlns="http://www.openarchives.org/OAI/2.0/rights/">'
    b'<rightsReference ref="http://example.org/licence"/></rights>'
)
HEADER = Header("oai:example.org:1", NOW, ("a", "a:b"))
LAST = ResumptionToken(complete_list_size=2, cursor=1)
BODIES = {
    "Identify": Identity(
        repository_name="A & B",
        base_url=BASE_URL,
        admin_emails=("a@example.org", "b@example.org"),
        earliest_datestamp=NOW,
        deleted_record=DeletedRecord.PERSISTENT,
        granularity=Granularity.SECOND,
        compressions=("gzip", "zstd"),
        descriptions=(FRIENDS, FRIENDS),
    ),
    "ListMetadataFormats": MetadataFormats(
        (
            MetadataFormat(
                metadata_prefix="m", schema="http://a/", namespace="http://b/"
            ),
        )
    ),
    "ListSets": Sets((Set(spec="a", name="A", descriptions=(DC,)),), LAST),
    "GetRecord": Record(HEADER, DC, (RIGHTS,)),
    "ListIdentifiers": Headers((Header("oai:example.org:1", NOW, deleted=True),), LAST),
    "ListRecords": Records(
        (Record(HEADER, DC), Record(Header("oai:example.org:2", NOW, deleted=True))),
        ResumptionToken(value="t", complete_list_size=3, cursor=0, expiration_date=NOW),
    ),
}


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(schemas_folder())


@pytest.mark.parametrize("verb", BODIES)
def test_a_response_of_every_kind_is_valid(verb: str, schemas: Schemas) -> None:
    root = parse_xml(written(BODIES[verb], ("verb", verb)).encode())
    oai_dc = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
    assert schemas.response_faults(root, [oai_dc]) == ()


@pytest.mark.parametrize("verb", BODIES)
def test_the_content_stands_in_an_element_named_as_the_verb(verb: str) -> None:
    assert f"\n<{verb}>\n" in written(BODIES[verb])


def test_the_last_token_is_an_empty_element() -> None:
    assert '<resumptionToken completeListSize="2" cursor="1"/>' in written(
        BODIES["ListSets"]
    )


def test_a_token_says_when_it_expires_how_long_the_list_is_and_where_it_stands() -> (
    None
):
    assert (
        '<resumptionToken expirationDate="2024-02-29T12:00:00Z"'
        ' completeListSize="3" cursor="0">t</resumptionToken>'
        in written(BODIES["ListRecords"])
    )


def test_a_list_that_is_complete_has_no_token() -> None:
    assert "resumptionToken" not in written(Headers((HEADER,)))


def test_a_deleted_record_has_neither_metadata_nor_about() -> None:
    record = Record(Header("oai:example.org:2", NOW, deleted=True))
    assert (
        '<record><header status="deleted"><identifier>oai:example.org:2</identifier>'
        "<datestamp>2024-02-29T12:00:00Z</datestamp></header></record>"
        in written(Records((record,)))
    )


def test_a_payload_is_served_byte_for_byte() -> None:
    record = Record(HEADER, DC, (RIGHTS, FRIENDS))
    assert (
        f"</header><metadata>{DC.xml.decode()}</metadata>"
        f"<about>{RIGHTS.xml.decode()}</about><about>{FRIENDS.xml.decode()}</about>"
        in written(record)
    )


# The verb of a response.


@pytest.mark.parametrize("verb", Verb)
def test_a_response_knows_the_verb_it_answers(verb: Verb) -> None:
    assert read(written(Headers((HEADER,)), ("verb", verb)).encode()).verb is verb


@pytest.mark.parametrize("arguments", [(), (("verb", "junk"),), (("set", "a"),)])
def test_a_response_without_a_verb_echoed_knows_none(
    arguments: tuple[tuple[str, str], ...],
) -> None:
    assert read(written(Headers((HEADER,)), *arguments).encode()).verb is None


# Reading what others write.


def around(content: str, *, before: str = "") -> bytes:
    """Return a response of this content, as another repository may lay it out."""
    return (
        f"""{before}
<oai:OAI-PMH xmlns:oai="http://www.openarchives.org/OAI/2.0/">
  <!-- of our own making -->
  <oai:responseDate> 2024-02-29T12:00:00Z
  </oai:responseDate>
  <oai:request>http://example.org/oai</oai:request>
  {content.replace("</", "</oai:").replace("<", "<oai:").replace("<oai:/", "</")}
</oai:OAI-PMH>""".replace("<oai:!", "<!")
        .encode()
        .strip()
    )


HEAD = "<header><identifier>a:1</identifier><datestamp>2024-02-29</datestamp></header>"


def test_prefixes_and_layout_do_not_matter() -> None:
    document = around(f"<ListIdentifiers>\n{HEAD}\n</ListIdentifiers>")
    day = datetime(2024, 2, 29, tzinfo=UTC)
    assert read(document).body == Headers((Header("a:1", day),))


def test_a_comment_inside_a_value_does_not_cut_it() -> None:
    document = around(f"<ListIdentifiers>{HEAD}</ListIdentifiers>").replace(
        b"a:1", b"a:<!-- x -->1<?pi?>23"
    )
    body = read(document).body
    assert isinstance(body, Headers)
    assert body.headers[0].identifier == "a:123"


def test_white_space_around_a_value_is_none_of_it() -> None:
    document = around(f"<ListIdentifiers>{HEAD}</ListIdentifiers>").replace(
        b"a:1", b"\r\n\t a:1 \n"
    )
    body = read(document).body
    assert isinstance(body, Headers)
    assert body.headers[0].identifier == "a:1"


def test_a_no_break_space_is_no_white_space() -> None:
    token = ResumptionToken(value="\u00a0t\u3000")
    document = written(Headers((HEADER,), token)).encode()
    assert read(document).body == Headers((HEADER,), token)


def test_white_space_in_a_name_for_people_is_kept() -> None:
    document = around(
        "<ListSets><set><setSpec>a</setSpec><setName> \n A </setName></set></ListSets>"
    )
    assert read(document).body == Sets((Set(spec="a", name=" \n A "),))


def test_the_granularity_is_that_of_the_datestamps() -> None:
    document = around(f"<ListIdentifiers>{HEAD}</ListIdentifiers>")
    assert read(document).granularity is Granularity.DAY


def tokened(attributes: str) -> str:
    return f"<ListSets><resumptionToken {attributes}>t</resumptionToken></ListSets>"


TOKEN = "<resumptionToken>t</resumptionToken>"
RECORD = f"<record>{HEAD}</record>"
FORMAT = (
    "<metadataFormat><metadataPrefix>m</metadataPrefix><schema>http://a/</schema>"
    "<metadataNamespace>http://b/</metadataNamespace></metadataFormat>"
)
IDENTIFY = (
    "<Identify><repositoryName>A</repositoryName><baseURL>http://a/</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>a@a.b</adminEmail>"
    "<earliestDatestamp>2024-02-29</earliestDatestamp>"
    "<deletedRecord>no</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify>"
)
REFUSED = [
    ("", "<OAI-PMH> ends without an answer"),
    ("<Junk></Junk>", "<Junk> answers no verb of OAI-PMH 2.0"),
    ("<ListSets></ListSets><ListSets></ListSets>", "<ListSets> has no place in <OAI"),
    ("<request></request><ListSets></ListSets>", "<request> is repeated"),
    ("<error code='badVerb'>a</error><ListSets></ListSets>", "<ListSets> has no place"),
    ("<error code='junk'>a</error>", "'junk' is none of badArgument, badResum"),
    ("<error>a</error>", "'' is none of badArgument"),
    ("<ListSets>lost<set></set></ListSets>", "text 'lost' has no place in <ListSets>"),
    ("<ListSets>\u00a0<set></set></ListSets>", "text '\\xa0' has no place in <ListSe"),
    ("<ListSets><set></set>lost</ListSets>", "text 'lost' has no place in <ListSets>"),
    ("<ListSets><set></set></ListSets>", "<setSpec> is missing in <set> (line 6)"),
    ("<ListSets><set><setSpec>a</setSpec></set></ListSets>", "<setName> is missing"),
    (
        "<ListSets><set><setSpec><a></a></setSpec></set></ListSets>",
        "<setSpec> holds elements instead of text (line 6)",
    ),
    (f"<ListRecords>{HEAD}</ListRecords>", "<header> has no place in <ListRecords>"),
    (f"<ListRecords>{TOKEN}{RECORD}</ListRecords>", "<record> has no place in"),
    (f"<ListRecords>{RECORD}{TOKEN}{TOKEN}</ListRecords>", "<resumptionToken> is rep"),
    ("<GetRecord></GetRecord>", "<record> is missing in <GetRecord>"),
    (f"<GetRecord>{RECORD}{RECORD}</GetRecord>", "<record> is repeated (line 6)"),
    (f"<GetRecord>{RECORD}<x></x></GetRecord>", "<x> has no place in <GetRecord>"),
    (
        RECORD.join(["<GetRecord>", "</GetRecord>"]).replace(
            "</header>", "</header><metadata></metadata>"
        ),
        "<metadata> holds 0 elements instead of one (line 6)",
    ),
    (
        RECORD.join(["<GetRecord>", "</GetRecord>"]).replace(
            "</header>", "</header><about><a></a><a></a></about>"
        ),
        "<about> holds 2 elements instead of one (line 6)",
    ),
    (
        f"<GetRecord>{RECORD}</GetRecord>".replace("<header>", "<header status='x'>"),
        "status 'x' is not 'deleted'",
    ),
    (
        f"<GetRecord>{RECORD}</GetRecord>".replace("2024-02-29", "2024-2-29"),
        "'2024-2-29' is not a UTCdatetime: write it as",
    ),
    (
        f"<ListRecords>{RECORD}{RECORD}</ListRecords>".replace(
            "2024-02-29", "2024-02-29T00:00:00Z", 1
        ),
        "datestamps of two granularities stand in one response",
    ),
    (IDENTIFY.replace(">no<", ">maybe<"), "'maybe' is none of no, persistent, trans"),
    (IDENTIFY.replace("YYYY-MM-DD", "day"), "'day' is none of YYYY-MM-DD, YYYY-MM-DDT"),
    (
        IDENTIFY.replace("<adminEmail>", "<x></x><adminEmail>"),
        "<earliestDatestamp> is missing in <Identify>",
    ),
    (IDENTIFY.replace("</Identify>", "<x></x></Identify>"), "<x> has no place in <Ide"),
    (
        f"<ListMetadataFormats>{FORMAT}<x></x></ListMetadataFormats>",
        "<x> has no place in <ListMetadataFormats>",
    ),
    (
        f"<ListMetadataFormats>{FORMAT}</ListMetadataFormats>".replace(
            "</metadataFormat>", "<x></x></metadataFormat>"
        ),
        "<x> has no place in <metadataFormat>",
    ),
    (tokened("cursor='-1'"), "cursor '-1' is not a whole number"),
    (tokened("cursor='٣'"), "cursor '٣' is not a whole number"),
    (tokened(f"completeListSize='{'9' * 5000}'"), "is not a whole number"),
    (tokened("expirationDate='soon'"), "'soon' is not a UTCdatetime"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_what_is_not_understood_is_an_error_and_not_lost(
    content: str, reason: str
) -> None:
    with pytest.raises(ResponseError) as caught:
        read(around(content))
    assert reason in str(caught.value)


def test_attributes_that_it_does_not_know_are_passed_over() -> None:
    content = f"<GetRecord>{RECORD}</GetRecord>"
    marked = content.replace("<record>", "<record xmlns:x='urn:x' x:a='1' b='2'>")
    assert marked != content
    assert read(around(marked)) == read(around(content))


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<html/>", "<html> is not an OAI-PMH 2.0 document"),
        (b"<OAI-PMH/>", "<OAI-PMH> is not an OAI-PMH 2.0 document"),
        (
            b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>',
            "<responseDate> is missing in <OAI-PMH>",
        ),
    ],
)
def test_a_document_that_is_no_response_is_refused(
    document: bytes, reason: str
) -> None:
    with pytest.raises(ResponseError, match=reason):
        read(document)


def test_a_response_cut_off_is_not_xml() -> None:
    document = written(BODIES["ListRecords"]).encode()
    with pytest.raises(XmlError):
        read(document[: len(document) // 2])
