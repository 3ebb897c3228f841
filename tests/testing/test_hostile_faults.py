"""Every fault does on the wire what its sentence says."""

import re
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, IncompleteRead
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from testing.asking import (
    HEADERS,
    RECORDS,
    Got,
    ask,
    first_bytes,
    honest,
    listed,
    second,
    second_query,
    walk,
)

from oai_provider.protocol.model import Identity
from oai_provider.protocol.read import ResponseError, read
from oai_provider.protocol.xml import XmlError, parse
from oai_provider.testing.hostile import (
    FAULTS,
    Fault,
    HostileEndpoint,
    OpensEndpoints,
    Reply,
)
from oai_provider.testing.hostile.transport_faults import gzip_bomb

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
IDENTIFY = "verb=Identify"
WINDOW = "&from=2024-01-05&until=2024-01-20"
GET = "verb=GetRecord&metadataPrefix=oai_dc&identifier="
FIRST = "oai:hostile.example:0000000"
Check = Callable[[HostileEndpoint], bool]


def unreadable(document: bytes) -> bool:
    """Tell whether a strict parser refuses a document."""
    try:
        parse(document)
    except XmlError:
        return True
    return False


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


def one_record_holds(what: bytes) -> Check:
    def check(endpoint: HostileEndpoint) -> bool:
        page, alone = second(endpoint), ask(endpoint, GET + endpoint.marked)
        return (
            page.body.count(what) == alone.body.count(what) == 1
            and unreadable(page.body)
            and unreadable(alone.body)
            and honest(ask(endpoint, RECORDS))
        )

    return check


def sized(expected: int | None) -> Check:
    return lambda e: (
        {page.size for page in walk(e)} == {expected} and len(listed(walk(e))) == 20
    )


def identity(endpoint: HostileEndpoint) -> Identity:
    body = read(ask(endpoint, IDENTIFY).body).body
    assert isinstance(body, Identity)
    return body


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


def repeats(endpoint: HostileEndpoint) -> bool:
    pages = walk(endpoint)
    return len(pages) == 12 and len({page.token for page in pages}) == 1


def empty_pages(count: int) -> Check:
    def check(endpoint: HostileEndpoint) -> bool:
        pages = walk(endpoint)
        empty = pages[4:]
        tokens = [page.token for page in pages if page.token]
        return (
            len(empty) == count
            and not listed(empty)
            and b"<ListRecords>" in empty[0].body
            and len(tokens) == len(set(tokens))
        )

    return check


def endless(endpoint: HostileEndpoint) -> bool:
    pages = walk(endpoint)
    tokens = {page.token for page in pages}
    return (
        len(listed(pages)) == 60
        and {page.size for page in pages} == {20}
        and len(tokens) == 12
        and listed(pages[4:8]) == listed(pages[:4])
    )


def expired(endpoint: HostileEndpoint) -> bool:
    first = ask(endpoint, RECORDS)
    return b'expirationDate="2025-05-31' in first.body and second(endpoint).errors == [
        "badResumptionToken"
    ]


def used_once(endpoint: HostileEndpoint) -> bool:
    query = second_query(endpoint)
    return (
        honest(ask(endpoint, query))
        and ask(endpoint, query).errors == ["badResumptionToken"]
        and len(listed(walk(endpoint))) == 20
    )


def loses(argument: str) -> Check:
    """Return a check that page 2 and later hold what the list should not."""

    def check(endpoint: HostileEndpoint) -> bool:
        lossy = walk(endpoint, RECORDS + argument)
        endpoint.fault = None
        whole = listed(walk(endpoint, RECORDS + argument))
        return lossy[0].identifiers == whole[:5] and not set(listed(lossy)) <= {*whole}

    return check


def ignores(argument: str) -> Check:
    return lambda e: (
        listed(walk(e, RECORDS + argument)) == [held.identifier for held in e.records]
        and honest(ask(e, RECORDS + argument))
    )


def left_out(endpoint: HostileEndpoint) -> bool:
    pages = walk(endpoint)
    missing = {*listed(walk(endpoint, HEADERS))} - {*listed(pages)}
    other = walk(endpoint, f"{RECORDS}&set=third")
    return (
        missing == {endpoint.marked}
        and {page.size for page in pages} == {19}
        and other[0].size == len(listed(other)) == 7
        and honest(ask(endpoint, GET + endpoint.marked))
    )


def outside(endpoint: HostileEndpoint) -> bool:
    strangers = set(listed(walk(endpoint, RECORDS + WINDOW)))
    whole = listed(walk(endpoint))
    endpoint.fault = None
    strangers -= set(listed(walk(endpoint, RECORDS + WINDOW)))
    return strangers == {endpoint.records[0].identifier} and len(whole) == 20


def doubled(endpoint: HostileEndpoint) -> bool:
    pages = walk(endpoint)
    edges = [
        (one.identifiers[-1], other.identifiers[0]) for one, other in pairwise(pages)
    ]
    return len(listed(pages)) == 23 and all(one == other for one, other in edges)


