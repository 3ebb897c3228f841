"""What faults of documents and of HTTP look like."""

import re
import time
import tracemalloc
import zlib
from contextlib import closing
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, IncompleteRead
from urllib.parse import urlsplit

import pytest
from testing.asking import (
    GET,
    HEADERS,
    IDENTIFY,
    NOW,
    RECORDS,
    Check,
    Got,
    ask,
    first_bytes,
    honest,
    listed,
    second,
    second_query,
    unreadable,
    walk,
)

from oai_provider.protocol.read import ResponseError, read
from oai_provider.testing.hostile import (
    HostileEndpoint,
)


def page_2_is(status: int) -> Check:
    return lambda e: {second(e).status, second(e).status} == {status}


def recovers_from(status: int, retry_after: str | None = None) -> Check:
    def check(endpoint: HostileEndpoint) -> bool:
        first, again = second(endpoint), second(endpoint)
        told = (first.status, first.headers.get("Retry-After"))
        return told == (status, retry_after) and honest(again)

    return check


def breaks_page_2(error: type[Exception], *, for_ever: bool = True) -> Check:
    def check(endpoint: HostileEndpoint) -> bool:
        query = second_query(endpoint)
        with pytest.raises(error):
            ask(endpoint, query, timeout=0.1)
        if for_ever:
            with pytest.raises(error):
                ask(endpoint, query, timeout=0.1)
        return for_ever or honest(ask(endpoint, query))

    return check


def cut_in_half(page: Got, endpoint: HostileEndpoint) -> bool:
    endpoint.fault = None
    whole = second(endpoint).body
    return whole.startswith(page.body) and len(page.body) == len(whole) // 2


def redirects_to(path: str, status: int) -> Check:
    def check(endpoint: HostileEndpoint) -> bool:
        got = ask(endpoint, IDENTIFY)
        target = got.headers["Location"]
        base = endpoint.url.removesuffix("/oai")
        return got.status == status and target == f"{base}{path}?{IDENTIFY}"

    return check


def follow(endpoint: HostileEndpoint) -> Got:
    target = urlsplit(ask(endpoint, IDENTIFY).headers["Location"])
    return ask(endpoint, target.query, path=target.path)


def login(endpoint: HostileEndpoint) -> bool:
    return redirects_to("/login", 302)(endpoint) and b"<form>" in follow(endpoint).body


def moved(endpoint: HostileEndpoint) -> bool:
    return redirects_to("/moved", 301)(endpoint) and honest(follow(endpoint))


def loops(endpoint: HostileEndpoint) -> bool:
    target, seen = "/oai", list[str]()
    while target not in seen and len(seen) < 10:
        seen.append(target)
        target = urlsplit(ask(endpoint, IDENTIFY, path=target).headers["Location"]).path
    return target in seen


def dated(endpoint: HostileEndpoint) -> bool:
    query = second_query(endpoint)
    got = ask(endpoint, query)
    moment = parsedate_to_datetime(got.headers["Retry-After"])
    return (got.status, moment - NOW) == (503, timedelta(seconds=2)) and honest(
        ask(endpoint, query)
    )


def poisoned(endpoint: HostileEndpoint) -> bool:
    others = [held.identifier for held in endpoint.records if not held.deleted]
    broken = [i for i in others if ask(endpoint, GET + i).status == 500]
    return (
        [second(endpoint).status, second(endpoint).status] == [500, 500]
        and broken == [endpoint.marked]
        and len(listed(walk(endpoint, HEADERS))) == 20
    )


def bomb_of_entities(endpoint: HostileEndpoint) -> bool:
    body = ask(endpoint, RECORDS).body
    return body.count(b"<!ENTITY l") == 10 and b"&l9;" in body and unreadable(body)


def asks_elsewhere(endpoint: HostileEndpoint) -> bool:
    body = ask(endpoint, RECORDS).body
    found = re.search(rb'<!ENTITY x SYSTEM "([^"]*)">', body)
    assert found
    address = urlsplit(found[1].decode())
    is_there = ask(endpoint, "", path=address.path).body == b"fetched"
    return is_there and b"&x;" in body and endpoint.requests[-1].path == "/entity"


def half_gzip(endpoint: HostileEndpoint) -> bool:
    got = second(endpoint)
    unpacker = zlib.decompressobj(wbits=31)
    found = unpacker.decompress(got.body)
    return found.startswith(b"<?xml") and not unpacker.eof


def false_gzip(endpoint: HostileEndpoint) -> bool:
    got = second(endpoint)
    return got.headers["Content-Encoding"] == "gzip" and got.body.startswith(b"<?xml")


def swells(endpoint: HostileEndpoint) -> bool:
    """Look at the first 64 MB only: the whole takes seconds."""
    packed = first_bytes(endpoint, second_query(endpoint), 80_000)
    unpacker, size = zlib.decompressobj(wbits=31), 0
    while size < 64_000_000 and not unpacker.eof:
        size += len(unpacker.decompress(packed, 1_000_000))
        packed = unpacker.unconsumed_tail
    return size >= 64_000_000


