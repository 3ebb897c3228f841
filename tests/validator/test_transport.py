"""What is told of an answer besides its body, and what a recording keeps of it."""

import json
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from harvester.scripted_server import ScriptedServer, answer, redirect
from validator.world import BASE_URL

from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.order import Connecting
from oai_provider.harvester.timing import Timing
from oai_provider.validator.endpoint import USUAL
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.recording import Recorded, Recorder, Replay
from oai_provider.validator.transport import MOST_BYTES, HttpTransport

IDENTIFY = Request(arguments=(("verb", "Identify"),))
TIMING = Timing(sleep=lambda _: None, random=lambda: 0.5)


@pytest.fixture(name="stack")
def _stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def asked(
    stack: ExitStack,
    *replies: bytes,
    request: Request = IDENTIFY,
    connecting: Connecting | None = None,
    tls: ssl.SSLContext | None = None,
) -> Exchange:
    """Return the exchange of a server that sends replies in their order."""
    server = stack.enter_context(ScriptedServer(replies, tls=tls))
    made = HttpTransport(server.url, connecting or Connecting(most_tries=1), TIMING)
    return stack.enter_context(closing(made)).send(request)


def test_redirects_are_told_and_counted(stack: ExitStack) -> None:
    replies = (redirect("/a", "301 Moved"), redirect("/b"), answer(b"<a/>"))
    exchange = asked(stack, *replies)
    assert exchange.redirects == (("301", "/a"), ("302", "/b"))
    assert (exchange.status, exchange.requests) == (200, 3)


def test_redirect_that_leads_nowhere_is_told(stack: ExitStack) -> None:
    exchange = asked(stack, redirect("ftp://example.org/"))
    assert exchange.redirects == (("302", "ftp://example.org/"),)
    assert (exchange.status, exchange.fault) == (0, FetchFault.REDIRECTS)


def test_redirects_of_tries_that_failed_are_counted(stack: ExitStack) -> None:
    busy = answer(status="503 Busy", headers={"Retry-After": "0"})
    replies = (redirect("/a"), busy, redirect("/a"), answer(b"<a/>"))
    exchange = asked(stack, *replies, connecting=Connecting(most_tries=2))
    assert (exchange.status, exchange.requests) == (200, 4)


def test_head_is_sent_as_head(stack: ExitStack) -> None:
    head = Request(arguments=IDENTIFY.arguments, method="HEAD")
    reply = answer(headers={"Content-Type": "text/xml", "Content-Length": "9"})
    exchange = asked(stack, reply, request=head)
    assert (exchange.status, exchange.body) == (200, b"")
    assert exchange.header("Content-Type") == "text/xml"
    assert head.curl(BASE_URL).startswith("curl -sI ")


def test_answer_that_is_too_large_is_not_read(stack: ExitStack) -> None:
    reply = answer(headers={"Content-Length": str(MOST_BYTES + 1)})
    exchange = asked(stack, reply)
    assert (exchange.status, exchange.body) == (200, b"")
    assert exchange.fault == FetchFault.TOO_LARGE


def test_end_of_the_certificate_is_told(stack: ExitStack, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ends = datetime(2037, 5, 4, 3, 2, 1, tzinfo=UTC)
    authority.issue_cert("127.0.0.1", not_after=ends).configure_cert(tls)
    connecting = Connecting(most_tries=1, ca_file=tmp_path / "ca.pem")
    exchange = asked(stack, answer(b"<a/>"), connecting=connecting, tls=tls)
    assert exchange.certificate_until == "2037-05-04T03:02:01Z"


def test_plain_http_has_no_certificate(stack: ExitStack) -> None:
    assert asked(stack, answer(b"<a/>")).certificate_until == ""


class Told:
    """A transport whose answer has everything that can be told of one."""

    def send(self, request: Request) -> Exchange:
        return Exchange(
            request=request,
            redirects=(("301", "/b"),),
            fault=FetchFault.TOO_LARGE,
            certificate_until="2037-05-04T03:02:01Z",
            delays=(("503", "7"),),
            failure="too large",
        )


def _recorded(file: Path) -> Exchange:
    said = Recorded(base_url=BASE_URL, depth=USUAL, seed=0)
    with closing(Recorder(Told(), file, said)) as recorder:
        return recorder.send(IDENTIFY)


def test_recording_keeps_all_that_is_told_of_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "oai.jsonl"
    exchange = _recorded(file)
    assert Replay(file).send(IDENTIFY) == exchange


def test_recording_of_a_former_version_is_read(tmp_path: Path) -> None:
    file = tmp_path / "oai.jsonl"
    _recorded(file)
    head, line = file.read_text("utf-8").splitlines()
    newer = ("redirects", "fault", "certificate_until")
    former = {n: v for n, v in json.loads(line).items() if n not in newer}
    file.write_text(f"{head}\n{json.dumps(former)}\n", "utf-8")
    exchange = Replay(file).send(IDENTIFY)
    assert (exchange.redirects, exchange.fault) == ((), "")
    assert exchange.delays == (("503", "7"),)
