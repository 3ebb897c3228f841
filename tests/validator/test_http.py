"""Over a socket: the transport, the command, and providers that others wrote."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from interop.serving import serving
from spec.library import Library, fill
from validator.world import SCHEMAS, judged

from oai_provider.cli import main
from oai_provider.harvester.order import Connecting
from oai_provider.harvester.timing import Timing
from oai_provider.testing.hostile import HostileEndpoint
from oai_provider.validator.catalogue import Severity
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Request
from oai_provider.validator.transport import HttpTransport

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

IDENTIFY = Request(arguments=(("verb", "Identify"),))


@pytest.fixture(scope="module", name="base_url")
def _base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our own provider on a socket."""

    def app(base_url: str) -> "WSGIApplication":
        repository = {
            "base_url": base_url,
            "identifier": "library.example.edu",
            "admin_emails": ["library@library.example.edu"],
        }
        library = Library(tmp_path_factory.mktemp("served"), repository=repository)
        now = Timing().clock().replace(microsecond=0)
        library.clock.now = now - timedelta(days=3)
        fill(library)
        library.clock.now = now
        return library.app()

    with serving(app) as served:
        yield served


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["validate", *arguments])
    return result.exit_code, result.output


def test_command_judges_records_and_replays(base_url: str, tmp_path: Path) -> None:
    kept, junit = tmp_path / "oai.jsonl", tmp_path / "junit.xml"
    code, told = run(
        base_url, "--json", "--seed", "1", "--record", str(kept), "--junit", str(junit)
    )
    report = json.loads(told)
    assert (code, report["verdict"]) == (0, "compliant"), told
    assert report["findings"] == []
    assert junit.read_text("utf-8").startswith("<?xml")
    again, retold = run("--replay", str(kept), "--json")
    assert (again, retold) == (code, told)


def test_command_tells_people_what_to_mend(base_url: str) -> None:
    code, told = run(base_url.replace("127.0.0.1", "localhost"), "--quick")
    assert code == 1
    assert "error identify-base-url (OAI-PMH 4.2)" in told
    assert "What mends it: Set the base URL" in told
    assert "\nnot compliant: 1 error" in told


def test_endpoint_that_is_away_is_exit_code_3() -> None:
    code, told = run("http://127.0.0.1:9/oai", "--tries", "1")
    assert code == 3
    assert "unreachable" in told


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ftp://example.org"],
        ["https://example.org/oai", "--replay", __file__],
        ["https://example.org/oai", "--post"],
        ["https://example.org/oai", "--quick", "--whole"],
        ["--replay", __file__, "--quick"],
        ["--replay", "no-such-file"],
    ],
)
def test_wrong_call_is_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_file_that_is_no_recording_is_exit_code_2() -> None:
    code, told = run("--replay", __file__)
    assert code == 2
    assert "is not what `validate --record` writes" in told


class Scripted:
    """An application that pushes back, and tells what it was asked."""

    def __init__(self) -> None:
        self.busy = 0
        self.status = "200 OK"

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> list[bytes]:
        if self.busy:
            self.busy -= 1
            start_response("503 Busy", [("Retry-After", "7")])
            return [b"later"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode()
        asked = [
            environ["REQUEST_METHOD"],
            environ["QUERY_STRING"],
            environ.get("CONTENT_TYPE", ""),
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            body,
        ]
        start_response(self.status, [("Content-Type", "text/plain")])
        return [json.dumps(asked).encode()]


@pytest.fixture(name="scripted")
def _scripted() -> Scripted:
    return Scripted()


@pytest.fixture(name="transport")
def _transport(scripted: Scripted) -> Iterator[tuple[HttpTransport, list[float]]]:
    slept: list[float] = []
    timing = Timing(sleep=slept.append, random=lambda: 0.5)
    with serving(lambda _: scripted) as url:
        transport = HttpTransport(url, Connecting(most_tries=3), timing)
        yield transport, slept
        transport.close()


Sent = tuple[HttpTransport, list[float]]


def test_illegal_requests_arrive_as_they_are(transport: Sent) -> None:
    pairs = (("verb", "Identify"), ("verb", ""), ("a b", "é&"))
    exchange = transport[0].send(Request(arguments=pairs))
    method, query, *_ = json.loads(exchange.body)
    assert method == "GET"
    assert query == "verb=Identify&verb=&a%20b=%C3%A9%26"


def test_post_has_its_arguments_in_its_body(transport: Sent) -> None:
    headers = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),)
    request = Request(arguments=IDENTIFY.arguments, method="POST", headers=headers)
    method, query, kind, _, body = json.loads(transport[0].send(request).body)
    assert (method, query, body) == ("POST", "", "verb=Identify")
    assert kind == headers[0][1]


def test_coding_that_is_asked_for_is_the_only_one(transport: Sent) -> None:
    request = Request(
        arguments=IDENTIFY.arguments, headers=(("Accept-Encoding", "identity"),)
    )
    assert json.loads(transport[0].send(request).body)[3] == "identity"


def test_any_status_is_an_answer(transport: Sent, scripted: Scripted) -> None:
    scripted.status = "500 Oh no"
    exchange = transport[0].send(IDENTIFY)
    assert (exchange.status, transport[1]) == (500, [])
    assert exchange.body
    assert exchange.failure == "HTTP 500 Oh no"


def test_retry_after_is_kept_and_told(transport: Sent, scripted: Scripted) -> None:
    scripted.busy = 1
    exchange = transport[0].send(IDENTIFY)
    assert exchange.status == 200
    assert exchange.delays == (("503", "7"),)
    assert exchange.requests == 2
    assert sum(transport[1]) >= 7


def test_endpoint_that_stays_busy_is_told(transport: Sent, scripted: Scripted) -> None:
    scripted.busy = 9
    exchange = transport[0].send(IDENTIFY)
    assert (exchange.status, len(exchange.delays)) == (503, 3)
    assert exchange.requests == 3


# What is wrong, and all that may be found of it.
HOSTILE: dict[str | None, set[str]] = {
    None: set(),
    "cut-page": {"xml-well-formed", "token-leads-on"},
    "html-page": {"identify-answered", "xml-doctype"},
    "prefixed": {"xml-prefixed"},
    "cursor-wrong": {"token-cursor"},
    "size-too-big": {"token-size-true"},
    "final-token-missing": {"token-last-empty"},
    "repeated-token": {"token-moves"},
    "token-expired": {
        "token-expiration-ahead",
        "token-leads-on",
        "error-get-record-token",
    },
    "set-lost-in-token": {"token-keeps-set"},
    "until-lost-in-token": {"token-keeps-until", "dates-windows"},
    "seconds-declared-days-served": {"record-datestamp-granularity"},
    "out-of-window": {"dates-until"},
    "html-type": {"http-content-type"},
    "post-refused": {"http-post", "http-post-get-record", "contradiction-post"},
    "day-granularity": set(),
    "not-in-order": set(),
    "429-with-seconds": set(),
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_hostile_endpoint_is_found_out_and_blamed_for_nothing_else(
    fault: str | None,
) -> None:
    timing = Timing(sleep=lambda _: None)
    with HostileEndpoint(fault) as hostile:
        transport = HttpTransport(hostile.url, Connecting(), timing)
        endpoint = Endpoint(hostile.url, transport, schemas=SCHEMAS)
        judgement = judged(endpoint)
        transport.close()
    blamed = {f.rule for f in judgement.findings if f.severity is not Severity.INFO}
    assert blamed == HOSTILE[fault]
