"""What sickle's users call, over pages that vanilla sickle loses records of."""

import inspect
import re
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from harvester.conftest import MakeClient, Serve, Waits
from harvester.pages import deleted, document, error, header, page, record
from harvester.scripted_server import CLOSE, answer
from sickle import Sickle, oaiexceptions
from sickle.iterator import BaseOAIIterator, OAIItemIterator, OAIResponseIterator
from sickle.models import Record as VanillaRecord

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.connection import ConnectingError
from oai_provider.harvester.exchange import FetchError, Fetches
from oai_provider.harvester.iterators import (
    ItemIterator,
    ResponseIterator,
    TokenRepeatedError,
)
from oai_provider.harvester.listing import PageError, PageFault
from oai_provider.harvester.models import Record
from oai_provider.harvester.order import Connecting


@pytest.fixture(name="sickle")
def _sickle(stack: ExitStack, waits: Waits) -> MakeClient:
    """Make a client with the arguments of vanilla sickle."""

    def sickle(*arguments: Any, **named: Any) -> HarvestClient:
        made = HarvestClient(*arguments, timing=waits.timing, **named)
        return stack.enter_context(made)

    return sickle


def _identifiers(records: Any) -> list[str]:
    return [r.header.identifier for r in records]


def test_a_client_fetches_and_is_a_sickle(sickle: MakeClient) -> None:
    made = sickle("http://127.0.0.1/oai")
    fetches: Fetches = made
    assert callable(fetches.exchange)
    assert issubclass(HarvestClient, Sickle)


def test_it_takes_the_arguments_of_sickle_in_the_same_order() -> None:
    vanilla = inspect.signature(Sickle).parameters
    ours = inspect.signature(HarvestClient).parameters
    assert [*ours][: len(vanilla) - 1] == [*vanilla][:-1]
    assert ours["request_args"].kind is inspect.Parameter.VAR_KEYWORD


def test_a_list_is_walked_through_its_pages(serve: Serve, sickle: MakeClient) -> None:
    server = serve(page([record("1"), record("2")], " t&amp;1 "), page([record("3")]))
    records = sickle(server.url).ListRecords(metadataPrefix="oai_dc")
    assert _identifiers(records) == ["1", "2", "3"]
    assert [r.target for r in server.asked] == [
        "/oai?metadataPrefix=oai_dc&verb=ListRecords",
        "/oai?verb=ListRecords&resumptionToken=t%261",
    ]


def test_an_empty_token_is_the_end(serve: Serve, sickle: MakeClient) -> None:
    for token in ("", " \n"):
        server = serve(page([record("1")], token))
        assert _identifiers(sickle(server.url).ListRecords()) == ["1"]


@pytest.mark.parametrize("iterator", [OAIItemIterator, OAIResponseIterator])
def test_a_token_that_repeats_is_an_error(
    serve: Serve, sickle: MakeClient, iterator: type
) -> None:
    one, two = page([record("1")], "a"), page([record("2")], "b")
    server = serve(one, two, one)
    items = sickle(server.url, iterator=iterator).ListRecords()
    next(items)
    next(items)
    with pytest.raises(TokenRepeatedError, match="repeats the resumption token 'a'"):
        next(items)
    assert issubclass(TokenRepeatedError, OaiProviderError)


def test_a_token_in_metadata_is_none_of_the_list(
    serve: Serve, sickle: MakeClient
) -> None:
    inner = (
        '<ListRecords xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"{record('inner')}<resumptionToken>x</resumptionToken>"
        '<error code="badVerb"/></ListRecords>'
    )
    server = serve(page([record("1", inner), record("2")]))
    assert _identifiers(sickle(server.url).ListRecords()) == ["1", "2"]


def test_deleted_records_can_be_left_out(serve: Serve, sickle: MakeClient) -> None:
    server = serve(page([record("1"), deleted("2")], "t"), page([deleted("3")]))
    records = sickle(server.url).ListRecords(ignore_deleted=True)
    assert _identifiers(records) == ["1"]


