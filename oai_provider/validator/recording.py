"""All exchanges of a judgement in a file, and the same judgement without the network.

JSON Lines: the first says what was judged and how, each other is an exchange.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from oai_provider.errors import OaiProviderError
from oai_provider.validator.endpoint import DEPTHS, Depth
from oai_provider.validator.exchange import Exchange, Pairs, Request
from oai_provider.validator.finding import NotChecked
from oai_provider.validator.profiles.book import PROTOCOL
from oai_provider.validator.transport import Bounded, Exhausted, Parallel, Transport

_FORM: Final = "oai-provider validate 1"
_EXHAUSTED: Final = "exhausted"


class RecordingError(OaiProviderError):
    """A file of exchanges cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a file says of the judgement that it was written by."""

    base_url: str
    depth: Depth
    seed: int
    profile: str = PROTOCOL


class Recorder:
    """A transport that writes down what another brings.

    A recording of before stays until the new one is complete.
    """

    def __init__(self, transport: Transport, file: Path, of: Recorded) -> None:
        self._transport = transport
        self._target = file
        self._is_whole = True
        # A device or a pipe has nothing to lose, and is not to be replaced.
        is_odd = file.exists() and not file.is_file()
        self._part = file if is_odd else file.with_name(f".{file.name}.part")
        try:
            self._file = self._part.open("w", encoding="utf-8")
        except OSError as error:
            raise RecordingError(f"cannot write {file}: {error.strerror}") from error
        head = {"form": _FORM, "base_url": of.base_url, "seed": of.seed}
        try:
            self._write({**head, "depth": of.depth.name, "profile": of.profile})
        except RecordingError:
            self.close()
            raise

    def allow(self, requests: int) -> None:
        """Tell the other how many requests it may make for what is sent next."""
        if isinstance(self._transport, Bounded):
            self._transport.allow(requests)

    def send(self, request: Request) -> Exchange:
        """Return the exchange, which is in the file by then."""
        with self._exhausting(request):
            exchange = self._transport.send(request)
        self._write(_written(exchange))
        return exchange

    def send_at_once(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Return the exchanges, made at one time if that can be done."""
        if not isinstance(self._transport, Parallel):
            raise NotChecked("requests are made one at a time here")
        with self._exhausting(*requests):
            exchanges = self._transport.send_at_once(requests)
        for exchange in exchanges:
            self._write(_written(exchange))
        return exchanges

    def close(self) -> None:
        """Put the recording where it belongs."""
        with suppress(OSError):
            # What could not be written was told.
            self._file.close()
        if self._part == self._target:
            return
        if self._is_whole:
            self._part.replace(self._target)
        else:
            self._part.unlink(missing_ok=True)

    @contextmanager
    def _exhausting(self, *requests: Request) -> Iterator[None]:
        """Write down what is not answered for want of requests; it is raised again."""
        try:
            yield
        except Exhausted:
            self._write({_EXHAUSTED: [*map(asdict, requests)]})
            raise

    def _write(self, line: Mapping[str, Any]) -> None:
        # In ASCII: some characters end a line for readers, and not for writers.
        try:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        except OSError as error:
            self._is_whole = False
            message = f"cannot write {self._target}: {error.strerror}"
            raise RecordingError(message) from error


class Replay:
    """A transport that knows what is in a file, and nothing else."""

    def __init__(self, file: Path) -> None:
        try:
            first, *lines = file.read_text("utf-8").splitlines()
            self.recorded = _recorded(json.loads(first))
            read = [json.loads(line) for line in lines]
            exchanges = [_read(line) for line in read if _EXHAUSTED not in line]
            unanswered = (one for line in read for one in line.get(_EXHAUSTED, ()))
            self._unanswered = {*map(_request, unanswered)}
        except OSError as error:
            raise RecordingError(f"cannot read {file}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise RecordingError(
                f"{file} is not what `validate --record` writes: {error}"
            ) from error
        self._known = {exchange.request: exchange for exchange in exchanges}

    def send(self, request: Request) -> Exchange:
        """Return what was answered; raises `NotChecked` for what was not asked."""
        if request in self._unanswered:
            raise Exhausted
        if request not in self._known:
            asked = request.curl(self.recorded.base_url)
            raise NotChecked(f"the recording has no answer to {asked}")
        return self._known[request]

    def send_at_once(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Return what was answered."""
        return tuple(map(self.send, requests))


def _recorded(head: Mapping[str, Any]) -> Recorded:
    if head["form"] != _FORM:
        raise ValueError(f"its form is {head['form']!r}")
    depth = DEPTHS[head["depth"]]
    return Recorded(
        base_url=head["base_url"],
        depth=depth,
        seed=head["seed"],
        profile=head.get("profile", PROTOCOL),
    )


def _written(exchange: Exchange) -> dict[str, Any]:
    fields = {name: getattr(exchange, name) for name in (*_PLAIN, *_NEWER)}
    # Whoever is given the file must not be let in by it.
    fields["headers"] = [h for h in exchange.headers if h[0].lower() != "set-cookie"]
    body = base64.b64encode(exchange.body).decode()
    return {"request": asdict(exchange.request), **fields, "body": body}


def _read(line: dict[str, Any]) -> Exchange:
    plain = {name: line[name] for name in _PLAIN}
    # Recordings of before do not have them.
    plain |= {name: line[name] for name in _NEWER if name in line}
    plain |= {name: _pairs(plain[name]) for name in _PAIRED if name in plain}
    request = _request(line["request"])
    return Exchange(request=request, body=base64.b64decode(line["body"]), **plain)


def _request(asked: Mapping[str, Any]) -> Request:
    pairs = {name: _pairs(asked[name]) for name in ("arguments", "headers")}
    return Request(**{**asked, **pairs})


def _pairs(value: list[list[str]]) -> Pairs:
    return tuple((name, said) for name, said in value)


_PLAIN: Final = (
    *("url", "status", "headers", "seconds", "failure", "delays", "requests"),
)
_NEWER: Final = ("first_byte", "redirects", "fault", "certificate_until")
_PAIRED: Final = ("headers", "delays", "redirects")
