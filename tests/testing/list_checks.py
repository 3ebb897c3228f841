"""What faults of lists and of records look like."""

import re
from datetime import timedelta
from itertools import pairwise

from testing.asking import (
    GET,
    HEADERS,
    IDENTIFY,
    NOW,
    RECORDS,
    Check,
    ask,
    honest,
    listed,
    second,
    second_query,
    unreadable,
    walk,
)

from oai_provider.protocol.model import Identity
from oai_provider.protocol.read import read
from oai_provider.testing.hostile import (
    HostileEndpoint,
)

WINDOW = "&from=2024-01-05&until=2024-01-20"


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


def spaced(endpoint: HostileEndpoint) -> bool:
    found = ask(endpoint, RECORDS).identifiers[0]
    return found != found.strip() == endpoint.records[0].identifier


LIST_CHECKS: dict[str, Check] = {
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
}