def test_headers_sets_and_formats_are_listed(serve: Serve, sickle: MakeClient) -> None:
    server = serve(
        page([header("1", inner="<setSpec>a</setSpec>")], verb="ListIdentifiers"),
        page(
            ["<set><setSpec>a</setSpec><setName>A</setName></set>"],
            verb="ListSets",
        ),
        page(
            [
                "<metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat>"
            ],
            verb="ListMetadataFormats",
        ),
    )
    asked = sickle(server.url)
    assert [h.setSpecs for h in asked.ListIdentifiers()] == [["a"]]
    assert [s.setName for s in asked.ListSets()] == ["A"]
    assert [f.metadataPrefix for f in asked.ListMetadataFormats()] == ["oai_dc"]


def test_responses_are_iterated(serve: Serve, sickle: MakeClient) -> None:
    server = serve(page([record("1")], "t"), page([record("2")]))
    responses = list(sickle(server.url, iterator=OAIResponseIterator).ListRecords())
    assert ["<record>" in response.raw for response in responses] == [True, True]
    assert repr(responses[0]) == "<OAIResponse ListRecords>"
    assert responses[0].http_response.status_code == 200
    assert responses[0].http_response.headers["content-length"].isdecimal()


def test_sickles_iterators_stand_for_ours_and_others_for_themselves(
    sickle: MakeClient,
) -> None:
    class Own(BaseOAIIterator):  # type: ignore[misc]  # sickle has no types
        pass

    url = "http://127.0.0.1/oai"
    assert sickle(url).iterator is ItemIterator
    assert sickle(url, iterator=OAIItemIterator).iterator is ItemIterator
    assert sickle(url, iterator=OAIResponseIterator).iterator is ResponseIterator
    assert sickle(url, iterator=Own).iterator is Own


def test_a_page_is_parsed_once(serve: Serve, sickle: MakeClient) -> None:
    response = sickle(serve(page([record("1")])).url).harvest(verb="ListRecords")
    assert response.xml is response.xml


def test_raw_is_the_page_in_utf_8_whatever_is_said(
    serve: Serve, sickle: MakeClient
) -> None:
    body = document("<ListSets>é漢</ListSets>")
    latin = {"Content-Type": "text/xml; charset=iso-8859-1"}
    server = serve(answer(body, headers=latin), answer(body))
    assert sickle(server.url).harvest(verb="ListSets").raw == body.decode()
    other = sickle(server.url, encoding="latin-1").harvest(verb="ListSets")
    assert other.raw == body.decode("latin-1")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", PageFault.EMPTY),
        (b" \n", PageFault.EMPTY),
        (b"<!DOCTYPE html><html><p>Log in</html>", PageFault.HTML),
        (b"\n<HTML><body></body></HTML>", PageFault.HTML),
        (b"<rss/>", PageFault.NOT_OAI_PMH),
        (b"<OAI-PMH/>", PageFault.NOT_OAI_PMH),
        (document("<ListSets/>"), PageFault.NOT_OAI_PMH),
        (document("<ListRecords><record>")[:-20], PageFault.CUT),
        (document("<ListRecords>\x0b</ListRecords>"), PageFault.NOT_XML),
        (
            document("<ListRecords>é</ListRecords>").decode().encode("latin-1"),
            PageFault.NOT_XML,
        ),
        (b"<!DOCTYPE x [<!ENTITY e 'x'>]><OAI-PMH>&e;</OAI-PMH>", PageFault.DTD),
    ],
)
def test_what_is_no_page_is_an_error(
    serve: Serve, sickle: MakeClient, body: bytes, fault: PageFault
) -> None:
    url = serve(answer(body)).url
    with pytest.raises(PageError, match=re.escape(url)) as caught:
        sickle(url).ListRecords(metadataPrefix="oai_dc")
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("badArgument", oaiexceptions.BadArgument),
        ("badResumptionToken", oaiexceptions.BadResumptionToken),
        ("badVerb", oaiexceptions.BadVerb),
        ("cannotDisseminateFormat", oaiexceptions.CannotDisseminateFormat),
        ("idDoesNotExist", oaiexceptions.IdDoesNotExist),
        ("noRecordsMatch", oaiexceptions.NoRecordsMatch),
        ("noSetHierarchy", oaiexceptions.NoSetHierarchy),
        ("noMetadataFormats", oaiexceptions.NoMetadataFormat),
        ("noMetadataFormats", oaiexceptions.OAIError),
        ("made_up", oaiexceptions.OAIError),
        ("", oaiexceptions.OAIError),
    ],
)
def test_errors_of_the_protocol_are_sickles_own(
    serve: Serve, sickle: MakeClient, code: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match="why"):
        sickle(serve(error(code)).url).ListRecords(metadataPrefix="oai_dc")


