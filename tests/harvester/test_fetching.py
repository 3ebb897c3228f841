"""Requests over a real socket: what is asked, what comes back, what is tried again."""

import contextlib
import gzip
import threading
import time
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import zstandard
from harvester.conftest import LIST, NOW, MakeClient, Serve, Waits
from harvester.scripted_server import CLOSE, RESET, Drip, Pause, answer, chunked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oai_provider.harvester.addressing import encoded
from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.exchange import FetchError, FetchFault
from oai_provider.harvester.order import Connecting
from oai_provider.harvester.pacing import Pacing

PAGE = b"<OAI-PMH>" + b"\xc3\xa9 and so on, " * 3000 + b"</OAI-PMH>"
GZIP = {"Content-Encoding": "gzip", "Content-Type": "text/xml"}


def _error(client: HarvestClient) -> FetchError:
    with pytest.raises(FetchError) as caught:
        client.exchange(LIST)
    return caught.value


def test_an_answer_comes_with_all_that_is_known_of_it(
    serve: Serve, client: MakeClient
) -> None:
    wire = gzip.compress(PAGE)
    server = serve(answer(wire, headers=GZIP | {"X-Of-Theirs": "yes"}))
    exchange = client(server.url).exchange(LIST)
    assert (exchange.body, exchange.wire, exchange.status) == (PAGE, wire, 200)
    assert exchange.arguments == LIST
    assert exchange.method == "GET"
    assert exchange.url == f"{server.url}?verb=ListRecords&metadataPrefix=oai_dc"
    assert exchange.header("x-of-theirs") == "yes"
    assert exchange.sent == NOW
    assert 0 < exchange.seconds < 10
    assert exchange.attempts == ()


def test_headers_of_one_name_stay_apart(serve: Serve, client: MakeClient) -> None:
    head = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok"
    headers = client(serve(head).url).exchange(LIST).headers
    assert [value for name, value in headers if name == "X-A"] == ["1", "2"]


@pytest.mark.parametrize(
    "wire",
    [
        answer(zstandard.compress(PAGE), headers={"Content-Encoding": "zstd"}),
        answer(zlib.compress(PAGE), headers={"Content-Encoding": "deflate"}),
        chunked(PAGE[:10], PAGE[10:]),
        b"HTTP/1.0 200 OK\r\n\r\n" + PAGE,
    ],
    ids=["zstd", "deflate", "chunked", "until the end"],
)
def test_a_body_is_read_however_it_is_sent(
    serve: Serve, client: MakeClient, wire: bytes
) -> None:
    assert client(serve([wire, CLOSE]).url).exchange(LIST).body == PAGE


def test_a_client_says_who_it_is_and_what_it_reads(
    serve: Serve, client: MakeClient
) -> None:
    server = serve(answer(PAGE))
    client(server.url, contact="harvest@example.org").exchange(LIST)
    headers = server.asked[0].headers
    assert headers["user-agent"].startswith("oai-provider/")
    assert headers["user-agent"].endswith(" (+harvest@example.org)")
    assert headers["from"] == "harvest@example.org"
    assert headers["accept-encoding"] == "gzip, deflate, zstd"


def test_connections_are_kept(serve: Serve, client: MakeClient) -> None:
    server = serve(answer(PAGE), chunked(PAGE), answer(b"", "503 Busy"), answer(PAGE))
    asked = client(server.url)
    for _ in range(3):
        assert asked.exchange(LIST).body == PAGE
    assert {request.connection for request in server.asked} == {1}


TOKEN = "a+b%20c|d e&f=g#h/é漢\U0001d54f?~"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_arrives_as_it_was_given(
    serve: Serve, client: MakeClient, method: str
) -> None:
    server = serve(answer(PAGE))
    client(server.url, method=method).exchange({"resumptionToken": TOKEN})
    request = server.asked[0]
    query = urlsplit(request.target).query if method == "GET" else request.body.decode()
    assert parse_qs(query, strict_parsing=True) == {"resumptionToken": [TOKEN]}


