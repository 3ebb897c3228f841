"""When a source is harvested again: after an interval, or as a cron line says.

Cron lines are read by cronsim, and meant in UTC: so are datestamps, and no hour of
the year is skipped or comes twice.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cronsim import CronSim, CronSimError

RULE: Final = (
    'write an interval such as "15m", "6h" or "1d", or a cron line of five fields,'
    ' such as "30 2 * * *" (in UTC)'
)

_INTERVAL: Final = re.compile(r"([1-9][0-9]{0,5})([smhdw])", re.ASCII)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_CRON_FIELDS: Final = 5
# Any moment would do: what is asked is whether there is another after it.
_SOME_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)


class ScheduleError(ValueError):
    """A text is no schedule; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Every:
    """An interval, counted from when a harvest began."""

    interval: timedelta

    def next_after(self, started: datetime, ended: datetime) -> datetime:
        """Return when the next harvest is due; at once if that has passed."""
        return max(started + self.interval, ended)


@dataclass(frozen=True, slots=True)
class Cron:
    """The moments of a cron line."""

    line: str

    def next_after(self, _started: datetime, ended: datetime) -> datetime:
        """Return the first of the moments after a harvest that ended."""
        return next(CronSim(self.line, ended.astimezone(UTC)))


def parse_interval(text: str) -> timedelta:
    """Return what "15m" or "1d" means. Raises `ScheduleError`."""
    match = _INTERVAL.fullmatch(text.strip())
    if not match:
        raise ScheduleError(
            f'{text!r} is not an interval: write a number and s, m, h, d or w: "6h"'
        )
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def parse_schedule(text: str) -> Every | Cron:
    """Return the schedule a text names. Raises `ScheduleError`."""
    line = " ".join(text.split())
    if _INTERVAL.fullmatch(line):
        return Every(parse_interval(line))
    if line.count(" ") + 1 != _CRON_FIELDS:
        raise ScheduleError(f"{text!r} is not a schedule: {RULE}")
    try:
        next(CronSim(line, _SOME_DAY))
    except CronSimError as error:
        raise ScheduleError(f"{text!r} is not a schedule: {error}: {RULE}") from error
    except StopIteration:
        raise ScheduleError(f"{text!r} names no day that ever comes: {RULE}") from None
    return Cron(line)
