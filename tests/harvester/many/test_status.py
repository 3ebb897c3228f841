"""How the state of sources is shown."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console

from oai_provider.harvester.many.status import status_lines, status_table
from oai_provider.harvester.many.work import SourceState

_NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
_WELL = SourceState(
    name="well",
    base_url="https://a.example.org/oai",
    to="a/",
    enabled=True,
    due=_NOON,
    verdict="complete",
    watermark=_NOON,
    lag=timedelta(days=3, hours=4, minutes=5),
    records=1234,
    records_in_all=56789,
    size=2_500_000,
)
_BAD = SourceState(
    name="bad",
    base_url="https://b.example.org/oai",
    to="b/",
    enabled=False,
    due=None,
    verdict="failed",
    reasons=("[bold] it does not answer",),
    failures=3,
)
_RUNNING = SourceState(
    name="new",
    base_url="https://c.example.org/oai",
    to="c/",
    enabled=True,
    due=_NOON,
    running_since=_NOON,
    running_by="r1/one",
)


def printed(*states: SourceState, width: int = 200) -> str:
    out = StringIO()
    Console(file=out, width=width).print(status_table(states))
    return out.getvalue()


def test_source_that_goes_well_is_one_row() -> None:
    row = printed(_WELL).splitlines()[1]
    for cell in ("well", "complete", "1,234", "56,789", "2.5 MB", "3 d 4 h"):
        assert cell in row


def test_reason_of_a_failure_is_shown_as_it_is() -> None:
    assert "[bold] it does not answer" in printed(_BAD)


def test_source_that_is_not_harvested_any_more_says_so() -> None:
    assert "not any more" in printed(_BAD)


def test_running_source_says_since_when_and_by_whom() -> None:
    text = printed(_RUNNING)
    assert "running since 2026-05-01 12:00" in text
    assert "by r1/one" in text


def test_source_that_was_never_harvested_says_so() -> None:
    assert "none yet" in printed(_RUNNING)


def test_a_terminal_of_80_columns_is_wide_enough() -> None:
    well, incomplete = printed(
        _WELL, replace(_WELL, verdict="unprovable"), width=80
    ).splitlines()[1:5:2]
    assert all(said in well for said in ("well", "complete", "56,789", "3 d 4 h"))
    assert "unprovable" in incomplete


def test_every_source_is_a_line_of_json() -> None:
    well, bad = map(json.loads, status_lines([_WELL, _BAD]))
    assert (well["watermark"], well["lag"]) == ("2026-05-01T12:00:00Z", 273_900)
    assert (bad["due"], bad["reasons"]) == (None, ["[bold] it does not answer"])
