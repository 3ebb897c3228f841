"""Between rows of a work table and values: how work ended, how a source stands."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.work import (
    FAILED,
    Ended,
    Failure,
    SourceState,
    Work,
)
from oai_provider.harvester.order import Report, Verdict
from oai_provider.protocol.datestamp import EPOCH

_MILLISECOND: Final = timedelta(milliseconds=1)
_FIRST_RETRY: Final = timedelta(minutes=15)
_MOST_DOUBLINGS: Final = 20


def to_milliseconds(moment: datetime) -> int:
    """Return milliseconds since 1970, the form in which a work table counts."""
    return (moment - EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime:
    """Return the moment of `to_milliseconds`."""
    return EPOCH + milliseconds * _MILLISECOND


def claimed(row: Row[Any], now: int, until: int) -> Work:
    """Return the work in a row of a source and its host, with a new lease."""
    return Work(
        source=Source.model_validate_json(row.definition),
        host=row.host,
        fence=row.fence + 1,
        began=from_milliseconds(now),
        until=from_milliseconds(until),
        failures=row.failures,
        records_in_all=row.records_in_all,
        losses=row.losses + (row.lane_source == row.name),
        spacing=row.spacing * _MILLISECOND,
    )


def written(work: Work, ended: Ended) -> dict[str, object]:
    """Return what becomes of the row of a source whose harvest ended."""
    values: dict[str, object] = {"size": ended.size, "losses": 0}
    match ended.result:
        case Failure(reason=reason):
            values |= {"verdict": FAILED, "reasons": json.dumps([reason])}
            values |= {"records": 0, "pages": 0, "failures": work.failures + 1}
        case Report() as report:
            values |= _of_report(work, report)
    return values


def has_failed(result: Report | Failure) -> bool:
    """Tell whether a harvest is to be tried again before it is due."""
    if isinstance(result, Failure):
        return True
    return result.verdict is Verdict.INCOMPLETE and not result.stopped


def _of_report(work: Work, report: Report) -> dict[str, object]:
    is_failure = has_failed(report)
    values: dict[str, object] = {
        "verdict": report.verdict.value,
        "reasons": json.dumps(report.reasons),
        "records": report.records,
        "records_in_all": work.records_in_all + report.records,
        "pages": report.pages,
        "failures": work.failures + 1 if is_failure else 0,
    }
    if report.watermark is not None:
        values["watermark"] = to_milliseconds(report.watermark)
    return values


def due_again(work: Work, ended: Ended, now: datetime) -> datetime:
    """Return when a source is harvested next.

    As it is scheduled; one that failed sooner, after a quarter of an hour and twice
    as long each time.
    """
    scheduled = work.source.timing.next_after(work.began, now)
    if not has_failed(ended.result):
        return scheduled
    doublings = min(work.failures, _MOST_DOUBLINGS)
    return min(scheduled, now + _FIRST_RETRY * (1 << doublings))


def state(row: Row[Any], now: int) -> SourceState:
    """Return how the source in a row stands."""
    source = Source.model_validate_json(row.definition)
    is_running = row.lane_source == row.name and row.until > now
    return SourceState(
        name=row.name,
        base_url=source.base_url,
        to=source.place,
        enabled=row.enabled,
        due=from_milliseconds(row.due) if row.enabled else None,
        verdict=row.verdict,
        reasons=tuple(json.loads(row.reasons)),
        watermark=_moment(row.watermark),
        lag=None if row.watermark is None else (now - row.watermark) * _MILLISECOND,
        started=_moment(row.started),
        ended=_moment(row.ended),
        records=row.records,
        records_in_all=row.records_in_all,
        pages=row.pages,
        failures=row.failures,
        size=row.size,
        running_since=_moment(row.since) if is_running else None,
        running_by=f"{row.run}/{row.lane}" if is_running else None,
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_milliseconds(milliseconds)
