"""Redirects: followed where they lead somewhere, and no secret with them."""

from typing import Any

import pytest
import requests
from harvester.conftest import LIST, MakeClient, Serve
from harvester.scripted_server import CLOSE, answer, redirect

from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.exchange import FetchError, FetchFault

PAGE = b"<OAI-PMH></OAI-PMH>"
SECRET: dict[str, Any] = {
    "user": "me",
    "password": "secret",
    "headers": (("X-Api-Key", "secret"),),
}


def _refused(client: HarvestClient) -> str:
    with pytest.raises(FetchError) as caught:
        client.exchange(LIST)
    assert caught.value.fault is FetchFault.REDIRECTS
    assert isinstance(caught.value, requests.TooManyRedirects)
    assert len(caught.value.attempts) == 1
    return str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(serve: Serve, client: MakeClient, status: int) -> None:
    server = serve(redirect("/new?verb=ListRecords", f"{status} X"), answer(PAGE))
    exchange = client(server.url).exchange(LIST)
    assert exchange.url == server.url.replace("/oai", "/new?verb=ListRecords")
    assert [r.target for r in server.asked][1:] == ["/new?verb=ListRecords"]
    assert exchange.body == PAGE


def test_a_redirect_keeps_the_connection(serve: Serve, client: MakeClient) -> None:
    server = serve(redirect("/new"), answer(PAGE))
    client(server.url).exchange(LIST)
    assert [r.connection for r in server.asked] == [1, 1]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_post_stays_post(serve: Serve, client: MakeClient, status: int) -> None:
    server = serve(redirect("/new", f"{status} X"), answer(PAGE))
    exchange = client(server.url, method="POST").exchange(LIST)
    assert [(r.method, r.body) for r in server.asked] == [
        ("POST", b"verb=ListRecords&metadataPrefix=oai_dc")
    ] * 2
    assert exchange.method == "POST"


def test_post_becomes_get_where_the_answer_is_elsewhere(
    serve: Serve, client: MakeClient
) -> None:
    server = serve(redirect("/new", "303 See Other"), answer(PAGE))
    exchange = client(server.url, method="POST").exchange(LIST)
    assert (server.asked[1].method, server.asked[1].body) == ("GET", b"")
    assert exchange.method == "GET"


QUERY = "verb=ListRecords&metadataPrefix=oai_dc"