def living_dead(endpoint: HostileEndpoint) -> bool:
    page = second(endpoint)
    marked = f"<identifier>{endpoint.marked}</identifier>".encode()
    statuses = re.findall(rb"<header([^>]*)>" + marked, page.body)
    return statuses == [b"", b' status="deleted"']


def granular(declared: str, served: int) -> Check:
    """Return a check of what is declared, and of how long datestamps are."""

    def check(endpoint: HostileEndpoint) -> bool:
        stamps = {len(stamp) for page in walk(endpoint) for stamp in page.datestamps}
        return identity(endpoint).granularity == declared and stamps == {served}

    return check


def refuses_seconds(endpoint: HostileEndpoint) -> bool:
    exact = ask(endpoint, f"{RECORDS}&from=2024-01-05T00:00:00Z")
    return exact.errors == ["badArgument"] and honest(ask(endpoint, RECORDS + WINDOW))


def deletes(policy: str, told: int, told_later: int) -> Check:
    """Return a check of how many deletions are told, and when there is one more."""

    def check(endpoint: HostileEndpoint) -> bool:
        before = _deleted(endpoint)
        endpoint.delete(endpoint.records[0].identifier)
        is_true = len(listed(walk(endpoint))) == len(endpoint.records)
        counts = (before, _deleted(endpoint))
        return (
            identity(endpoint).deleted_record == policy
            and is_true
            and (counts == (told, told_later))
        )

    return check


def _deleted(endpoint: HostileEndpoint) -> int:
    return sum(page.body.count(b'status="deleted"') for page in walk(endpoint))


def unmarked(endpoint: HostileEndpoint) -> bool:
    bodies = b"".join(page.body for page in walk(endpoint))
    return (
        _deleted(endpoint) == 0
        and bodies.count(b"<header>") == 20
        and bodies.count(b"<metadata>") == 18
    )


def skewed(by: timedelta) -> Check:
    return lambda e: read(ask(e, RECORDS).body).response_date == NOW + by


def late(endpoint: HostileEndpoint) -> bool:
    return identity(endpoint).earliest_datestamp == NOW > endpoint.records[0].datestamp


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


def refuses(endpoint: HostileEndpoint) -> bool:
    with pytest.raises(ConnectionRefusedError):
        ask(endpoint, IDENTIFY)
    for _ in range(100):
        try:
            return honest(ask(endpoint, IDENTIFY))
        except ConnectionRefusedError:
            time.sleep(0.02)
    return False


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


def reversed_pages(endpoint: HostileEndpoint) -> bool:
    pages = walk(endpoint)
    return all(page.datestamps == sorted(page.datestamps)[::-1] for page in pages) and (
        len(set(listed(pages))) == 20
    )


def escapes(endpoint: HostileEndpoint) -> bool:
    token = ask(endpoint, RECORDS).token
    raw = ask(endpoint, "verb=ListRecords&resumptionToken=" + token.replace(" ", "%20"))
    return (
        token.endswith("+/=&| %")
        and not raw.identifiers
        and (len(listed(walk(endpoint))) == 20)
    )


def latin(endpoint: HostileEndpoint) -> bool:
    body = ask(endpoint, RECORDS).body
    return b'encoding="UTF-8"' in body and b"\xfc\xdfe" in body and unreadable(body)


def spaced(endpoint: HostileEndpoint) -> bool:
    found = ask(endpoint, RECORDS).identifiers[0]
    return found != found.strip() == endpoint.records[0].identifier


