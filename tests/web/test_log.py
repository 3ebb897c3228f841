"""The log: a line per request, which a client cannot forge."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from web.samples import Site

from oai_provider.web.log import request_logger


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


def test_a_request_is_one_line_that_says_what_it_was(site: Site) -> None:
    reply = site.oai("verb=ListRecords&metadataPrefix=oai_dc")
    [line] = site.log
    assert line.pop("timestamp")
    assert 0 < line.pop("ms") < 10_000
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "path": "/oai",
        "status": 200,
        "verb": "ListRecords",
        "records": 4,
        "bytes": len(reply.body),
        "client": "192.0.2.7",
    }


def test_headers_and_sets_are_counted_too(site: Site) -> None:
    site.oai("verb=ListIdentifiers&metadataPrefix=oai_dc")
    site.oai("verb=ListSets")
    assert (site.log[0]["records"], site.log[1]["sets"]) == (4, 2)


def test_the_codes_of_protocol_errors_are_named(site: Site) -> None:
    site.oai("verb=GetRecord&x=1")
    assert set(site.log[0]["errors"]) == {"badArgument"}


def test_the_line_of_a_page_has_its_status_and_length(site: Site) -> None:
    reply = site.get("/nowhere")
    assert (site.log[0]["status"], site.log[0]["bytes"]) == (404, len(reply.body))


def test_what_a_client_sends_cannot_begin_a_new_line(site: Site) -> None:
    site.get("/a\n\x1b[31m{}")
    assert site.log[0]["path"] == "/a%0A%1B[31m%7B%7D"


def test_octets_stand_in_the_log_as_they_were_sent(site: Site) -> None:
    site.get("/\xc3\xa9\xff")
    assert site.log[0]["path"] == "/%C3%A9%FF"


def test_a_stream_nobody_watches_gets_json() -> None:
    stream = io.StringIO()
    request_logger(stream).info("request", status=200)
    assert json.loads(stream.getvalue())["status"] == 200


def test_the_timestamp_is_that_of_the_clock_in_utc() -> None:
    stream = io.StringIO()
    moment = datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC)
    request_logger(stream, lambda: moment).warning("request")
    told = {"timestamp": "2026-03-01T12:30:00.000005Z", "level": "warning"}
    assert json.loads(stream.getvalue()) == told | {"event": "request"}


def test_an_exception_is_one_line_with_its_traceback() -> None:
    stream = io.StringIO()
    try:
        int("x")
    except ValueError:
        request_logger(stream).exception("a request failed", path="/oai")
    line = json.loads(stream.getvalue())
    assert stream.getvalue().count("\n") == 1
    assert line["level"] == "error"
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("base 10: 'x'")


def test_lines_of_several_threads_do_not_mix(tmp_path: Path) -> None:
    file = tmp_path / "log"
    with file.open("w", encoding="utf-8") as stream:
        log = request_logger(stream)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: log.info("request", n=n), range(2000)))
    lines = file.read_text("utf-8").splitlines()
    assert sorted(json.loads(line)["n"] for line in lines) == [*range(2000)]


def test_a_terminal_gets_lines_for_people() -> None:
    stream = Terminal()
    request_logger(stream).info("request", status=200)
    assert "status" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
