"""OAI-PMH 2.0, section 3.1: how requests and responses travel by HTTP."""

import io
from datetime import datetime

import pytest
from spec.client import FORM, Client
from spec.library import BASE_URL, DC, KAZIEV, Library, item

from oai_provider.provider.answer import Provider
from oai_provider.store.base import StoreAway
from oai_provider.store.sql_store import SqlStore
from oai_provider.web import create_app
from oai_provider.web.log import request_logger

FORMS = [
    "verb=Identify",
    f"verb=GetRecord&{KAZIEV}&{DC}",
    f"verb=ListRecords&{DC}&set=history&from=2024-02-29",
    f"verb=ListIdentifiers&{DC}",
    "verb=ListSets",
    "verb=ListMetadataFormats",
    "verb=nothing",
    "verb=ListRecords&resumptionToken=nothing",
]


# 3.1.1 Requests.


@pytest.mark.parametrize("form", FORMS)
def test_post_is_answered_as_get_is(client: Client, form: str) -> None:
    assert client.post(form).document == client.get(form).document


@pytest.mark.parametrize("form", FORMS)
def test_head_has_the_headers_of_get(client: Client, form: str) -> None:
    answer = client.http("HEAD", form)
    assert answer.get_data() == b""
    assert dict(answer.headers) == dict(client.get(form).headers)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(client: Client, method: str) -> None:
    answer = client.http(method, "verb=Identify")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_identify_tells_the_base_url(client: Client) -> None:
    assert client.get("verb=Identify").identity.base_url == BASE_URL


def test_base_url_does_not_depend_on_the_host_asked(client: Client) -> None:
    reply = client.get("verb=Identify", {"Host": "mirror.example.net"})
    assert reply.identity.base_url == reply.response.base_url == BASE_URL


def test_arguments_may_come_in_any_order(client: Client) -> None:
    one = client.get(f"verb=GetRecord&{KAZIEV}&{DC}")
    other = client.get(f"{DC}&{KAZIEV}&verb=GetRecord")
    assert one.document == other.document


def test_only_ampersands_part_arguments(client: Client) -> None:
    assert client.get(f"verb=ListRecords;{DC}").codes == ["badVerb"]


@pytest.mark.parametrize("query", ["", "metadataPrefix=oai_dc"])
def test_request_without_a_verb_is_refused(client: Client, query: str) -> None:
    assert client.get(query).codes == ["badVerb"]


@pytest.mark.parametrize(
    "identifier",
    ["oai%3Alibrary.example.org%3Akaziev", "%6fai:library.example.org:kaziev"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_encoded_characters_are_decoded(
    client: Client, identifier: str, method: str
) -> None:
    request = f"verb=GetRecord&identifier={identifier}&{DC}"
    reply = client.get(request) if method == "get" else client.post(request)
    assert reply.record.header.identifier == "oai:library.example.org:kaziev"


# Every character that 3.1.1.3 lists, but for "#" and the space: no URI has them.
@pytest.mark.parametrize("local", ["a/b?c=d&e:f;g+h", "a%20b", "(a)'b'*~!"])
def test_special_characters_travel_both_ways(fresh: Library, local: str) -> None:
    fresh.load(item(local))
    escaped = "".join(f"%{byte:02X}" for byte in fresh.identifier(local).encode())
    reply = fresh.client.get(f"verb=GetRecord&identifier={escaped}&{DC}")
    assert reply.record.header.identifier == fresh.identifier(local)
    assert reply.echoed["identifier"] == fresh.identifier(local)


def test_plus_is_a_space_and_must_be_escaped_to_be_itself(fresh: Library) -> None:
    fresh.load(item("a+b"))
    ask = f"verb=GetRecord&{DC}&identifier=oai:library.example.org:a"
    assert fresh.client.get(f"{ask}%2Bb").codes == []
    assert fresh.client.get(f"{ask}+b").codes == ["badArgument"]


def test_arguments_of_a_post_are_read_from_its_body_only(client: Client) -> None:
    reply = client.post("verb=Identify", query="metadataPrefix=oai_dc&verb=ListSets")
    assert reply.echoed == {"verb": "Identify"}


@pytest.mark.parametrize(
    "content_type", [f"{FORM}; charset=UTF-8", FORM.upper(), f"{FORM};charset=latin1"]
)
def test_form_may_have_parameters(client: Client, content_type: str) -> None:
    reply = client.post("verb=Identify", content_type)
    assert reply.identity.base_url == BASE_URL


@pytest.mark.parametrize(
    "kind", ["text/xml", "application/json", "multipart/form-data"]
)
def test_post_of_another_content_type_is_refused(client: Client, kind: str) -> None:
    assert client.post("verb=Identify", kind).codes == ["badVerb"]


# 3.1.2 Responses.


@pytest.mark.parametrize("form", FORMS)
def test_content_type_is_text_xml(client: Client, form: str) -> None:
    kind = client.get(form).headers["Content-Type"]
    assert kind == "text/xml; charset=utf-8"


def test_protocol_errors_are_answered_with_status_200(client: Client) -> None:
    assert client.http("GET", "verb=nothing").status_code == 200


def test_body_that_is_too_long_is_refused_by_http(client: Client) -> None:
    answer = client.http("GET", "verb=Identify&a=" + "a" * 70_000)
    assert answer.status_code == 414


class Away(SqlStore):
    """A store whose database has gone away."""

    def earliest_datestamp(self) -> datetime | None:
        raise StoreAway("the database does not answer")


def test_repository_that_cannot_answer_now_says_when_to_come_back(
    library: Library,
) -> None:
    assert isinstance(library.store, SqlStore)
    reader = library.store._read  # noqa: SLF001 - the same data
    store = Away(reader, read_list=reader, now=lambda _: library.clock())
    provider = Provider(repository=library.repository, store=store)
    log = request_logger(io.StringIO())
    app = create_app(library.config, provider=provider, log=log)
    answer = Client(app).http("GET", "verb=Identify")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


# 3.1.3 Compression.

LONG = f"verb=ListRecords&{DC}"


def test_response_is_not_compressed_unless_asked(client: Client) -> None:
    assert "Content-Encoding" not in client.get(LONG).headers


@pytest.mark.parametrize("asked", ["identity", "gzip;q=0, identity", "br", "gzip;q=0"])
def test_identity_is_always_at_hand(client: Client, asked: str) -> None:
    headers = client.get(LONG, {"Accept-Encoding": asked}).headers
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize("asked", ["gzip", "gzip;q=1.0, identity;q=0.5", "br, gzip"])
def test_response_is_compressed_when_asked(client: Client, asked: str) -> None:
    reply = client.get(LONG, {"Accept-Encoding": asked})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.document == client.get(LONG).document


def test_identify_lists_every_encoding_but_identity(client: Client) -> None:
    found = client.get("verb=Identify").identity.compressions
    assert found == ("gzip",)


def test_response_tells_caches_that_it_depends_on_the_encoding(client: Client) -> None:
    assert client.get(LONG).headers["Vary"] == "Accept-Encoding"
