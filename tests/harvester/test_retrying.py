"""Whether and when a request is tried again, as a function of what went wrong."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.failing import Failure
from oai_provider.harvester.retrying import (
    GiveUp,
    Retrying,
    Tried,
    Wait,
    asked_wait,
    decide,
)

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def _answered(status: int, **headers: str) -> Failure:
    response = requests.Response()
    response.status_code = status
    response.headers.update({n.replace("_", "-"): v for n, v in headers.items()})
    return Failure(FetchFault.STATUS, f"HTTP {status}", response=response)


def _decided(
    failure: Failure,
    *,
    policy: Retrying | None = None,
    tries: int = 1,
    waited: float = 0.0,
    chance: float = 1.0,
) -> Wait | GiveUp:
    tried = Tried(tries=tries, waited=waited, now=NOW)
    return decide(policy or Retrying(), failure, tried, lambda: chance)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_tried_again(status: int) -> None:
    assert isinstance(_decided(_answered(status)), Wait)


@pytest.mark.parametrize("status", [304, 400, 401, 403, 404, 407, 410, 422, 501])
def test_no_other_status_is_tried_again(status: int) -> None:
    assert _decided(_answered(status)) == GiveUp()


@pytest.mark.parametrize("fault", ["AWAY", "TIMEOUT", "RESET", "CODING"])
def test_a_fault_of_the_network_is_tried_again(fault: str) -> None:
    assert isinstance(_decided(Failure(FetchFault[fault], "why")), Wait)


@pytest.mark.parametrize("fault", ["TLS", "TOO_LARGE", "REDIRECTS"])
def test_a_fault_that_stays_is_not_tried_again(fault: str) -> None:
    assert _decided(Failure(FetchFault[fault], "why")) == GiveUp()


def test_what_is_final_is_not_tried_again() -> None:
    failure = Failure(FetchFault.AWAY, "no such scheme", is_final=True)
    assert _decided(failure) == GiveUp()


def test_the_wait_doubles_up_to_a_bound() -> None:
    policy = Retrying(most_tries=99, longest_wait=1e9, highest_wait=20)
    waits = [_decided(_answered(500), policy=policy, tries=n) for n in range(1, 8)]
    assert waits == [Wait(seconds=s) for s in (1, 2, 4, 8, 16, 20, 20)]


def test_the_wait_is_a_random_part_of_its_bound() -> None:
    assert _decided(_answered(500), tries=3, chance=0.25) == Wait(seconds=1)


def test_tries_come_to_an_end() -> None:
    policy = Retrying(most_tries=3)
    assert isinstance(_decided(_answered(500), policy=policy, tries=2), Wait)
    ended = _decided(_answered(500), policy=policy, tries=3)
    assert ended == GiveUp(reason="No further try is allowed (most_tries)")


def test_waiting_comes_to_an_end() -> None:
    policy = Retrying(longest_wait=10)
    assert _decided(_answered(500), policy=policy, tries=5, waited=7) == Wait(seconds=3)
    assert isinstance(_decided(_answered(500), policy=policy, waited=10), GiveUp)


@pytest.mark.parametrize("status", [429, 503, 500])
def test_retry_after_is_waited_for(status: int) -> None:
    failure = _answered(status, Retry_After="30")
    assert _decided(failure) == Wait(seconds=30)


def test_retry_after_of_a_date_is_waited_for() -> None:
    failure = _answered(503, Retry_After="Wed, 01 May 2024 12:02:00 GMT")
    assert _decided(failure) == Wait(seconds=120)


def test_a_date_is_measured_against_the_endpoints_own_clock() -> None:
    failure = _answered(
        503,
        Date="Wed, 01 May 2024 09:00:00 GMT",
        Retry_After="Wed, 01 May 2024 09:00:10 GMT",
    )
    assert _decided(failure) == Wait(seconds=10)


def test_retry_after_of_nothing_still_backs_off() -> None:
    assert _decided(_answered(503, Retry_After="0"), tries=3) == Wait(seconds=4)


def test_a_date_in_the_past_still_backs_off() -> None:
    failure = _answered(503, Retry_After="Wed, 01 May 2019 12:02:00 GMT")
    assert _decided(failure, tries=2) == Wait(seconds=2)


@pytest.mark.parametrize("value", ["soon", "-5", "nan", "", "12 minutes", "Wed, 99"])
def test_rubbish_in_retry_after_asks_for_nothing(value: str) -> None:
    assert asked_wait(_answered(503, Retry_After=value), NOW) is None


def test_who_cannot_wait_so_long_gives_up_at_once_and_says_until_when() -> None:
    ended = _decided(_answered(503, Retry_After="86400"))
    assert isinstance(ended, GiveUp)
    assert "until 2024-05-02T12:00:00Z" in ended.reason


@pytest.mark.parametrize(
    "value", ["9" * 400, "inf", "1e300", "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_retry_after_out_of_all_measure_gives_up(value: str) -> None:
    ended = _decided(_answered(503, Retry_After=value))
    assert isinstance(ended, GiveUp)
    assert "left alone" in ended.reason


def test_a_date_beyond_the_calendar_gives_up() -> None:
    failure = _answered(
        503,
        Date="Mon, 01 Jan 1000 00:00:00 GMT",
        Retry_After="Fri, 31 Dec 9999 23:59:59 GMT",
    )
    ended = _decided(failure)
    assert isinstance(ended, GiveUp)
    assert "left alone for ever" in ended.reason


def test_what_was_waited_before_counts_against_retry_after() -> None:
    failure = _answered(503, Retry_After="60")
    policy = Retrying(longest_wait=100)
    assert _decided(failure, policy=policy, waited=40) == Wait(seconds=60)
    assert isinstance(_decided(failure, policy=policy, waited=41), GiveUp)


@given(
    value=st.text(),
    tries=st.integers(1, 10_000),
    waited=st.floats(0, 1000),
    chance=st.floats(0, 1),
)
def test_no_wait_is_negative_or_beyond_what_is_allowed(
    value: str, tries: int, waited: float, chance: float
) -> None:
    policy = Retrying(most_tries=20_000, longest_wait=500)
    match _decided(
        _answered(503, Retry_After=value),
        policy=policy,
        tries=tries,
        waited=waited,
        chance=chance,
    ):
        case Wait(seconds=seconds):
            assert 0 <= seconds <= policy.longest_wait - waited
        case GiveUp(reason=reason):
            assert reason


@given(seconds=st.integers(0, 10**6))
def test_any_date_to_come_is_understood(seconds: int) -> None:
    until = NOW + timedelta(seconds=seconds)
    value = f"{until:%a, %d %b %Y %H:%M:%S} GMT"
    assert asked_wait(_answered(503, Retry_After=value), NOW) == seconds
