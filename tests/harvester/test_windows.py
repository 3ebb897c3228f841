"""Windows of dates, and their halves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.windows import Window, window
from oai_provider.protocol.datestamp import Granularity

START = datetime(2020, 2, 28, 13, 14, 15, tzinfo=UTC)
STEPS = {Granularity.DAY: timedelta(days=1), Granularity.SECOND: timedelta(seconds=1)}
windows = st.builds(
    lambda seconds, granularity: window(
        START, START + timedelta(seconds=seconds), granularity
    ),
    st.integers(-10, 10**9),
    st.sampled_from(Granularity),
)


@given(windows)
def test_halves_touch_and_are_the_whole(whole: Window) -> None:
    halves = whole.halves()
    if halves is None:
        assert whole.arguments[0] == whole.arguments[1]
        return
    early, late = halves
    assert early.from_ == whole.from_
    assert late.until == whole.until
    assert late.from_ - early.until == STEPS[whole.granularity]


@given(windows)
def test_halves_are_half_as_long(whole: Window) -> None:
    halves = whole.halves()
    if halves is not None:
        lengths = [(half.until - half.from_) for half in halves]
        assert abs(lengths[0] - lengths[1]) <= STEPS[whole.granularity]


@pytest.mark.parametrize(
    ("granularity", "arguments"),
    [
        (Granularity.DAY, ("2020-02-28", "2020-02-29")),
        (Granularity.SECOND, ("2020-02-28T13:14:15Z", "2020-02-29T13:14:15Z")),
    ],
)
def test_dates_are_written_in_the_granularity(
    granularity: Granularity, arguments: tuple[str, str]
) -> None:
    whole = window(START, START + timedelta(days=1), granularity)
    assert whole.arguments == arguments
