"""How fast a host is asked, by a clock that only sleeping moves."""

import threading

import pytest

from oai_provider.harvester.pacing import Lane, Pacing


class Clock:
    """Seconds that pass when someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="pacing")
def _pacing(clock: Clock) -> Pacing:
    return Pacing(monotonic=clock, sleep=clock.sleep)


def _asks(pacing: Pacing, clock: Clock, latency: float, status: int = 200) -> float:
    """Ask once, and return how long it was waited before."""
    before = sum(clock.slept)
    pacing.wait("a", None)
    clock.now += latency
    pacing.answered("a", "ListRecords", latency, status)
    return sum(clock.slept) - before


def test_without_a_limit_nothing_is_waited_for(pacing: Pacing, clock: Clock) -> None:
    for _ in range(50):
        assert _asks(pacing, clock, 0.2) == 0


def test_requests_begin_no_faster_than_allowed(pacing: Pacing, clock: Clock) -> None:
    begins = []
    for _ in range(5):
        pacing.wait("a", 4)
        begins.append(clock.now)
    assert begins == [100, 100.25, 100.5, 100.75, 101]


def test_time_that_passed_by_itself_is_not_waited_again(
    pacing: Pacing, clock: Clock
) -> None:
    pacing.wait("a", 2)
    clock.now += 0.4
    pacing.wait("a", 2)
    assert clock.slept == [pytest.approx(0.1)]


def test_a_host_waits_for_no_other(pacing: Pacing, clock: Clock) -> None:
    pacing.wait("a", 1)
    pacing.wait("b", 1)
    assert clock.slept == []


def test_threads_share_the_limit_of_a_host() -> None:
    begins, lock, clock = [], threading.Lock(), Clock()

    def note(seconds: float) -> None:
        with lock:
            begins.append(seconds)

    pacing = Pacing(monotonic=clock, sleep=note)
    threads = [threading.Thread(target=pacing.wait, args=("a", 10)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begins) == [pytest.approx(n / 10) for n in range(1, 20)]


def test_a_host_whose_latency_doubles_is_left_in_peace_as_long(
    pacing: Pacing, clock: Clock
) -> None:
    for _ in range(10):
        _asks(pacing, clock, 1.0)
    waits = [_asks(pacing, clock, 4.0) for _ in range(10)]
    assert waits[0] == 0
    assert waits[-1] == pytest.approx(4.0, rel=0.1)


def test_a_host_that_recovers_is_asked_as_before(pacing: Pacing, clock: Clock) -> None:
    for latency in (1.0, 4.0, 4.0, 4.0):
        _asks(pacing, clock, latency)
    waits = [_asks(pacing, clock, 1.0) for _ in range(10)]
    assert waits[0] > 0
    assert waits[-1] == 0


def test_a_host_that_became_slower_for_good_is_believed_in_the_end(
    pacing: Pacing, clock: Clock
) -> None:
    _asks(pacing, clock, 1.0)
    waits = [_asks(pacing, clock, 3.0) for _ in range(100)]
    assert waits[5] > 0
    assert waits[-1] == 0


def test_noise_of_milliseconds_slows_nothing_down(pacing: Pacing, clock: Clock) -> None:
    waits = [_asks(pacing, clock, 0.001 + 0.05 * (n % 2)) for n in range(50)]
    assert sum(waits) == 0


def test_kinds_of_requests_have_latencies_of_their_own() -> None:
    lane = Lane()
    for kind, seconds in (("Identify", 0.01), *[("ListRecords", 2.0)] * 5):
        lane = lane.answered(0.0, kind, seconds)
    assert lane.free_at == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_says_so_is_asked_less_often(
    pacing: Pacing, clock: Clock, status: int
) -> None:
    _asks(pacing, clock, 0.1, status)
    assert _asks(pacing, clock, 0.1, status) == 1.0
    assert _asks(pacing, clock, 0.1, status) == 2.0
    assert _asks(pacing, clock, 0.1) == 4.0


def test_the_pause_has_a_bound(pacing: Pacing, clock: Clock) -> None:
    waits = [_asks(pacing, clock, 0.1, 503) for _ in range(20)]
    assert max(waits) == 60


def test_trust_comes_back_slowly(pacing: Pacing, clock: Clock) -> None:
    for _ in range(3):
        _asks(pacing, clock, 0.1, 503)
    waits = [_asks(pacing, clock, 0.1) for _ in range(60)]
    assert waits[:3] == [4.0, pytest.approx(3.6), pytest.approx(3.24)]
    assert waits[-1] == 0
