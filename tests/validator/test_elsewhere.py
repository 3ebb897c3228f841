"""Schemas where they are published, two requests at one time, and lists that change."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from interop.serving import serving
from validator.libraries import library
from validator.mutants import MUTANTS, OWN_SCHEMA, answering, changed, later, swapped
from validator.world import BASE_URL, SCHEMAS, XSD, InProcess, endpoint_of, judged

from oai_provider.harvester.order import Connecting
from oai_provider.harvester.timing import Timing
from oai_provider.validator.endpoint import USUAL, WHOLE, Endpoint
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.recording import Recorded, Recorder, Replay
from oai_provider.validator.report import as_json
from oai_provider.validator.transport import HttpTransport

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from validator.world import Answered

_SCHEMA = f'<xs:schema xmlns:xs="{XSD}" targetNamespace="urn:a"/>'.encode()
_IN_DC = (("metadataPrefix", "oai_dc"),)
_PUBLIC = ("93.184.216.34",)
_PRIVATE = ("10.0.0.1",)


class Host:
    """An application that publishes a schema, and more that is odd."""

    def __init__(self) -> None:
        self.together: Barrier | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> list[bytes]:
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        status, headers, body = {
            "/a.xsd": ("200 OK", [], _SCHEMA),
            "/moved": ("302 Found", [("Location", "/a.xsd")], b""),
            "/circle": ("302 Found", [("Location", "/circle")], b""),
            "/away": ("302 Found", [("Location", "ftp://127.0.0.1/a.xsd")], b""),
            "/large": ("200 OK", [], b"x" * 2_100_000),
        }.get(path, ("200 OK", [], query.encode()))
        if path == "/oai" and self.together is not None:
            self.together.wait(10)
        told = environ.get("HTTP_AUTHORIZATION", "")
        start_response(status, [("Content-Type", "text/xml"), *headers, ("X", told)])
        return [body]


@pytest.fixture(name="host", scope="module")
def _host() -> Host:
    return Host()


@pytest.fixture(name="url", scope="module")
def _url(host: Host) -> Iterator[str]:
    def app(_: str) -> "WSGIApplication":
        return host

    with serving(app) as url:
        yield url


Opens = Callable[..., HttpTransport]


@pytest.fixture(name="opens")
def _opens(url: str) -> Iterator[Opens]:
    """Open transports to the host, or to another."""
    opened = []

    def opens(
        base_url: str = url, connecting: Connecting | None = None
    ) -> HttpTransport:
        timing = Timing(sleep=lambda _: None)
        opened.append(HttpTransport(base_url, connecting or Connecting(), timing))
        return opened[-1]

    yield opens
    for transport in opened:
        transport.close()


def at(url: str, path: str) -> Request:
    return Request(arguments=(), url=url.replace("/oai", path))


def test_schema_is_fetched_from_its_own_address(opens: Opens, url: str) -> None:
    exchange = opens().send(at(url, "/moved"))
    assert (exchange.status, exchange.body) == (200, _SCHEMA)
    assert exchange.url.endswith("/a.xsd")
    assert exchange.request.curl("http://b/").startswith("curl -s http://127.0.0.1")


def test_other_hosts_are_told_no_secrets(opens: Opens, url: str) -> None:
    transport = opens(connecting=Connecting(bearer="secret"))
    assert transport.send(at(url, "/a.xsd")).header("X") == ""
    asked = transport.send(Request(arguments=(("verb", "Identify"),)))
    assert asked.header("X") == "Bearer secret"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/circle", "redirects more than 3 times"),
        ("/away", "no address of HTTP"),
        ("/large", "longer than 2,000,000 bytes"),
    ],
)
def test_what_is_odd_elsewhere_is_refused(
    opens: Opens, url: str, path: str, why: str
) -> None:
    exchange = opens().send(at(url, path))
    assert exchange.status == 0
    assert why in exchange.failure


def test_private_address_is_refused_unless_the_endpoint_is_at_one(
    opens: Opens, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"public.example": _PUBLIC, "private.example": _PRIVATE}
    monkeypatch.setattr(
        "oai_provider.validator.elsewhere.addresses",
        lambda name: known.get(name, ("127.0.0.1",)),
    )
    refused = opens("https://public.example/oai").send(at(url, "/a.xsd"))
    assert refused.failure == "127.0.0.1 is a private address"
    assert opens("https://private.example/oai").send(at(url, "/a.xsd")).status == 200


def test_host_that_is_not_known_is_told(opens: Opens) -> None:
    exchange = opens().send(Request(arguments=(), url="http://no-such-host.invalid/"))
    assert exchange.status == 0
    assert exchange.failure


def test_two_requests_are_made_at_one_time(opens: Opens, host: Host) -> None:
    host.together = Barrier(2)
    requests = [Request(arguments=(("verb", name),)) for name in ("a", "b")]
    exchanges = opens().send_at_once(requests)
    host.together = None
    assert [e.body for e in exchanges] == [b"verb=a", b"verb=b"]
    assert [e.request for e in exchanges] == requests
    assert all(0 < e.first_byte <= e.seconds for e in exchanges)


def test_what_was_asked_beside_is_in_a_recording(tmp_path: Path) -> None:
    file, said = tmp_path / "a", Recorded(base_url=BASE_URL, depth=USUAL, seed=0)
    inner = InProcess(library("usual").app(), OWN_SCHEMA)
    recorder = Recorder(inner, file, said)
    codes = "formats-schema-namespace", "performance-at-once"
    first = judged(Endpoint(BASE_URL, recorder, schemas=SCHEMAS), *codes)
    recorder.close()
    again = judged(Endpoint(BASE_URL, Replay(file), schemas=SCHEMAS), *codes)
    assert as_json(again) == as_json(first)
    assert [found.rule for found in first.findings] == ["formats-schema-namespace"]
    assert "http://a.example/a.xsd" in first.findings[0].request


class Plain:
    """A transport that asks one at a time."""

    def __init__(self) -> None:
        self._inner = InProcess(library("usual").app())

    def send(self, request: Request) -> Exchange:
        return self._inner.send(request)


def test_transport_that_asks_one_at_a_time_is_told(tmp_path: Path) -> None:
    said = Recorded(base_url=BASE_URL, depth=USUAL, seed=0)
    recorder = Recorder(Plain(), tmp_path / "a", said)
    for transport in (Plain(), recorder):
        endpoint = Endpoint(BASE_URL, transport, schemas=SCHEMAS)
        (unchecked,) = judged(endpoint, "performance-at-once").unchecked
        assert unchecked.reason == "requests are made one at a time here"
    recorder.close()


def test_schema_that_cannot_be_had_is_told_and_proves_nothing() -> None:
    def away(answer: "Answered") -> "Answered":
        return replace(answer, status=0) if answer.request.url else answer

    mutant = replace(OWN_SCHEMA, answered=lambda a: away(OWN_SCHEMA.answered(a)))
    endpoint = endpoint_of(library("usual").app(), BASE_URL, mutant)
    judgement = judged(endpoint, "formats-schema-there", "formats-schema-namespace")
    assert judgement.findings == ()
    assert len(judgement.unchecked) == 2


def test_numbers_of_a_list_that_moved_are_not_judged() -> None:
    moved = swapped("<datestamp>20", "<datestamp>21", where=later)
    wrong = MUTANTS["token-size-true"]
    mutant = replace(moved, answered=lambda a: wrong.answered(moved.answered(a)))
    endpoint = endpoint_of(library("usual").app(), BASE_URL, mutant)
    judgement = judged(endpoint, "token-size-true", "contradiction-lists")
    assert judgement.findings == ()
    assert {one.rule for one in judgement.unchecked} == {
        "token-size-true",
        "contradiction-lists",
    }


def test_page_that_was_slow_once_is_no_growth() -> None:
    asked = count()

    def slow_once(answer: "Answered") -> "Answered":
        is_first = later(answer.arguments) and next(asked) == 1
        return replace(answer, seconds=30.0) if is_first else answer

    endpoint = endpoint_of(
        library("usual").app(), BASE_URL, answering(slow_once), WHOLE
    )
    assert [
        page.seconds for page in endpoint.walk("ListRecords", metadataPrefix="oai_dc")
    ][-1] == 30
    assert judged(endpoint, "http-depth-time").findings == ()


def test_slow_endpoint_is_slow_everywhere_and_does_not_grow() -> None:
    endpoint = endpoint_of(library("usual").app(), BASE_URL, changed(seconds=9.0))
    assert judged(endpoint, "http-depth-time").findings == ()


def test_token_that_is_refused_after_its_time_is_none_to_blame() -> None:
    over = swapped(
        "<resumptionToken ", '<resumptionToken expirationDate="2001-01-01T00:00:00Z" '
    )
    refused = MUTANTS["token-lives"]
    mutant = replace(over, answered=lambda a: over.answered(refused.answered(a)))
    endpoint = endpoint_of(library("usual").app(), BASE_URL, mutant)
    assert judged(endpoint, "token-lives").findings == ()


def test_changed_token_that_leads_to_a_page_is_legal() -> None:
    app, first = library("usual").app(), (("verb", "ListRecords"), *_IN_DC)
    good = endpoint_of(app, BASE_URL).a_token().value

    def forgiving(request: Request) -> Request:
        value = dict(request.arguments).get("resumptionToken", good)
        return request if value == good else replace(request, arguments=first)

    mutant = replace(MUTANTS["token-tampered"], asked=forgiving)
    assert judged(endpoint_of(app, BASE_URL, mutant), "token-tampered").findings == ()


@pytest.mark.parametrize("length", [40, 12_000])
def test_size_of_pages_matters_in_long_lists_only(length: int) -> None:
    mutant = swapped('Size="12"', f'Size="{length}"')
    endpoint = endpoint_of(library("usual").app(), BASE_URL, mutant)
    found = judged(endpoint, "performance-page-size").findings
    assert bool(found) is (length > 1000)
