"""UTCdatetime: two spellings and no others."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from strategies import datestamps, moments

from oai_provider.protocol.datestamp import (
    EPOCH,
    DatestampError,
    Granularity,
    format_datestamp,
    from_seconds,
    last_second,
    parse_datestamp,
    to_seconds,
)

SECOND, DAY = Granularity.SECOND, Granularity.DAY


@given(moments)
def test_a_second_written_is_the_second_read(moment: datetime) -> None:
    assert parse_datestamp(format_datestamp(moment, SECOND)) == (moment, SECOND)


@given(datestamps(DAY))
def test_a_day_written_is_the_day_read(moment: datetime) -> None:
    assert parse_datestamp(format_datestamp(moment, DAY)) == (moment, DAY)


@given(moments)
def test_seconds_since_1970_and_back_are_the_same_moment(moment: datetime) -> None:
    assert from_seconds(to_seconds(moment)) == moment


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "2000-02-29"])
def test_every_day_of_the_calendar_is_read(value: str) -> None:
    assert format_datestamp(parse_datestamp(value)[0], DAY) == value


def test_years_are_written_with_four_digits() -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert format_datestamp(first, SECOND) == "0001-01-01T00:00:00Z"


def test_fractions_of_a_second_are_never_written() -> None:
    moment = datetime(2014, 5, 1, 10, 0, 0, 999_999, tzinfo=UTC)
    assert format_datestamp(moment, SECOND) == "2014-05-01T10:00:00Z"


MISSPELT = (
    *("", " ", "2001", "2001-01", "2001-1-1", "01-01-2001", "20010101", "2001/01/01"),
    *(" 2001-01-01", "2001-01-01 ", "2001-01-01\n", "2001-01-01Z", "+2001-01-01"),
    *("12001-01-01", "-2001-01-01", "2001-01-01T00", "2001-01-01T00:00Z"),
    *("2001-01-01T00:00:00", "2001-01-01T00:00:00z", "2001-01-01t00:00:00Z"),
    *("2001-01-01 00:00:00Z", "2001-01-01T00:00:00.0Z", "2001-01-01T00:00:00,5Z"),
    *("2001-01-01T00:00:00+00:00", "2001-01-01T00:00:00Z+00:00"),
    *("2001-01-01T00:00:00Z\n", "2001-01-01T0:00:00Z", "2001-01-01T00:00:00UTC"),
    # Digits of other scripts: Arabic-Indic, fullwidth, and a superscript.
    *("٢٠٠١-٠١-٠١", "２００１-０１-０１", "200\u00b9-01-01"),  # noqa: RUF001 - the trap
    *("2001-01-01T٠٠:٠٠:٠٠Z", "2001-01-01T00:00:0０Z"),  # noqa: RUF001 - the trap
    *("2001\u201101\u201101", "today", "\x00", "\ud800"),
)


@pytest.mark.parametrize("value", MISSPELT)
def test_any_other_spelling_is_refused(value: str) -> None:
    with pytest.raises(DatestampError, match="write it as YYYY-MM-DD or"):
        parse_datestamp(value)


@pytest.mark.parametrize(
    "value",
    [
        *("0000-01-01", "2001-00-01", "2001-13-01", "2001-01-00", "2001-02-30"),
        *("1900-02-29", "2001-04-31", "2001-01-01T24:00:00Z", "2001-01-01T00:60:00Z"),
        *("2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z"),
    ],
)
def test_a_day_or_time_that_does_not_exist_is_refused(value: str) -> None:
    with pytest.raises(DatestampError, match="no such day or time"):
        parse_datestamp(value)


def test_a_day_ends_with_its_last_second() -> None:
    day = datetime(9999, 12, 31, tzinfo=UTC)
    assert last_second(day, DAY) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_second_ends_with_itself() -> None:
    assert last_second(EPOCH, SECOND) == EPOCH
