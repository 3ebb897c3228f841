"""The endpoint over HTTP: methods, forms, limits, headers, failures."""

import gzip
import io
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from web.samples import NOW, Fails, Site, wsgi_reply

from oai_provider.protocol.model import Errors, Identity
from oai_provider.protocol.read import read
from oai_provider.store.base import Store, StoreAway

IDENTIFY = b"verb=Identify"
RECORD = (
    "verb=GetRecord&metadataPrefix=mods"
    "&identifier=oai:repository.example.org:reading-2021"
)
LEGAL_FORMS = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "application/x-www-form-urlencoded;charset=ISO-8859-1",
    "Application/X-WWW-Form-URLencoded",
    "",
]


def test_a_get_is_answered_with_what_its_query_asks(site: Site) -> None:
    assert isinstance(read(site.oai("verb=Identify").body).body, Identity)


def test_the_response_date_is_the_time_of_the_clock(site: Site) -> None:
    assert read(site.oai("verb=Identify").body).response_date == NOW


def test_a_trailing_slash_changes_nothing(site: Site) -> None:
    assert site.get("/oai/?verb=Identify") == site.get("/oai?verb=Identify")


def test_a_base_url_with_a_trailing_slash_answers_without_it(store: Store) -> None:
    site = Site(store, base_url="https://repository.example.org/oai/")
    assert site.get("/oai?verb=Identify") == site.get("/oai/?verb=Identify")


def test_a_request_without_arguments_is_a_bad_verb(site: Site) -> None:
    assert [code for code, _ in site.get("/oai").errors] == ["badVerb"]


def test_a_post_is_answered_as_the_same_get(site: Site) -> None:
    assert site.post(RECORD.encode()) == site.oai(RECORD)


@pytest.mark.parametrize("content_type", LEGAL_FORMS)
def test_a_form_may_name_a_charset_or_nothing(site: Site, content_type: str) -> None:
    reply = site.post(IDENTIFY, CONTENT_TYPE=content_type)
    assert isinstance(read(reply.body).body, Identity)


def test_a_post_has_no_arguments_in_its_query(site: Site) -> None:
    reply = site.post(b"", QUERY_STRING="verb=Identify")
    assert [code for code, _ in reply.errors] == ["badVerb"]


def test_the_query_of_a_post_is_no_second_argument(site: Site) -> None:
    assert site.post(IDENTIFY, QUERY_STRING="verb=ListSets").errors == []


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=x", "application/json", "text/xml"]
)
def test_a_post_of_another_type_is_refused_in_words(
    site: Site, content_type: str
) -> None:
    reply = site.post(IDENTIFY, CONTENT_TYPE=content_type)
    [(code, message)] = reply.errors
    assert (reply.status, code) == (200, "badVerb")
    assert content_type.partition(";")[0] in str(message)


def test_a_content_type_that_xml_cannot_carry_is_refused_in_words(site: Site) -> None:
    [(code, _)] = site.post(IDENTIFY, CONTENT_TYPE="\x00\xff").errors
    assert code == "badVerb"


def test_the_charset_of_a_form_does_not_change_its_octets(site: Site) -> None:
    latin = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=iso-8859-1"}
    assert site.post(b"verb=%E9", **latin).errors == site.post(b"verb=%E9").errors


def test_a_body_of_unknown_length_is_read_if_the_server_ends_it(site: Site) -> None:
    chunked = {"CONTENT_LENGTH": None, "wsgi.input_terminated": True}
    assert isinstance(read(site.post(IDENTIFY, **chunked).body).body, Identity)


@pytest.mark.parametrize("length", [None, "", "x", "-1", "\uff11\uff13", "9" * 5000])
def test_a_body_of_unknown_length_is_not_waited_for(
    site: Site, length: str | None
) -> None:
    reply = site.post(IDENTIFY, CONTENT_LENGTH=length)
    assert [code for code, _ in reply.errors] == ["badVerb"]


def test_a_body_cut_short_is_no_request(site: Site) -> None:
    reply = site.post(RECORD.encode(), CONTENT_LENGTH=str(len(RECORD) + 1))
    assert reply.status == 400
    assert (
        reply.text == f"The body ends after {len(RECORD)} of {len(RECORD) + 1} bytes.\n"
    )


@pytest.mark.parametrize(
    "length",
    [{"CONTENT_LENGTH": "2000"}, {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}],
)
def test_a_body_too_long_is_413_with_the_reason(
    store: Store, length: dict[str, object]
) -> None:
    reply = Site(store, max_body=1024).post(b"x" * 2000, **length)
    assert (reply.status, reply.text) == (413, "The body is longer than 1024 bytes.\n")


def test_a_body_known_to_be_too_long_is_not_read(store: Store) -> None:
    body = io.BytesIO(b"x" * 2000)
    Site(store, max_body=1024).post(b"x" * 2000, **{"wsgi.input": body})
    assert body.tell() == 0


@pytest.mark.parametrize(
    "length", [{}, {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}]
)
def test_a_body_of_just_the_limit_is_read(
    store: Store, length: dict[str, object]
) -> None:
    body = IDENTIFY + b"&" * (1024 - len(IDENTIFY))
    assert Site(store, max_body=1024).post(body, **length).errors == []


def test_a_query_too_long_is_414_with_the_reason(store: Store) -> None:
    reply = Site(store, max_body=1024).oai("x" * 2000)
    assert reply.status == 414
    assert reply.text == "The query string is longer than 1024 bytes.\n"


