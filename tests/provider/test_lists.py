"""Lists in pages, selections and sets: OAI-PMH 2.5 to 2.7, 3.5, 4.3, 4.5 and 4.6."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from provider.world import (
    ALL,
    GET,
    REPOSITORY,
    SECOND,
    START,
    World,
    identifier,
    listed,
    names,
    walk,
)

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import (
    Header,
    Headers,
    Record,
    ResumptionToken,
    Set,
    Sets,
)
from oai_provider.protocol.write import write

# Lists: 3.5, 4.3 and 4.5.


def test_a_list_is_chronological(seven: World) -> None:
    seven.put(3, text="changed")
    assert listed(seven, ALL) == [1, 2, 4, 5, 6, 7, 3]


@pytest.mark.parametrize("size", range(1, 10))
def test_identifiers_are_listed_as_records_are(size: int) -> None:
    world = World(replace(REPOSITORY, page_size=size))
    world.put(1, 2, 3, 4, 5, 6, 7)
    world.delete(4)
    records = [record.header for page in walk(world, ALL) for record in page.records]
    headers: list[Header] = []
    query = ALL
    while query:
        body = world.ask(f"verb=ListIdentifiers&{query}").body
        assert isinstance(body, Headers)
        headers += body.headers
        token = body.resumption_token
        query = f"resumptionToken={token.value}" if token and token.value else ""
    assert headers == records


def test_a_list_on_one_page_has_no_token(world: World) -> None:
    world.put(1, 2, 3)
    assert world.records(ALL).resumption_token is None


@pytest.mark.parametrize(
    ("count", "pages"), [(1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3]), (7, [3, 3, 1])]
)
def test_a_list_is_cut_into_full_pages_and_the_rest(
    world: World, count: int, pages: list[int]
) -> None:
    world.put(*range(1, count + 1))
    assert [len(page.records) for page in walk(world, ALL)] == pages


def test_the_last_page_has_an_empty_token(seven: World) -> None:
    *_, last = walk(seven, ALL)
    assert last.resumption_token == ResumptionToken(complete_list_size=7, cursor=6)


def test_the_cursor_counts_the_records_before_the_page(seven: World) -> None:
    tokens = [page.resumption_token for page in walk(seven, ALL)]
    assert [token.cursor for token in tokens if token] == [0, 3, 6]


def test_every_page_says_how_long_the_list_is(seven: World) -> None:
    tokens = [page.resumption_token for page in walk(seven, ALL)]
    assert [token.complete_list_size for token in tokens if token] == [7, 7, 7]


def test_a_list_that_grows_is_never_longer_than_it_says(seven: World) -> None:
    grown = iter([(8, 9), (10,)])
    pages = walk(seven, ALL, lambda: seven.put(*next(grown, ())))
    served = 0
    for page in pages:
        served += len(page.records)
        assert page.resumption_token
        assert served <= (page.resumption_token.complete_list_size or 0)
    assert served == 10


def test_a_token_is_answered_the_same_again_and_again(seven: World) -> None:
    token = seven.records(ALL).resumption_token
    assert token
    query = f"verb=ListRecords&resumptionToken={token.value}"
    assert seven.ask(query) == seven.ask(query)


def test_a_token_is_good_for_another_provider_with_the_same_keys(seven: World) -> None:
    token = seven.records(ALL).resumption_token
    assert token
    restarted = World(replace(REPOSITORY, page_size=100))
    restarted.store = seven.store
    assert names(restarted.records(f"resumptionToken={token.value}")) == [4, 5, 6, 7]


def test_a_token_remembers_window_and_set(world: World) -> None:
    world.put(*range(1, 9), sets="a")
    query = f"{ALL}&set=a&from=2014-05-01T23:59:59Z&until=2014-05-02T00:00:03Z"
    assert listed(world, query) == [2, 3, 4, 5, 6]


def test_a_token_of_another_verb_is_bad(seven: World) -> None:
    token = seven.records(ALL).resumption_token
    assert token
    assert seven.errors(f"verb=ListIdentifiers&resumptionToken={token.value}") == [
        (
            "badResumptionToken",
            "the token was issued to ListRecords, not ListIdentifiers",
        )
    ]


def test_an_altered_token_is_bad(seven: World) -> None:
    token = seven.records(ALL).resumption_token
    assert token
    ((code, _),) = seven.errors(f"verb=ListRecords&resumptionToken=A{token.value}")
    assert code == "badResumptionToken"


def test_tokens_that_do_not_expire_say_no_date(seven: World) -> None:
    token = seven.records(ALL).resumption_token
    assert token
    assert token.expiration_date is None


@pytest.fixture
def hasty() -> World:
    """A repository of seven items whose tokens live for a minute."""
    world = World(replace(REPOSITORY, token_lifetime=timedelta(seconds=60)))
    world.put(1, 2, 3, 4, 5, 6, 7)
    return world


def test_tokens_that_expire_say_when(hasty: World) -> None:
    hasty.now = START.replace(microsecond=5)
    token = hasty.records(ALL).resumption_token
    assert token
    assert token.expiration_date == START + 60 * SECOND


def test_the_last_token_does_not_expire(hasty: World) -> None:
    *_, last = walk(hasty, ALL)
    assert last.resumption_token
    assert last.resumption_token.expiration_date is None


def test_a_token_is_good_until_the_date_it_says(hasty: World) -> None:
    token = hasty.records(ALL).resumption_token
    assert token
    hasty.now += 60 * SECOND
    assert names(hasty.records(f"resumptionToken={token.value}")) == [4, 5, 6]


def test_a_token_is_bad_after_the_date_it_says(hasty: World) -> None:
    token = hasty.records(ALL).resumption_token
    assert token
    hasty.now += 61 * SECOND
    ((code, message),) = hasty.errors(f"verb=ListRecords&resumptionToken={token.value}")
    assert (code, message) == (
        "badResumptionToken",
        "the token expired at 2014-05-02T00:01:05Z: start the list anew",
    )


# Selective harvesting: 2.7.1.


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("from=2014-05-01T23:59:58Z", [1, 2, 3, 4, 5, 6, 7]),
        ("from=2014-05-01T23:59:59Z", [2, 3, 4, 5, 6, 7]),
        ("until=2014-05-01T23:59:59Z", [1, 2]),
        ("from=2014-05-02T00:00:00Z&until=2014-05-02T00:00:00Z", [3]),
        ("from=2014-05-01", [1, 2, 3, 4, 5, 6, 7]),
        ("from=2014-05-02", [3, 4, 5, 6, 7]),
        ("until=2014-05-01", [1, 2]),
        ("until=2014-05-02", [1, 2, 3, 4, 5, 6, 7]),
        ("from=2014-05-01&until=2014-05-01", [1, 2]),
        ("from=0001-01-01&until=9999-12-31", [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_both_ends_of_a_window_are_inclusive_and_days_are_whole(
    seven: World, window: str, expected: list[int]
) -> None:
    assert listed(seven, f"{ALL}&{window}") == expected


@pytest.mark.parametrize("window", ["from=2014-05-03", "until=2014-04-30"])
def test_nothing_matches_outside_the_window(seven: World, window: str) -> None:
    ((code, _),) = seven.errors(f"verb=ListRecords&{ALL}&{window}")
    assert code == "noRecordsMatch"


def test_a_repository_of_days_shows_days_and_takes_no_seconds(seven: World) -> None:
    seven.repository = replace(REPOSITORY, granularity=Granularity.DAY)
    ((code, _),) = seven.errors(f"verb=ListRecords&{ALL}&from=2014-05-01T23:59:58Z")
    assert code == "badArgument"
    document = b"".join(write(seven.ask(f"verb=ListRecords&{ALL}")))
    assert b"<datestamp>2014-05-01</datestamp>" in document


# Sets: 2.6, 2.7.2 and 4.6.


@pytest.fixture
def sorted_() -> World:
    """Items in a hierarchy of sets, one of them in none."""
    world = World()
    world.put(1, sets="a:b:c")
    world.put(2, sets="a:b")
    world.put(3, sets="a ab")
    world.put(4)
    return world


@pytest.mark.parametrize(
    ("spec", "expected"),
    [("a", [1, 2, 3]), ("a:b", [1, 2]), ("a:b:c", [1]), ("ab", [3])],
)
def test_a_set_holds_what_the_sets_below_it_hold(
    sorted_: World, spec: str, expected: list[int]
) -> None:
    assert listed(sorted_, f"{ALL}&set={spec}") == expected


def test_a_list_of_no_set_holds_everything(sorted_: World) -> None:
    assert listed(sorted_, ALL) == [1, 2, 3, 4]


def test_a_header_names_the_sets_of_the_item(sorted_: World) -> None:
    record = sorted_.ask(f"{GET}3&{ALL}").body
    assert isinstance(record, Record)
    assert record.header.set_specs == ("a", "ab")


def test_an_unknown_set_holds_nothing(sorted_: World) -> None:
    ((code, _),) = sorted_.errors(f"verb=ListRecords&{ALL}&set=junk")
    assert code == "noRecordsMatch"


def pages_of_sets(world: World) -> Iterator[Sets]:
    query = "verb=ListSets"
    while query:
        body = world.ask(query).body
        assert isinstance(body, Sets)
        yield body
        token = body.resumption_token
        more = token is not None and token.value
        query = f"verb=ListSets&resumptionToken={more}" if more else ""


def test_all_sets_are_listed_those_above_others_too(sorted_: World) -> None:
    specs = [set_.spec for page in pages_of_sets(sorted_) for set_ in page.sets]
    assert specs == ["a", "a:b", "a:b:c", "ab"]


def test_the_last_page_of_sets_has_an_empty_token(sorted_: World) -> None:
    tokens = [page.resumption_token for page in pages_of_sets(sorted_)]
    assert tokens[1:] == [ResumptionToken(complete_list_size=4, cursor=2)]


def test_sets_on_one_page_have_no_token(world: World) -> None:
    world.store.declare_sets([Set(spec="a:b", name="B")])
    assert world.ask("verb=ListSets").body == Sets(
        (Set(spec="a", name="a"), Set(spec="a:b", name="B"))
    )


@pytest.mark.parametrize("query", ["verb=ListSets", f"verb=ListRecords&{ALL}&set=a"])
def test_a_repository_without_sets_has_no_set_hierarchy(
    seven: World, query: str
) -> None:
    assert seven.errors(query) == [
        ("noSetHierarchy", "this repository is not organised in sets")
    ]


def test_a_token_for_sets_is_bad_for_records(sorted_: World) -> None:
    token = next(pages_of_sets(sorted_)).resumption_token
    assert token
    ((code, _),) = sorted_.errors(f"verb=ListRecords&resumptionToken={token.value}")
    assert code == "badResumptionToken"


# Deletions: 2.5.1.


def test_a_deleted_record_is_listed_as_such_when_it_was_deleted(seven: World) -> None:
    stamp = seven.now
    seven.delete(2)
    *_, last = walk(seven, ALL)
    assert last.records[-1] == Record(Header(identifier(2), stamp, deleted=True))


def test_a_deleted_record_stays_in_its_sets(sorted_: World) -> None:
    sorted_.delete(1)
    assert listed(sorted_, f"{ALL}&set=a:b") == [2, 1]
