"""No request of any kind gives a 500, an exception or a document that is not valid."""

import gzip
import io
import re
import socket
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from spec.client import faults_of
from spec.fuzz import MARKUP, Attack, Attacker
from spec.library import Library, fill
from spec.serving import Server, served

from oai_provider.protocol.errors import ErrorCode
from oai_provider.protocol.model import Errors
from oai_provider.protocol.read import read
from oai_provider.protocol.verbs import Verb
from oai_provider.protocol.xml import parse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

SEED: Final = 20_020_614
REQUESTS: Final = 20_000
LONG: Final = [65_535, 65_536, 65_537, 1_000_000, 5_000_000]
_VALIDATE_EVERY: Final = 10
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Answered:
    """What an application answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_xml(self) -> bool:
        """Whether it is a response of the protocol."""
        return self.headers.get("Content-Type", "").startswith("text/xml")


def environ_of(attack: Attack) -> "WSGIEnvironment":
    """Return the environment in which a server would call the application."""
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": attack.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": attack.path.decode("latin-1"),
        "QUERY_STRING": attack.query.decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": attack.content_type.decode("latin-1"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(attack.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": attack.ended,
        **{name: value.decode("latin-1") for name, value in attack.headers.items()},
    }
    if attack.length is not None:
        environ["CONTENT_LENGTH"] = attack.length
    return environ


def answer(app: "WSGIApplication", attack: Attack) -> Answered:
    """Return what the application answers to an attack, read to its end."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> io.BytesIO:
        del exc_info
        started.append((status, headers))
        return io.BytesIO()

    body = app(environ_of(attack), start_response)  # type: ignore[arg-type]  # a file's write
    whole = b"".join(body)
    ((status, headers),) = started
    return Answered(int(status[:3]), dict(headers), whole)