CHECKS: dict[str, Check] = {
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
    "repeated-token": repeats,
    "token-to-no-records": lambda e: (
        [page.errors for page in walk(e)] == [[], [], [], [], ["noRecordsMatch"]]
    ),
    "token-to-empty-page": empty_pages(1),
    "token-to-empty-pages": empty_pages(8),
    "no-records-on-page-2": lambda e: second(e).errors == ["noRecordsMatch"],
    "size-too-big": sized(40),
    "size-too-small": sized(10),
    "size-missing": sized(None),
    "cursor-wrong": lambda e: [page.cursor for page in walk(e)] == [0, 0, 0, 0],
    "list-without-end": endless,
    "final-token-missing": lambda e: (
        [b"<resumptionToken" in p.body for p in walk(e)] == [True, True, True, False]
    ),
    "token-to-escape": escapes,
    "bad-token": lambda e: (
        second(e).errors == second(e).errors == ["badResumptionToken"]
    ),
    "bad-token-once": lambda e: bool(second(e).errors) and not second(e).errors,
    "token-expired": expired,
    "token-used-once": used_once,
    "set-lost-in-token": loses("&set=even"),
    "until-lost-in-token": loses("&until=2024-01-20"),
    "control-character": one_record_holds(b"<dc:title>\x0b"),
    "control-reference": one_record_holds(b"<dc:title>&#11;"),
    "surrogate-reference": one_record_holds(b"<dc:title>&#55349;"),
    "nested-declaration": one_record_holds(b"<metadata><?xml "),
    "empty-metadata": lambda e: second(e).body.count(b"<metadata></metadata>") == 1,
    "two-metadata-children": lambda e: (
        second(e).body.count(b"</oai_dc:dc><oai_dc") == 1
    ),
    "identifier-in-spaces": spaced,
    "deleted-without-status": unmarked,
    "live-and-deleted": living_dead,
    "duplicates": doubled,
    "record-left-out": left_out,
    "not-in-order": reversed_pages,
    "out-of-window": outside,
    "from-ignored": ignores("&from=2024-01-20"),
    "until-ignored": ignores("&until=2024-01-05"),
    "set-ignored": ignores("&set=third"),
    "day-granularity": lambda e: granular("YYYY-MM-DD", 10)(e) and refuses_seconds(e),
    "days-declared-seconds-served": granular("YYYY-MM-DD", 20),
    "seconds-declared-days-served": granular("YYYY-MM-DDThh:mm:ssZ", 10),
    "deletions-untold": deletes("no", 0, 0),
    "deletions-transient": deletes("transient", 0, 1),
    "half-gone": lambda e: len(listed(walk(e))) == len(e.records) == 10,
    "earliest-is-now": late,
    "clock-ahead": skewed(timedelta(days=1)),
    "clock-behind": skewed(timedelta(days=-1)),
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


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_does_what_it_says(hostile: OpensEndpoints, name: str) -> None:
    assert CHECKS[name](hostile(name, clock=lambda: NOW))


@pytest.mark.parametrize("name", FAULTS)
def test_an_endpoint_without_the_fault_does_not(
    hostile: OpensEndpoints, name: str
) -> None:
    try:
        is_there = CHECKS[name](hostile(clock=lambda: NOW))
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - the check found nothing to look at
        is_there = False
    assert not is_there


@pytest.mark.parametrize("name", [n for n, fault in FAULTS.items() if fault.heals])
def test_what_heals_lets_the_whole_list_through(
    hostile: OpensEndpoints, name: str
) -> None:
    endpoint = hostile(name)
    query, pages = RECORDS, 0
    while query:
        for _ in range(60):
            try:
                page = ask(endpoint, query, timeout=0.1)
            except OSError:
                time.sleep(0.02)
                continue
            if page.body.endswith(b"</OAI-PMH>\n") and not page.errors:
                break
        pages, token = pages + 1, page.token
        query = f"verb=ListRecords&resumptionToken={token}" if token else ""
    assert pages == 4


@pytest.mark.parametrize("name", FAULTS)
def test_identify_is_answered_unless_the_fault_is_everywhere(
    hostile: OpensEndpoints, name: str
) -> None:
    everywhere = {"html-page", "login-redirect", "redirect-loop", "refused-at-first"}
    altered = {"blank-line-first", "junk-before", "junk-after", "wrong-namespace"}
    if name in everywhere | altered | {"moved"}:
        return
    assert honest(ask(hostile(name), IDENTIFY))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_in_a_sentence(fault: Fault) -> None:
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", fault.name)
    assert re.fullmatch("[A-Z0-9a-z].{10,78}[.]", fault.description)
    assert fault.source


def test_a_gzip_bomb_is_a_valid_document_of_two_gigabytes() -> None:
    document = b"<x><ListRecords></ListRecords></x>"
    reply = Reply(body=document)
    unpacker, size, tail = zlib.decompressobj(wbits=31), 0, b""
    sent = 0
    for piece in gzip_bomb(reply, parts=3):
        sent += len(piece)
        plain = unpacker.decompress(piece)
        size, tail = size + len(plain), plain or tail
    assert unpacker.eof
    assert tail.endswith(b"</ListRecords></x>")
    assert size == len(document) + 3 * (1 << 24)
    assert sent < 100_000


@pytest.mark.parametrize(
    "query", [RECORDS, HEADERS, GET + "oai:hostile.example:0000000"]
)
def test_a_fault_of_headers_strikes_them_wherever_they_are(
    hostile: OpensEndpoints, query: str
) -> None:
    found = ask(hostile("identifier-in-spaces"), query).identifiers[0]
    assert found == f"\n      {FIRST}\t "


@pytest.mark.parametrize("name", ["empty-metadata", "control-character"])
def test_a_fault_of_metadata_spares_a_record_that_was_deleted(
    hostile: OpensEndpoints, name: str
) -> None:
    endpoint = hostile(name)
    endpoint.delete(endpoint.marked)
    assert all(map(honest, walk(endpoint)))


def test_a_fault_of_one_record_strikes_another_if_there_are_fewer(
    hostile: OpensEndpoints,
) -> None:
    marks = [hostile(records=count).marked[-2:] for count in (1, 3, 10, 20)]
    assert marks == ["00", "01", "04", "08"]


def test_refusing_can_be_ended(hostile: OpensEndpoints) -> None:
    endpoint = hostile(replace(FAULTS["refused-at-first"], refuses_for=60))
    with pytest.raises(ConnectionRefusedError):
        ask(endpoint, IDENTIFY)
    endpoint.fault = None
    assert honest(ask(endpoint, IDENTIFY))
