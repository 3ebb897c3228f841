"""How sources stand: as a table for people, as JSON Lines for machines."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from rich.console import Group
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from oai_provider.harvester.many.work import FAILED, SourceState
from oai_provider.harvester.order import Verdict
from oai_provider.protocol.datestamp import Granularity, format_datestamp

_STYLES: Final = {
    Verdict.COMPLETE.value: "green",
    Verdict.UNPROVABLE.value: "yellow",
    Verdict.INCOMPLETE.value: "red",
    FAILED: "red",
}
_LEFT: Final = ("source", "verdict")
_RIGHT: Final = ("last", "in all", "size", "watermark", "lag", "failed", "due")
_MOMENTS: Final = ("watermark", "due")
_UNITS: Final = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def status_table(states: Iterable[SourceState]) -> Group:
    """Return a table with a row for each source, and below it what is amiss.

    It fits into 80 columns: what is long stands below.
    """
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for heading in _LEFT:
        table.add_column(heading, overflow="fold", no_wrap=heading == "verdict")
    for heading in _RIGHT:
        is_moment = heading in _MOMENTS
        least = len("YYYY-MM-DD") if is_moment else None
        table.add_column(
            heading, justify="right", no_wrap=not is_moment, min_width=least
        )
    notes: list[Text] = []
    for state in states:
        table.add_row(*_cells(state))
        notes += _notes(state)
    return Group(table, *notes)


def status_lines(states: Iterable[SourceState]) -> Iterator[str]:
    """Yield a JSON object on a line for each source; durations are in seconds."""
    for state in states:
        values = {name: _plain(value) for name, value in asdict(state).items()}
        yield json.dumps(values, ensure_ascii=False)


def _plain(value: object) -> object:
    match value:
        case datetime():
            return format_datestamp(value, Granularity.SECOND)
        case timedelta():
            return int(value.total_seconds())
        case _:
            return value


def _cells(state: SourceState) -> tuple[str | Text, ...]:
    return (
        Text(state.name),
        _verdict(state),
        f"{state.records:,}",
        f"{state.records_in_all:,}",
        "" if state.size is None else decimal(state.size),
        _moment(state.watermark),
        "" if state.lag is None else _duration(state.lag),
        str(state.failures or ""),
        _due(state),
    )


def _verdict(state: SourceState) -> Text:
    said = state.verdict or "none yet"
    return Text(said, style=_STYLES.get(said, "dim"))


def _due(state: SourceState) -> str:
    if state.running_by:
        return "running"
    return _moment(state.due) if state.enabled else "not any more"


def _notes(state: SourceState) -> Iterator[Text]:
    """Yield why a source is not complete, and who harvests it now."""
    if state.verdict != Verdict.COMPLETE.value:
        for reason in state.reasons[:1]:
            yield Text(f"{state.name}: {reason}", style="dim")
    if state.running_by:
        since = _moment(state.running_since)
        yield Text(f"{state.name}: running since {since} by {state.running_by}")


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _duration(duration: timedelta) -> str:
    """Return a duration in its two largest units: 3 d 4 h."""
    left = max(0, int(duration.total_seconds()))
    parts = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        parts.append((count, unit))
    first = next((n for n, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(
        f"{count} {unit}" for count, unit in parts[first : first + 2] if count
    )