class Judge:
    """Looks at every answer, and validates every tenth and every new kind of it."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.codes: Counter[ErrorCode] = Counter()
        self.verbs: Counter[Verb] = Counter()
        self.validated = 0
        self._kinds: set[tuple[object, ...]] = set()
        self._seen = 0

    def look(self, attack: Attack, found: Answered) -> None:
        """Fail if the answer is one that no request may get."""
        self.statuses[found.status] += 1
        assert found.status < 500
        for name, value in found.headers.items():
            assert not set("\r\n\0") & set(name + value)
        body = self._body(attack, found)
        assert MARKUP not in body
        assert not _CONTROL.search(body)
        body.decode("utf-8")
        if found.is_xml and body:
            self._look_at_document(body)

    def _body(self, attack: Attack, found: Answered) -> bytes:
        length = found.headers.get("Content-Length")
        if attack.method == "HEAD":
            assert found.body == b""
            return b""
        if length is not None:
            assert int(length) == len(found.body)
        if found.headers.get("Content-Encoding") == "gzip":
            return gzip.decompress(found.body)
        return found.body

    def _look_at_document(self, document: bytes) -> None:
        response = read(document)
        body = response.body
        codes = tuple(e.code for e in body.errors) if isinstance(body, Errors) else ()
        self.codes.update(codes)
        if response.verb and not codes:
            self.verbs[response.verb] += 1
        echoed = tuple(name for name, _ in response.arguments)
        kind = (type(body), response.verb, echoed, frozenset(codes))
        self._seen += 1
        if kind not in self._kinds or self._seen % _VALIDATE_EVERY == 0:
            self._kinds.add(kind)
            self.validated += 1
            assert faults_of(parse(document)) == []


def tokens_of(library: Library) -> list[str]:
    """Return tokens of every verb that lists."""
    asked = library.client.get
    return [
        asked("verb=ListRecords&metadataPrefix=oai_dc").way_on,
        asked("verb=ListRecords&metadataPrefix=mods").way_on,
        asked("verb=ListIdentifiers&metadataPrefix=oai_dc").way_on,
        asked("verb=ListSets").way_on,
    ]


def attacks(library: Library, count: int) -> Iterator[Attack]:
    """Yield attacks, with long ones among them."""
    attacker = Attacker(SEED, tokens_of(library))
    for n in range(count):
        longest = n % 1000
        if longest < len(LONG):
            yield attacker.long(LONG[longest])
        else:
            yield attacker.draw()


def judged(app: "WSGIApplication", drawn: Iterable[Attack]) -> Judge:
    """Return the judge after all the answers."""
    judge = Judge()
    for attack in drawn:
        try:
            judge.look(attack, answer(app, attack))
        except Exception as error:
            # Shown whole, so that it can become a test of its own.
            short = repr(attack)[:2000]
            raise AssertionError(f"{error!r} after {short}") from error
    return judge


@pytest.mark.no_cover  # traced it takes half as long again
def test_twenty_thousand_requests_of_any_kind_are_answered(library: Library) -> None:
    judge = judged(library.app(), attacks(library, REQUESTS))
    assert judge.statuses.total() == REQUESTS
    assert judge.validated > sum(judge.statuses.values()) // 50
    # That it went deep: every verb was answered, every code reached that is there.
    assert set(judge.verbs) == set(Verb)
    unreachable = {ErrorCode.NO_SET_HIERARCHY, ErrorCode.NO_METADATA_FORMATS}
    assert set(judge.codes) == set(ErrorCode) - unreachable
    assert set(judge.statuses) >= {200, 400, 404, 405, 413}


def test_bodies_of_five_million_bytes_are_read_where_they_are_allowed(
    tmp_path: Path,
) -> None:
    library = Library(tmp_path, server={"max_body": 6_000_000})
    fill(library)
    attacker = Attacker(SEED, tokens_of(library))
    judge = judged(library.app(), (attacker.long(5_000_000) for _ in range(10)))
    assert set(judge.statuses) == {200}


# A real server.

BROKEN: Final = [
    b"",
    b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET /oai?verb=Identify\r\n\r\n",
    b"GET /oai?verb=Identify HTTP/9.9\r\n\r\n",
    b"GET /oai?verb=Identify HTTP/1.1\r\n\r\n",
    b"GET /oai?verb=Identify HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /oai?verb=Identify HTTP/1.0\r\n\r\n",
    b"GET http://elsewhere/oai?verb=Identify HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /oai?verb=<fuzz> HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /oai?verb=Identify HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n",
    b"GET /oai?verb=Identify HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
    b"GET /oai?verb=Identify HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
    b"POST /oai HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nverb=Identify",
    b"POST /oai HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nverb=Identify",
    (
        b"POST /oai HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nverb=Identify"
    ),
    (
        b"POST /oai HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"d\r\nverb=Identify\r\n0\r\n\r\n"
    ),
    (
        b"POST /oai HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"zz\r\nverb=Identify\r\n0\r\n\r\n"
    ),
    (
        b"POST /oai HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 13\r\n\r\nverb=Identify"
    ),
    b"BREW /oai HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


def broken_requests(count: int) -> Iterator[bytes]:
    """Yield requests as a broken client, or a hostile one, would send them."""
    attacker = Attacker(SEED, ["AAAA"])
    yield from BROKEN
    for n in range(count - len(BROKEN)):
        attack = attacker.draw()
        start = attack.method.encode() + b" " + attack.path + b"?" + attack.query
        lines = [
            start + b" HTTP/1.1",
            b"Host: x",
            b"Connection: close",
            b"Content-Type: " + attack.content_type,
            b"Content-Length: " + (attack.length or "0").encode(),
            *(
                name.removeprefix("HTTP_").replace("_", "-").encode() + b": " + value
                for name, value in attack.headers.items()
            ),
        ]
        whole = b"\r\n".join([*lines, b"", attack.body])
        yield whole[: len(whole) * (1 + n % 7) // 7] if n % 3 else whole


def exchanged(server: Server, request: bytes, patience: float = 0.1) -> bytes:
    """Return what a server sends back before it closes, or is silent for too long."""
    said = b""
    # Broken requests are cut off in the midst of being sent, or answered by nothing.
    with socket.create_connection(server.address, timeout=5) as connection:
        with suppress(OSError):
            connection.sendall(request)
        connection.settimeout(patience)
        with suppress(OSError):
            while piece := connection.recv(65_536):
                said += piece
    return said


def test_five_hundred_broken_requests_leave_a_real_server_well(
    tmp_path: Path,
) -> None:
    fill(Library(tmp_path))
    options = ("--no-records", "--store", "sqlite:///library.db")
    with served(tmp_path, *options) as server, ThreadPoolExecutor(16) as clients:
        statuses = Counter[bytes]()
        asked = list(broken_requests(500))
        for request, said in zip(
            asked, clients.map(partial(exchanged, server), asked), strict=True
        ):
            statuses.update(re.findall(rb"^HTTP/1\.[01] (\d{3})", said))
            assert not re.match(rb"HTTP/1\.[01] 5(?!01)", said), request
        whole = b"GET /oai?verb=Identify HTTP/1.0\r\n\r\n"
        assert b"</Identify>" in exchanged(server, whole, patience=10)
    assert statuses.total() > 100
    assert {b"200", b"400"} <= set(statuses)


def test_attacks_are_the_same_every_time(library: Library) -> None:
    first, second = (list(attacks(library, 20)) for _ in range(2))
    assert first == second
