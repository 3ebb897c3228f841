"""The heart: a request is answered from the store, by the rules of OAI-PMH 4.

Nothing is computed here that ingest could have finished, and nothing raised that
the protocol has an error code for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

from oai_provider.metadata.format import Formats
from oai_provider.protocol.datestamp import EPOCH, Granularity
from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import (
    Body,
    DeletedRecord,
    Errors,
    Header,
    Headers,
    Identity,
    MetadataFormats,
    Record,
    Records,
    Response,
)
from oai_provider.protocol.names import is_identifier
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
    parse,
    quoted,
    refused,
)
from oai_provider.protocol.written import WrittenHeaders, WrittenRecord, WrittenRecords
from oai_provider.provider.faults import Faults, format_faults, unknown_item
from oai_provider.provider.lists import Lists
from oai_provider.provider.repository import Repository
from oai_provider.store.base import Store, StoredItem


@dataclass(frozen=True, slots=True)
class Provider:
    """A repository over a store, answering requests."""

    repository: Repository
    store: Store
    formats: Formats = field(default_factory=dict)
    """By which fields are read out of items' own XML."""

    def item(self, name: str) -> StoredItem | None:
        """Return the item people mean by a name: its identifier, or its local id.

        An identifier that exists comes first, whatever local ids look like it.
        """
        for identifier in (name, self.repository.identifier(name)):
            # Stores are not asked for what can be no identifier, a NUL in it say.
            found = self.store.item(identifier) if is_identifier(identifier) else None
            if found is not None:
                return found
        return None

    def lists(self, now: datetime) -> Lists:
        """Return the lists as a request received `now` is shown them."""
        return Lists(self.repository, self.store, now)

    def answer(self, pairs: Iterable[tuple[str, str]], now: datetime) -> Response:
        """Return the response to the arguments of a request received at `now`.

        `now` must be read before the store is, so that nothing committed before
        the responseDate is missing from the response. Raises `StoreAway` only.
        """
        parsed = parse(pairs, self.repository.granularity)
        if not isinstance(parsed, Refused):
            try:
                body, now = self._timely(parsed.request, now)
            except Faults as faults:
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
            if isinstance(body, _DATED)
            else Granularity.SECOND,
        )

    def _timely(self, request: Request, now: datetime) -> tuple[Body, datetime]:
        """Return the body, and a responseDate that no datestamp in it lies after.

        What was committed since `now` is told at a later time. A clock that was set
        back is not waited for.
        """
        body = _body(self, request, now)
        for _ in range(_MOST_TRIES):
            if _newest(body) <= now:
                break
            now = self.store.now()
            body = _body(self, request, now)
        return body, now


_MOST_TRIES: Final = 3
_DATED: Final = (Identity, Record, WrittenRecord, Headers, Records)


def _body(provider: Provider, request: Request, now: datetime) -> Body:
    store = provider.store
    match request:
        case GetRecord():
            return _record(store, request)
        case Resumption():
            return provider.lists(now).next_page(request)
        case ListIdentifiers() | ListRecords():
            return provider.lists(now).first_page(request)
        case ListSets():
            return provider.lists(now).sets()
        case ListMetadataFormats():
            return _formats(store, request.identifier)
        case Identify():
            return _identity(provider, now)
        case _:
            assert_never(request)


def _newest(body: Body) -> datetime:
    """Return the newest datestamp in a body; lists are in their order."""
    match body:
        case (
            WrittenRecord(datestamp=newest)
            | Records(WrittenRecords(newest=newest))
            | Headers(WrittenHeaders(newest=newest))
            | Record(Header(datestamp=newest))
        ):
            return newest
        case Records(records) if records:
            return records[-1].header.datestamp
        case Headers(headers) if headers:
            return headers[-1].datestamp
        case _:
            return EPOCH


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
        raise Faults(unknown_item(identifier))
    if not found:
        raise Faults(
            ProtocolError(
                ErrorCode.NO_METADATA_FORMATS,
                f"{quoted(identifier)} is not available in any metadata format",
            )
        )
    return MetadataFormats(found)


def _record(store: Store, request: GetRecord) -> Record | WrittenRecord:
    record = store.record(request.identifier, request.metadata_prefix)
    if record is None:
        raise Faults(*_record_faults(store, request))
    return record


def _record_faults(store: Store, request: GetRecord) -> Iterable[ProtocolError]:
    formats = store.formats_of(request.identifier)
    if formats is None:
        yield unknown_item(request.identifier)
        yield from format_faults(store, request.metadata_prefix)
        return
    prefixes = ", ".join(f.metadata_prefix for f in formats) or "no format"
    yield ProtocolError(
        ErrorCode.CANNOT_DISSEMINATE_FORMAT,
        f"{quoted(request.identifier)} is available in {prefixes},"
        f" not in {quoted(request.metadata_prefix)}",
    )