@pytest.mark.parametrize("status", [301, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_endpoint_that_moved_for_good_is_asked_there(
    serve: Serve, client: MakeClient, status: int, method: str
) -> None:
    there = "/new?repo=1" + (f"&{QUERY}" if method == "GET" else "")
    server = serve(redirect(there, f"{status} X"), answer(PAGE), answer(PAGE))
    asked = client(server.url, method=method)
    for _ in range(2):
        asked.exchange(LIST)
    assert [r.target for r in server.asked][1:] == [there, there]
    assert asked.endpoint == server.url


@pytest.mark.parametrize(
    ("first", "page"),
    [
        (redirect(f"/new?{QUERY}", "302 X"), PAGE),
        (redirect("/new", "301 X"), PAGE),
        (redirect(f"/new?{QUERY}&x=1", "301 X"), PAGE),
        (redirect(f"/new?{QUERY}", "301 X"), b"<html>Log in</html>"),
    ],
    ids=["for now", "without arguments", "with more", "to no endpoint"],
)
def test_an_endpoint_that_did_not_move_is_asked_where_it_is(
    serve: Serve, client: MakeClient, first: bytes, page: bytes
) -> None:
    server = serve(first, answer(page), answer(PAGE))
    asked = client(server.url)
    for _ in range(2):
        asked.exchange(LIST)
    assert server.asked[2].target == f"/oai?{QUERY}"


def test_an_endpoint_that_moved_and_fails_is_asked_where_it_was(
    serve: Serve, client: MakeClient
) -> None:
    moved = redirect(f"/new?{QUERY}", "301 X")
    server = serve(moved, answer(PAGE), answer(b"", "410 Gone"), answer(PAGE))
    asked = client(server.url)
    asked.exchange(LIST)
    with pytest.raises(FetchError):
        asked.exchange(LIST)
    asked.exchange(LIST)
    assert server.asked[3].target == f"/oai?{QUERY}"


def test_an_endpoint_that_moved_to_another_host_is_told_no_secret_there(
    serve: Serve, client: MakeClient
) -> None:
    other = serve(answer(PAGE), answer(PAGE))
    server = serve(redirect(f"{other.url}?{QUERY}", "301 X"))
    asked = client(server.url, **SECRET)
    for _ in range(2):
        asked.exchange(LIST)
    assert len(server.asked) == 1
    assert ["authorization" in r.headers for r in other.asked] == [False, False]


def test_a_circle_is_refused(serve: Serve, client: MakeClient) -> None:
    server = serve(redirect("/b"), redirect("/c"), redirect("/b"))
    assert "circle" in _refused(client(server.url))
    assert len(server.asked) == 3


def test_the_same_address_may_answer_when_a_cookie_is_set(
    serve: Serve, client: MakeClient
) -> None:
    url = "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    with_cookie = {"Location": url, "Set-Cookie": "seen=1"}
    server = serve(answer(b"", "302 Found", with_cookie), answer(PAGE))
    assert client(server.url).exchange(LIST).body == PAGE
    assert server.asked[1].headers["cookie"] == "seen=1"


def test_more_redirects_than_allowed_are_refused(
    serve: Serve, client: MakeClient
) -> None:
    server = serve(*[redirect(f"/{n}") for n in range(9)])
    assert "more than 2 times" in _refused(client(server.url, most_redirects=2))
    assert len(server.asked) == 3


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/x", "http://", "javascript:1"])
def test_what_is_no_address_of_http_is_refused(
    serve: Serve, client: MakeClient, location: str
) -> None:
    _refused(client(serve(redirect(location)).url))


def test_a_redirect_without_location_is_no_answer(
    serve: Serve, client: MakeClient
) -> None:
    with pytest.raises(FetchError) as caught:
        client(serve(answer(b"", "302 Found")).url).exchange(LIST)
    assert caught.value.fault is FetchFault.STATUS


def test_a_login_page_is_returned_as_it_is(serve: Serve, client: MakeClient) -> None:
    page = b"<!DOCTYPE html><html><title>Log in</title></html>"
    exchange = client(serve(redirect("/login"), answer(page)).url).exchange(LIST)
    assert exchange.body == page
    assert exchange.url.endswith("/login")


def test_secrets_go_with_a_redirect_to_the_same_host(
    serve: Serve, client: MakeClient
) -> None:
    server = serve(redirect("/new"), answer(PAGE))
    client(server.url, **SECRET).exchange(LIST)
    for request in server.asked:
        assert request.headers["authorization"].startswith("Basic ")
        assert request.headers["x-api-key"] == "secret"


@pytest.mark.parametrize("secret", [SECRET, {"bearer": "secret"}])
def test_secrets_do_not_go_to_another_host(
    serve: Serve, client: MakeClient, secret: dict[str, Any]
) -> None:
    other = serve(answer(PAGE))
    server = serve(redirect(other.url))
    client(server.url, **secret).exchange(LIST)
    assert "authorization" in server.asked[0].headers
    assert "authorization" not in other.asked[0].headers
    assert "x-api-key" not in other.asked[0].headers


def test_secrets_do_not_come_back_from_another_host(
    serve: Serve, client: MakeClient
) -> None:
    back = "/chosen-by-the-other"
    server = serve(redirect("http://placeholder"), answer(PAGE))
    other = serve(redirect(server.url.replace("/oai", back)))
    server._left[0] = redirect(other.url)  # noqa: SLF001 - each must know the other
    client(server.url, **SECRET).exchange(LIST)
    assert server.asked[1].target == back
    assert "authorization" not in server.asked[1].headers


def test_credentials_in_a_location_are_not_used(
    serve: Serve, client: MakeClient
) -> None:
    server = serve(answer(PAGE))
    leading = serve(redirect(server.url.replace("//", "//me:secret@")))
    client(leading.url).exchange(LIST)
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("length", ["100", "x"])
def test_a_redirect_whose_body_is_broken_off_is_followed(
    serve: Serve, client: MakeClient, length: str
) -> None:
    headers = {"Location": "/new", "Content-Length": length}
    broken = answer(b"x" * 50, "302 Found", headers)
    server = serve([broken, CLOSE], answer(PAGE))
    exchange = client(server.url).exchange(LIST)
    assert (exchange.body, exchange.attempts) == (PAGE, ())


def test_a_bomb_in_the_body_of_a_redirect_is_not_read(
    serve: Serve, client: MakeClient
) -> None:
    headers = {"Location": "/new", "Content-Length": "999999999999"}
    server = serve(answer(b"x" * 1000, "302 Found", headers), answer(PAGE))
    assert client(server.url).exchange(LIST).body == PAGE
    assert [r.connection for r in server.asked] == [1, 2]