def streams(endpoint: HostileEndpoint) -> bool:
    query = second_query(endpoint)
    tracemalloc.start()
    try:
        begun = first_bytes(endpoint, query, 20_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return len(begun) == 20_000_000 and peak < 3 * len(begun)


def drips(endpoint: HostileEndpoint) -> bool:
    begun = first_bytes(endpoint, second_query(endpoint), 20)
    with pytest.raises(TimeoutError):
        ask(endpoint, second_query(endpoint), timeout=0.05)
    return begun.startswith(b"<?xml")


def closes(endpoint: HostileEndpoint) -> bool:
    with closing(HTTPConnection(urlsplit(endpoint.url).netloc, timeout=10)) as line:
        line.request("GET", "/oai?verb=Identify")
        response = line.getresponse()
        told = response.getheader("Connection")
        line.sock.settimeout(0.2)
        return told is None and bool(response.read()) and line.sock.recv(1) == b""


def prefixed(endpoint: HostileEndpoint) -> bool:
    body = ask(endpoint, RECORDS).body
    return (
        b"<oai:OAI-PMH " in body
        and b"<record" not in body
        and len(read(body).arguments) == 2
    )


def foreign(endpoint: HostileEndpoint) -> bool:
    with pytest.raises(ResponseError):
        read(ask(endpoint, RECORDS).body)
    return (
        b'xmlns="http://www.openarchives.org/OAI/2.0"' in ask(endpoint, IDENTIFY).body
    )


def headless(endpoint: HostileEndpoint) -> bool:
    page = second(endpoint)
    counts = [page.body.count(tag) for tag in (b"<record>", b"<header", b"<metadata>")]
    return counts == [5, 4, 4]


def latin(endpoint: HostileEndpoint) -> bool:
    body = ask(endpoint, RECORDS).body
    return b'encoding="UTF-8"' in body and b"\xfc\xdfe" in body and unreadable(body)


def refuses(endpoint: HostileEndpoint) -> bool:
    with pytest.raises(ConnectionRefusedError):
        ask(endpoint, IDENTIFY)
    for _ in range(100):
        try:
            return honest(ask(endpoint, IDENTIFY))
        except ConnectionRefusedError:
            time.sleep(0.02)
    return False


REPLY_CHECKS: dict[str, Check] = {
    "cut-page": lambda e: (
        second(e).body == second(e).body and cut_in_half(second(e), e)
    ),
    "cut-page-once": lambda e: unreadable(second(e).body) and honest(second(e)),
    "html-page": lambda e: all(
        b"<form>" in ask(e, q).body for q in (IDENTIFY, RECORDS)
    ),
    "html-page-once": lambda e: b"<form>" in second(e).body and honest(second(e)),
    "empty-body": lambda e: (second(e).status, second(e).body) == (200, b""),
    "latin-1": latin,
    "byte-order-mark": lambda e: ask(e, RECORDS).body[:4] == b"\xef\xbb\xbf<",
    "blank-line-first": lambda e: ask(e, RECORDS).body.startswith(b"\n<?xml"),
    "junk-before": lambda e: ask(e, RECORDS).body.startswith(b"<br />"),
    "junk-after": lambda e: b"</OAI-PMH>\n<br />" in ask(e, RECORDS).body,
    "prefixed": prefixed,
    "wrong-namespace": foreign,
    "record-without-header": headless,
    "entity-bomb": bomb_of_entities,
    "external-entity": asks_elsewhere,
    "login-redirect": login,
    "moved": moved,
    "redirect-loop": loops,
    "post-refused": lambda e: (
        (ask(e, "", form=IDENTIFY).status, ask(e, IDENTIFY).status) == (405, 200)
    ),
    "html-type": lambda e: (
        ask(e, IDENTIFY).headers["Content-Type"].startswith("text/html")
        and honest(ask(e, IDENTIFY))
    ),
    "422-no-records": lambda e: (
        ask(e, f"{RECORDS}&from=2030-01-01").status == 422 and honest(ask(e, RECORDS))
    ),
    "503-once": recovers_from(503),
    "503-with-date": dated,
    "503-for-ever": page_2_is(503),
    "429-with-seconds": recovers_from(429, "1"),
    "500-once": recovers_from(500),
    "500-on-page-2": page_2_is(500),
    "poisoned-record": poisoned,
    "gzip-cut": half_gzip,
    "gzip-false": false_gzip,
    "gzip-bomb": swells,
    "2-gb-page": streams,
    "slow-drip": drips,
    "silence": breaks_page_2(TimeoutError),
    "silence-once": breaks_page_2(TimeoutError, for_ever=False),
    "reset": breaks_page_2(ConnectionResetError),
    "reset-once": breaks_page_2(ConnectionResetError, for_ever=False),
    "keep-alive-closed": closes,
    "length-too-large": breaks_page_2(IncompleteRead),
    "chunks-cut": breaks_page_2(IncompleteRead),
    "refused-at-first": refuses,
}
