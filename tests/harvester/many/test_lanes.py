"""A lane: what it does with sources that go well, fail, hang, or are another's."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import NoReturn

import pytest
from harvester.many import endpoints as simulated
from harvester.many.databases import real_clock
from harvester.many.endpoints import Endpoints

from oai_provider.harvester.many.harvesting import Turn
from oai_provider.harvester.many.lane import MOST_LOSSES, Lane, Pass, Stops
from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.work import Owner, SourceState
from oai_provider.harvester.many.work_table import WorkTable, open_work_table
from oai_provider.harvester.order import Order, Report, Verdict

_REPORT = Report(verdict=Verdict.COMPLETE, records=3)
_TICK = timedelta(seconds=0.02)


@pytest.fixture(name="table")
def _table(tmp_path: Path) -> Iterator[WorkTable]:
    table = open_work_table(f"sqlite:///{tmp_path}/work.db", clock=real_clock)
    yield table
    table.close()


@pytest.fixture(name="rival")
def _rival(tmp_path: Path) -> Iterator[WorkTable]:
    """The same table, as if the leases of others had run out."""
    url = f"sqlite:///{tmp_path}/work.db"
    ahead = timedelta(seconds=60)
    rival = open_work_table(url, clock=lambda: real_clock() + ahead)
    yield rival
    rival.close()


@pytest.fixture(name="endpoints", scope="module")
def _endpoints() -> Iterator[Endpoints]:
    with simulated.endpoints() as endpoints:
        yield endpoints


def given(
    table: WorkTable, *, lease: float = 5, grace: timedelta = timedelta(seconds=1)
) -> Pass:
    return Pass(
        run="run",
        due_by=table.now(),
        lease=timedelta(seconds=lease),
        poll=_TICK,
        grace=grace,
    )


def source(name: str = "a", host: str = "a.example.org", **more: object) -> Source:
    said = {"name": name, "base_url": f"https://{host}/{name}", "to": "x/", **more}
    return Source.model_validate(said)


def never() -> bool:
    return False


def state(table: WorkTable, number: int = 0) -> SourceState:
    return table.states()[number]


def complete(_order: Order, _turn: Turn) -> Report:
    return _REPORT


def raising(_order: Order, _turn: Turn) -> NoReturn:
    raise LookupError("a fault in the code")


def test_lane_harvests_all_that_is_due_and_ends(
    table: WorkTable, endpoints: Endpoints
) -> None:
    table.enlist([endpoints.source(n) for n in range(3)])
    stops = Lane(table, simulated.harvest, given(table)).run("one", never)
    assert stops is Stops.OVER
    assert [s.records for s in table.states()] == [30, 30, 30]


def test_what_a_harvest_raises_is_the_reason_of_its_failure(table: WorkTable) -> None:
    table.enlist([source()])
    Lane(table, raising, given(table)).run("one", never)
    assert state(table).verdict == "failed"
    assert state(table).reasons == ("LookupError: a fault in the code",)


def test_endpoint_that_is_refused_is_told_by_what_the_harvest_said(
    table: WorkTable,
) -> None:
    table.enlist([source(base_url="http://127.0.0.1:1/oai")])
    Lane(table, simulated.harvest, given(table)).run("one", never)
    assert state(table).reasons[0].startswith("http://127.0.0.1:1/oai does not answer")


def test_secret_that_is_not_there_fails_its_source_only(table: WorkTable) -> None:
    auth = {"bearer_env": "NOT_SET"}
    table.enlist([source("a", auth=auth), source("b", "b.example.org")])
    Lane(table, complete, given(table), environ={}).run("one", never)
    assert [s.verdict for s in table.states()] == ["failed", "complete"]


def test_lease_is_renewed_as_long_as_a_harvest_goes_on(table: WorkTable) -> None:
    began, end = threading.Event(), threading.Event()

    def slow(_order: Order, _turn: Turn) -> Report:
        began.set()
        end.wait(20)
        return _REPORT

    table.enlist([source()])
    short = given(table, lease=0.3)
    lane = threading.Thread(target=Lane(table, slow, short).run, args=("one", never))
    lane.start()
    began.wait(20)
    claims = [
        table.claim(Owner(run="r", lane="l"), short.lease) for _ in _half_seconds()
    ]
    end.set()
    lane.join()
    assert claims == [None] * len(claims)
    assert state(table).verdict == "complete"


def _half_seconds() -> Iterator[None]:
    for _ in range(10):
        threading.Event().wait(0.1)
        yield


def test_harvest_that_hangs_is_given_up(table: WorkTable) -> None:
    end = threading.Event()

    def hanging(_order: Order, _turn: Turn) -> Report:
        end.wait(20)
        return _REPORT

    table.enlist([source(limits={"longest": "1s"})])
    short = given(table, grace=_TICK)
    stops = Lane(table, hanging, short).run("one", never)
    end.set()
    assert stops is Stops.HUNG
    assert state(table).reasons == (
        "it took longer than 1s: given up; raise limits.longest",
    )


def test_harvest_that_takes_too_long_ends_at_its_next_turn(table: WorkTable) -> None:
    def endless(_order: Order, turn: Turn) -> NoReturn:
        while True:
            turn()
            threading.Event().wait(0.01)

    table.enlist([source(limits={"longest": "1s"})])
    stops = Lane(table, endless, given(table)).run("one", never)
    assert (stops, state(table).verdict) == (Stops.OVER, "failed")


def test_lane_that_is_asked_to_stop_gives_its_work_back(table: WorkTable) -> None:
    asked = threading.Event()

    def healing(_order: Order, turn: Turn) -> Report:
        while True:
            asked.set()
            try:
                turn()
            except Exception:  # noqa: BLE001 - what heals everything
                continue
            threading.Event().wait(0.01)

    table.enlist([source()])
    stops = Lane(table, healing, given(table)).run("one", asked.is_set)
    assert stops is Stops.ASKED
    now = state(table)
    assert (now.verdict, now.running_by) == (None, None)
    assert table.claim(Owner(run="r", lane="l"), timedelta(seconds=1)) is not None


def test_harvest_that_ends_while_it_is_asked_to_stop_counts(table: WorkTable) -> None:
    asked = threading.Event()

    def ending(_order: Order, _turn: Turn) -> Report:
        asked.set()
        threading.Event().wait(0.1)
        return _REPORT

    table.enlist([source()])
    Lane(table, ending, given(table)).run("one", asked.is_set)
    assert state(table).verdict == "complete"


def test_harvest_whose_lease_is_another_s_is_closed_and_not_written_down(
    table: WorkTable, rival: WorkTable
) -> None:
    closed = threading.Event()

    def robbed(_order: Order, turn: Turn) -> Report:
        assert rival.claim(Owner(run="r", lane="l"), timedelta(seconds=60))
        try:
            while True:
                turn()
                threading.Event().wait(0.01)
        finally:
            closed.set()

    table.enlist([source()])
    short = given(table, lease=0.3)
    assert Lane(table, robbed, short).run("one", never) is Stops.OVER
    assert closed.is_set()
    now = state(table)
    assert (now.verdict, now.running_by) == (None, "r/l")


def test_lane_that_goes_on_harvests_a_source_again_when_it_is_due(
    table: WorkTable,
) -> None:
    harvests: list[str] = []

    def counting(order: Order, _turn: Turn) -> Report:
        harvests.append(order.base_url)
        return _REPORT

    table.enlist([source(schedule="1s")])
    for_ever = replace(given(table), due_by=None)
    Lane(table, counting, for_ever).run("one", lambda: len(harvests) == 2)
    assert len(harvests) == 2


def test_source_that_its_workers_died_of_is_left_alone(
    table: WorkTable,
) -> None:
    table.enlist([source()])
    for _ in range(MOST_LOSSES):
        table.claim(Owner(run="r", lane="dead"), timedelta(0))
    Lane(table, complete, given(table)).run("one", never)
    assert state(table).reasons == (
        "its worker was killed or crashed 3 times in a row",
    )


def test_turns_of_a_host_are_as_far_apart_as_its_limit_says(
    table: WorkTable, endpoints: Endpoints
) -> None:
    table.enlist([endpoints.source(90, limits={"per_second": 10})])
    begun = monotonic()
    Lane(table, simulated.harvest, given(table)).run("one", never)
    _, second, third = endpoints.asked["/s090"]
    # The first may come late, which makes no turn sooner.
    assert second - begun >= 0.099
    assert third - begun >= 0.199
