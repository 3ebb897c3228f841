"""Without a fault, the hostile endpoint is a correct repository of any size."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import cast
from urllib.parse import urlsplit

import pytest
from sickle import Sickle
from spec.client import faults_of
from testing.asking import HEADERS, RECORDS, ask, honest, listed, walk

from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.model import Records
from oai_provider.protocol.xml import parse
from oai_provider.testing import StandingClock
from oai_provider.testing.hostile import (
    FAULTS,
    NO_FAULT,
    Fault,
    HostileEndpoint,
    OpensEndpoints,
    UnknownFault,
    UnknownItem,
)

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
ITEM = "oai:hostile.example:0000003"
GET = f"verb=GetRecord&metadataPrefix=oai_dc&identifier={ITEM}"
QUERIES = (
    "verb=Identify",
    "verb=ListMetadataFormats",
    f"verb=ListMetadataFormats&identifier={ITEM}",
    "verb=ListSets",
    GET,
    RECORDS,
    HEADERS,
    f"{RECORDS}&set=even",
    f"{RECORDS}&from=2024-01-05&until=2024-01-20",
    "verb=Junk",
    "verb=ListRecords",
    "verb=ListRecords&resumptionToken=junk",
    "verb=ListRecords&resumptionToken=ListIdentifiers....4.5",
    "verb=ListRecords&resumptionToken=ListRecords..x..4.5",
    "verb=ListRecords&metadataPrefix=mods",
    "verb=ListRecords&metadataPrefix=oai_dc&set=none",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:hostile.example:3",
    "verb=GetRecord&metadataPrefix=mods&identifier=oai:hostile.example:0000003",
    "verb=ListMetadataFormats&identifier=oai:hostile.example:0000099",
)


def stamp(moment: datetime) -> str:
    return format_datestamp(moment, Granularity.SECOND)


@pytest.mark.parametrize("query", QUERIES)
def test_every_response_is_valid(hostile: OpensEndpoints, query: str) -> None:
    for page in walk(hostile(), query):
        assert page.status == 200
        assert faults_of(parse(page.body)) == []


def test_sickle_harvests_all_of_it(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    records = Sickle(endpoint.url).ListRecords(metadataPrefix="oai_dc")
    found = [(r.header.identifier, r.header.datestamp, r.deleted) for r in records]
    assert found == [(i, stamp(d), deleted) for i, d, deleted in endpoint.records]


def test_there_are_twenty_items_of_which_two_are_deleted(
    hostile: OpensEndpoints,
) -> None:
    deleted = [held.deleted for held in hostile().records]
    assert (len(deleted), sum(deleted)) == (20, 2)


def test_some_datestamps_are_shared_and_most_are_not(hostile: OpensEndpoints) -> None:
    assert len({held.datestamp for held in hostile().records}) == 17


def test_pages_are_of_five_and_say_how_many_there_are(hostile: OpensEndpoints) -> None:
    pages = walk(hostile())
    told = [(len(p.identifiers), p.size, p.cursor) for p in pages]
    assert told == [(5, 20, 0), (5, 20, 5), (5, 20, 10), (5, 20, 15)]


def test_both_lists_have_the_same_identifiers(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    assert listed(walk(endpoint)) == listed(walk(endpoint, HEADERS))


def test_post_is_answered_as_get_is(hostile: OpensEndpoints) -> None:
    endpoint = hostile(clock=StandingClock())
    assert ask(endpoint, "", form=RECORDS) == ask(endpoint, RECORDS)


def test_a_head_request_has_no_body(hostile: OpensEndpoints) -> None:
    connection = HTTPConnection(urlsplit(hostile().url).netloc, timeout=10)
    connection.request("HEAD", "/oai?verb=Identify")
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    connection.close()


def test_a_connection_is_kept_alive(hostile: OpensEndpoints) -> None:
    connection = HTTPConnection(urlsplit(hostile().url).netloc, timeout=10)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", "/oai?verb=Identify")
        connection.getresponse().read()
    assert connection.sock is first
    connection.close()


def test_windows_part_the_list_without_loss(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    middle = endpoint.records[9].datestamp
    before = walk(endpoint, f"{RECORDS}&until={stamp(middle - timedelta(seconds=1))}")
    after = walk(endpoint, f"{RECORDS}&from={stamp(middle)}")
    assert listed(before) + listed(after) == [
        held.identifier for held in endpoint.records
    ]
    assert listed(after)[0] == endpoint.records[9].identifier


@pytest.mark.parametrize(("set_spec", "step"), [("even", 2), ("third", 3)])
def test_a_set_lists_its_own_items(
    hostile: OpensEndpoints, set_spec: str, step: int
) -> None:
    endpoint = hostile()
    pages = walk(endpoint, f"{RECORDS}&set={set_spec}")
    expected = [held.identifier for held in endpoint.records][::step]
    assert listed(pages) == expected
    assert pages[0].size == len(expected)


def test_a_set_in_a_window_has_the_size_it_tells(hostile: OpensEndpoints) -> None:
    pages = walk(
        hostile(page=2), f"{RECORDS}&set=third&from=2024-01-05&until=2024-01-25"
    )
    assert pages[0].size == len(listed(pages)) > 2


def test_what_changes_moves_to_the_end(hostile: OpensEndpoints) -> None:
    endpoint = hostile(clock=lambda: NOW)
    endpoint.change(ITEM)
    assert endpoint.records[-1] == (ITEM, NOW, False)
    assert len(endpoint.records) == 20
    assert b"<dc:description>Revision 1<" in ask(endpoint, GET).body


def test_an_increment_lists_what_changed_and_no_more(hostile: OpensEndpoints) -> None:
    clock = StandingClock(NOW)
    endpoint = hostile(clock=clock)
    endpoint.change(ITEM)
    endpoint.delete(endpoint.records[0].identifier)
    (added,) = endpoint.add()
    clock.move()
    endpoint.change(ITEM)
    pages = walk(endpoint, f"{RECORDS}&from={stamp(NOW)}")
    assert listed(pages) == ["oai:hostile.example:0000000", added, ITEM]
    assert [held.deleted for held in endpoint.records[-3:]] == [True, False, False]


def test_sizes_count_what_changed(hostile: OpensEndpoints) -> None:
    endpoint = hostile(clock=lambda: NOW)
    endpoint.change(ITEM, ITEM)
    endpoint.add(4)
    endpoint.forget(endpoint.records[0].identifier, endpoint.records[-1].identifier)
    pages = walk(endpoint, f"{RECORDS}&set=third")
    assert pages[0].size == len(listed(pages))
    assert walk(endpoint)[0].size == len(listed(walk(endpoint))) == 22


def test_what_is_forgotten_was_never_there(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    endpoint.forget(*[held.identifier for held in endpoint.records[::2]])
    assert len(listed(walk(endpoint))) == len(endpoint.records) == 10
    assert ask(endpoint, GET).status == 200
    endpoint.forget(ITEM)
    assert ask(endpoint, GET).errors == ["idDoesNotExist"]


def test_items_change_behind_a_walk_and_come_again(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    first = ask(endpoint, RECORDS)
    endpoint.change(*first.identifiers)
    rest = walk(endpoint, f"verb=ListRecords&resumptionToken={first.token}")
    assert listed(rest)[-5:] == first.identifiers
    assert len(listed(rest)) == 20


def test_datestamps_never_go_back_with_the_clock(hostile: OpensEndpoints) -> None:
    endpoint = hostile(clock=lambda: datetime(1999, 1, 1, tzinfo=UTC))
    newest = endpoint.records[-1].datestamp
    endpoint.change(ITEM)
    assert endpoint.records[-1] == (ITEM, newest, False)


def test_a_name_that_is_no_item_is_told(hostile: OpensEndpoints) -> None:
    with pytest.raises(UnknownItem, match="oai:elsewhere:1"):
        hostile().delete("oai:elsewhere:1")


def test_a_name_that_is_no_fault_is_told(hostile: OpensEndpoints) -> None:
    with pytest.raises(UnknownFault, match=r"'cutpage'.* cut-page,"):
        hostile("cutpage")


def test_requests_are_kept_as_they_came(hostile: OpensEndpoints) -> None:
    endpoint = hostile(clock=lambda: NOW)
    ask(endpoint, "verb=ListSets&set=")
    ask(endpoint, "", form="verb=Identify")
    first, last = endpoint.requests
    assert (first.verb, first.arguments) == (
        "ListSets",
        (("verb", "ListSets"), ("set", "")),
    )
    assert (last.method, last.path, last.verb, last.time) == (
        "POST",
        "/oai",
        "Identify",
        NOW,
    )
    assert last.header("content-type").startswith("application/x-www-form")
    assert (last.header("absent"), last.argument("absent")) == ("", "")


def test_a_fault_comes_and_goes_while_the_endpoint_runs(
    hostile: OpensEndpoints,
) -> None:
    endpoint = hostile("html-page")
    assert b"<form>" in ask(endpoint, RECORDS).body
    endpoint.fault = None
    assert endpoint.fault is NO_FAULT
    assert honest(ask(endpoint, RECORDS))
    endpoint.fault = replace(FAULTS["refused-at-first"], refuses_for=60)
    with pytest.raises(ConnectionRefusedError):
        ask(endpoint, RECORDS)


def test_records_written_beforehand_are_those_that_are_written_one_by_one(
    hostile: OpensEndpoints,
) -> None:
    endpoint = hostile(page=30, clock=lambda: NOW)
    endpoint.change(ITEM)
    fast = ask(endpoint, RECORDS).body
    endpoint.fault = Fault(
        name="none",
        description="Only the pages are lists.",
        source="a test",
        say=lambda _, response: replace(
            response, body=Records(list(cast("Records", response.body).records))
        ),
    )
    assert ask(endpoint, RECORDS).body == fast


def test_a_fault_of_ones_own_is_served(hostile: OpensEndpoints) -> None:
    own = Fault(
        name="shout",
        description="Everything is in capitals.",
        source="a dream",
        write=lambda _, document: document.upper(),
    )
    assert b"<OAI-PMH" in ask(hostile(own), "verb=Identify").body
    assert b"<IDENTIFY>" in ask(hostile(own), "verb=Identify").body


def test_a_line_that_is_no_request_ends_the_connection(hostile: OpensEndpoints) -> None:
    connection = HTTPConnection(urlsplit(hostile().url).netloc, timeout=10)
    connection.connect()
    connection.sock.sendall(b"junk\r\n\r\n")
    assert connection.sock.recv(1) == b""
    connection.close()


@pytest.mark.parametrize("name", ["silence", "slow-drip", "2-gb-page"])
def test_closing_ends_what_would_take_for_ever(name: str) -> None:
    with HostileEndpoint(name) as endpoint:
        token = ask(endpoint, RECORDS).token
        connection = HTTPConnection(urlsplit(endpoint.url).netloc, timeout=10)
        connection.request("GET", f"/oai?verb=ListRecords&resumptionToken={token}")
    connection.close()


def test_a_million_records_cost_nothing_until_they_are_listed(
    hostile: OpensEndpoints,
) -> None:
    endpoint = hostile(records=1_000_000, page=100)
    first = ask(endpoint, f"{RECORDS}&set=even&from=2024-01-15")
    last = ask(
        endpoint, "verb=ListRecords&resumptionToken=ListRecords....999899.999900"
    )
    assert len(first.identifiers) == len(last.identifiers) == 100
    assert (last.size, last.token) == (1_000_000, "")
    assert first.size == 197_599


def test_many_endpoints_wait_at_the_same_time() -> None:
    with ExitStack() as stack, ThreadPoolExecutor(50) as pool:
        endpoints = [
            stack.enter_context(HostileEndpoint(latency=0.2)) for _ in range(50)
        ]
        begun = time.perf_counter()
        pages = list(pool.map(lambda endpoint: ask(endpoint, RECORDS), endpoints))
        assert 0.2 < time.perf_counter() - begun < 5
    assert all(map(honest, pages))
