"""Links are asked politely, on real sockets, and nothing inside a network is."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from verifier.cases import WHOLE
from verifier.judging import judged as judgement_of
from verifier.judging import read, reading

from oai_provider.cli import main
from oai_provider.harvester.timing import Timing
from oai_provider.reach import Address, is_public_address
from oai_provider.verifier.catalogue import catalogue
from oai_provider.verifier.finding import Finding
from oai_provider.verifier.links.asking import Asker
from oai_provider.verifier.links.checking import At, Links, check, with_findings
from oai_provider.verifier.links.following import Following, Politeness, following

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
# Authorities take a while to read.
TLS = ssl.create_default_context()
OK = "HTTP/1.1 200 OK\r\n\r\n"


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Server:
    """A host that says what it is told to, one answer a request, and keeps requests."""

    def __init__(self, *answers: str) -> None:
        self._answers = answers
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.requests: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def lines(self) -> list[str]:
        return [request.partition(" HTTP")[0] for request in self.requests]

    def _serve(self) -> None:
        for number in count():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                data = b""
                while b"\r\n\r\n" not in data and (more := connection.recv(4096)):
                    data += more
                self.requests.append(data.decode("latin-1"))
                answer = self._answers[min(number, len(self._answers) - 1)]
                connection.sendall(answer.replace("PORT", str(self.port)).encode())

    def close(self) -> None:
        # Whoever waits for a connection is woken by this, and not by `close`.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def serving(*answers: str) -> Iterator[Server]:
    server = Server(*answers)
    try:
        yield server
    finally:
        server.close()


def answering(status: int, **headers: str) -> str:
    lines = "".join(f"{n.replace('_', '-')}: {v}\r\n" for n, v in headers.items())
    return f"HTTP/1.1 {status} Told\r\n{lines}\r\n"


def loopback_too(address: Address) -> bool:
    return address.is_loopback or is_public_address(address)


def asked_of(
    clock: Clock | None = None, per_host: int = 50, timeout: float = 5.0
) -> Following:
    clock = clock or Clock()
    return following(
        Asker(may_reach=loopback_too, timeout=timeout, tls=TLS),
        Politeness(per_host=per_host),
        Timing(clock=lambda: NOW, monotonic=lambda: clock.now, sleep=clock.sleep),
    )


def found(*urls: str, how: Following | None = None) -> list[Finding]:
    places = {url: [At(item="oai:x:1", place="", field="landing_page")] for url in urls}
    return [*check(places, catalogue(), how or asked_of())]


def told(*urls: str, how: Following | None = None) -> list[tuple[str, str]]:
    return [(one.rule, one.message) for one in found(*urls, how=how)]


def test_page_that_is_there_is_no_finding_and_asked_by_head_once() -> None:
    with serving(OK) as server:
        assert told(server.url("/a?b=ü")) == []
        assert server.lines == ["HEAD /a?b=%C3%BC"]
        assert "User-Agent: oai-provider/" in server.requests[0]


@pytest.mark.parametrize("status", [404, 410])
def test_page_that_is_gone_is_broken(status: int) -> None:
    with serving(answering(status)) as server:
        ((code, message),) = told(server.url())
        assert (code, str(status) in message) == ("link-broken", True)
        assert [line[:4] for line in server.lines] == ["HEAD", "GET "]


@pytest.mark.parametrize("status", [403, 404, 405, 501])
def test_host_that_refuses_head_is_asked_by_get(status: int) -> None:
    with serving(answering(status), OK) as server:
        assert told(server.url()) == []


@pytest.mark.parametrize("status", [401, 403, 500, 502, 503, 400])
def test_page_that_answers_otherwise_is_doubtful(status: int) -> None:
    with serving(answering(status)) as server:
        assert [code for code, _ in told(server.url())] == ["link-doubtful"]


def test_page_that_moved_for_good_is_told_with_its_new_address() -> None:
    moves = answering(301, Location="/b"), answering(308, Location="/c"), OK
    with serving(*moves) as server:
        moved = f"has moved to {server.url('/c')}"
        assert told(server.url()) == [("link-moved", moved)]


def test_address_after_a_passing_redirect_is_not_told_as_new() -> None:
    moves = answering(301, Location="/b"), answering(302, Location="/c"), OK
    with serving(*moves) as server:
        moved = f"has moved to {server.url('/b')}"
        assert told(server.url()) == [("link-moved", moved)]
    with serving(answering(302, Location="/b"), answering(301, Location="/c"), OK) as s:
        assert told(s.url()) == []


def test_redirects_end_after_five() -> None:
    with serving(answering(302, Location="/")) as server:
        assert [code for code, _ in told(server.url())] == ["link-doubtful"]
        assert len(server.requests) == 6


def test_each_hop_is_looked_at() -> None:
    with serving(answering(302, Location="http://169.254.169.254/latest")) as server:
        ((code, message),) = told(server.url())
        assert code == "link-refused"
        assert "169.254.169.254" in message


def test_host_that_is_not_there_is_doubtful() -> None:
    with serving(OK) as server:
        url = server.url()
    assert [code for code, _ in told(url)] == ["link-doubtful"]


def test_name_that_no_host_has_is_broken() -> None:
    assert [code for code, _ in told("http://..invalid/")] == ["link-broken"]


@pytest.mark.parametrize("url", ["http://[x/", "ftp://a.example.edu/", "https://"])
def test_what_is_no_address_of_the_web_is_broken(url: str) -> None:
    assert [code for code, _ in told(url)] == ["link-broken"]


def test_port_that_is_not_the_webs_is_not_asked() -> None:
    assert [code for code, _ in told("http://127.0.0.1:22/")] == ["link-refused"]


def test_host_that_never_answers_is_asked_three_times() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        found = told(*(f"{url}/{n}" for n in range(9)), how=asked_of(timeout=0.1))
    assert [code for code, _ in found] == ["link-doubtful"] * 3 + ["link-unchecked"]
    assert "not answered 3 times in a row: 6 addresses were not asked" in found[-1][1]


def test_answer_that_drips_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        ((code, message),) = told(url, how=asked_of(timeout=0.2))
    assert (code, message) == ("link-doubtful", "no answer came in 0.2 seconds")


def test_loopback_is_refused_unless_it_is_allowed() -> None:
    with serving(OK) as server:
        assert [code for code, _ in told(server.url(), how=following())] == [
            "link-refused"
        ]
        assert server.requests == []


def test_credentials_in_an_address_are_not_sent() -> None:
    with serving(OK) as server:
        url = server.url().replace("//", "//user:secret@")
        assert told(url) == []
        assert "secret" not in server.requests[0]
        assert "uthorization" not in server.requests[0]


def test_host_is_asked_with_a_pause_and_each_address_once() -> None:
    clock = Clock()
    with serving(OK) as server:
        urls = [server.url(f"/{n}") for n in range(3)]
        assert told(*urls, how=asked_of(clock)) == []
        assert server.lines == ["HEAD /0", "HEAD /1", "HEAD /2"]
    assert clock.slept == [1.0, 1.0]


def test_host_is_asked_for_no_more_than_is_allowed_and_the_rest_is_told() -> None:
    with serving(OK) as server:
        urls = [server.url(f"/{n}") for n in range(4)]
        ((code, message),) = told(*urls, how=asked_of(per_host=2))
        assert code == "link-unchecked"
        assert (
            message == "2 addresses at 127.0.0.1 were asked: 2 addresses were not asked"
        )
        assert len(server.requests) == 2


@pytest.mark.parametrize("after", ["7", "Sat, 28 Nov 2026 12:00:07 GMT"])
def test_host_that_asks_for_time_gets_it(after: str) -> None:
    clock = Clock()
    with serving(answering(503, Retry_After=after), OK) as server:
        assert told(server.url(), how=asked_of(clock)) == []
    assert clock.slept == [7.0]


def test_time_in_a_zone_of_too_many_digits_is_no_time() -> None:
    after = f"Sat, 28 Nov 2026 12:00:07 +{'9' * 20}"
    with serving(answering(429, Retry_After=after)) as server:
        ((code, _),) = told(server.url())
    assert code == "link-unchecked"


@pytest.mark.parametrize(
    ("answer", "requests"),
    [
        (answering(429, Retry_After="3600"), 1),
        (answering(429), 1),
        (answering(503, Retry_After="5"), 2),
    ],
)
def test_host_that_wants_to_be_left_alone_is(answer: str, requests: int) -> None:
    with serving(answer) as server:
        ((code, message),) = told(server.url("/1"), server.url("/2"))
        assert code == "link-unchecked"
        assert "127.0.0.1 asks to be left alone" in message
        assert len(server.requests) == requests


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.168.1.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2001:0:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_address_inside_a_network_is_not_public(address: str) -> None:
    assert not is_public_address(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_address_of_anybody_is_public(address: str) -> None:
    assert is_public_address(ip_address(address))


def test_host_with_one_inner_address_is_refused_and_none_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def addresses(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        return [(2, 1, 6, "", (one, port)) for one in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    ((code, message),) = told("http://rebinding.example.edu/", how=following())
    assert (code, asked) == ("link-refused", ["rebinding.example.edu"])
    assert "10.0.0.1" in message


def test_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lookups = iter(["127.0.0.1", "10.0.0.1"])
    real = socket.getaddrinfo

    def rebound(host: str, port: int, *words: object, **more: object) -> object:
        if host != "rebinding.example.edu":
            return real(host, port, *words, **more)  # type: ignore[arg-type]  # passed on
        return [(2, 1, 6, "", (next(lookups), port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with serving(OK) as server:
        assert told(f"http://rebinding.example.edu:{server.port}/") == []
        assert "Host: rebinding.example.edu:" in server.requests[0]


def test_addresses_are_those_an_item_is_served_with() -> None:
    links = Links()
    changes = {
        "files": ["https://journal.example.edu/one.pdf#page=2"],
        "related": [
            {"relation": "cites", "identifier": {"scheme": "doi", "value": "10.1/x"}}
        ],
        "rights": {"licenses": [{"uri": "https://journal.example.edu/licence"}]},
    }
    assert len([*links.noted(reading().read(read(changes)))]) == 1
    assert {url: at[0].field for url, at in links.places.items()} == {
        "https://journal.example.edu/one": "landing_page",
        "https://journal.example.edu/one.pdf": "files[0].url",
        "https://doi.org/10.1234/abc": "identifiers[0].value",
        "https://doi.org/10.1/x": "related[0].identifier.value",
        "https://journal.example.edu/licence": "rights.licenses[0].uri",
    }


def test_finding_of_a_link_stands_with_the_others_of_its_item() -> None:
    judgement = judgement_of(
        [{"languages": ["und"]}, {"id": "two", "languages": ["und"]}]
    )
    first = judgement.findings[0]
    places = {
        "ftp://x/": [At(item=first.item, place=first.place, field="files[0].url")]
    }
    more = with_findings(judgement, check(places, catalogue(), asked_of()))
    codes = [
        (one.item[-3:], one.rule) for one in more.findings if "dup" not in one.rule
    ]
    assert codes[1] == ("one", "link-broken")


def test_command_asks_nothing_inside_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(OK) as server:
        item = {
            **WHOLE,
            "landing_page": server.url(),
            "files": [],
            "identifiers": [],
            "rights": {"access": "open"},
        }
        Path("a.jsonl").write_text(json.dumps(item), "utf-8")
        result = CliRunner().invoke(
            main, ["verify", "--files", "a.jsonl", "--links", "--json"]
        )
        assert server.requests == []
    codes = [one["rule"] for one in json.loads(result.stdout)["findings"]]
    assert "link-refused" in codes
