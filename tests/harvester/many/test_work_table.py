"""The work table: who may harvest what, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from harvester.many.databases import BEGIN, Clock

from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.work import (
    Ended,
    Failure,
    LeaseLost,
    Owner,
    SourceState,
    Work,
)
from oai_provider.harvester.many.work_table import WorkTable, open_work_table
from oai_provider.harvester.order import Report, Verdict
from oai_provider.store.base import StoreError

pytest_plugins = ["postgresql", "harvester.many.databases"]

LEASE = timedelta(seconds=60)
ONE = Owner(run="r1", lane="one")
TWO = Owner(run="r2", lane="two")
DONE = Ended(
    result=Report(
        verdict=Verdict.COMPLETE,
        records=5,
        pages=2,
        watermark=datetime(2026, 5, 1, tzinfo=UTC),
    ),
    size=100,
)
FAULT = Ended(result=Failure(reason="it does not answer"))


def source(name: str, host: str | None = None, **more: object) -> Source:
    url = f"https://{host or name}.example.org/{name}"
    given = {"name": name, "base_url": url, "to": "{name}/", **more}
    return Source.model_validate(given)


def claimed(table: WorkTable, owner: Owner = ONE) -> Work:
    work = table.claim(owner, LEASE)
    assert work is not None
    return work


def state(table: WorkTable, name: str = "a") -> SourceState:
    return next(state for state in table.states() if state.name == name)


# Claiming.


def test_new_source_is_due_at_once(table: WorkTable) -> None:
    table.enlist([source("a")])
    assert claimed(table).source == source("a")


def test_source_is_claimed_once(table: WorkTable, other: WorkTable) -> None:
    table.enlist([source("a")])
    claimed(table)
    assert other.claim(TWO, LEASE) is None


def test_second_source_of_a_host_waits_for_the_first(
    table: WorkTable, other: WorkTable
) -> None:
    table.enlist([source("a", "h"), source("b", "h"), source("c")])
    assert claimed(table).source.name == "a"
    assert claimed(other, TWO).source.name == "c"
    assert other.claim(TWO, LEASE) is None


def test_host_is_free_when_its_source_is_finished(table: WorkTable) -> None:
    table.enlist([source("a", "h"), source("b", "h")])
    table.finish(claimed(table), DONE)
    assert claimed(table).source.name == "b"


def test_what_is_due_longest_comes_first(table: WorkTable, clock: Clock) -> None:
    table.enlist([source("b")])
    clock.pass_by(1)
    table.enlist([source("a"), source("b")])
    assert claimed(table).source.name == "b"


def test_what_became_due_later_is_passed_over_if_so_asked(
    table: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    clock.pass_by(10)
    by = BEGIN - timedelta(seconds=1)
    assert table.claim(ONE, LEASE, by) is None


def test_source_that_is_switched_off_is_not_claimed(table: WorkTable) -> None:
    table.enlist([source("a", enabled=False)])
    assert table.claim(ONE, LEASE) is None


# Leases.


def test_lease_that_ran_out_is_taken_over(
    table: WorkTable, other: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    first = claimed(table)
    clock.pass_by(61)
    assert claimed(other, TWO).fence > first.fence


def test_renewed_lease_does_not_run_out(
    table: WorkTable, other: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    work = claimed(table)
    clock.pass_by(40)
    table.renew(work, LEASE)
    clock.pass_by(40)
    assert other.claim(TWO, LEASE) is None


def test_worker_thought_dead_cannot_finish(
    table: WorkTable, other: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    first = claimed(table)
    clock.pass_by(61)
    second = claimed(other, TWO)
    with pytest.raises(LeaseLost, match="source a: its lease"):
        table.finish(first, DONE)
    other.finish(second, FAULT)
    assert state(table).verdict == "failed"


def test_worker_thought_dead_cannot_finish_after_the_other_did(
    table: WorkTable, other: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    first = claimed(table)
    clock.pass_by(61)
    other.finish(claimed(other, TWO), FAULT)
    with pytest.raises(LeaseLost):
        table.finish(first, DONE)


def test_worker_thought_dead_cannot_renew(
    table: WorkTable, other: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a", "h"), source("b", "h")])
    first = claimed(table)
    clock.pass_by(61)
    claimed(other, TWO)
    with pytest.raises(LeaseLost):
        table.renew(first, LEASE)


def test_finished_work_cannot_be_finished_again(table: WorkTable) -> None:
    table.enlist([source("a")])
    work = claimed(table)
    table.finish(work, DONE)
    with pytest.raises(LeaseLost):
        table.finish(work, FAULT)


def test_released_work_is_due_as_before(table: WorkTable, other: WorkTable) -> None:
    table.enlist([source("a")])
    table.release(claimed(table))
    assert claimed(other, TWO).source.name == "a"


def test_leases_that_ran_out_in_a_row_are_counted(
    table: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    counts = []
    for _ in range(3):
        counts.append(claimed(table).losses)
        clock.pass_by(61)
    assert counts == [0, 1, 2]


def test_lost_lease_is_that_of_the_source_that_had_it(
    table: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a", "h")])
    clock.pass_by(1)
    table.enlist([source("a", "h"), source("b", "h")])
    claimed(table)
    clock.pass_by(61)
    table.finish(claimed(table), DONE)
    assert claimed(table).losses == 0


# Finishing.


def test_finished_source_is_due_as_scheduled(table: WorkTable) -> None:
    table.enlist([source("a", schedule="6h")])
    table.finish(claimed(table), DONE)
    assert state(table).due == BEGIN + timedelta(hours=6)


def test_source_that_failed_is_due_sooner_and_each_time_later(
    table: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a", schedule="1h")])
    waits = []
    for _ in range(4):
        table.finish(claimed(table), FAULT)
        due = state(table).due
        assert due is not None
        waits.append((due - clock()).total_seconds() / 60)
        clock.moment = due
    assert waits == [15, 30, 60, 60]


def test_failures_are_counted_until_one_goes_well(
    table: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    table.finish(claimed(table), FAULT)
    clock.pass_by(86_400)
    failed = state(table).failures
    table.finish(claimed(table), DONE)
    assert (failed, state(table).failures) == (1, 0)


def test_incomplete_harvest_counts_as_a_failure(table: WorkTable) -> None:
    table.enlist([source("a")])
    report = Report(verdict=Verdict.INCOMPLETE, reasons=("10 of 20 served",))
    table.finish(claimed(table), Ended(result=report))
    assert state(table).failures == 1
    assert state(table).reasons == ("10 of 20 served",)


def test_records_are_counted_of_the_last_harvest_and_of_all(
    table: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    for _ in range(2):
        table.finish(claimed(table), DONE)
        clock.pass_by(86_400)
    now = state(table)
    assert (now.records, now.records_in_all, now.pages, now.size) == (5, 10, 2, 100)


def test_lag_is_the_age_of_the_watermark(table: WorkTable, clock: Clock) -> None:
    table.enlist([source("a")])
    table.finish(claimed(table), DONE)
    clock.pass_by(5)
    assert state(table).lag == timedelta(hours=12, seconds=5)


def test_failure_leaves_the_watermark(table: WorkTable, clock: Clock) -> None:
    table.enlist([source("a")])
    table.finish(claimed(table), DONE)
    clock.pass_by(86_400)
    table.finish(claimed(table), FAULT)
    assert state(table).watermark == datetime(2026, 5, 1, tzinfo=UTC)


def test_running_source_is_shown_with_who_runs_it(
    table: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    claimed(table)
    now = state(table)
    assert (now.running_since, now.running_by) == (BEGIN, "r1/one")
    clock.pass_by(61)
    assert state(table).running_by is None


# Enlisting.


def test_what_becomes_of_sources_is_told(table: WorkTable) -> None:
    table.enlist([source("a"), source("b"), source("c")])
    became = table.enlist([source("a"), source("b", schedule="6h"), source("d")])
    assert (became.added, became.changed, became.removed) == (("d",), ("b",), ("c",))


def test_source_that_did_not_change_is_due_as_before(table: WorkTable) -> None:
    table.enlist([source("a")])
    table.finish(claimed(table), DONE)
    table.enlist([source("a")])
    assert table.claim(ONE, LEASE) is None


def test_source_that_changed_is_due_at_once(table: WorkTable) -> None:
    table.enlist([source("a")])
    table.finish(claimed(table), DONE)
    table.enlist([source("a", sets=["x"])])
    assert claimed(table).source.sets == ("x",)


def test_source_that_changed_while_it_was_harvested_is_due_after_it(
    table: WorkTable, other: WorkTable
) -> None:
    table.enlist([source("a")])
    work = claimed(table)
    other.enlist([source("a", sets=["x"])])
    table.finish(work, DONE)
    assert claimed(table).source.sets == ("x",)


def test_source_that_was_removed_is_kept_and_not_harvested(table: WorkTable) -> None:
    table.enlist([source("a"), source("b")])
    table.enlist([source("b")])
    assert not state(table, "a").enabled
    assert claimed(table).source.name == "b"


def test_source_that_came_back_is_due_at_once(table: WorkTable) -> None:
    table.enlist([source("a")])
    table.finish(claimed(table), DONE)
    table.enlist([])
    table.enlist([source("a")])
    assert claimed(table).source.name == "a"


def test_source_does_not_move_to_another_host_while_it_is_harvested(
    table: WorkTable, other: WorkTable
) -> None:
    table.enlist([source("a")])
    claimed(table)
    assert other.enlist([source("a", "elsewhere")]).busy == ("a",)
    assert other.claim(TWO, LEASE) is None


def test_lease_that_ran_out_at_a_former_host_cannot_be_renewed(
    table: WorkTable, other: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    work = claimed(table)
    clock.pass_by(61)
    other.enlist([source("a", "elsewhere")])
    with pytest.raises(LeaseLost):
        table.renew(work, LEASE)


def test_sources_can_be_made_due_by_name(table: WorkTable) -> None:
    table.enlist([source("a"), source("b")])
    for _ in range(2):
        table.finish(claimed(table), DONE)
    assert table.hasten(["b"]) == 1
    assert claimed(table).source.name == "b"


# Runs.


def test_run_is_over_when_nothing_is_left_that_was_due(table: WorkTable) -> None:
    table.enlist([source("a")])
    before = table.is_over("r1", BEGIN)
    table.finish(claimed(table), FAULT)
    assert (before, table.is_over("r1", BEGIN)) == (False, True)


def test_run_is_not_over_while_it_is_at_work(table: WorkTable) -> None:
    table.enlist([source("a")])
    claimed(table)
    assert not table.is_over("r1", BEGIN)


def test_run_does_not_wait_for_what_another_is_at(
    table: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a")])
    claimed(table, TWO)
    assert table.is_over("r1", BEGIN)
    clock.pass_by(61)
    assert not table.is_over("r1", BEGIN)


def test_run_is_stopped_when_anyone_says_so(table: WorkTable, other: WorkTable) -> None:
    other.stop("r1")
    other.stop("r1")
    assert (table.is_stopped("r1"), table.is_stopped("r2")) == (True, False)


# Politeness.


def test_host_is_asked_once_in_its_interval_whoever_asks(
    table: WorkTable, other: WorkTable, clock: Clock
) -> None:
    table.enlist([source("a", "h", limits={"per_second": 2}), source("b", "h")])
    host = "h.example.org"
    assert [table.slot(host), other.slot(host), table.slot(host)] == [0, 0.5, 1]
    clock.pass_by(10)
    assert other.slot(host) == 0


def test_longer_interval_that_is_asked_for_counts(table: WorkTable) -> None:
    table.enlist([source("a", limits={"per_second": 2})])
    host = "a.example.org"
    assert [table.slot(host, timedelta(seconds=3)), table.slot(host)] == [0, 3]


def test_spacing_is_the_longest_of_the_sources_of_a_host(table: WorkTable) -> None:
    limits = {"per_second": 0.5}
    table.enlist([source("a", "h"), source("b", "h", limits=limits)])
    assert claimed(table).spacing == timedelta(seconds=2)


# Opening.


def test_clock_is_the_server_s_where_there_is_one(work_url: str, clock: Clock) -> None:
    opened = open_work_table(work_url, clock=clock)
    is_server = opened.now() != BEGIN
    opened.close()
    assert is_server == work_url.startswith("postgresql")


def test_table_of_another_version_is_refused(
    work_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_work_table(work_url, clock=clock).close()
    tables = "oai_provider.harvester.many.work_table.tables.VERSION"
    monkeypatch.setattr(tables, 2)
    with pytest.raises(StoreError, match="is of version 1, this program's of 2"):
        open_work_table(work_url, clock=clock)


def test_table_in_memory_is_refused(clock: Clock) -> None:
    with pytest.raises(StoreError, match="name a file"):
        open_work_table("sqlite://", clock=clock)
