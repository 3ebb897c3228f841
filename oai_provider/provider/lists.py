"""Lists, a page at a time: OAI-PMH 3.5, 4.3, 4.5 and 4.6.

Where a page ends is in its token and nowhere else. A list only moves forward, so
what changes while it is read comes again later, and nothing is missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import Protocol

from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import (
    Headers,
    Record,
    Records,
    ResumptionToken,
    Sets,
)
from oai_provider.protocol.request import (
    ListIdentifiers,
    ListRecords,
    Resumption,
    Selection,
)
from oai_provider.protocol.token import (
    Continuation,
    Position,
    TokenError,
    decode_token,
    encode_token,
)
from oai_provider.protocol.verbs import Verb
from oai_provider.protocol.write import write_content
from oai_provider.protocol.written import WrittenRecords
from oai_provider.provider.faults import Faults, format_faults, no_match, no_sets
from oai_provider.provider.repository import Repository
from oai_provider.store.base import HeaderPage, Page, Store


class _Fetch(Protocol):
    """How a store is asked for the next records, or headers, of a list."""

    def __call__(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> Page | HeaderPage:
        """Return the next `limit` of them."""
        ...


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a repository, as a request received `now` is shown them."""

    repository: Repository
    store: Store
    now: datetime

    def first_page(self, request: ListIdentifiers | ListRecords) -> Headers | Records:
        """Return the page a list begins with. Raises `Faults`."""
        selection = request.selection
        faults = tuple(_selection_faults(self.store, selection))
        size = 0 if faults else self.store.count(selection)
        if size == 0:
            raise Faults(*(faults or (no_match(selection),)))
        verb = (
            Verb.LIST_RECORDS
            if isinstance(request, ListRecords)
            else Verb.LIST_IDENTIFIERS
        )
        start = Continuation(
            verb=verb, cursor=0, complete_list_size=size, selection=selection
        )
        return self._page(start, selection)

    def next_page(self, request: Resumption) -> Headers | Records | Sets:
        """Return the page a token leads to. Raises `Faults`."""
        keys = self.repository.token_keys
        try:
            state = decode_token(request.token, request.verb, keys, self.now)
        except TokenError as error:
            raise Faults(
                ProtocolError(ErrorCode.BAD_RESUMPTION_TOKEN, str(error))
            ) from error
        if state.selection is None:
            return self._sets(state)
        return self._page(state, state.selection)

    def sets(self) -> Sets:
        """Return the first page of sets. Raises `Faults`."""
        if not self.store.has_sets():
            raise Faults(no_sets())
        size = self.store.count_sets()
        return self._sets(
            Continuation(verb=Verb.LIST_SETS, cursor=0, complete_list_size=size)
        )

    def _page(self, state: Continuation, selection: Selection) -> Headers | Records:
        is_of_records = state.verb is Verb.LIST_RECORDS
        fetch = self._records if is_of_records else self.store.headers
        limit = self.repository.page_size
        page = fetch(selection, after=state.after, limit=limit)
        count = _length(page)
        if not count and state.after is not None:
            page = _served_again(fetch, selection, state.after)
        if not _length(page):
            raise Faults(no_match(selection))
        token = self._token(state, page.after, count)
        if isinstance(page, Page):
            return Records(page.records, token, selection.until)
        return Headers(page.headers, token, selection.until)

    def _records(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> Page:
        """Return the next `limit` records, or as many of them as `page_bytes` holds.

        Only the store can say where to read on. So it is asked again, for fewer, and
        what it returns is judged anew: items may have moved since.
        """
        page = self.store.records(selection, after=after, limit=limit)
        most = self.repository.page_bytes
        while (fitting := _fitting(page.records, most)) < len(page.records):
            page = self.store.records(selection, after=after, limit=fitting)
        return page

    def _sets(self, state: Continuation) -> Sets:
        limit = self.repository.sets_page_size
        found = self.store.sets(after=state.after_set, limit=limit + 1)
        shown = found[:limit]
        after = shown[-1].spec if len(found) > limit else None
        return Sets(shown, self._token(state, after, len(shown)))

    def _token(
        self, state: Continuation, after: Position | str | None, count: int
    ) -> ResumptionToken | None:
        """Return what ends a page of `count`: the way on, the end mark, or nothing."""
        if after is None and not state.cursor:
            # OAI-PMH 3.5: a list that was never incomplete has no token at all.
            return None
        reached = state.cursor + count
        size = max(state.complete_list_size, reached + (after is not None))
        if after is None:
            return ResumptionToken(complete_list_size=size, cursor=state.cursor)
        lifetime = self.repository.token_lifetime
        expires = (
            None if lifetime is None else self.now.replace(microsecond=0) + lifetime
        )
        following = Continuation(
            verb=state.verb,
            selection=state.selection,
            cursor=reached,
            complete_list_size=size,
            after=after if isinstance(after, Position) else None,
            after_set=after if isinstance(after, str) else None,
            expires=expires,
        )
        return ResumptionToken(
            value=encode_token(following, self.repository.token_keys),
            complete_list_size=size,
            cursor=state.cursor,
            expiration_date=expires,
        )


def _selection_faults(store: Store, selection: Selection) -> Iterable[ProtocolError]:
    yield from format_faults(store, selection.metadata_prefix)
    if selection.set_spec is not None and not store.has_sets():
        yield no_sets()


def _served_again(
    fetch: _Fetch, selection: Selection, after: Position
) -> Page | HeaderPage:
    """Return a page of one record that the harvester has already.

    All that was left has changed since, and moved past `until` or out of the set. A
    list may not be empty and an error would spoil the harvest, so the record served
    last is served once more, or if that has moved too the first of the list.
    """
    page = fetch(selection, after=replace(after, key=after.key - 1), limit=1)
    if not _length(page):
        page = fetch(selection, after=None, limit=1)
    return replace(page, after=None)


def _fitting(records: Sequence[Record], most_bytes: int) -> int:
    """Return how many records, from the first, hold so many bytes; at least one.

    Where even with their headers all hold no more, none is looked at.
    """
    if isinstance(records, WrittenRecords):
        if records.bytes <= most_bytes:
            return len(records)
        sizes = records.sizes()
    else:
        sizes = map(_bytes_of, records)
    return max(1, sum(held <= most_bytes for held in accumulate(sizes)))


def _bytes_of(record: Record) -> int:
    return len(write_content(record.metadata, record.about)) if record.metadata else 0


def _length(page: Page | HeaderPage) -> int:
    return len(page.records if isinstance(page, Page) else page.headers)
