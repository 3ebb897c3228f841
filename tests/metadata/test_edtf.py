"""Dates: which are EDTF of level 0 or 1, and what other formats make of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.metadata.edtf import edtf, edtf_date, w3cdtf, year_of


@pytest.mark.parametrize(
    "date",
    [
        "2014",
        "2014-05",
        "2014-05-31",
        "2012-02-29",
        "2000-02-29",
        "0000",
        "-0044",
        "-0004-02-29",
        "2014?",
        "2014-05~",
        "2014-05-31%",
        "201X",
        "20XX",
        "2014-XX",
        "2014-05-XX",
        "2014-XX-XX",
        "2014-21",
        "2014-24",
        "Y17000",
        "Y-17000",
        "2013/2014",
        "2013-12-31/2014",
        "2014/2014",
        "2014~/2015?",
        "2014/..",
        "../2014",
        "2014/",
        "/2014",
        "201X/2015",
    ],
)
def test_a_date_of_level_0_or_1_is_kept_as_it_is(date: str) -> None:
    assert edtf(date) == date


@pytest.mark.parametrize(
    "date",
    [
        "2014-13",
        "2014-00",
        "2014-20",
        "2014-25",
        "2014-02-30",
        "2014-04-31",
        "2014-01-00",
        "2013-02-29",
        "1900-02-29",
        "2014-21-01",
        "2014-21-XX",
        "2014-13-XX",
        "14",
        "2014-5",
        "20140531",
        "2014-05-31T10:00:00Z",
        "c1920",
        "[2014?]",
        "2XXX",
        "XXXX-05",
        "2014-X5",
        "2014-XX-01",
        "Y2014",
        "Y012345",
        "2014??",
        "?2014",
        "2014/2013",
        "2014-06/2014-05",
        "../..",
        "/",
        "2014/2015/2016",
        "2014-01/2015-13",
        "January 2014",
        "٢٠١٤",
        "",
        "2014\n",
    ],
)
def test_any_other_date_is_refused(date: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        edtf(date)


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("2014-13", "'2014-13' names month 13: there are 01 to 12"),
        ("2014-02-30", "'2014-02-30' names day 30: that month has 01 to 28"),
        ("2014-21-XX", "'2014-21-XX' names a day of a season: a month is wanted"),
        ("2014/2013", "the interval '2014/2013' ends before it starts"),
        ("../..", "the interval '../..' has neither start nor end"),
        ("c1920", "'c1920' is not a date of EDTF: write a year, 2014"),
    ],
)
def test_a_refusal_says_why(date: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        edtf(date)
    assert str(caught.value).startswith(reason)


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: object) -> None:
    assert edtf(str(day)) == w3cdtf(str(day))


def test_one_date_is_no_interval() -> None:
    with pytest.raises(ValueError, match="one date is wanted here"):
        edtf_date("2013/2014")
    assert edtf_date("2014?") == "2014?"


@pytest.mark.parametrize(
    "date", ["2014?", "201X", "2014-21", "2013/2014", "-0044", "Y17000", "2014-XX"]
)
def test_w3cdtf_has_no_doubt_seasons_intervals_or_far_years(date: str) -> None:
    assert w3cdtf(date) is None


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2014-05-31~", "2014"),
        ("2013/2014", "2013"),
        ("Y17000", "17000"),
        ("-0044", "-0044"),
        ("201X", None),
        ("../2014", None),
    ],
)
def test_the_year_is_that_of_the_beginning(date: str, year: str | None) -> None:
    assert year_of(date) == year
