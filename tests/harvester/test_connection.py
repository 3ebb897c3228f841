"""Credentials, proxies, certificates: what is sent to whom, and what is refused."""

import base64
import socket
import ssl
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
import trustme
from harvester.conftest import LIST, MakeClient, Serve
from harvester.scripted_server import CLOSE, TunnellingProxy, answer, redirect

from oai_provider.harvester.connection import ConnectingError, user_agent
from oai_provider.harvester.exchange import FetchError, FetchFault

PAGE = b"<OAI-PMH/>"


def _basic(value: str) -> str:
    return base64.b64decode(value.removeprefix("Basic ")).decode()


def test_basic_credentials_are_sent_as_utf_8(serve: Serve, client: MakeClient) -> None:
    server = serve(answer(PAGE))
    client(server.url, user="мы", password="p:w").exchange(LIST)
    assert _basic(server.asked[0].headers["authorization"]) == "мы:p:w"


def test_credentials_of_the_base_url_are_sent_and_shown_nowhere(
    serve: Serve, client: MakeClient
) -> None:
    server = serve(answer(PAGE), answer(b"", "403 No"))
    asked = client(server.url.replace("//", "//me:s%20cret@"))
    exchange = asked.exchange(LIST)
    assert _basic(server.asked[0].headers["authorization"]) == "me:s cret"
    with pytest.raises(FetchError) as caught:
        asked.exchange(LIST)
    assert "cret" not in f"{exchange.url}{caught.value}{asked.endpoint}"


def test_a_bearer_is_sent(serve: Serve, client: MakeClient) -> None:
    server = serve(answer(PAGE))
    client(server.url, bearer="abc").exchange(LIST)
    assert server.asked[0].headers["authorization"] == "Bearer abc"


def test_headers_are_sent_instead_of_ours(serve: Serve, client: MakeClient) -> None:
    server = serve(answer(PAGE))
    headers = (("User-Agent", "mine"), ("X-Key", "1"))
    client(server.url, headers=headers).exchange(LIST)
    assert server.asked[0].headers["user-agent"] == "mine"
    assert server.asked[0].headers["x-key"] == "1"


def test_without_a_contact_only_our_name_is_said() -> None:
    assert user_agent(None).startswith("oai-provider/")
    assert "(" not in user_agent(None)


@pytest.mark.parametrize(
    "said",
    [
        {"user": "me", "bearer": "abc"},
        {"key": Path("key.pem")},
        {"certificate": Path("/no/such.pem")},
        {"ca_file": Path("/no/such.pem")},
        {"proxy": "ftp://proxy"},
        {"per_second": 0},
        {"method": "PUT"},
    ],
)
def test_what_cannot_be_done_is_said_at_once(
    client: MakeClient, said: dict[str, object]
) -> None:
    with pytest.raises(ConnectingError):
        client("http://127.0.0.1/oai", **said)


def test_what_is_no_address_is_said_at_once(client: MakeClient) -> None:
    with pytest.raises(ConnectingError, match="a base URL that begins with https://"):
        client("repository.example.org/oai")


def test_a_proxy_is_asked_instead(serve: Serve, client: MakeClient) -> None:
    proxy = serve(answer(PAGE))
    asked = client(
        "http://far.invalid/oai", proxy=proxy.url.replace("//", "//me:pw@")[:-4]
    )
    assert asked.exchange({"verb": "Identify"}).body == PAGE
    request = proxy.asked[0]
    assert request.target == "http://far.invalid/oai?verb=Identify"
    assert _basic(request.headers["proxy-authorization"]) == "me:pw"


def test_a_proxy_of_the_environment_is_asked(
    serve: Serve, client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(PAGE))
    monkeypatch.setenv("HTTP_PROXY", proxy.url[:-4])
    monkeypatch.setenv("http_proxy", proxy.url[:-4])
    client("http://far.invalid/oai").exchange(LIST)
    assert proxy.asked[0].target.startswith("http://far.invalid/oai?")


