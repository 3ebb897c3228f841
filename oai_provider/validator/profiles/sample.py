"""The records that a profile is measured over: of the first, middle and last pages.

Each is looked at once. At the usual depth there are a hundred or more, if the list has
so many; how many there were is told.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from random import Random
from typing import Final

from oai_provider.protocol.datestamp import (
    DatestampError,
    format_datestamp,
    parse_datestamp,
)
from oai_provider.validator import answers
from oai_provider.validator.answers import Header
from oai_provider.validator.endpoint import QUICK, Endpoint, way_on
from oai_provider.validator.exchange import text
from oai_provider.validator.finding import NotChecked
from oai_provider.validator.profiles.book import Profile
from oai_provider.validator.profiles.record import Record

ENOUGH: Final = 100
"""Records, after which no more pages are asked for."""
_NONE: Final = "no record that is not deleted was met"
_MORE: Final = 8
_MORE_IN_HASTE: Final = 2


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Some records of an endpoint."""

    headers: tuple[Header, ...] = ()
    of_all: tuple[Header, ...] = ()
    """Others where they are of a set: of all that there is."""
    reason: str = ""
    """Why there are none, or no more."""
    of_set: str = ""
    """The set they are of, empty for all."""
    is_whole: bool = False
    """Whether these are all that there are."""

    @cached_property
    def addresses(self) -> Counter[str]:
        """How many records begin with an address."""
        first = map(first_address, read(self.headers))
        return Counter(address for address in first if address)


def read(headers: Iterable[Header]) -> Iterator[Record]:
    """Yield records one by one: their XML is held no longer than they are."""
    return (Record(header=header) for header in headers)


def first_address(record: Record) -> str:
    """Return the first web address of a record, empty without one."""
    found = record.says("dc:identifier")
    return next((value for value in found if value.startswith("http")), "")


def sampled(endpoint: Endpoint, profile: Profile) -> Sample:
    """Return the records that a profile is to be measured over."""
    arguments = {"metadataPrefix": profile.prefix}
    try:
        endpoint.answered("Identify")
        of_all = endpoint.listed(arguments)
        is_part = profile.set and has_set(endpoint, profile.set, of_all) is not False
        if is_part and _has_records(endpoint, profile):
            arguments["set"] = profile.set
        found = {h.identifier: h for h in endpoint.listed(arguments)}
    except NotChecked as unmet:
        return Sample(reason=str(unmet))
    is_whole = not way_on(endpoint.walk("ListRecords", **arguments)[-1])
    reason = "" if is_whole else _more(endpoint, arguments, found)
    headers = _live(found.values())
    return Sample(
        headers=headers,
        of_all=_live(of_all) if "set" in arguments else headers,
        reason=reason if headers else reason or _NONE,
        of_set=arguments.get("set", ""),
        is_whole=is_whole,
    )


def _live(headers: Iterable[Header]) -> tuple[Header, ...]:
    """Return each record that is not deleted once."""
    live = {h.identifier: h for h in headers if h.identifier and not h.is_deleted}
    return tuple(live.values())


def has_set(endpoint: Endpoint, wanted: str, headers: Iterable[Header]) -> bool | None:
    """Tell whether there is a set, None where ListSets was not read to its end."""
    named = {spec for header in headers for spec in header.set_specs}
    if wanted in named or any(spec.startswith(f"{wanted}:") for spec in named):
        return True
    if not endpoint.has_sets:
        return False
    if wanted in {one.spec for one in endpoint.sets}:
        return True
    return None if way_on(endpoint.walk("ListSets")[-1]) else False


def _has_records(endpoint: Endpoint, profile: Profile) -> bool:
    page = endpoint.ask("ListRecords", metadataPrefix=profile.prefix, set=profile.set)
    return bool(answers.headers(page))


def _more(
    endpoint: Endpoint, arguments: Mapping[str, str], found: dict[str, Header]
) -> str:
    """Add pages that begin at dates drawn by chance; return why no more came."""
    left = _MORE_IN_HASTE if endpoint.depth is QUICK else _MORE
    chance = Random(endpoint.seed)  # noqa: S311 - no secret is made of it
    try:
        first, last = _span(endpoint, found)
        while left and len(found) < ENOUGH:
            left -= 1
            date = first + (last - first) * chance.random()
            told = format_datestamp(date, answers.granularity(endpoint.identify))
            page = endpoint.ask("ListRecords", **arguments, from_=told)
            headers = answers.headers(page)
            last = last if headers else date
            for header in headers:
                found.setdefault(header.identifier, header)
    except (NotChecked, DatestampError) as reason:
        return str(reason)
    return ""


def _span(endpoint: Endpoint, found: Mapping[str, Header]) -> tuple[datetime, datetime]:
    """Return the oldest datestamp that is known, and now."""
    dates = [parse_datestamp(h.datestamp)[0] for h in found.values()]
    now = text(endpoint.identified.child("responseDate"))
    return min(dates), parse_datestamp(now)[0]
