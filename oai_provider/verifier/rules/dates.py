"""Dates that are well written and cannot be right.

The item model sees to it that a date is EDTF; what it lets pass is judged here.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from oai_provider.metadata.edtf import w3cdtf, year_of
from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach
from oai_provider.verifier.subject import Subject

_PLACEHOLDER: Final = re.compile(r"(?:0000|0001|9999|1900-01-01|1970-01-01)(?:\b.*)?")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_ORDER: Final = ("created", "submitted", "accepted", "issued")
_PAST: Final = frozenset(("issued", "created", "submitted", "accepted", "updated"))


def _is_after(written: str, today: date) -> bool:
    plain = w3cdtf(written)
    if plain:
        return plain > today.isoformat()[: len(plain)]
    year = year_of(written)
    return year is not None and int(year) > today.year


def _is_placeholder(written: str) -> bool:
    return any(_PLACEHOLDER.fullmatch(bound) for bound in written.split("/"))


@check("date-in-future")
def future(subject: Subject) -> Iterator[Breach]:
    """Find what is said to have happened after today."""
    for n, one in enumerate(subject.item.dates):
        written = one.date or ""
        if one.type not in _PAST or _is_placeholder(written):
            continue
        if _is_after(written, subject.today):
            message = f"{written} is not yet, and is said to be when it was {one.type}"
            yield Breach(message=message, field=f"dates[{n}].date", value=written)


@check("datestamp-in-future")
def future_datestamp(subject: Subject) -> Iterator[Breach]:
    """Find a datestamp to come, by which nobody would ever harvest the item again."""
    datestamp = subject.item.datestamp
    if datestamp and datestamp.date() > subject.today:
        written = datestamp.date().isoformat()
        message = f"the datestamp {written} is not yet"
        yield Breach(message=message, field="datestamp", value=written)


@check("date-placeholder")
def placeholder(subject: Subject) -> Iterator[Breach]:
    """Find what programs write for a date they do not know."""
    for n, one in enumerate(subject.item.dates):
        if one.date and _is_placeholder(one.date):
            message = f"{one.date} stands where no date was known"
            yield Breach(message=message, field=f"dates[{n}].date", value=one.date)


@check("date-with-time")
def with_time(subject: Subject) -> Iterator[Breach]:
    """Find moments that Dublin Core tells for dates: when a program noted something."""
    for element in subject.elements:
        is_date = element.path == "native.oai_dc/date"
        if is_date and element.text and _MOMENT.fullmatch(element.text):
            message = f"{element.text} tells the time of day"
            yield Breach(message=message, field=element.path, value=element.text)


@check("date-in-words")
def words(subject: Subject) -> Iterator[Breach]:
    """Find dates that could not be read as one."""
    for n, one in enumerate(subject.item.dates):
        if one.text and not one.date:
            message = f"{one.text!r} is no date that programs can read"
            yield Breach(message=message, field=f"dates[{n}].text", value=one.text)


@check("date-issued-open")
def open_issued(subject: Subject) -> Iterator[Breach]:
    """Find a publication without a beginning."""
    for n, one in enumerate(subject.item.dates):
        written = one.date or ""
        if one.type == "issued" and written.startswith(("../", "/")):
            message = f"{written} does not say when it was published"
            yield Breach(message=message, field=f"dates[{n}].date", value=written)


@check("date-order")
def order(subject: Subject) -> Iterator[Breach]:
    """Find what was submitted after it was accepted, and the like."""
    known = {d.type: d.date for d in subject.item.dates if d.date and w3cdtf(d.date)}
    kinds = [kind for kind in _ORDER if kind in known]
    for before, after in pairwise(kinds):
        first, last = known[before], known[after]
        if first[: len(last)] > last[: len(first)]:
            message = f"{before} {first} is after {after} {last}"
            yield Breach(message=message, field="dates", value=first)


@check("date-of-host")
def of_host(subject: Subject) -> Iterator[Breach]:
    """Find an issue of another year than the publication."""
    item = subject.item
    year = item.host.year if item.host else None
    issued = year_of(item.issued or "")
    if year and issued and year_of(year) not in {issued, None}:
        message = f"the issue is of {year}, the publication of {item.issued}"
        yield Breach(message=message, field="host.year", value=year)


@check("date-embargo-over")
def embargo_over(subject: Subject) -> Iterator[Breach]:
    """Find an embargo that has ended."""
    item = subject.item
    if item.rights is None or item.rights.access != "embargoed":
        return
    for n, one in enumerate(item.dates):
        end = w3cdtf(one.date or "")
        if one.type == "embargo_end" and end and not _is_after(end, subject.today):
            message = f"the embargo ended on {end}"
            yield Breach(message=message, field=f"dates[{n}].date", value=end)


CHECKS = (
    future,
    with_time,
    future_datestamp,
    placeholder,
    words,
    open_issued,
    order,
    of_host,
    embargo_over,
)
