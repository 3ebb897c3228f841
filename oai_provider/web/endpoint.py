"""The OAI-PMH endpoint: HTTP in, the protocol's response or an HTTP refusal out.

OAI-PMH 3.1.1: the arguments of a GET stand in the query string, those of a POST in
the body and only there. Every fault the protocol has a code for is a response with
status 200; what it has none for is refused in plain text.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import Errors, Headers, Records, Response, Sets
from oai_provider.protocol.request import quoted
from oai_provider.protocol.write import write
from oai_provider.provider.answer import Provider
from oai_provider.web.answer import NO_STORE, Answer, Unanswered, document, plain
from oai_provider.web.arguments import read_arguments
from oai_provider.web.caching import is_closed, kept

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_ALLOW: Final = ("Allow", "GET, HEAD, POST")
_FORM: Final = "application/x-www-form-urlencoded"
# Longer ones are no length that a server would pass on.
_LENGTH: Final = re.compile(r"\d{1,18}", re.ASCII)
# No verb takes more than five arguments; each unknown one costs an error element.
_MOST_ARGUMENTS: Final = 100


class _NotArguments(Exception):
    """What was sent cannot be read as arguments; carries the protocol's error."""

    def __init__(self, code: ErrorCode, reason: str) -> None:
        super().__init__(reason)
        self.error = ProtocolError(code, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The one URL that harvesters know."""

    provider: Provider
    max_body: int

    def answer(self, environ: "WSGIEnvironment") -> Answer:
        """Return the answer to a request; a HEAD's is that of the GET.

        Raises `StoreAway` only.
        """
        # Read before the store is: see Provider.answer.
        now = self.provider.store.now()
        try:
            response = self._response(environ, now)
        except Unanswered as refused:
            return refused.answer
        body, facts = b"".join(write(response)), _facts(response)
        encoding = environ.get("HTTP_ACCEPT_ENCODING")
        # No cache knows a POST by its body, so none may keep the answer to one.
        if environ["REQUEST_METHOD"] == "POST" or not is_closed(response):
            return document(body, encoding, facts, NO_STORE)
        answer = document(body, encoding, facts)
        known = environ.get("HTTP_IF_NONE_MATCH")
        return kept(answer, body, response.response_date, known)

    def _response(self, environ: "WSGIEnvironment", now: datetime) -> Response:
        try:
            pairs = self._arguments(environ)
        except _NotArguments as fault:
            return Response(
                response_date=now.replace(microsecond=0),
                base_url=self.provider.repository.base_url,
                arguments=(),
                body=Errors((fault.error,)),
            )
        return self.provider.answer(pairs, now)

    def _arguments(self, environ: "WSGIEnvironment") -> list[tuple[str, str]]:
        form = self._form(environ)
        if form.count(b"&") < _MOST_ARGUMENTS:
            return read_arguments(form)
        count = sum(map(bool, form.split(b"&")))
        if count > _MOST_ARGUMENTS:
            raise _NotArguments(
                ErrorCode.BAD_ARGUMENT,
                f"the request has {count} arguments; no verb takes so many",
            )
        return read_arguments(form)

    def _form(self, environ: "WSGIEnvironment") -> bytes:
        match environ["REQUEST_METHOD"]:
            case "GET" | "HEAD":
                return self._query(environ)
            case "POST":
                _require_form(environ.get("CONTENT_TYPE") or "")
                return self._body(environ)
            case _:
                reason = "An OAI-PMH repository answers GET and POST."
                raise Unanswered(plain(HTTPStatus.METHOD_NOT_ALLOWED, reason, _ALLOW))

    def _query(self, environ: "WSGIEnvironment") -> bytes:
        # PEP 3333: octets, written as the characters of ISO 8859-1.
        query: str = environ.get("QUERY_STRING", "")
        if len(query) > self.max_body:
            reason = f"The query string is longer than {self.max_body} bytes."
            raise Unanswered(plain(HTTPStatus.REQUEST_URI_TOO_LONG, reason))
        return query.encode("latin-1")

    def _body(self, environ: "WSGIEnvironment") -> bytes:
        stated = environ.get("CONTENT_LENGTH") or ""
        if _LENGTH.fullmatch(stated):
            return self._body_of(environ, int(stated))
        # Without a length, a body is there to be read only if the server ends it.
        if not environ.get("wsgi.input_terminated"):
            return b""
        body: bytes = environ["wsgi.input"].read(self.max_body + 1)
        if len(body) > self.max_body:
            raise self._too_long()
        return body

    def _body_of(self, environ: "WSGIEnvironment", length: int) -> bytes:
        if length > self.max_body:
            raise self._too_long()
        body: bytes = environ["wsgi.input"].read(length)
        if len(body) < length:
            # A request cut short could pass for another one.
            reason = f"The body ends after {len(body)} of {length} bytes."
            raise Unanswered(plain(HTTPStatus.BAD_REQUEST, reason))
        return body

    def _too_long(self) -> Unanswered:
        reason = f"The body is longer than {self.max_body} bytes."
        return Unanswered(plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason))


def _require_form(content_type: str) -> None:
    kind = content_type.partition(";")[0].strip()
    if kind.lower() not in {"", _FORM}:
        # OAI-PMH 3.1.1.2: the content type of a POST must be this one.
        raise _NotArguments(
            ErrorCode.BAD_VERB,
            f"the arguments of a POST are read from {_FORM}, not from {quoted(kind)}",
        )


def _facts(response: Response) -> dict[str, object]:
    facts: dict[str, object] = dict(response.arguments[:1])
    match response.body:
        case Errors(errors):
            facts["errors"] = [error.code for error in errors]
        case Records(records):
            facts["records"] = len(records)
        case Headers(headers):
            facts["records"] = len(headers)
        case Sets(sets):
            facts["sets"] = len(sets)
        case _:
            pass
    return facts