def test_http_errors_are_those_of_requests_and_ours(
    serve: Serve, sickle: MakeClient
) -> None:
    server = serve(answer(b"", "404 Not Found"), answer(b"", "404 Not Found"))
    for kind in (requests.HTTPError, FetchError):
        with pytest.raises(kind):
            sickle(server.url).ListSets()


def test_get_record_returns_a_record(serve: Serve, sickle: MakeClient) -> None:
    server = serve(page([record("1")], verb="GetRecord"))
    found = sickle(server.url).GetRecord(identifier="1", metadataPrefix="oai_dc")
    assert found.header.identifier == "1"
    assert found.metadata == {"title": ["Title of 1"]}


def test_get_record_without_a_record_is_an_error(
    serve: Serve, sickle: MakeClient
) -> None:
    with pytest.raises(PageError, match="holds no record"):
        sickle(serve(page([], verb="GetRecord")).url).GetRecord(identifier="1")


def test_identify_is_read(serve: Serve, sickle: MakeClient) -> None:
    server = serve(
        answer(document("<Identify><granularity>day</granularity></Identify>"))
    )
    assert sickle(server.url).Identify().granularity == "day"


def test_records_know_their_bytes_in_the_page(serve: Serve, sickle: MakeClient) -> None:
    one, two = record("1", after="<!-- <record> -->"), record("2")
    server = serve(page([one, deleted("x"), two]))
    records = list(sickle(server.url).ListRecords())
    assert [r.raw_bytes for r in records] == [
        one.encode(),
        deleted("x").encode(),
        two.encode(),
    ]


def test_records_of_a_page_in_utf_16_are_given_in_utf_8(
    serve: Serve, sickle: MakeClient
) -> None:
    text = document(f"<ListRecords>{record('1')}</ListRecords>").decode()
    body = text.replace("UTF-8", "UTF-16").encode("utf-16")
    found = next(sickle(serve(answer(body)).url).ListRecords())
    assert b"<identifier>1</identifier>" in found.raw_bytes


def test_records_of_several_prefixes_are_given_with_their_namespaces(
    serve: Serve, sickle: MakeClient
) -> None:
    namespace = "http://www.openarchives.org/OAI/2.0/"
    other = record("2").replace("<record>", f'<o:record xmlns:o="{namespace}">')
    other = other.replace("</record>", "</o:record>")
    records = list(sickle(serve(page([record("1"), other])).url).ListRecords())
    assert [namespace.encode() in r.raw_bytes for r in records] == [True, True]


def test_the_request_of_sickle_is_ours(serve: Serve, sickle: MakeClient) -> None:
    found = sickle(serve(page([])).url)._request({"verb": "ListRecords"})  # noqa: SLF001
    assert isinstance(found, requests.Response)
    assert found.ok
    assert found.content == found.text.encode()


def test_a_class_mapping_of_one_client_is_its_own(
    serve: Serve, sickle: MakeClient
) -> None:
    server = serve(page([record("1")]), page([record("1")]))
    changed, other = sickle(server.url), sickle(server.url)
    changed.class_mapping["ListRecords"] = VanillaRecord
    assert type(next(changed.ListRecords())) is VanillaRecord
    assert type(next(other.ListRecords())) is Record


def test_a_class_mapping_is_used(serve: Serve, sickle: MakeClient) -> None:
    server = serve(page([record("1")]))
    asked = sickle(server.url, class_mapping={"ListRecords": VanillaRecord})
    assert type(next(asked.ListRecords())) is VanillaRecord


