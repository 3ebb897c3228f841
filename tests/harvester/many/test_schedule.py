"""When a source is due again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.many.schedule import (
    Cron,
    Every,
    ScheduleError,
    parse_interval,
    parse_schedule,
)

_NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "hours"), [("60m", 1), ("6h", 6), ("1d", 24), ("2w", 336), ("7200s", 2)]
)
def test_interval_is_a_number_and_a_unit(text: str, hours: int) -> None:
    assert parse_interval(text) == timedelta(hours=hours)


def test_interval_counts_from_the_beginning_of_a_harvest() -> None:
    due = Every(timedelta(hours=6)).next_after(_NOON, _NOON + _MINUTE)
    assert due == _NOON + timedelta(hours=6)


def test_harvest_that_took_longer_than_its_interval_is_due_at_once() -> None:
    ended = _NOON + timedelta(hours=7)
    assert Every(timedelta(hours=6)).next_after(_NOON, ended) == ended


def test_cron_line_names_the_next_moment_in_utc() -> None:
    due = parse_schedule("30 2 * * *").next_after(_NOON, _NOON)
    assert due == datetime(2026, 5, 2, 2, 30, tzinfo=UTC)


def test_blanks_in_a_cron_line_do_not_matter() -> None:
    assert parse_schedule(" 30  2 * * * ") == Cron("30 2 * * *")


@pytest.mark.parametrize(
    "text", ["", "1", "1y", "0d", "-1d", "1.5h", "daily", "61 * * * *", "* * * *"]
)
def test_anything_else_is_refused_with_what_would_do(text: str) -> None:
    with pytest.raises(ScheduleError, match="write an interval such as"):
        parse_schedule(text)


def test_cron_line_of_a_day_that_never_comes_is_refused() -> None:
    with pytest.raises(ScheduleError, match="names no day"):
        parse_schedule("0 0 */31 2 1#5")


@given(st.text())
def test_any_text_is_a_schedule_or_refused(text: str) -> None:
    try:
        schedule = parse_schedule(text)
    except ScheduleError:
        return
    assert schedule.next_after(_NOON, _NOON + _MINUTE) >= _NOON + _MINUTE
