"""A small and correct OAI-PMH 2.0 repository: all six verbs, over `Holdings`.

Its tokens are plain text that says where the list goes on, so that none is kept and
each is answered again and again. `Ways` are what a fault may bend.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple, TypeAlias, assert_never

from oai_provider.protocol.datestamp import Granularity, from_seconds, to_seconds
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
    Set,
    Sets,
)
from oai_provider.protocol.request import (
    GetRecord,
    Identify,
    ListIdentifiers,
    ListMetadataFormats,
    ListRecords,
    ListSets,
    Pairs,
    Parsed,
    Refused,
    Request,
    Resumption,
    Selection,
    parse,
    refused,
)
from oai_provider.protocol.verbs import VERBS, Verb
from oai_provider.testing.hostile.holdings import (
    SETS,
    START,
    Hides,
    Holdings,
    Version,
    VersionsListed,
)
from oai_provider.testing.values import OAI_DC


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a repository behaves where the specification leaves it a choice."""

    deleted_record: DeletedRecord = DeletedRecord.PERSISTENT
    granularity: Granularity = Granularity.SECOND
    hides: Hides | None = None


THE_USUAL: Final = Ways()


class Token(NamedTuple):
    """Where a list goes on, and which list it is; empty text is an open end."""

    verb: str
    set_spec: str
    start: str
    end: str
    after: int
    cursor: int

    def text(self) -> str:
        """Return what is handed out."""
        return ".".join(map(str, self))

    def selection(self) -> Selection:
        """Return which list it is."""
        return Selection(
            metadata_prefix=OAI_DC.metadata_prefix,
            from_=from_seconds(int(self.start)) if self.start else None,
            until=from_seconds(int(self.end)) if self.end else None,
            set_spec=self.set_spec or None,
        )


def token_of(text: str) -> Token | None:
    """Return the token that was handed out; None if it never was."""
    parts = text.split(".")
    if len(parts) != len(Token._fields) or parts[0] not in VERBS:
        return None
    try:
        verb, set_spec, start, end, after, cursor = parts
        token = Token(verb, set_spec, start, end, int(after), int(cursor))
        token.selection()
    except (ValueError, OverflowError):
        return None
    return token


_Answer: TypeAlias = "Body | ProtocolError"


