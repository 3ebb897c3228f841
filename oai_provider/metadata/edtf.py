"""Dates as EDTF writes them: levels 0 and 1 of ISO 8601-2, by a grammar of our own.

Accepted: a year, month, season or day, alone or at either end of an interval, with
`?`, `~` or `%` for doubt and `X` for a digit nobody knows. Refused: days that no
calendar has, and times of day, which no format we write has a place for.
"""

import re
from calendar import monthrange
from typing import Annotated, Final

from pydantic import AfterValidator

from oai_provider.metadata.text import Line

_DATE: Final = re.compile(
    r"""
    (?: (?P<long>Y-?[1-9]\d{4,})
      | (?P<year>-?\d{4}) (?: -(?P<month>\d\d) (?: -(?P<day>\d\d) )? )?
      | -?\d{3}X | -?\d{2}XX
      | (?P<dayless>-?\d{4}-\d\d)-XX
      | -?\d{4}-XX (?: -XX )?
    ) [?~%]?
    """,
    re.VERBOSE | re.ASCII,
)
_PLAIN: Final = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?", re.ASCII)
_YEAR: Final = re.compile(r"Y?(-?\d{4,})", re.ASCII)
_SEASONS: Final = range(21, 25)
_OPEN: Final = ("", "..")
_HELP: Final = (
    "write a year, 2014, a month, 2014-05, or a day, 2014-05-31; an interval as "
    "2013/2014; doubt as 2014?, 2014~ or 201X"
)


def edtf(value: str) -> str:
    """Return a date of EDTF level 0 or 1 unchanged, or raise ValueError."""
    start, slash, end = value.partition("/")
    if not slash:
        _check_date(value, value)
        return value
    for bound in (start, end):
        if bound not in _OPEN:
            _check_date(bound, value)
    if start in _OPEN and end in _OPEN:
        raise ValueError(f"the interval {value!r} has neither start nor end")
    _check_order(start, end, value)
    return value


def edtf_date(value: str) -> str:
    """Return a date that is no interval unchanged, or raise ValueError."""
    if "/" in value:
        raise ValueError(f"{value!r} is an interval: one date is wanted here")
    return edtf(value)


def _check_date(date: str, whole: str) -> None:
    match = _DATE.fullmatch(date)
    if match is None:
        raise ValueError(f"{whole!r} is not a date of EDTF: {_HELP}")
    year, month = match["year"], match["month"]
    if match["dayless"]:
        year, _, month = match["dayless"].rpartition("-")
        if int(month) in _SEASONS:
            raise ValueError(f"{whole!r} names a day of a season: a month is wanted")
    if month:
        _check_month(year, int(month), match["day"], whole)


def _check_month(year: str, month: int, day: str | None, whole: str) -> None:
    if month in _SEASONS and day is None:
        return
    if not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        raise ValueError(f"{whole!r} names month {month:02}: there are 01 to 12")
    # Years repeat their calendars every 400; Python counts from 1.
    last = monthrange(int(year) % 400 + 400, month)[1]
    if day is not None and not 1 <= int(day) <= last:
        raise ValueError(f"{whole!r} names day {day}: that month has 01 to {last}")


def _check_order(start: str, end: str, whole: str) -> None:
    first, last = w3cdtf(start), w3cdtf(end)
    if first and last and first[: len(last)] > last[: len(first)]:
        raise ValueError(f"the interval {whole!r} ends before it starts")


def w3cdtf(value: str) -> str | None:
    """Return the date if W3CDTF can say it too: plain year, month or day."""
    return value if _PLAIN.fullmatch(value) else None


def year_of(value: str) -> str | None:
    """Return the year a date or interval begins in, where its digits are known."""
    match = _YEAR.match(value)
    return match[1] if match else None


Edtf = Annotated[Line, AfterValidator(edtf)]
EdtfDate = Annotated[Line, AfterValidator(edtf_date)]
