"""What a harvest remembers: watermarks, increments, deletions, and quarantine."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from harvester.outcomes.trial import DAY, NOW, Trial, stamp, tried

from oai_provider.cli import main
from oai_provider.harvester.memory import memory_path
from oai_provider.harvester.opening import opened_plan
from oai_provider.harvester.order import Report, Verdict
from oai_provider.harvester.state import ListKey

ITEM = "oai:hostile.example:{:07}"
EVERYTHING = 20


@pytest.fixture(name="trial")
def _trial(tmp_path: Path) -> Iterator[Trial]:
    with tried(None, tmp_path) as trial:
        yield trial


def explained(trial: Trial) -> str:
    arguments = ["harvest", trial.endpoint.url, "--to", trial.order().to, "--explain"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    return result.output


def watermark(trial: Trial, set_spec: str = "") -> str | None:
    key = ListKey(
        base_url=trial.endpoint.url, metadata_prefix="oai_dc", set_spec=set_spec
    )
    with trial.memory() as memory:
        moment = memory.watermark(key)
    return None if moment is None else stamp(moment)


# Watermarks and increments.


def test_watermark_is_the_first_response_date(trial: Trial) -> None:
    moments = iter(NOW + timedelta(seconds=n) for n in range(60))
    with trial.opened() as harvest:
        harvest.watch = lambda _, __: setattr(trial.clock, "now", next(moments))
        report = harvest.run()
    assert trial.clock.now > NOW
    assert report.watermark == NOW
    assert watermark(trial) == stamp(NOW)


def test_watermark_stays_where_it_was_if_the_harvest_fails(trial: Trial) -> None:
    trial.harvest()
    trial.clock.move(DAY)
    trial.endpoint.fault = "html-page"
    assert trial.harvest().verdict is Verdict.INCOMPLETE
    assert watermark(trial) == stamp(NOW)


def test_next_harvest_asks_from_an_hour_before_the_watermark(trial: Trial) -> None:
    trial.harvest()
    trial.clock.move(DAY)
    trial.harvest()
    assert trial.froms == [stamp(NOW, hours=1)]


def test_nothing_is_written_when_nothing_has_changed(trial: Trial) -> None:
    trial.harvest()
    path = Path(trial.order().to)
    before = path.read_bytes()
    report = trial.harvest()
    assert path.read_bytes() == before
    assert (report.verdict, report.records) == (Verdict.COMPLETE, 0)


def test_change_deletion_and_addition_arrive(trial: Trial) -> None:
    trial.harvest()
    trial.clock.move(DAY)
    trial.endpoint.change(ITEM.format(2))
    trial.endpoint.delete(ITEM.format(4))
    trial.endpoint.add()
    report = trial.harvest()
    assert (report.records, report.deleted) == (3, 1)
    assert trial.kept == trial.held()


def test_what_changed_within_the_overlap_is_told_to_be_unchanged(trial: Trial) -> None:
    trial.harvest()
    trial.endpoint.change(ITEM.format(2))
    assert trial.harvest().records == 1
    assert trial.harvest().unchanged == 1


def test_what_changes_while_the_clock_is_ahead_arrives(tmp_path: Path) -> None:
    with tried("clock-ahead", tmp_path) as trial:
        trial.harvest()
        trial.clock.move(DAY / 2)
        trial.endpoint.change(ITEM.format(2))
        assert trial.harvest().records == 1
        assert trial.kept == trial.held()


def test_full_harvest_asks_for_everything(trial: Trial) -> None:
    trial.harvest()
    report = trial.harvest(full=True)
    assert trial.froms == [""]
    assert (report.records, report.unchanged) == (0, EVERYTHING)


def test_days_are_asked_for_where_days_are_declared(tmp_path: Path) -> None:
    with tried("day-granularity", tmp_path) as trial:
        trial.harvest()
        trial.harvest()
        # A day before the watermark.
        assert trial.froms == ["2024-01-31"]


def test_days_are_asked_for_where_seconds_are_declared_and_days_served(
    tmp_path: Path,
) -> None:
    with tried("seconds-declared-days-served", tmp_path) as trial:
        trial.harvest()
        trial.harvest()
        # A day before the watermark.
        assert trial.froms == ["2024-01-31"]


# Harvests that were left off.


def test_harvest_stops_after_so_many_records(trial: Trial) -> None:
    report = trial.harvest(most=7)
    assert (report.verdict, report.records) == (Verdict.INCOMPLETE, 7)
    assert report.watermark is None


def test_harvest_goes_on_where_it_was_stopped(trial: Trial) -> None:
    trial.harvest(most=7)
    report = trial.harvest()
    assert (report.verdict, report.records) == (Verdict.COMPLETE, EVERYTHING - 7)
    assert trial.kept == trial.held()
    assert trial.froms == []


def test_watermark_of_a_harvest_in_parts_is_that_of_its_beginning(trial: Trial) -> None:
    trial.harvest(most=7)
    trial.clock.move(DAY)
    assert trial.harvest().watermark == NOW


# Several lists.


def test_record_of_two_sets_is_kept_once(trial: Trial) -> None:
    report = trial.harvest(set_specs=("even", "third"))
    numbers = sorted(int(kept.identifier[-7:]) for kept in trial.kept)
    assert numbers == [n for n in range(EVERYTHING) if n % 2 == 0 or n % 3 == 0]
    assert report.verdict is Verdict.COMPLETE


def test_each_set_has_its_watermark(trial: Trial) -> None:
    trial.harvest(set_specs=("even",))
    trial.clock.move(DAY)
    trial.harvest(set_specs=("even", "third"))
    assert trial.froms == [stamp(NOW, hours=1), ""]
    assert watermark(trial, "third") == stamp(NOW + timedelta(days=1))


def test_format_that_there_is_not_keeps_nothing_of_the_others(trial: Trial) -> None:
    report = trial.harvest(metadata_prefixes=("mods", "oai_dc"))
    assert report.verdict is Verdict.INCOMPLETE
    assert "it has oai_dc" in "\n".join(report.reasons)
    assert trial.kept == trial.held()


# Deletions that nobody tells.


def forgotten(trial: Trial, share: float, **named: bool) -> Report:
    """Harvest, lose a share of what is alive, and harvest once more."""
    trial.harvest()
    alive = [held.identifier for held in trial.endpoint.records if not held.deleted]
    trial.endpoint.forget(*alive[: round(share * len(alive))])
    return trial.harvest(**named)


def alive(trial: Trial) -> set[str]:
    return {kept.identifier for kept in trial.kept if not kept.deleted}


def right(trial: Trial) -> set[str]:
    return {h.identifier for h in trial.endpoint.records if not h.deleted}


@pytest.mark.parametrize("how", ["full", "prove"])
def test_a_tenth_that_is_gone_is_deleted(trial: Trial, how: str) -> None:
    report = forgotten(trial, 0.1, **{how: True})
    assert (report.verdict, report.deleted) == (Verdict.COMPLETE, 2)
    assert alive(trial) == right(trial)


def test_an_increment_deletes_nothing_that_is_not_told(trial: Trial) -> None:
    assert forgotten(trial, 0.1).deleted == 0


def test_a_fifth_that_is_gone_is_deleted_and_told(trial: Trial) -> None:
    report = forgotten(trial, 0.2, full=True)
    assert report.verdict is Verdict.COMPLETE
    assert "4 of 18 records are no longer listed (22%)" in "\n".join(report.healed)
    assert alive(trial) == right(trial)


@pytest.mark.parametrize("how", ["full", "prove"])
def test_two_fifths_that_are_gone_are_not_deleted(trial: Trial, how: str) -> None:
    report = forgotten(trial, 0.4, **{how: True})
    assert (report.verdict, report.deleted) == (Verdict.INCOMPLETE, 0)
    assert "none was deleted" in "\n".join(report.reasons)
    assert len(alive(trial)) == 18


def test_two_fifths_that_are_gone_are_deleted_by_force(trial: Trial) -> None:
    report = forgotten(trial, 0.4, full=True, force=True)
    assert (report.verdict, report.deleted) == (Verdict.COMPLETE, 7)
    assert alive(trial) == right(trial)


def test_repository_that_comes_back_half_empty_erases_nothing(trial: Trial) -> None:
    trial.harvest()
    trial.endpoint.fault = "half-gone"
    assert trial.harvest(full=True).verdict is Verdict.INCOMPLETE
    assert len(trial.kept) == EVERYTHING


# Records in quarantine.


def test_record_in_quarantine_is_asked_for_again_and_released(tmp_path: Path) -> None:
    with tried("two-metadata-children", tmp_path) as trial:
        assert trial.harvest().quarantined == 1
        trial.endpoint.fault = None
        trial.clock.move(DAY)
        report = trial.harvest()
        assert (report.verdict, report.records) == (Verdict.COMPLETE, 1)
        assert [a.argument("identifier") for a in trial.asked if a.verb == "GetRecord"]
        assert trial.kept == trial.held()
        assert "quarantined" not in explained(trial)


def test_record_that_stays_in_quarantine_keeps_harvests_incomplete(
    tmp_path: Path,
) -> None:
    with tried("poisoned-record", tmp_path) as trial:
        trial.harvest()
        trial.clock.move(DAY)
        assert trial.harvest().verdict is Verdict.INCOMPLETE
        assert f"quarantined oai_dc {ITEM.format(8)}" in explained(trial)


def test_record_without_header_is_kept_under_its_identifier(tmp_path: Path) -> None:
    with tried("record-without-header", tmp_path) as trial:
        assert trial.harvest().verdict is Verdict.COMPLETE
        assert trial.kept == trial.held()
        assert "quarantined" not in explained(trial)


# What is told, and what is not touched.


def test_skew_is_told(tmp_path: Path) -> None:
    with tried("clock-behind", tmp_path) as trial:
        trial.harvest()
        assert "clock: -86400 s against ours" in explained(trial)


def test_lists_of_some_dates_are_told_apart(trial: Trial) -> None:
    trial.harvest()
    trial.harvest(from_="2024-01-02")
    trial.harvest(from_="2024-01-02", until="2024-01-03")
    said = explained(trial)
    for name in ("oai_dc", "oai_dc 2024-01-02/", "oai_dc 2024-01-02/2024-01-03"):
        assert f"list {name}: " in said


@pytest.mark.parametrize(
    "fact",
    [
        "name: A hostile endpoint",
        "deletedRecord: persistent",
        "granularity: YYYY-MM-DDThh:mm:ssZ",
        "formats: oai_dc",
        "list oai_dc: last complete, the next harvest begins at 2024-02-01",
    ],
)
def test_facts_are_explained(trial: Trial, fact: str) -> None:
    trial.harvest()
    assert fact in explained(trial)


def test_dry_run_writes_nothing_at_all(trial: Trial) -> None:
    order = trial.order(dry_run=True)
    with opened_plan(order, trial.means) as plan:
        (planned,) = plan
    assert (planned.size, planned.first) == (EVERYTHING, 5)
    assert list(trial.folder.iterdir()) == []


def test_dry_run_of_an_increment_changes_no_file(trial: Trial) -> None:
    trial.harvest()
    path = memory_path(trial.order())
    before = path.read_bytes(), path.stat().st_mtime_ns
    with opened_plan(trial.order(dry_run=True), trial.means) as plan:
        (planned,) = plan
    assert planned.request.from_ == stamp(NOW, hours=1)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