class Repository:
    """Answers requests, a page of a list at a time."""

    def __init__(self, holdings: Holdings, page: int, base_url: str) -> None:
        self.holdings = holdings
        self._page = page
        self._base_url = base_url

    def answer(self, pairs: Pairs, ways: Ways, now: datetime) -> Response:
        """Return the response to a request at a moment."""
        parsed = parse(pairs, ways.granularity)
        body: Body
        if isinstance(parsed, Refused):
            body, arguments = Errors(parsed.errors), parsed.arguments
        else:
            body, arguments = self._body(parsed, ways)
        return Response(
            response_date=now,
            base_url=self._base_url,
            arguments=arguments,
            body=body,
            granularity=ways.granularity,
        )

    def page_of(self, pairs: Pairs) -> int:
        """Return which page of a list is asked for, from 1; 0 if none is."""
        arguments = dict(pairs)
        if arguments.get("verb") not in ("ListRecords", "ListIdentifiers"):
            return 0
        token = token_of(arguments.get("resumptionToken", ""))
        return 1 + token.cursor // self._page if token else 1

    def versions(self, selected: Selection, hides: Hides | None) -> Iterator[Version]:
        """Yield all that is selected and shown."""
        for _, version in self.holdings.after(selected):
            if hides is None or not hides(version):
                yield version

    def _body(self, parsed: Parsed, ways: Ways) -> tuple[Body, Pairs]:
        body = self._answered(parsed.request, ways)
        if isinstance(body, ProtocolError):
            refusal = refused((body,), parsed.arguments)
            return Errors(refusal.errors), refusal.arguments
        return body, parsed.arguments

    def _answered(self, request: Request, ways: Ways) -> _Answer:
        match request:
            case Identify():
                return self._identity(ways)
            case ListMetadataFormats():
                return self._formats(request, ways)
            case ListSets():
                return Sets(tuple(Set(spec=s, name=f"The {s} ones") for s in SETS))
            case GetRecord():
                return self._record(request, ways)
            case ListRecords() | ListIdentifiers():
                verb = Verb(type(request).__name__)
                return self._list(_first(verb, request.selection), ways)
            case Resumption():
                return self._resumed(request, ways)
            case _:
                assert_never(request)

    def _identity(self, ways: Ways) -> Identity:
        return Identity(
            repository_name="A hostile endpoint",
            base_url=self._base_url,
            admin_emails=("nobody@hostile.example",),
            earliest_datestamp=START,
            deleted_record=ways.deleted_record,
            granularity=ways.granularity,
        )

    def _formats(
        self, request: ListMetadataFormats, ways: Ways
    ) -> MetadataFormats | ProtocolError:
        if request.identifier is not None and self._shown(request.identifier, ways):
            return MetadataFormats((OAI_DC,))
        if request.identifier is None:
            return MetadataFormats((OAI_DC,))
        return _UNKNOWN

    def _record(self, request: GetRecord, ways: Ways) -> Record | ProtocolError:
        version = self._shown(request.identifier, ways)
        if version is None:
            return _UNKNOWN
        return version.record() if _is_ours(request.metadata_prefix) else _NO_FORMAT

    def _shown(self, identifier: str, ways: Ways) -> Version | None:
        version = self.holdings.current(identifier)
        is_hidden = version is not None and ways.hides and ways.hides(version)
        return None if is_hidden else version

    def _resumed(self, request: Resumption, ways: Ways) -> _Answer:
        token = token_of(request.token)
        if token is None or token.verb != request.verb:
            return _BAD_TOKEN
        body = self._list((token, OAI_DC.metadata_prefix), ways)
        return _BAD_TOKEN if body is _NOTHING else body

    def _list(
        self, asked: tuple[Token, str], ways: Ways
    ) -> Records | Headers | ProtocolError:
        token, prefix = asked
        if not _is_ours(prefix):
            return _NO_FORMAT
        selected, hides = token.selection(), ways.hides
        shown = (
            pair
            for pair in self.holdings.after(selected, token.after)
            if hides is None or not hides(pair[1])
        )
        page = list(islice(shown, self._page + 1))
        if not page:
            return _NOTHING
        is_last = len(page) <= self._page
        page = page[: self._page]
        next_ = (
            None
            if is_last
            else token._replace(after=page[-1][0], cursor=token.cursor + len(page))
        )
        element = self._token(token, next_, self._size(selected, hides))
        versions = [version for _, version in page]
        if token.verb == Verb.LIST_RECORDS:
            return Records(VersionsListed(versions), element)
        return Headers([version.record().header for version in versions], element)

    def _size(self, selected: Selection, hides: Hides | None) -> int:
        if hides is None:
            return self.holdings.size(selected)
        return sum(1 for _ in self.versions(selected, hides))

    @staticmethod
    def _token(here: Token, next_: Token | None, size: int) -> ResumptionToken | None:
        if next_ is None and here.cursor == 0:
            return None
        value = next_.text() if next_ else ""
        return ResumptionToken(value=value, complete_list_size=size, cursor=here.cursor)


def _first(verb: Verb, selected: Selection) -> tuple[Token, str]:
    start, end = (
        "" if moment is None else str(to_seconds(moment))
        for moment in (selected.from_, selected.until)
    )
    token = Token(verb, selected.set_spec or "", start, end, -1, 0)
    return token, selected.metadata_prefix


def _is_ours(metadata_prefix: str) -> bool:
    return metadata_prefix == OAI_DC.metadata_prefix


_UNKNOWN: Final = ProtocolError(ErrorCode.ID_DOES_NOT_EXIST, "there is no such item")
_NO_FORMAT: Final = ProtocolError(
    ErrorCode.CANNOT_DISSEMINATE_FORMAT, "there is oai_dc and no other format"
)
_NOTHING: Final = ProtocolError(ErrorCode.NO_RECORDS_MATCH, "nothing is selected")
_BAD_TOKEN: Final = ProtocolError(
    ErrorCode.BAD_RESUMPTION_TOKEN, "no such token was handed out"
)
