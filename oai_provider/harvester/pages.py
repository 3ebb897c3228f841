"""Pages asked for and read: an answer that is no page is asked for again, then told.

Nothing is silent: what was repaired is kept as it came, what was tried is counted.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from oai_provider.harvester.ahead import Ahead, token_of
from oai_provider.harvester.exchange import Arguments, Exchange, FetchError, Fetches
from oai_provider.harvester.listing import ListPage, PageError, PageFault

_TRIES: Final = 3
_PAUSE: Final = 2.0
# The others will not be otherwise a second time.
_PASSING: Final = frozenset(
    {PageFault.CUT, PageFault.EMPTY, PageFault.HTML, PageFault.NOT_XML}
)
T = TypeVar("T")
Reads = Callable[[bytes, str], T]
"""Reads a document of a Content-Type; raises `PageError`."""

Following = Callable[[str], Arguments | None]
"""Tells what is asked for after a page with some token, None if that is not certain."""


class Archive(Protocol):
    """What keeps every answer as it came."""

    def write(self, exchange: Exchange) -> None:
        """Keep it; it is on the disk after the next `commit`."""
        ...

    def commit(self) -> object:
        """Return when all that was written will survive a crash."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What was read, and the exchange it came in."""

    page: T
    exchange: Exchange


@dataclass(slots=True, kw_only=True)
class Pages:
    """The pages of one endpoint."""

    fetches: Fetches
    read: Reads[ListPage]
    sleep: Callable[[float], object]
    archive: Archive | None = None
    turn: Callable[[], None] = lambda: None
    """Called before each request; returns when it may be made."""
    retries: int = 0
    pages: int = 0
    told: list[str] = field(default_factory=list)
    """What was asked for again, and why."""
    _ahead: Ahead | None = None

    def _asked(self, arguments: Arguments) -> Exchange:
        ahead, self._ahead = self._ahead, None
        if ahead and ahead.arguments == arguments:
            return self._arrived(ahead.exchange())
        if ahead:
            # Came in vain; never are there two requests at once.
            with suppress(FetchError):
                self._arrived(ahead.exchange())
        return self._arrived(self._ask(arguments))

    def _ask(self, arguments: Arguments) -> Exchange:
        self.turn()
        return self.fetches.exchange(arguments)

    def _arrived(self, exchange: Exchange) -> Exchange:
        self.retries += len(exchange.attempts)
        if self.archive:
            self.archive.write(exchange)
        return exchange

    def _look_ahead(self, exchange: Exchange, following: Following | None) -> None:
        arguments = following(token_of(exchange.body)) if following else None
        if arguments:
            self._ahead = Ahead(arguments, lambda: self._ask(arguments))

    def page(
        self, arguments: Arguments, following: Following | None = None
    ) -> Answer[ListPage]:
        """Return a page of a list; raises `FetchError`, `PageError`.

        The next one is asked for meanwhile, if `following` tells what that is.
        """
        answer = self.answer(arguments, self.read, following)
        self.pages += 1
        return answer

    def answer(
        self, arguments: Arguments, read: Reads[T], following: Following | None = None
    ) -> Answer[T]:
        """Return an answer as it is read; raises `FetchError`, `PageError`."""
        tried = 1
        while True:
            exchange = self._asked(arguments)
            self._look_ahead(exchange, following)
            try:
                page = read(exchange.body, exchange.header("Content-Type"))
            except PageError as error:
                if error.fault not in _PASSING or tried == _TRIES:
                    raise
                self.told.append(f"the same request again: {error}")
                self.retries += 1
                self.sleep(_PAUSE * tried)
                tried += 1
            else:
                return Answer(page=page, exchange=exchange)
