"""What an address leads to: asked, and asked again where it leads on.

Each hop is looked at as the first one is. Hosts are asked one request at a time, with a
pause, whoever leads to them.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from oai_provider.harvester.timing import Timing
from oai_provider.reach import Inward, NoAnswer, NoName
from oai_provider.verifier.links.asking import (
    Asker,
    Failed,
    NoAddress,
    Reply,
    Unwelcome,
)

BROKEN: Final = "link-broken"
DOUBTFUL: Final = "link-doubtful"
MOVED: Final = "link-moved"
REFUSED: Final = "link-refused"

_PERMANENT: Final = frozenset((301, 308))
_LEADS_ON: Final = _PERMANENT | {302, 303, 307}
_GONE: Final = frozenset((404, 410))
_FOR_SOME: Final = frozenset((401, 403))
_TOO_MANY: Final = 429
_PUSHES_BACK: Final = frozenset((_TOO_MANY, 503))
_FIRST_ERROR: Final = 400
_WORDS: Final = {404: "there is no such page", 410: "the page is gone for good"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is wrong with an address: the code of a rule, and how it shows."""

    code: str
    message: str
    is_silence: bool = False
    """Whether no answer came at all."""


class LeftAlone(Exception):
    """A host asks to be left alone longer than is waited; the message says so."""

    def __init__(self, host: str, seconds: float | None) -> None:
        wanted = f"{seconds:.0f} seconds" if seconds is not None else "a while"
        super().__init__(f"{host} asks to be left alone for {wanted}")
        self.host = host


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """How much is asked of a host, and how fast."""

    per_host: int = 50
    pause: float = 1.0
    """Seconds between the end of a request and the next one."""
    most_redirects: int = 5
    longest_wait: float = 60.0
    """Seconds to wait for a host that asks for time."""


@dataclass(slots=True)
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    ready_at: float = 0.0
    held: float = 0.0
    """Seconds for which it asked to be left alone, in all."""


class Turns:
    """Whose turn it is to ask a host."""

    def __init__(self, pause: float, timing: Timing) -> None:
        self._pause = pause
        self._timing = timing
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait until a host may be asked, and keep others waiting meanwhile."""
        one = self._host(host)
        with one.lock:
            wait = one.ready_at - self._timing.monotonic()
            if wait > 0:
                self._timing.sleep(wait)
            try:
                yield
            finally:
                one.ready_at = self._timing.monotonic() + self._pause

    def hold(self, host: str, seconds: float) -> float:
        """Let nobody ask a host for a while; return for how long it was held in all."""
        one = self._host(host)
        with one.lock:
            one.ready_at = self._timing.monotonic() + max(seconds, self._pause)
            one.held += seconds
            return one.held

    def _host(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host, _Host())


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """How an address is followed to its end."""

    asker: Asker
    politeness: Politeness
    timing: Timing
    turns: Turns

    def verdict(self, url: str) -> Verdict | None:
        """Return what is wrong with an address, None where nothing is.

        Raises `LeftAlone`.
        """
        try:
            return self._followed(url)
        except (NoAddress, NoName) as error:
            return Verdict(code=BROKEN, message=str(error))
        except (Unwelcome, Inward) as error:
            return Verdict(code=REFUSED, message=str(error))
        except (Failed, NoAnswer) as error:
            return Verdict(code=DOUBTFUL, message=str(error), is_silence=True)
        except LeftAlone as error:
            if error.host == host_of(url):
                raise
            # Another host that it leads to: this one is asked for more.
            return Verdict(code=DOUBTFUL, message=str(error))

    def _followed(self, url: str) -> Verdict | None:
        here, moved_to = url, ""
        is_permanent = True
        for _ in range(self.politeness.most_redirects + 1):
            reply = self._reply(here)
            if reply.status not in _LEADS_ON or reply.location is None:
                return _judged(reply, moved_to)
            here = reply.location
            is_permanent = is_permanent and reply.status in _PERMANENT
            moved_to = here if is_permanent else moved_to
        most = self.politeness.most_redirects
        return Verdict(code=DOUBTFUL, message=f"leads on more than {most} times")

    def _reply(self, url: str) -> Reply:
        """Return what a host says; GET asks again where HEAD is refused."""
        reply = self._asked("HEAD", url)
        if reply.status >= _FIRST_ERROR and reply.status not in _PUSHES_BACK:
            reply = self._asked("GET", url)
        if reply.status not in _PUSHES_BACK:
            return reply
        return self._again(url, reply)

    def _again(self, url: str, reply: Reply) -> Reply:
        """Return what a host says after as long as it asked to be left alone."""
        host, longest = host_of(url), self.politeness.longest_wait
        seconds = _seconds(reply.retry_after, self.timing.clock)
        if seconds is None and reply.status != _TOO_MANY:
            return reply
        if seconds is None or seconds > longest:
            raise LeftAlone(host, seconds)
        if self.turns.hold(host, seconds) > longest:
            raise LeftAlone(host, seconds)
        again = self._asked("GET", url)
        if again.status in _PUSHES_BACK:
            raise LeftAlone(host, _seconds(again.retry_after, self.timing.clock))
        return again

    def _asked(self, method: str, url: str) -> Reply:
        with self.turns.turn(host_of(url)):
            return self.asker.ask(method, url)


def host_of(url: str) -> str:
    """Return the host of an address, "" if it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _judged(reply: Reply, moved_to: str) -> Verdict | None:
    status = reply.status
    if status in _GONE:
        return Verdict(code=BROKEN, message=f"answers {status}: {_WORDS[status]}")
    if status in _FOR_SOME:
        said = f"answers {status}: only some may see it"
        return Verdict(code=DOUBTFUL, message=said)
    if not 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls a success
        return Verdict(code=DOUBTFUL, message=f"answers {status}")
    if moved_to:
        return Verdict(code=MOVED, message=f"has moved to {moved_to}")
    return None


def _seconds(told: str | None, clock: Callable[[], datetime]) -> float | None:
    """Return how long a host wants to be left alone, None if it does not say."""
    told = (told or "").strip()
    if told.isascii() and told.isdecimal():
        return float(told[:9])
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        # A time zone of too many digits.
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - clock()).total_seconds(), 0.0)


def following(
    asker: Asker | None = None,
    politeness: Politeness | None = None,
    timing: Timing | None = None,
) -> Following:
    """Return how addresses are followed, as anybody may."""
    politeness, timing = politeness or Politeness(), timing or Timing()
    return Following(
        asker=asker or Asker(),
        politeness=politeness,
        timing=timing,
        turns=Turns(politeness.pause, timing),
    )
