"""Moments as endpoints write them: more spellings than OAI-PMH 3.3 has, all to UTC."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_MOMENT: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,20})?)?"
    r" ?(?:[Zz]|UTC|GMT|([+-])(\d{2}):?(\d{2})?)?)?",
    re.ASCII,
)


def moment(value: str) -> datetime | None:
    """Return the second a text names, None if it names none.

    What has no offset is in UTC, as OAI-PMH has it; fractions of seconds are cut off.
    """
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        return None
    *parts, sign, hours, minutes = found.groups()
    try:
        read = datetime(*(int(part or 0) for part in parts), tzinfo=UTC)  # type: ignore[arg-type,misc]  # six whole numbers
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return read + offset if sign == "-" else read - offset
    except (ValueError, OverflowError):
        return None
