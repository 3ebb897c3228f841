"""A record as the table keeps it: finished, its datestamp written in.

A payload may repeat the day of its record's datestamp, at marked places. Here the day
is put in, and taken out again: what a record holds, dates aside, is its content, and
a record moves exactly when that changes.
"""

from typing import Final, NamedTuple

from oai_provider.protocol.write import write_record
from oai_provider.protocol.xml import DATESTAMP_MARK, MARK_START

_MARK: Final = DATESTAMP_MARK.encode()
_DAY_BYTES: Final = len("YYYY-MM-DD")
_HEADER_END: Final = b"</header>"
_RECORD_END: Final = b"</record>\n"


class Finished(NamedTuple):
    """What the table keeps of a record."""

    xml: bytes
    dates: str | None
    """Where days stand in it, counted from the end of the header, parted by blanks."""


def finished(header: bytes, content: bytes, day: bytes) -> Finished:
    """Return a record whose content has marks where the day shall stand."""
    if MARK_START not in content:
        return Finished(write_record(header, content), None)
    first, *parts = content.split(_MARK)
    dates, length = [], len(first)
    for part in parts:
        dates.append(str(length))
        length += _DAY_BYTES + len(part)
    written = write_record(header, day.join((first, *parts)))
    return Finished(written, " ".join(dates) or None)


def content_of(record: Finished) -> bytes:
    """Return the content that a record was finished from; a tombstone's is empty."""
    start = record.xml.index(_HEADER_END) + len(_HEADER_END)
    content = record.xml[start : -len(_RECORD_END)]
    for date in reversed((record.dates or "").split()):
        place = int(date)
        content = content[:place] + _MARK + content[place + _DAY_BYTES :]
    return content


def header_of(record: bytes) -> bytes:
    """Return the header of a record."""
    start = record.index(b"<header")
    return record[start : record.index(_HEADER_END) + len(_HEADER_END)]