def test_arguments_beyond_all_measure_are_refused_in_one_error(site: Site) -> None:
    [(code, message)] = site.oai("verb=Identify" + "&a=1" * 5000).errors
    assert code == "badArgument"
    assert message == "the request has 5001 arguments; no verb takes so many"


@pytest.mark.parametrize("name", ["identifier", "metadataPrefix", "x"])
@pytest.mark.parametrize("value", ["%ff", "%zz", "%ED%A0%80", "%00", "%4%31"])
def test_what_cannot_be_decoded_is_a_bad_argument_without_echo(
    site: Site, name: str, value: str
) -> None:
    reply = site.oai(f"verb=GetRecord&{name}={value}")
    assert {code for code, _ in reply.errors} == {"badArgument"}
    assert read(reply.body).arguments == ()


@pytest.mark.parametrize("value", ["%ff", "%zz", "\xff", "%00"])
def test_a_verb_that_cannot_be_decoded_is_a_bad_verb(site: Site, value: str) -> None:
    assert [code for code, _ in site.oai(f"verb={value}").errors] == ["badVerb"]


@pytest.mark.parametrize("value", ["%ff", "%zz", "%00", "%C3%A9"])
def test_a_token_that_cannot_be_decoded_is_a_bad_token(site: Site, value: str) -> None:
    reply = site.oai(f"verb=ListRecords&resumptionToken={value}")
    assert [code for code, _ in reply.errors] == ["badResumptionToken"]


def test_plus_is_a_space_and_not_part_of_an_identifier(site: Site) -> None:
    reply = site.oai("verb=GetRecord&metadataPrefix=mods&identifier=oai:x:a+b")
    [(_, message)] = reply.errors
    assert "'oai:x:a b'" in str(message)


def test_head_has_the_headers_of_get_and_no_body(site: Site) -> None:
    get = site.oai(RECORD)
    head = site.send("HEAD", f"/oai?{RECORD}")
    assert (head.status, head.headers, head.body) == (200, get.headers, b"")


@pytest.mark.parametrize(
    "method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "X"]
)
def test_other_methods_are_405_and_told_what_is_allowed(
    site: Site, method: str
) -> None:
    reply = site.send(method, "/oai?verb=Identify")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_protocol_errors_are_http_200(site: Site) -> None:
    reply = site.oai("verb=Nonsense")
    assert isinstance(read(reply.body).body, Errors)
    assert reply.status == 200


def test_responses_are_text_xml_of_known_length(site: Site) -> None:
    reply = site.oai(RECORD)
    assert reply.headers == {
        "Content-Type": "text/xml; charset=utf-8",
        "Cache-Control": "no-store",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(len(reply.body)),
    }


def test_a_compressed_response_says_so_and_is_the_same(site: Site) -> None:
    plain = site.oai(RECORD)
    small = site.oai(RECORD, HTTP_ACCEPT_ENCODING="gzip")
    assert gzip.decompress(small.body) == plain.body
    assert small.headers == {
        **plain.headers,
        "Content-Encoding": "gzip",
        "Content-Length": str(len(small.body)),
    }


def test_head_of_a_compressed_response_has_its_headers(site: Site) -> None:
    get = site.oai(RECORD, HTTP_ACCEPT_ENCODING="gzip")
    head = site.send("HEAD", f"/oai?{RECORD}", HTTP_ACCEPT_ENCODING="gzip")
    assert head.headers == get.headers


@pytest.mark.parametrize("target", ["/oai?verb=ListMetadataFormats", "/", "/items/x"])
def test_a_store_that_is_away_is_503_and_says_when_to_come_again(target: str) -> None:
    away = Site(Fails(StoreAway("connection to db.internal refused")).as_store())
    reply = away.get(target)
    assert (reply.status, reply.headers["Retry-After"]) == (503, "60")
    assert reply.text.startswith("The repository's store does not answer now.")


def test_the_reason_why_a_store_is_away_stands_in_the_log() -> None:
    away = Site(Fails(StoreAway("connection to db.internal refused")).as_store())
    away.oai("verb=ListSets")
    assert away.log[0]["reason"] == "connection to db.internal refused"


@pytest.mark.parametrize("target", ["/oai?verb=ListSets", "/", "/items/x"])
def test_an_exception_nobody_foresaw_is_500_without_details(target: str) -> None:
    reply = Site(Fails(RuntimeError("secret")).as_store()).get(target)
    assert (reply.status, reply.headers["Content-Type"]) == (
        500,
        "text/plain; charset=utf-8",
    )
    assert reply.text == "Something went wrong here. The repository's log says what.\n"


@pytest.mark.parametrize("target", ["/oai?verb=ListSets", "/items/x"])
def test_an_exception_nobody_foresaw_is_logged_with_its_traceback(target: str) -> None:
    site = Site(Fails(RuntimeError("secret")).as_store())
    site.get(target)
    assert "RuntimeError: secret" in site.log[0]["exception"]
    assert site.log[0]["level"] == "error"


@pytest.mark.parametrize("target", ["/oai?verb=Identify", "/", "/nowhere"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
def test_the_application_keeps_the_rules_of_wsgi(
    site: Site, method: str, target: str
) -> None:
    path, _, query = target.partition("?")
    environ: dict[str, object] = {}
    setup_testing_defaults(environ)
    environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    # validator raises AssertionError for any breach of PEP 3333.
    assert wsgi_reply(validator(site.app), environ).status < 500