def test_what_requests_takes_is_handed_on(serve: Serve, sickle: MakeClient) -> None:
    server = serve(page([]))
    sickle(
        server.url,
        auth=("me", "secret"),
        headers={"X-Key": "1"},
        cookies={"session": "2"},
        timeout=30,
        proxies={"https": "http://127.0.0.1:9"},
        verify=False,
    ).harvest(verb="ListRecords")
    headers = server.asked[0].headers
    assert headers["authorization"].startswith("Basic ")
    assert headers["x-key"] == "1"
    assert headers["cookie"] == "session=2"


def test_what_requests_takes_goes_to_no_other_host(
    serve: Serve, sickle: MakeClient
) -> None:
    other = serve(page([]))
    moved = answer(b"", "302 Found", {"Location": other.url})
    asked = sickle(
        serve(moved).url,
        auth=("me", "secret"),
        headers={"X-Key": "1"},
        cookies={"session": "2"},
    )
    asked.harvest(verb="ListRecords")
    assert not {"authorization", "x-key", "cookie"} & set(other.asked[0].headers)


def test_digest_authentication_answers_its_challenge(
    serve: Serve, sickle: MakeClient
) -> None:
    challenge = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'}
    server = serve(answer(b"", "401 Who", challenge), page([]))
    auth = requests.auth.HTTPDigestAuth("me", "secret")
    sickle(server.url, auth=auth).harvest(verb="ListRecords")
    assert server.asked[1].headers["authorization"].startswith('Digest username="me"')


def test_unknown_arguments_are_refused_at_once(sickle: MakeClient) -> None:
    with pytest.raises(TypeError, match="unexpected arguments: colour"):
        sickle("http://127.0.0.1/oai", colour="red")


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ({"http_method": "PUT"}, ValueError),
        ({"protocol_version": "3.0"}, ValueError),
        ({"iterator": list}, TypeError),
        ({"timeout": (1, 2, 3)}, ConnectingError),
    ],
)
def test_what_sickle_refuses_is_refused(
    sickle: MakeClient, named: dict[str, Any], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        sickle("http://127.0.0.1/oai", **named)


def test_a_timeout_of_sickle_goes_before_ours(sickle: MakeClient) -> None:
    for said, understood in ((7, [7, 7]), ((3, None), [3, 120])):
        made = sickle("http://127.0.0.1/oai", timeout=said)
        timeout = made._fetching.asking.transport.timeout  # noqa: SLF001
        assert list(timeout) == understood


def test_sickles_words_for_retries_go_before_ours(
    serve: Serve, sickle: MakeClient, waits: Waits
) -> None:
    teapot = answer(b"", "418 Teapot")
    server = serve(teapot, teapot, page([]))
    asked = sickle(
        server.url, max_retries=2, retry_status_codes=[418], default_retry_after=5
    )
    asked.harvest(verb="ListRecords")
    assert waits.seconds == [5, 5]
    assert (asked.max_retries, asked.retry_status_codes) == (2, [418])


def test_no_retries_means_none(serve: Serve, sickle: MakeClient) -> None:
    server = serve([CLOSE], page([]))
    with pytest.raises(requests.ConnectionError):
        sickle(server.url, max_retries=0).harvest(verb="ListRecords")
    assert len(server.asked) == 1


def test_the_method_of_connecting_is_used(serve: Serve, sickle: MakeClient) -> None:
    server = serve(page([]), page([]))
    sickle(server.url, connecting=Connecting(method="POST")).harvest(verb="ListRecords")
    sickle(server.url, "POST").harvest(verb="ListRecords")
    assert [r.method for r in server.asked] == ["POST", "POST"]


def test_arguments_without_a_value_are_left_out(
    serve: Serve, sickle: MakeClient
) -> None:
    server = serve(page([]))
    sickle(server.url).ListRecords(metadataPrefix="oai_dc", set=None, **{"from": 2024})
    assert server.asked[0].target == (
        "/oai?metadataPrefix=oai_dc&from=2024&verb=ListRecords"
    )