def test_any_token_arrives_as_it_was_given() -> None:
    with requests.Session() as session:

        @given(token=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
        def arrives(token: str) -> None:
            url = f"http://a/oai?{encoded({'t': token})}"
            prepared = session.prepare_request(requests.Request("GET", url))
            query = urlsplit(str(prepared.url)).query
            assert parse_qs(query, keep_blank_values=True) == {"t": [token]}

        arrives()


def test_post_sends_a_form(serve: Serve, client: MakeClient) -> None:
    server = serve(answer(PAGE))
    exchange = client(f"{server.url}?repo=1", method="POST").exchange(LIST)
    request = server.asked[0]
    assert (request.method, request.target) == ("POST", "/oai?repo=1")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert exchange.url == f"{server.url}?repo=1"


def test_a_base_url_may_have_a_query_of_its_own(
    serve: Serve, client: MakeClient
) -> None:
    server = serve(answer(PAGE))
    client(f"{server.url}?repo=1").exchange({"verb": "Identify"})
    assert server.asked[0].target == "/oai?repo=1&verb=Identify"


BROKEN_OFF = {
    "length": [answer(PAGE)[:-100], CLOSE],
    "reset": [answer(PAGE)[:-100], RESET],
    "status line": [b"HTTP/1.1 20", CLOSE],
    "headers": [b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE],
    "after a header": [b"HTTP/1.1 200 OK\r\nServer: x\r\n", CLOSE],
    "nothing": [CLOSE],
    "reset at once": [RESET],
    "chunk": [chunked(PAGE)[:-100], CLOSE],
    "no last chunk": [chunked(PAGE, last=b""), CLOSE],
    "rubbish for a chunk": [chunked(PAGE, last=b"xyz\r\n"), CLOSE],
    "rubbish": [b"rubbish\r\n\r\n", CLOSE],
}


@pytest.mark.parametrize("cut", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_an_answer_that_is_broken_off_is_a_reset_and_asked_again(
    serve: Serve, client: MakeClient, waits: Waits, cut: list[bytes]
) -> None:
    exchange = client(serve(cut, cut, answer(PAGE)).url).exchange(LIST)
    assert exchange.body == PAGE
    assert [attempt.fault for attempt in exchange.attempts] == [FetchFault.RESET] * 2
    assert [attempt.waited for attempt in exchange.attempts] == waits.seconds == [1, 2]


def test_gzip_cut_short_is_no_page_and_asked_again(
    serve: Serve, client: MakeClient
) -> None:
    wire = gzip.compress(PAGE)
    server = serve(answer(wire[:-20], headers=GZIP), answer(wire, headers=GZIP))
    exchange = client(server.url).exchange(LIST)
    assert exchange.body == PAGE
    assert [a.fault for a in exchange.attempts] == [FetchFault.CODING]


def test_a_length_of_what_is_compressed_is_healed_by_asking_for_it_plain(
    serve: Serve, client: MakeClient
) -> None:
    wire = gzip.compress(PAGE)
    lying = answer(wire, headers=GZIP | {"Content-Length": str(len(PAGE))})
    server = serve([lying, CLOSE], answer(PAGE))
    assert client(server.url).exchange(LIST).body == PAGE
    asked = [request.headers["accept-encoding"] for request in server.asked]
    assert asked == ["gzip, deflate, zstd", "identity"]


def test_gzip_that_stays_broken_is_an_error(serve: Serve, client: MakeClient) -> None:
    cut = answer(gzip.compress(PAGE)[:-20], headers=GZIP)
    error = _error(client(serve(cut, cut).url, most_tries=2))
    assert error.fault is FetchFault.CODING
    assert isinstance(error, requests.exceptions.ContentDecodingError)
    assert "cut short" in str(error)


@pytest.mark.parametrize(
    "reply",
    [
        answer(PAGE),
        chunked(PAGE),
        answer(gzip.compress(PAGE), headers=GZIP),
        answer(headers={"Content-Length": "99999999999999999999"}),
    ],
    ids=["length", "chunked", "gzip", "announced"],
)
def test_an_answer_larger_than_allowed_is_refused(
    serve: Serve, client: MakeClient, reply: bytes
) -> None:
    server = serve([reply, CLOSE], answer(PAGE))
    error = _error(client(server.url, most_bytes=len(PAGE) - 1))
    assert error.fault is FetchFault.TOO_LARGE
    assert len(server.asked) == 1
    assert "most_bytes" in str(error)


def test_silence_is_a_timeout(serve: Serve, client: MakeClient) -> None:
    server = serve([Pause(5)], [answer(PAGE)[:50], Pause(5)])
    error = _error(client(server.url, read_timeout=0.05, most_tries=2))
    assert error.fault is FetchFault.TIMEOUT
    assert isinstance(error, requests.Timeout)
    assert len(error.attempts) == len(server.asked) == 2
    assert "nothing came for 0.05 s" in str(error)


@pytest.mark.parametrize(
    "drip",
    [
        [answer(PAGE)[:100], Drip(PAGE[100:600])],
        [Drip(answer(PAGE))],
        [chunked(PAGE)[:100], Drip(PAGE[100:600])],
        [chunked(PAGE, last=b""), Drip(b"0" * 500)],
    ],
    ids=["body", "headers", "chunk", "size of a chunk"],
)
def test_a_drip_ends_in_time(
    serve: Serve, client: MakeClient, drip: list[bytes | Drip]
) -> None:
    began = time.monotonic()
    error = _error(client(serve(drip).url, page_timeout=0.15, most_tries=1))
    assert error.fault is FetchFault.TIMEOUT
    assert "the whole answer did not come in 0.15 seconds" in str(error)
    assert time.monotonic() - began < 3


def test_silence_ends_with_the_time_for_the_whole_answer(
    serve: Serve, client: MakeClient
) -> None:
    began = time.monotonic()
    server = serve([answer(PAGE)[:50], Pause(5)])
    error = _error(client(server.url, page_timeout=0.1, most_tries=1))
    assert error.fault is FetchFault.TIMEOUT
    assert time.monotonic() - began < 3


def test_a_fast_answer_that_is_too_late_is_a_timeout(
    serve: Serve, client: MakeClient
) -> None:
    asked = client(serve(answer(PAGE)).url, page_timeout=1e-9, most_tries=1)
    assert _error(asked).fault is FetchFault.TIMEOUT


def test_a_slow_answer_in_time_is_an_answer(serve: Serve, client: MakeClient) -> None:
    whole = answer(b"<OAI-PMH/>")
    server = serve([whole[:-5], Drip(whole[-5:], 0.05)])
    asked = client(server.url, read_timeout=0.4, page_timeout=5)
    assert asked.exchange(LIST).body == b"<OAI-PMH/>"


def test_nobody_there_is_told_and_asked_again(
    serve: Serve, client: MakeClient, waits: Waits
) -> None:
    server = serve()
    url = server.url
    server.__exit__()
    error = _error(client(url, most_tries=3))
    assert error.fault is FetchFault.AWAY
    assert isinstance(error, requests.ConnectionError)
    assert "Connection refused" in str(error)
    assert waits.seconds == [1, 2]


def test_a_host_that_does_not_exist_is_away(client: MakeClient) -> None:
    error = _error(client("http://no-such-host.invalid/oai", most_tries=1))
    assert error.fault is FetchFault.AWAY


def test_a_busy_endpoint_is_asked_again_when_it_said(
    serve: Serve, client: MakeClient, waits: Waits
) -> None:
    busy = answer(b"", "503 Busy", {"Retry-After": "7"})
    date = answer(
        b"",
        "429 Slow down",
        {
            "Retry-After": "Wed, 01 May 2024 12:00:09 GMT",
            "Date": "Wed, 01 May 2024 12:00:00 GMT",
        },
    )
    exchange = client(serve(busy, date, answer(PAGE)).url).exchange(LIST)
    assert [(a.status, a.waited) for a in exchange.attempts] == [(503, 7), (429, 9)]
    # The host's pause after them is the client's too, and shorter.
    assert waits.seconds[0] == 7


def test_an_endpoint_that_is_busy_for_days_is_left_alone(
    serve: Serve, client: MakeClient, waits: Waits
) -> None:
    server = serve(answer(b"", "503 Busy", {"Retry-After": "172800"}))
    error = _error(client(server.url))
    assert error.fault is FetchFault.STATUS
    assert "left alone until 2024-05-03T12:00:00Z" in str(error)
    assert waits.seconds == []


def test_an_error_reports_every_try(serve: Serve, client: MakeClient) -> None:
    server = serve(answer(b"", "500 No"), [RESET], answer(b"", "502 No"))
    error = _error(client(server.url, most_tries=3))
    assert [(a.fault, a.status) for a in error.attempts] == [
        (FetchFault.STATUS, 500),
        (FetchFault.RESET, None),
        (FetchFault.STATUS, 502),
    ]
    assert f"{server.url}?verb=ListRecords&metadataPrefix=oai_dc" in str(error)
    assert "3 times" in str(error)


@pytest.mark.parametrize(
    "status", ["400 Bad", "404 None", "422 Unprocessable", "410 X"]
)
def test_errors_of_the_protocol_come_with_any_status(
    serve: Serve, client: MakeClient, status: str
) -> None:
    body = b'<?xml version="1.0"?>\n<OAI-PMH xmlns="x"><error/></OAI-PMH>'
    exchange = client(serve(answer(body, status)).url).exchange(LIST)
    assert (exchange.status, exchange.body) == (int(status[:3]), body)


@pytest.mark.parametrize("status", ["401 No", "403 No", "407 No", "501 No", "304 No"])
def test_other_statuses_are_no_answer_whatever_comes_with_them(
    serve: Serve, client: MakeClient, status: str
) -> None:
    server = serve([answer(b"<OAI-PMH></OAI-PMH>", status), CLOSE])
    error = _error(client(server.url))
    assert error.fault is FetchFault.STATUS
    assert isinstance(error, requests.HTTPError)
    assert error.response is not None
    assert error.response.status_code == int(status[:3])
    assert len(server.asked) == 1


def test_a_refusal_says_its_title_and_a_remedy(
    serve: Serve, client: MakeClient
) -> None:
    page = b"<!DOCTYPE html><html><head><TITLE>Just a\n moment &amp; wait</TITLE>"
    message = str(_error(client(serve(answer(page, "403 Forbidden")).url)))
    assert "HTTP 403 Forbidden (Just a moment & wait)" in message
    assert "credentials" in message


def test_a_refusal_whose_page_is_broken_is_still_a_refusal(
    serve: Serve, client: MakeClient
) -> None:
    reply = answer(b"\x1f\x8bno", "404 Not Found", {"Content-Encoding": "gzip"})
    error = _error(client(serve(reply).url))
    assert error.fault is FetchFault.STATUS


def test_two_lengths_are_a_fault_of_the_endpoint(
    serve: Serve, client: MakeClient
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"
    server = serve([head, CLOSE])
    assert _error(client(server.url, most_tries=1)).fault is FetchFault.RESET


def test_a_header_that_cannot_be_sent_is_an_error(client: MakeClient) -> None:
    error = _error(client("http://127.0.0.1:9/oai", headers=(("X", "a\nb"),)))
    assert len(error.attempts) == 1


@given(
    head=st.sampled_from(
        [
            b"",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: ",
        ]
    ),
    body=st.binary(max_size=60),
    tail=st.sampled_from([b"", b"\r\n\r\n"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_an_answer_or_an_error_that_is_named(
    serve: Serve, client: MakeClient, head: bytes, body: bytes, tail: bytes
) -> None:
    server = serve(*[[head + body + tail, CLOSE]] * 9)
    asked = client(server.url, most_tries=1, read_timeout=1)
    with contextlib.suppress(FetchError):
        asked.exchange(LIST)
    asked.close()
    server.__exit__()


def test_no_endpoint_is_told_what_netrc_says(
    serve: Serve,
    client: MakeClient,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path_factory.mktemp("home") / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(answer(PAGE))
    client(server.url).exchange(LIST)
    assert "authorization" not in server.asked[0].headers


def test_two_threads_may_take_turns(serve: Serve, client: MakeClient) -> None:
    server = serve(*[answer(PAGE)] * 4)
    asked, bodies = client(server.url), []
    for _ in range(4):
        thread = threading.Thread(
            target=lambda: bodies.append(asked.exchange(LIST).body)
        )
        thread.start()
        thread.join()
    assert bodies == [PAGE] * 4


def test_clients_that_share_a_pacing_keep_its_limit(serve: Serve) -> None:
    begins: list[float] = []
    pacing = Pacing(monotonic=lambda: 0.0, sleep=begins.append)
    server = serve(*[answer(PAGE)] * 4)
    limited = Connecting(per_second=4)
    for _ in range(2):
        with HarvestClient(server.url, connecting=limited, pacing=pacing) as asked:
            asked.exchange(LIST)
            asked.exchange(LIST)
    assert begins == [0.25, 0.5, 0.75]
