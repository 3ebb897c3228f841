"""UTCdatetime, as OAI-PMH 3.3 restricts ISO 8601: two spellings and no others.

Inside, a datestamp is an aware UTC datetime of whole seconds; text is read and
written here only.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SECOND = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})Z", re.ASCII)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Granularity(StrEnum):
    """The finest datestamps a repository keeps (OAI-PMH 3.3.1, 4.2)."""

    DAY = "YYYY-MM-DD"
    SECOND = "YYYY-MM-DDThh:mm:ssZ"


class DatestampError(ValueError):
    """A text is not a UTCdatetime; the message says why and what would be."""


# What is read together shares most of its days.
@lru_cache(maxsize=1024)
def parse_datestamp(value: str) -> tuple[datetime, Granularity]:
    """Return the first second the text names, and the granularity it is written in.

    Raises `DatestampError` for any other spelling and for days and times that do
    not exist, leap seconds included.
    """
    for pattern, granularity in (
        (_SECOND, Granularity.SECOND),
        (_DAY, Granularity.DAY),
    ):
        match = pattern.fullmatch(value)
        if match:
            try:
                moment = datetime(*map(int, match.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]  # three or six whole numbers
            except ValueError as error:
                raise DatestampError(f"no such day or time: {error}") from error
            return moment, granularity
    raise DatestampError(f"write it as {Granularity.DAY} or {Granularity.SECOND}")


def format_datestamp(moment: datetime, granularity: Granularity) -> str:
    """Write a moment in the granularity given."""
    # Not strftime: its %Y does not pad years below 1000.
    if granularity is Granularity.DAY:
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds")[:19] + "Z"


def last_second(moment: datetime, granularity: Granularity) -> datetime:
    """Return the last second that an `until` of this granularity includes."""
    # OAI-PMH 2.7.1: both ends are inclusive, so a day means the whole of it.
    if granularity is Granularity.DAY:
        return moment.replace(hour=23, minute=59, second=59)
    return moment


def to_seconds(moment: datetime) -> int:
    """Return whole seconds since 1970, the form in which stores and tokens count."""
    delta = moment - EPOCH
    return delta.days * 86_400 + delta.seconds


def from_seconds(seconds: int) -> datetime:
    """Return the aware UTC moment of `to_seconds`."""
    return EPOCH + timedelta(0, seconds)
