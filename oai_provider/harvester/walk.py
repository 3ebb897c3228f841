"""The list loop without a socket: what to ask next, and what is odd about what came.

A walk asks for one list, page after page. It says what is wrong with a list in
anomalies: those that break it off, after which something else has to be tried, and
those that are told only. It never asks for the same token twice of its own accord,
so no endpoint keeps it for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.listing import (
    HarvestedRecord,
    ListError,
    ListPage,
    PageError,
    PageFault,
)

MOST_EMPTY: Final = 3
"""Pages in a row that may hold no record, or none that is new, before it is a loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """A list that is asked for; `from_` and `until` as they are sent."""

    verb: str = "ListRecords"
    metadata_prefix: str
    set_spec: str | None = None
    from_: str | None = None
    until: str | None = None

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of the first request."""
        named = {
            "verb": self.verb,
            "metadataPrefix": self.metadata_prefix,
            "set": self.set_spec,
            "from": self.from_,
            "until": self.until,
        }
        return {name: value for name, value in named.items() if value}

    def __str__(self) -> str:
        """Name the list for people."""
        return " ".join(f"{n}={v}" for n, v in self.arguments.items() if n != "verb")


class Odd(StrEnum):
    """What can be wrong with a list that is well-formed."""

    LOOP = "a resumption token came again"
    LATER_ERROR = "an error in the midst of the list"
    EMPTY_PAGES = "token after token, and no records"
    NOTHING_NEW = "page after page of records that came before"
    EMPTY_PAGE = "a page without records"
    SIZE_CHANGED = "completeListSize changed"
    BEYOND_SIZE = "more records than completeListSize"
    CURSOR = "cursor is not the number of records before"
    GAP = "cursor counts more records than came"
    DUPLICATES = "records that stand in the list twice"
    UNTOLD_END = "the last page has no empty resumptionToken"
    EXTRA_PAGE = "something is asked for after the last record"
    OUTSIDE = "records outside the dates that were asked for"
    OTHER_SET = "records of other sets than the one asked for"


BREAKING: Final = frozenset(
    {Odd.LOOP, Odd.LATER_ERROR, Odd.EMPTY_PAGES, Odd.NOTHING_NEW}
)


class Anomaly(NamedTuple):
    """Something odd, and where: the page is counted from 1."""

    odd: Odd
    page: int
    detail: str

    def __str__(self) -> str:
        """Tell it to people."""
        return f"page {self.page}: {self.odd} ({self.detail})"


class ListRefusedError(OaiProviderError):
    """The endpoint will not give the list; the message says what it answered."""

    def __init__(self, message: str, errors: Sequence[ListError]) -> None:
        super().__init__(message)
        self.errors = tuple(errors)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the errors."""
        return frozenset(error.code for error in self.errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a walk has come: all that is needed to go on with it later."""

    pages: int = 0
    served: int = 0
    """Records that came, those that came twice counted twice."""
    token: str = ""
    size: int | None = None
    """completeListSize, the largest that was said."""
    first_response: datetime | None = None
    """responseDate of the first page."""
    ended: bool = False
    """Whether the list came to an end, by what OAI-PMH 3.5 calls one."""
    proper: bool = False
    """Whether the end was told, not only silent."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """One list, from its first page to its last."""

    request: ListRequest
    progress: Progress = field(default_factory=Progress)
    tokens: set[str] = field(default_factory=set)
    anomalies: list[Anomaly] = field(default_factory=list)
    _empty: int = 0
    _stale: int = 0

    def next(self) -> dict[str, str] | None:
        """Return the arguments of the next request, None when there is nothing to ask.

        The same as before, as long as nothing was received.
        """
        if self.progress.ended or self.broken:
            return None
        if not self.progress.token:
            return self.request.arguments
        return {"verb": self.request.verb, "resumptionToken": self.progress.token}

    def following(self, token: str) -> dict[str, str] | None:
        """Return what `next` will be after a page with this token, None if unknown."""
        if not token or token in self.tokens:
            return None
        return {"verb": self.request.verb, "resumptionToken": token}

    @property
    def broken(self) -> Anomaly | None:
        """What broke the list off, if anything did."""
        return next((a for a in self.anomalies if a.odd in BREAKING), None)

    def received(self, page: ListPage) -> None:
        """Take a page, the answer to the arguments of `next`.

        Raises `ListRefusedError` if the first page says why there is no list, and
        `PageError` if it answers something else.
        """
        if page.errors:
            self._refused(page)
            return
        if page.verb != self.request.verb:
            raise PageError(
                f"{self.request.verb} is answered by {page.verb}",
                fault=PageFault.NOT_OAI_PMH,
            )
        before, token = self.progress, page.resumption_token
        value = token.value if token else ""
        count = len(page.records) + len(page.unreadable)
        self.progress = Progress(
            pages=before.pages + 1,
            served=before.served + count,
            token=value,
            size=_size(page, before.size),
            first_response=before.first_response or page.response_date,
            ended=not value,
            proper=not value and (token is not None or before.pages == 0),
        )
        self._check_size(before, token.complete_list_size if token else None)
        self._check_cursor(page, before)
        self._check_token(value, before, is_told=token is not None)
        self._check_count(count, is_last=not value)
        self._check_request(page.records)

    def noted(self, fresh: int, distinct: int) -> None:
        """Take how many records of a page were new, and how many there are by now.

        Pages come in order. In a list that was begun again nothing is new for a while.
        """
        is_stale = not fresh and self.progress.served > distinct
        self._stale = self._stale + 1 if is_stale else 0
        if self._stale < MOST_EMPTY or self.progress.ended:
            return
        told = f"{self._stale} pages in a row"
        if self._has_all:
            self._end_silently(f"{Odd.NOTHING_NEW}, {told}")
        else:
            self._tell(Odd.NOTHING_NEW, told)

    def ended_with(self, distinct: int) -> None:
        """Take how many different records the whole list had."""
        twice = self.progress.served - distinct
        if twice > 0:
            self._tell(Odd.DUPLICATES, f"{twice} of {self.progress.served}")

    def again(self) -> "Walk":
        """Return the walk where it is, as if nothing had broken it off."""
        kept = [a for a in self.anomalies if a.odd not in BREAKING]
        return Walk(
            request=self.request,
            progress=self.progress,
            tokens=self.tokens,
            anomalies=kept,
        )

    def restarted(self) -> "Walk":
        """Return the walk at its beginning, with what was learned of the list."""
        start = Progress(first_response=self.progress.first_response)
        kept = [a for a in self.anomalies if a.odd not in BREAKING]
        return Walk(request=self.request, progress=start, anomalies=kept)

    def _refused(self, page: ListPage) -> None:
        codes = {error.code for error in page.errors}
        said = "; ".join(f"{e.code}: {e.message}".rstrip(": ") for e in page.errors)
        before = self.progress
        if before.pages == 0 and codes == {"noRecordsMatch"}:
            self.progress = Progress(
                pages=1,
                size=0,
                first_response=before.first_response or page.response_date,
                ended=True,
                proper=True,
            )
        elif before.pages == 0:
            raise ListRefusedError(f"{self.request}: {said}", page.errors)
        elif codes == {"noRecordsMatch"} and self._has_all:
            self._end_silently(said)
        else:
            self._tell(Odd.LATER_ERROR, said, page=before.pages + 1)

    @property
    def _has_all(self) -> bool:
        """Whether there came as many records as the list was said to have."""
        size = self.progress.size
        return size is not None and self.progress.served >= size

    def _end_silently(self, detail: str) -> None:
        self.progress = replace(self.progress, ended=True, proper=False, token="")
        self._tell(Odd.EXTRA_PAGE, detail)

    def _check_size(self, before: Progress, said: int | None) -> None:
        size, was = self.progress.size, before.size
        if was is not None and said is not None and said != was:
            self._tell(Odd.SIZE_CHANGED, f"from {was} to {said}")
        if size is not None and before.served <= size < self.progress.served:
            self._tell(Odd.BEYOND_SIZE, f"{self.progress.served} of {size}")

    def _check_cursor(self, page: ListPage, before: Progress) -> None:
        cursor = page.resumption_token.cursor if page.resumption_token else None
        if cursor is None or cursor == before.served:
            return
        told = f"{cursor} after {before.served} records"
        # Some count from 1, or to the end of the page: these are wrong from the start.
        had_others = any(anomaly.odd is Odd.CURSOR for anomaly in self.anomalies)
        lost = before.pages > 0 and cursor > before.served and not had_others
        self._tell(Odd.GAP if lost else Odd.CURSOR, told)

    def _check_token(self, value: str, before: Progress, *, is_told: bool) -> None:
        if value in self.tokens and self._has_all:
            self._end_silently("by a token that came before")
        elif value in self.tokens:
            self._tell(Odd.LOOP, value[:60])
        elif value:
            self.tokens.add(value)
        elif before.pages and not is_told:
            self._tell(Odd.UNTOLD_END, "it simply ends")

    def _check_count(self, count: int, *, is_last: bool) -> None:
        self._empty = 0 if count else self._empty + 1
        if not count:
            self._tell(Odd.EMPTY_PAGE, "with a last one" if is_last else "with a token")
        if self._empty < MOST_EMPTY or is_last:
            return
        told = f"{self._empty} pages in a row"
        if self._has_all:
            self._end_silently(f"{Odd.EMPTY_PAGES}, {told}")
        else:
            self._tell(Odd.EMPTY_PAGES, told)

    def _check_request(self, records: Sequence[HarvestedRecord]) -> None:
        request = self.request
        odd = sum(not is_within(r.datestamp, request) for r in records)
        if odd:
            self._tell(Odd.OUTSIDE, f"{odd} of {len(records)}")
        if request.set_spec:
            others = sum(not _is_in(record, request.set_spec) for record in records)
            if others:
                self._tell(Odd.OTHER_SET, f"{others} of {len(records)}")

    def _tell(self, odd: Odd, detail: str, *, page: int | None = None) -> None:
        number = page or self.progress.pages
        # One of a kind is enough for what is not the end.
        if odd in BREAKING or all(a.odd is not odd for a in self.anomalies):
            self.anomalies.append(Anomaly(odd, number, detail))


def _size(page: ListPage, before: int | None) -> int | None:
    token = page.resumption_token
    said = token.complete_list_size if token else None
    return before if said is None else max(said, before or 0)


def is_within(datestamp: str, request: ListRequest) -> bool:
    """Tell whether a datestamp is within the dates of a request, as far as both say."""
    from_, until = request.from_, request.until
    early = from_ is not None and _cut(datestamp, from_) < _cut(from_, datestamp)
    late = until is not None and _cut(datestamp, until) > _cut(until, datestamp)
    return not early and not late


def _cut(value: str, other: str) -> str:
    """Return a datestamp as coarse as the coarser of two."""
    return value[: min(len(value), len(other))]


def _is_in(record: HarvestedRecord, set_spec: str) -> bool:
    return any(s == set_spec or s.startswith(f"{set_spec}:") for s in record.set_specs)
