"""An application that is asked without a socket, and spoilt on the way."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from spec.library import START

from oai_provider.harvester.decoding import decoded
from oai_provider.harvester.failing import Failure
from oai_provider.protocol.datestamp import parse_datestamp
from oai_provider.resources import schemas_folder
from oai_provider.validator.catalogue import catalogue
from oai_provider.validator.endpoint import USUAL, Depth, Endpoint
from oai_provider.validator.exchange import (
    FORM,
    Exchange,
    Pairs,
    Request,
)
from oai_provider.validator.rules import checks
from oai_provider.validator.run import Judgement, validate
from oai_provider.xsd import Schemas

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BASE_URL = "https://library.example.edu/oai"
SCHEMAS = Schemas(schemas_folder())
CHECKS = checks()
XSD = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer on its way, which may be changed."""

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = BASE_URL
    seconds: float = 0.1
    first_byte: float = 0.1
    delays: Pairs = ()
    redirects: Pairs = ()
    fault: str = ""
    certificate_until: str = "2035-01-01T00:00:00Z"

    @property
    def arguments(self) -> dict[str, str]:
        """What was asked, as it is read by most."""
        return dict(parse_qsl(self.request.form, keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A provider that breaks one clause."""

    asked: Callable[[Request], Request] = field(default=lambda request: request)
    """What the provider takes a request for."""
    answered: Callable[[Answered], Answered] = field(default=lambda answer: answer)
    """What is sent instead of the answer."""
    library: str = "usual"
    """Which configuration it is made of."""
    depth: Depth = USUAL
    """How closely it must be looked at."""


SOUND = Mutant()


class InProcess:
    """A transport that asks an application."""

    def __init__(self, app: "WSGIApplication", mutant: Mutant = SOUND) -> None:
        self._app = app
        self._mutant = mutant

    def send(self, request: Request) -> Exchange:
        """Return the exchange."""
        asked = self._mutant.asked(request)
        sound = self._published(asked) if asked.url else self._asked(asked)
        answer = self._mutant.answered(replace(sound, request=request))
        failure = "" if answer.status < 300 else f"HTTP {answer.status}"
        body, coding = answer.body, answer.headers.get("Content-Encoding", "")
        try:
            body = decoded(body, coding, most_bytes=10_000_000)
        except Failure as broken:
            body, failure = b"", broken.reason
        return Exchange(
            request=request,
            url=answer.url,
            status=answer.status,
            headers=tuple(answer.headers.items()),
            body=body,
            failure=failure,
            seconds=answer.seconds,
            first_byte=answer.first_byte,
            delays=answer.delays,
            redirects=answer.redirects,
            fault=answer.fault,
            certificate_until=answer.certificate_until,
        )

    def send_at_once(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Return the exchanges, one after the other."""
        return tuple(map(self.send, requests))

    def _published(self, request: Request) -> Answered:
        """Return a schema of what is its address."""
        body = f'<schema xmlns="{XSD}" targetNamespace="{request.url}"/>'.encode()
        return Answered(request=request, status=200, headers={}, body=body)

    def _asked(self, request: Request) -> Answered:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            started.append((status, headers))

        body = b"".join(self._app(environ_of(request), start))
        status, headers = started[-1]
        date = re.search(rb"<responseDate>(.*?)<", body)
        now = parse_datestamp(date[1].decode())[0] if date else START
        return Answered(
            request=request,
            status=int(status[:3]),
            headers=dict(headers) | {"Date": format_datetime(now, usegmt=True)},
            body=body,
        )


def environ_of(request: Request) -> dict[str, Any]:
    """Return a request as PEP 3333 has it."""
    is_post = request.method == "POST"
    body = request.form.encode() if is_post else b""
    headers = {"Content-Type": FORM if is_post else "", **dict(request.headers)}
    named = {f"HTTP_{n.upper().replace('-', '_')}": v for n, v in headers.items()}
    return named | {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": "/oai",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "" if is_post else request.form,
        "CONTENT_TYPE": headers["Content-Type"],
        "CONTENT_LENGTH": str(len(body)) if is_post else "",
        "SERVER_NAME": "library.example.edu",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def endpoint_of(
    app: "WSGIApplication", base_url: str, mutant: Mutant = SOUND, depth: Depth = USUAL
) -> Endpoint:
    """Return the endpoint of an application."""
    return Endpoint(base_url, InProcess(app, mutant), schemas=SCHEMAS, depth=depth)


def judged(endpoint: Endpoint, *codes: str) -> Judgement:
    """Return the judgement of an endpoint by some rules, or by all."""
    chosen = [one for one in CHECKS if not codes or one.code in codes]
    return validate(endpoint, chosen, catalogue())


def with_arguments(request: Request, arguments: Pairs) -> Request:
    """Return the request with other arguments."""
    written = None if request.written is None else urlencode(arguments, quote_via=quote)
    return replace(request, arguments=arguments, written=written)
