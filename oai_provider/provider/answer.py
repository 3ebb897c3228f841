"""The heart: a request is answered from the store, by the rules of OAI-PMH 4.

Nothing is computed here that ingest could have finished, and nothing raised that
the protocol has an error code for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, assert_never

from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import (
    Body,
    DeletedRecord,
    Errors,
    Headers,
    Identity,
    MetadataFormats,
    Record,
    Records,
    Response,
    ResumptionToken,
    Sets,
)
from oai_provider.protocol.request import (
    GetRecord,
    Identify,
    ListIdentifiers,
    ListMetadataFormats,
    ListRecords,
    ListSets,
    Refused,
    Request,
    Resumption,
    Selection,
    parse,
    quoted,
    refused,
)
from oai_provider.protocol.token import (
    Continuation,
    Position,
    TokenError,
    decode_token,
    encode_token,
)
from oai_provider.protocol.verbs import Verb
from oai_provider.provider.repository import Repository
from oai_provider.store.base import HeaderPage, Page, Store


class _Fetch(Protocol):
    """How a store is asked for the next records, or headers, of a list."""

    def __call__(
        self, selection: Selection, *, after: Position | None, limit: int
    ) -> Page | HeaderPage:
        """Return the next `limit` of them."""
        ...


class _Faults(Exception):
    """A request that can be parsed but not answered; carries the protocol errors."""

    def __init__(self, *errors: ProtocolError) -> None:
        super().__init__(*errors)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Provider:
    """A repository over a store, answering requests."""

    repository: Repository
    store: Store

    def identifier_of(self, name: str) -> str:
        """Return the identifier people mean by a local id or a full identifier."""
        return name if self.store.item(name) else self.repository.identifier(name)

    def answer(self, pairs: Iterable[tuple[str, str]], now: datetime) -> Response:
        """Return the response to the arguments of a request received at `now`.

        `now` must be read before the store is, so that nothing committed before
        the responseDate is missing from the response. Raises `StoreAway` only.
        """
        parsed = parse(pairs, self.repository.granularity)
        if not isinstance(parsed, Refused):
            try:
                body = _body(self, parsed.request, now)
            except _Faults as faults:
                parsed = refused(faults.errors, parsed.arguments)
        if isinstance(parsed, Refused):
            body = Errors(parsed.errors)
        return Response(
            response_date=now.replace(microsecond=0),
            base_url=self.repository.base_url,
            arguments=parsed.arguments,
            body=body,
            # Where there are no datestamps there is no granularity to speak of.
            granularity=self.repository.granularity
            if isinstance(body, Identity | Record | Headers | Records)
            else Granularity.SECOND,
        )


def _body(provider: Provider, request: Request, now: datetime) -> Body:
    store = provider.store
    match request:
        case Identify():
            return _identity(provider, now)
        case ListMetadataFormats():
            return _formats(store, request.identifier)
        case ListSets():
            return _sets(provider, None, now)
        case GetRecord():
            return _record(store, request)
        case ListIdentifiers() | ListRecords():
            return _first_page(provider, request, now)
        case Resumption():
            return _next_page(provider, request, now)
        case _:
            assert_never(request)


def _identity(provider: Provider, now: datetime) -> Identity:
    repository = provider.repository
    return Identity(
        repository_name=repository.name,
        base_url=repository.base_url,
        admin_emails=repository.admin_emails,
        # OAI-PMH 4.2: a lower limit of all datestamps; all are still to come if none.
        earliest_datestamp=provider.store.earliest_datestamp()
        or now.replace(microsecond=0),
        deleted_record=DeletedRecord.PERSISTENT,
        granularity=repository.granularity,
        compressions=repository.compressions,
        descriptions=repository.descriptions,
    )


def _formats(store: Store, identifier: str | None) -> MetadataFormats:
    if identifier is None:
        return MetadataFormats(store.formats())
    found = store.formats_of(identifier)
    if found is None:
        raise _Faults(_unknown(identifier))
    if not found:
        raise _Faults(
            ProtocolError(
                ErrorCode.NO_METADATA_FORMATS,
                f"{quoted(identifier)} is not available in any metadata format",
            )
        )
    return MetadataFormats(found)


def _unknown(identifier: str) -> ProtocolError:
    return ProtocolError(
        ErrorCode.ID_DOES_NOT_EXIST,
        f"there is no item {quoted(identifier)}; ListIdentifiers lists those there are",
    )


def _record(store: Store, request: GetRecord) -> Record:
    record = store.record(request.identifier, request.metadata_prefix)
    if record is None:
        raise _Faults(*_record_faults(store, request))
    return record


def _record_faults(store: Store, request: GetRecord) -> Iterable[ProtocolError]:
    formats = store.formats_of(request.identifier)
    if formats is None:
        yield _unknown(request.identifier)
        yield from _format_faults(store, request.metadata_prefix)
        return
    prefixes = ", ".join(f.metadata_prefix for f in formats) or "no format"
    yield ProtocolError(
        ErrorCode.CANNOT_DISSEMINATE_FORMAT,
        f"{quoted(request.identifier)} is available in {prefixes},"
        f" not in {quoted(request.metadata_prefix)}",
    )


def _format_faults(store: Store, prefix: str) -> Iterable[ProtocolError]:
    prefixes = [f.metadata_prefix for f in store.formats()]
    if prefix not in prefixes:
        yield ProtocolError(
            ErrorCode.CANNOT_DISSEMINATE_FORMAT,
            f"there is no format {quoted(prefix)} here; there is {', '.join(prefixes)}",
        )


def _first_page(
    provider: Provider, request: ListIdentifiers | ListRecords, now: datetime
) -> Headers | Records:
    selection = request.selection
    faults = tuple(_selection_faults(provider.store, selection))
    size = 0 if faults else provider.store.count(selection)
    if size == 0:
        raise _Faults(*(faults or (_no_match(selection),)))
    verb = (
        Verb.LIST_RECORDS if isinstance(request, ListRecords) else Verb.LIST_IDENTIFIERS
    )
    start = Continuation(
        verb=verb, cursor=0, complete_list_size=size, selection=selection
    )
    return _page(provider, start, selection, now)


def _selection_faults(store: Store, selection: Selection) -> Iterable[ProtocolError]:
    yield from _format_faults(store, selection.metadata_prefix)
    if selection.set_spec is not None and not store.has_sets():
        yield _no_sets()


def _no_sets() -> ProtocolError:
    return ProtocolError(
        ErrorCode.NO_SET_HIERARCHY, "this repository is not organised in sets"
    )


def _no_match(selection: Selection) -> ProtocolError:
    said = [f"no record in {quoted(selection.metadata_prefix)}"]
    if selection.set_spec is not None:
        said.append(f"in the set {quoted(selection.set_spec)}")
    for word, end in (("from", selection.from_), ("until", selection.until)):
        if end is not None:
            said.append(f"{word} {format_datestamp(end, Granularity.SECOND)}")
    return ProtocolError(ErrorCode.NO_RECORDS_MATCH, " ".join(said))


def _next_page(
    provider: Provider, request: Resumption, now: datetime
) -> Headers | Records | Sets:
    keys = provider.repository.token_keys
    try:
        state = decode_token(request.token, request.verb, keys, now)
    except TokenError as error:
        raise _Faults(
            ProtocolError(ErrorCode.BAD_RESUMPTION_TOKEN, str(error))
        ) from error
    if state.selection is None:
        return _sets(provider, state, now)
    return _page(provider, state, state.selection, now)


def _page(
    provider: Provider, state: Continuation, selection: Selection, now: datetime
) -> Headers | Records:
    store, limit = provider.store, provider.repository.page_size
    fetch = store.records if state.verb is Verb.LIST_RECORDS else store.headers
    page = fetch(selection, after=state.after, limit=limit)
    count = _length(page)
    if not count and state.after is not None:
        page = _served_again(fetch, selection, state.after)
    if not _length(page):
        raise _Faults(_no_match(selection))
    token = _token(provider, state, page.after, count, now)
    if isinstance(page, Page):
        return Records(page.records, token)
    return Headers(page.headers, token)


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


def _length(page: Page | HeaderPage) -> int:
    return len(page.records if isinstance(page, Page) else page.headers)


def _token(
    provider: Provider,
    state: Continuation,
    after: Position | str | None,
    count: int,
    now: datetime,
) -> ResumptionToken | None:
    """Return what ends a page of `count`: the way on, the end mark, or nothing."""
    if after is None and not state.cursor:
        # OAI-PMH 3.5: a list that was never incomplete has no token at all.
        return None
    reached = state.cursor + count
    size = max(state.complete_list_size, reached + (after is not None))
    if after is None:
        return ResumptionToken(complete_list_size=size, cursor=state.cursor)
    lifetime = provider.repository.token_lifetime
    expires = None if lifetime is None else now.replace(microsecond=0) + lifetime
    following = replace(
        state,
        cursor=reached,
        complete_list_size=size,
        after=after if isinstance(after, Position) else None,
        after_set=after if isinstance(after, str) else None,
        expires=expires,
    )
    return ResumptionToken(
        value=encode_token(following, provider.repository.token_keys),
        complete_list_size=size,
        cursor=state.cursor,
        expiration_date=expires,
    )


def _sets(provider: Provider, state: Continuation | None, now: datetime) -> Sets:
    store, limit = provider.store, provider.repository.sets_page_size
    if state is None:
        if not store.has_sets():
            raise _Faults(_no_sets())
        state = Continuation(
            verb=Verb.LIST_SETS, cursor=0, complete_list_size=store.count_sets()
        )
    found = store.sets(after=state.after_set, limit=limit + 1)
    shown = found[:limit]
    after = shown[-1].spec if len(found) > limit else None
    return Sets(shown, _token(provider, state, after, len(shown), now))
