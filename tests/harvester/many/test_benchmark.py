"""The benchmark of many endpoints: it runs. No figure is asserted."""

from benchmarks.bench import Bench, Options
from benchmarks.many import many


def test_lanes_are_compared() -> None:
    with Bench(Options(items=40, rounds=1)) as bench:
        (row,) = many(bench)
    assert row.value is not None
    assert "4 endpoints of 3 pages of 50 ms, 4 lanes to one" in row.what
