"""Every fault has the outcome that stands in the table: no loss is ever silent."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import pytest
from harvester.outcomes.table import Outcome, outcomes
from harvester.outcomes.trial import (
    DAY,
    HASTY,
    Kept,
    Trial,
    tried,
)

from oai_provider.harvester.order import Report, Verdict
from oai_provider.protocol.datestamp import Granularity
from oai_provider.testing.hostile import FAULTS
from oai_provider.testing.hostile.record_faults import RECORD_FAULTS
from oai_provider.testing.hostile.token_faults import TOKEN_FAULTS

DAYS_SERVED: Final = {"day-granularity", "seconds-declared-days-served"}
ITEM: Final = "oai:hostile.example:{:07}"
MARKED: Final = ITEM.format(8)
LISTS: Final = tuple(fault.name for fault in (*TOKEN_FAULTS, *RECORD_FAULTS))


def is_asked_for(held: Kept, outcome: Outcome) -> bool:
    order = outcome.order
    return (
        (not order.set_specs or int(held.identifier[-7:]) % 2 == 0)
        and (order.from_ is None or order.from_ <= held.datestamp)
        and (order.until is None or held.datestamp <= order.until)
    )


ARRIVES: Final[dict[str, Callable[[Kept, Outcome], bool]]] = {
    "all": lambda _held, _outcome: True,
    "none": lambda _held, _outcome: False,
    "all but the marked one": lambda held, _: held.identifier != MARKED,
    "all but the deleted ones": lambda held, _: not held.deleted,
    "what was asked for": is_asked_for,
    "what was asked for, and others": is_asked_for,
}
"""Whether a record has to arrive, by what the table says."""


@contextmanager
def endpoint_with(fault: str, folder: Path) -> Iterator[Trial]:
    outcome = outcomes()[fault]
    with tried(fault, folder) as trial:
        trial.connecting = HASTY if outcome.hasty else trial.connecting
        trial.connecting = replace(trial.connecting, method=outcome.method)
        if outcome.sleeps:
            trial.sleep = lambda seconds: time.sleep(min(seconds, outcome.sleeps))
        yield trial


def told(report: Report, trial: Trial) -> str:
    """Return all that people can know of a harvest."""
    with trial.memory() as memory:
        rows = memory.connection.execute("SELECT repairs FROM repaired").fetchall()
    repairs = [kind for (row,) in rows for kind, *_ in json.loads(row)]
    lines = (*report.reasons, *report.healed, *report.quirks, *repairs)
    return "\n".join(lines)


def held(fault: str, trial: Trial) -> list[Kept]:
    return trial.held(Granularity.DAY if fault in DAYS_SERVED else Granularity.SECOND)


def test_table_has_exactly_the_faults() -> None:
    assert list(outcomes()) == list(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_has_the_outcome_of_the_table(fault: str, tmp_path: Path) -> None:
    outcome = outcomes()[fault]
    with endpoint_with(fault, tmp_path) as trial:
        report = trial.harvest(**asdict(outcome.order))
        said, kept = told(report, trial), trial.kept
        right = [k for k in held(fault, trial) if ARRIVES[outcome.arrives](k, outcome)]
        requests = len(trial.asked)

    assert report.verdict is outcome.verdict
    assert [name for name in outcome.names if name not in said] == []
    if outcome.arrives.endswith("others"):
        assert set(right) < set(kept)
        assert len(set(kept)) == len(kept)
    else:
        assert kept == right
    assert report.records == len(kept)
    assert (report.repairs, report.quarantined) == (
        outcome.repairs,
        outcome.quarantined,
    )
    assert report.retries >= outcome.retries
    assert requests <= outcome.requests


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_lost_is_incomplete_and_named(fault: str) -> None:
    outcome = outcomes()[fault]
    is_explained = bool(outcome.names)
    assert outcome.verdict is Verdict.COMPLETE or is_explained
    loses = outcome.arrives in {"none", *(a for a in ARRIVES if "but" in a)}
    assert loses == (outcome.verdict is Verdict.INCOMPLETE)


@pytest.mark.parametrize("fault", LISTS)
def test_next_harvest_loses_nothing_of_what_has_changed(
    fault: str, tmp_path: Path
) -> None:
    with endpoint_with(fault, tmp_path) as trial:
        trial.harvest()
        trial.clock.move(DAY / 2)
        trial.endpoint.change(ITEM.format(2), ITEM.format(6))
        trial.endpoint.delete(ITEM.format(4))
        trial.endpoint.add()
        trial.clock.move(DAY / 2)
        report = trial.harvest(prove=fault == "deletions-untold")
        kept, right = set(trial.kept), set(held(fault, trial))

    outcome = outcomes()[fault]
    is_everything = "asked" in outcome.arrives
    lost = right - kept
    assert not lost or report.verdict is Verdict.INCOMPLETE
    assert not {
        k for k in lost if is_everything or ARRIVES[outcome.arrives](k, outcome)
    }
    assert report.records >= 2
    if fault != "deleted-without-status":
        assert {k for k in kept if not k.deleted} <= right
