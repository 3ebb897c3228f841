"""What the records say that were met, in numbers: measured over what was asked anyway.

Each record counts once, however often it came, as it came first. Only oai_dc is
counted: every repository has it. Nothing here judges, and nothing is asked.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from oai_provider.metadata.oai_dc.write import DC, NAMESPACE
from oai_provider.validator import answers
from oai_provider.validator.answers import Header
from oai_provider.validator.exchange import Exchange, text

ELEMENTS: Final = (
    *("title", "creator", "subject", "description", "publisher", "contributor"),
    *("date", "type", "format", "identifier", "source", "language", "relation"),
    *("coverage", "rights"),
)
"""The fifteen elements of Dublin Core, in its own order."""
_YEAR: Final = re.compile(r"\s*(1[0-9]{3}|20[0-9]{2})(?![0-9])")
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How long a page of a list took that was read from its beginning."""

    verb: str
    number: int
    """From 1."""
    entries: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was counted."""

    records: int = 0
    """Those with oai_dc."""
    deleted: int = 0
    fields: Mapping[str, int]
    """Of how many records each element says something."""
    types: Mapping[str, int]
    languages: Mapping[str, int]
    years: Mapping[int, int]
    """By the earliest year of each record."""
    pages: tuple[Page, ...] = ()


EMPTY: Final = Survey(fields={}, types={}, languages={}, years={})


def survey(exchanges: Sequence[Exchange]) -> Survey:
    """Return what the records of some exchanges say."""
    said, deleted = _records(exchanges)
    records = [*map(_said, said)]
    return Survey(
        records=len(records),
        deleted=deleted,
        fields={name: sum(name in one for one in records) for name in ELEMENTS},
        types=_counts(records, "type"),
        languages=_counts(records, "language"),
        years=dict(sorted(Counter(_years(records)).items())),
        pages=tuple(_pages(exchanges)),
    )


def _records(exchanges: Iterable[Exchange]) -> tuple[list[etree._Element], int]:
    """Return the Dublin Core of each record, and how many records are deleted."""
    known: dict[str, etree._Element | None] = {}
    for header in _headers(exchanges):
        if not header.identifier or header.identifier in known:
            continue
        payload = header.payload
        if header.is_deleted:
            known[header.identifier] = None
        elif payload is not None and payload.tag == f"{{{NAMESPACE}}}dc":
            known[header.identifier] = payload
    found = [payload for payload in known.values() if payload is not None]
    return found, len(known) - len(found)


def _headers(exchanges: Iterable[Exchange]) -> Iterator[Header]:
    for exchange in exchanges:
        if exchange.request.verb in {"ListRecords", "GetRecord"}:
            yield from answers.headers(exchange)


def _said(payload: etree._Element) -> dict[str, list[str]]:
    """Return what each element says, those that say nothing left out."""
    said: dict[str, list[str]] = {}
    for element in payload.iterchildren(f"{{{DC}}}*"):
        value = " ".join(text(element).split())
        if value:
            said.setdefault(etree.QName(element).localname, []).append(value)
    return said


def _counts(records: Iterable[Mapping[str, list[str]]], name: str) -> dict[str, int]:
    """Return how many records say what, the most frequent first."""
    values = (v[:_LONGEST] for one in records for v in {*one.get(name, ())})
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def _years(records: Iterable[Mapping[str, list[str]]]) -> Iterator[int]:
    for one in records:
        found = [int(y[1]) for d in one.get("date", ()) if (y := _YEAR.match(d))]
        if found:
            yield min(found)


def _pages(exchanges: Iterable[Exchange]) -> Iterator[Page]:
    """Yield the pages of the lists of everything, as tokens lead from one to the next.

    What was asked in an odd way tells nothing of depth.
    """
    plain = [e for e in exchanges if _is_plain(e)]
    known: dict[tuple[str, str], Exchange] = {}
    for one in plain:
        known.setdefault((one.request.verb, _token(one)), one)
    for verb in ("ListIdentifiers", "ListRecords"):
        value, number = "", 1
        while (verb, value) in known:
            page = known.pop((verb, value))
            entries = len(answers.headers(page))
            yield Page(verb=verb, number=number, entries=entries, seconds=page.seconds)
            found = answers.tokens(page)
            value, number = found[0].value if found else "", number + 1


def _is_plain(exchange: Exchange) -> bool:
    request = exchange.request
    odd = request.method != "GET" or request.headers or request.round
    names = [name for name, _ in request.arguments]
    wanted = (["verb", "metadataPrefix"], ["verb", "resumptionToken"])
    return not odd and names in wanted and exchange.answer is not None


def _token(exchange: Exchange) -> str:
    arguments = dict(exchange.request.arguments)
    return arguments.get("resumptionToken", "")
