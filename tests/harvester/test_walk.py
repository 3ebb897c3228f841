"""The list loop, fed with pages by hand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.listing import HarvestedRecord, ListError, ListPage
from oai_provider.harvester.walk import (
    MOST_EMPTY,
    ListRefusedError,
    ListRequest,
    Odd,
    Progress,
    Walk,
)
from oai_provider.protocol.model import ResumptionToken

REQUEST = ListRequest(metadata_prefix="oai_dc")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 2, tzinfo=UTC)


def records(*names: str, datestamp: str = "2025-01-01") -> tuple[HarvestedRecord, ...]:
    return tuple(HarvestedRecord(name, datestamp, ("a:b",)) for name in names)


def page(
    names: str = "",
    token: str | None = None,
    *,
    size: int | None = None,
    cursor: int | None = None,
    date: datetime = FIRST,
) -> ListPage:
    told = None
    if token is not None:
        told = ResumptionToken(value=token, complete_list_size=size, cursor=cursor)
    return ListPage(
        verb="ListRecords",
        response_date=date,
        records=records(*names),
        resumption_token=told,
    )


def error(code: str, message: str = "") -> ListPage:
    return ListPage(verb="", response_date=FIRST, errors=(ListError(code, message),))


def walked(*pages: ListPage, request: ListRequest = REQUEST) -> Walk:
    walk = Walk(request=request)
    for one in pages:
        assert walk.next() is not None
        walk.received(one)
    return walk


def odds(walk: Walk) -> set[Odd]:
    return {anomaly.odd for anomaly in walk.anomalies}


def test_first_request_has_every_argument_that_was_given() -> None:
    request = ListRequest(
        metadata_prefix="mods", set_spec="a", from_="2020-01-01", until="2021-01-01"
    )
    assert Walk(request=request).next() == {
        "verb": "ListRecords",
        "metadataPrefix": "mods",
        "set": "a",
        "from": "2020-01-01",
        "until": "2021-01-01",
    }


def test_later_requests_have_the_token_alone() -> None:
    walk = walked(page("abc", "t1"))
    assert walk.next() == {"verb": "ListRecords", "resumptionToken": "t1"}


def test_the_same_is_asked_until_an_answer_came() -> None:
    walk = walked(page("abc", "t1"))
    assert walk.next() == walk.next()


def test_list_of_one_page_ends_properly() -> None:
    walk = walked(page("abc"))
    assert walk.next() is None
    assert walk.progress.ended
    assert walk.progress.proper


def test_list_of_pages_ends_with_an_empty_token() -> None:
    walk = walked(page("abc", "t1", size=5, cursor=0), page("de", "", size=5, cursor=3))
    assert walk.next() is None
    assert walk.progress.proper
    assert walk.progress.served == 5
    assert not walk.anomalies


def test_response_date_of_the_first_page_is_kept() -> None:
    walk = walked(page("abc", "t1"), page("de", "", date=LATER))
    assert walk.progress.first_response == FIRST


def test_end_without_an_empty_token_is_told() -> None:
    walk = walked(page("abc", "t1"), page("de"))
    assert walk.progress.ended
    assert not walk.progress.proper
    assert odds(walk) == {Odd.UNTOLD_END}


def test_a_token_that_comes_again_breaks_the_list_off() -> None:
    walk = walked(page("abc", "t1", size=9), page("def", "t2"), page("ghi", "t1"))
    # Nine of nine came: the list only does not know its end.
    assert walk.broken is None
    walk = walked(page("abc", "t1", size=10), page("def", "t2"), page("ghi", "t1"))
    assert walk.broken is not None
    assert walk.broken.odd is Odd.LOOP
    assert walk.next() is None


def test_no_records_match_on_the_first_page_is_an_empty_list() -> None:
    walk = walked(error("noRecordsMatch"))
    assert walk.progress.ended
    assert walk.progress.proper
    assert walk.progress.first_response == FIRST


def test_any_other_error_on_the_first_page_is_refusal() -> None:
    with pytest.raises(ListRefusedError, match="badArgument: no such set") as raised:
        walked(error("badArgument", "no such set"))
    assert raised.value.codes == {"badArgument"}


@pytest.mark.parametrize("code", ["noRecordsMatch", "badResumptionToken", "junk"])
def test_an_error_in_the_midst_breaks_the_list_off(code: str) -> None:
    walk = walked(page("abc", "t1", size=9), error(code))
    assert walk.broken is not None
    assert walk.broken.odd is Odd.LATER_ERROR
    assert str(walk.broken).startswith("page 2: ")


def test_no_records_match_after_the_last_record_is_an_end() -> None:
    walk = walked(page("abc", "t1", size=3), error("noRecordsMatch"))
    assert walk.broken is None
    assert walk.progress.ended
    assert not walk.progress.proper
    assert Odd.EXTRA_PAGE in odds(walk)


def test_it_can_be_asked_again_where_it_broke_off() -> None:
    walk = walked(page("abc", "t1"), error("badResumptionToken"))
    assert walk.next() is None
    again = walk.again()
    assert again.next() == {"verb": "ListRecords", "resumptionToken": "t1"}
    again.received(page("de", ""))
    assert again.progress.served == 5


def test_it_can_begin_again_and_keeps_the_first_response_date() -> None:
    walk = walked(page("abc", "t1"), error("badResumptionToken")).restarted()
    assert walk.next() == REQUEST.arguments
    walk.received(page("abc", "t1", date=LATER))
    assert walk.broken is None
    assert walk.progress.first_response == FIRST


def test_tokens_to_nothing_break_it_off_after_some() -> None:
    pages = [page("", f"t{n}") for n in range(MOST_EMPTY)]
    walk = walked(page("abc", "t"), *pages)
    assert walk.broken is not None
    assert walk.broken.odd is Odd.EMPTY_PAGES


def test_one_empty_page_is_told_and_passed() -> None:
    walk = walked(page("abc", "t1"), page("", "t2"), page("de", ""))
    assert walk.progress.ended
    assert odds(walk) == {Odd.EMPTY_PAGE}


def test_pages_of_nothing_new_break_it_off() -> None:
    walk = walked(*(page("abc", f"t{n}") for n in range(5)))
    walk.noted(3, 3)
    for _ in range(MOST_EMPTY):
        assert walk.broken is None
        walk.noted(0, 3)
    assert walk.broken is not None
    assert walk.broken.odd is Odd.NOTHING_NEW


def test_a_list_begun_again_may_bring_what_came_before() -> None:
    walk = walked(*(page("abc", f"t{n}") for n in range(5)))
    for _ in range(MOST_EMPTY + 1):
        walk.noted(0, 100)
    assert walk.broken is None


@pytest.mark.parametrize(
    ("pages", "odd"),
    [
        ([page("abc", "t", size=5), page("de", "", size=6)], Odd.SIZE_CHANGED),
        ([page("abc", "t", size=4), page("de", "", size=4)], Odd.BEYOND_SIZE),
        ([page("abc", "t", cursor=1)], Odd.CURSOR),
        ([page("abc", "t", cursor=0), page("de", "", cursor=2)], Odd.CURSOR),
        ([page("abc", "t", cursor=0), page("de", "", cursor=4)], Odd.GAP),
    ],
)
def test_what_is_odd_is_told_and_passed(pages: list[ListPage], odd: Odd) -> None:
    walk = walked(*pages)
    assert odds(walk) == {odd}
    assert walk.broken is None


def test_a_cursor_that_was_wrong_from_the_start_tells_of_no_gap() -> None:
    walk = walked(page("abc", "t", cursor=1), page("de", "", cursor=4))
    assert odds(walk) == {Odd.CURSOR}


def test_records_that_came_twice_are_told_in_the_end() -> None:
    walk = walked(page("abc", "t"), page("cd", ""))
    walk.ended_with(4)
    assert odds(walk) == {Odd.DUPLICATES}


@pytest.mark.parametrize(
    ("from_", "until", "datestamp", "is_outside"),
    [
        ("2025-01-01", None, "2025-01-01", False),
        ("2025-01-01", None, "2025-01-01T00:00:00Z", False),
        ("2025-01-01T10:00:00Z", None, "2025-01-01", False),
        ("2025-01-01T10:00:00Z", None, "2025-01-01T09:59:59Z", True),
        ("2025-01-02", None, "2025-01-01T23:59:59Z", True),
        (None, "2025-01-01", "2025-01-01T23:59:59Z", False),
        (None, "2025-01-01", "2025-01-02", True),
        (None, None, "1066-10-14", False),
    ],
)
def test_records_outside_the_dates_are_told(
    from_: str | None, until: str | None, datestamp: str, is_outside: bool
) -> None:
    request = ListRequest(metadata_prefix="oai_dc", from_=from_, until=until)
    found = ListPage(
        verb="ListRecords",
        response_date=FIRST,
        records=records("a", datestamp=datestamp),
    )
    assert (Odd.OUTSIDE in odds(walked(found, request=request))) is is_outside


@pytest.mark.parametrize(
    ("set_spec", "is_other"), [("a", False), ("a:b", False), ("b", True), ("a:c", True)]
)
def test_records_of_other_sets_are_told(set_spec: str, is_other: bool) -> None:
    request = ListRequest(metadata_prefix="oai_dc", set_spec=set_spec)
    walk = walked(page("abc"), request=request)
    assert (Odd.OTHER_SET in odds(walk)) is is_other


@given(
    st.lists(
        st.tuples(st.text("abc", max_size=4), st.sampled_from(["", "t", "u", "v"])),
        min_size=1,
        max_size=60,
    )
)
def test_no_list_is_walked_for_ever(pages: list[tuple[str, str]]) -> None:
    walk, asked = Walk(request=REQUEST), 0
    while walk.next() is not None:
        names, token = pages[asked % len(pages)]
        walk.received(page(names, token))
        asked += 1
        # As many tokens as there are, and no one twice.
        assert asked <= 4
    assert walk.progress.ended or walk.broken


@given(st.integers(0, 7), st.integers(1, 4))
def test_a_walk_goes_on_from_its_progress(pages: int, each: int) -> None:
    every = [page("x" * each, f"t{n}", cursor=n * each) for n in range(pages)]
    last = page("y", "", cursor=pages * each)
    whole = walked(*every, last)
    first = walked(*every)
    rest = Walk(
        request=REQUEST,
        progress=Progress(
            pages=first.progress.pages,
            served=first.progress.served,
            token=first.progress.token,
            first_response=first.progress.first_response,
        ),
        tokens=set(first.tokens),
    )
    rest.received(last)
    assert rest.progress == whole.progress
    assert not rest.anomalies