def test_hosts_the_environment_excepts_are_asked_directly(
    serve: Serve, client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = serve(answer(PAGE))
    assert client(server.url).exchange(LIST).body == PAGE


def test_a_proxy_that_is_not_there_is_told(client: MakeClient) -> None:
    asked = client("http://far.invalid/oai", proxy="http://127.0.0.1:9", most_tries=1)
    with pytest.raises(FetchError) as caught:
        asked.exchange(LIST)
    assert caught.value.fault is FetchFault.AWAY


def test_closing_closes_the_connections_whoever_holds_an_error(
    serve: Serve, client: MakeClient
) -> None:
    server = serve(redirect("ftp://x"))
    asked = client(server.url)
    with pytest.raises(FetchError):
        asked.exchange(LIST)
    asked.close()
    assert server.is_left.wait(3)


@pytest.fixture(name="authority", scope="module")
def _authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(name="ca_file", scope="module")
def _ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(name="tls")
def _tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_an_authority_that_is_named_is_trusted(
    serve: Serve, client: MakeClient, tls: ssl.SSLContext, ca_file: Path
) -> None:
    server = serve(answer(PAGE), answer(PAGE), tls=tls)
    asked = client(server.url, ca_file=ca_file)
    assert asked.exchange(LIST).body == PAGE
    asked.exchange(LIST)
    assert {r.connection for r in server.asked} == {1}


def test_the_environment_may_name_the_authorities(
    serve: Serve,
    client: MakeClient,
    tls: ssl.SSLContext,
    ca_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
    server = serve(answer(PAGE), tls=tls)
    assert client(server.url).exchange(LIST).body == PAGE


def test_an_unknown_authority_is_an_error_and_not_tried_again(
    serve: Serve, client: MakeClient, tls: ssl.SSLContext
) -> None:
    with pytest.raises(FetchError) as caught:
        client(serve(answer(PAGE), tls=tls).url).exchange(LIST)
    assert caught.value.fault is FetchFault.TLS
    assert isinstance(caught.value, requests.exceptions.SSLError)
    assert len(caught.value.attempts) == 1
    assert "ca_file" in str(caught.value)
    assert "not trusted" in str(caught.value)


def test_plain_http_where_tls_is_asked_is_an_error(client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            with listening.accept()[0] as connection:
                connection.sendall(answer(PAGE))
                connection.recv(1000)

        thread = threading.Thread(target=speak)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/oai"
        with pytest.raises(FetchError) as caught:
            client(url, most_tries=1).exchange(LIST)
        thread.join()
    assert caught.value.fault is FetchFault.TLS


@pytest.mark.parametrize("sent", [b"", answer(PAGE)[:-5]], ids=["nothing", "a part"])
def test_tls_that_is_broken_off_is_a_reset(
    serve: Serve, client: MakeClient, tls: ssl.SSLContext, ca_file: Path, sent: bytes
) -> None:
    server = serve([sent, CLOSE], answer(PAGE), tls=tls)
    exchange = client(server.url, ca_file=ca_file).exchange(LIST)
    assert [a.fault for a in exchange.attempts] == [FetchFault.RESET]


def _hang_up(listening: socket.socket) -> None:
    listening.accept()[0].close()


def test_a_handshake_that_is_broken_off_is_a_reset(client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_hang_up, args=(listening,))
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/oai"
        with pytest.raises(FetchError) as caught:
            client(url, most_tries=1).exchange(LIST)
        thread.join()
    assert caught.value.fault is FetchFault.RESET


@pytest.mark.parametrize("is_one_file", [True, False])
def test_a_client_certificate_is_shown(  # noqa: PLR0913, PLR0917 - fixtures
    serve: Serve,
    client: MakeClient,
    authority: trustme.CA,
    tls: ssl.SSLContext,
    ca_file: Path,
    is_one_file: bool,
) -> None:
    tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(tls)
    mine = authority.issue_cert("me@example.org")
    certificate, key = ca_file.with_name("me.pem"), None
    mine.cert_chain_pems[0].write_to_path(certificate)
    if is_one_file:
        mine.private_key_pem.write_to_path(certificate, append=True)
    else:
        key = ca_file.with_name("me.key")
        mine.private_key_pem.write_to_path(key)
    server = serve(answer(PAGE), tls=tls)
    client(server.url, ca_file=ca_file, certificate=certificate, key=key).exchange(LIST)
    assert server.asked[0].peer_certificate


def test_https_goes_through_a_proxy_in_a_tunnel(
    serve: Serve,
    client: MakeClient,
    tls: ssl.SSLContext,
    ca_file: Path,
    stack: ExitStack,
) -> None:
    server = serve(answer(PAGE), tls=tls)
    proxy = stack.enter_context(TunnellingProxy())
    asked = client(server.url, ca_file=ca_file, proxy=f"http://127.0.0.1:{proxy.port}")
    assert asked.exchange(LIST).body == PAGE
    assert proxy.asked[0].target == f"127.0.0.1:{server.port}"
    asked.close()


def test_no_redirect_leads_from_https_to_http(
    serve: Serve, client: MakeClient, tls: ssl.SSLContext, ca_file: Path
) -> None:
    plain = serve(answer(PAGE))
    server = serve(redirect(plain.url), tls=tls)
    with pytest.raises(FetchError) as caught:
        client(server.url, ca_file=ca_file).exchange(LIST)
    assert caught.value.fault is FetchFault.REDIRECTS
    assert plain.asked == []
