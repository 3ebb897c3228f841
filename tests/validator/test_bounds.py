"""What bounds a judgement: formats that are asked for, requests, and memory."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from interop.serving import serving
from validator.libraries import library
from validator.shelf import Book, Shelf, endpoint_of
from validator.world import BASE_URL, SCHEMAS, judged
from validator.world import endpoint_of as usual

from oai_provider.harvester.order import Connecting
from oai_provider.harvester.timing import Timing
from oai_provider.validator import shelf
from oai_provider.validator.endpoint import QUICK, Depth, Endpoint
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.finding import NotChecked
from oai_provider.validator.recording import Recorded, Recorder, Replay
from oai_provider.validator.report import as_json
from oai_provider.validator.transport import Exhausted, HttpTransport

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def _of_formats(count: int) -> Endpoint:
    others = tuple(f"form{n}" for n in range(count))
    books = [Book(elements={"dc:title": ["Stars"]})]
    return endpoint_of(Shelf(books=books, formats=("oai_dc", *others)))


def test_of_many_formats_a_few_are_asked_for() -> None:
    endpoint = _of_formats(60)
    judgement = judged(endpoint)
    asked = [dict(exchange.request.arguments) for exchange in endpoint.exchanges]
    prefixes = {a["metadataPrefix"] for a in asked if "metadataPrefix" in a}
    assert sum(prefix.startswith("form") for prefix in prefixes) == 8
    assert judgement.requests < 200


@pytest.mark.parametrize("rule", ["namespace", "schema", "schema-agrees"])
def test_formats_that_are_not_asked_for_are_told(rule: str) -> None:
    code = f"formats-payload-{rule}"
    (untold,) = judged(_of_formats(9), code).unchecked
    assert "and not 1 more" in untold.reason


def test_few_formats_are_all_asked_for() -> None:
    assert not judged(_of_formats(8), "formats-payload-namespace").unchecked


class Weary:
    """A server that redirects each request, and is busy every second time after."""

    def __init__(self) -> None:
        self.asked = 0
        self._turns = count()
        self.is_always_busy = False
        self.retry_after = "0"

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> list[bytes]:
        self.asked += 1
        query = environ["QUERY_STRING"]
        if "moved" not in environ["PATH_INFO"]:
            start_response("302 Found", [("Location", f"/moved?{query}")])
            return [b""]
        if self.is_always_busy or not next(self._turns) % 2:
            start_response("503 Busy", [("Retry-After", self.retry_after)])
            return [b"later"]
        books = Shelf(books=[Book(elements={"dc:title": ["Stars"]})])
        pairs = tuple(p.split("=", 1) for p in query.split("&") if "=" in p)
        start_response("200 OK", [("Content-Type", "text/xml")])
        return [books.send(Request(arguments=tuple((n, v) for n, v in pairs))).body]


@pytest.fixture(name="weary")
def _weary() -> Weary:
    return Weary()


@pytest.fixture(name="transport")
def _transport(weary: Weary) -> Iterator[HttpTransport]:
    timing = Timing(sleep=lambda _: None, random=lambda: 0.5)
    with serving(lambda _: weary) as url:
        made = HttpTransport(url, Connecting(longest_wait=25), timing)
        with closing(made) as transport:
            yield transport


IDENTIFY = Request(arguments=(("verb", "Identify"),))


def test_quick_makes_no_more_requests_than_it_may(
    weary: Weary, transport: HttpTransport
) -> None:
    endpoint = Endpoint("http://127.0.0.1/oai", transport, schemas=SCHEMAS, depth=QUICK)
    judgement = judged(endpoint)
    assert judgement.requests == weary.asked == QUICK.requests


def test_recording_of_requests_that_ran_out_is_judged_alike(
    transport: HttpTransport, tmp_path: Path
) -> None:
    base_url = "http://127.0.0.1/oai"
    recorded = Recorded(base_url=base_url, depth=QUICK, seed=0)
    with closing(Recorder(transport, tmp_path / "oai.jsonl", recorded)) as recorder:
        first = judged(Endpoint(base_url, recorder, schemas=SCHEMAS, depth=QUICK))
    again = Replay(tmp_path / "oai.jsonl")
    second = judged(Endpoint(base_url, again, schemas=SCHEMAS, depth=QUICK))
    assert any("requests allowed were made before" in u.reason for u in first.unchecked)
    assert as_json(second) == as_json(first)


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_answer_that_needs_more_requests_than_are_left_is_none(
    weary: Weary, transport: HttpTransport, allowed: int
) -> None:
    transport.allow(allowed)
    with pytest.raises(Exhausted):
        transport.send(IDENTIFY)
    assert weary.asked == allowed


def test_requests_made_at_once_share_what_is_left(
    weary: Weary, transport: HttpTransport
) -> None:
    depth = Depth(name="seven", requests=7, pages=1, samples=1)
    endpoint = Endpoint("http://127.0.0.1/oai", transport, schemas=SCHEMAS, depth=depth)
    weary.is_always_busy = True
    with pytest.raises(NotChecked):
        endpoint.send_at_once(IDENTIFY, Request(arguments=(("verb", "ListSets"),)))
    assert weary.asked == 6


def test_requests_made_at_once_go_on_with_the_time_waited(
    weary: Weary, transport: HttpTransport
) -> None:
    weary.is_always_busy, weary.retry_after = True, "10"
    asked = []
    # Of 25 seconds, 10 a try: what comes first waits, and what follows must not.
    for _ in range(2):
        transport.send_at_once([IDENTIFY])
        asked.append(weary.asked)
    transport.send(IDENTIFY)
    assert [*asked, weary.asked] == [2 * 3, 2 * 4, 2 * 5]


def test_judgement_is_the_same_where_answers_are_packed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = library("usual").app()
    plain = judged(usual(app, BASE_URL))
    monkeypatch.setattr(shelf, "_LOOSE", 1)
    monkeypatch.setattr(shelf, "_KEPT", 1)
    assert judged(usual(app, BASE_URL)) == plain


def test_answers_are_held_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "_MOST", 20_000)
    endpoint = usual(library("usual").app(), BASE_URL)
    judgement = judged(endpoint)
    *all_but_last, last = (len(one.body) for one in endpoint.exchanges)
    assert sum(all_but_last) <= 20_000 < sum(all_but_last) + last
    reason = "the answers that came are over 20,000 bytes"
    assert reason in {one.reason for one in judgement.unchecked}


def test_much_is_held_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "_LOOSE", 1_000)
    kept = shelf.Shelf()
    large = Exchange(request=IDENTIFY, body=b"<a/>" + b" " * 10_000)
    page = kept.keep(large)
    assert len(vars(page)["packed"]) < 1_000
    assert page.body == large.body
    small = Exchange(request=IDENTIFY, body=b"<a/>")
    assert kept.keep(small) is small
