"""Every fault does on the wire what its sentence says."""

import re
import time
import zlib
from dataclasses import replace

import pytest
from testing.asking import (
    GET,
    HEADERS,
    IDENTIFY,
    NOW,
    RECORDS,
    ask,
    honest,
    walk,
)
from testing.list_checks import LIST_CHECKS
from testing.reply_checks import REPLY_CHECKS

from oai_provider.testing.hostile import (
    FAULTS,
    Fault,
    OpensEndpoints,
    Reply,
)
from oai_provider.testing.hostile.transport_faults import gzip_bomb

FIRST = "oai:hostile.example:0000000"
CHECKS = LIST_CHECKS | REPLY_CHECKS


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
