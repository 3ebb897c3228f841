"""Pages asked for and read: an answer that is no page is asked for again, then told.

Nothing is silent: what was repaired is kept as it came, what was tried is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from oai_provider.harvester.exchange import Arguments, Exchange, Fetches
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

    def _asked(self, arguments: Arguments) -> Exchange:
        self.turn()
        exchange = self.fetches.exchange(arguments)
        self.retries += len(exchange.attempts)
        if self.archive:
            self.archive.write(exchange)
        return exchange

    def page(self, arguments: Arguments) -> Answer[ListPage]:
        """Return a page of a list; raises `FetchError`, `PageError`."""
        answer = self.answer(arguments, self.read)
        self.pages += 1
        return answer

    def answer(self, arguments: Arguments, read: Reads[T]) -> Answer[T]:
        """Return an answer as it is read; raises `FetchError`, `PageError`."""
        tried = 1
        while True:
            exchange = self._asked(arguments)
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
