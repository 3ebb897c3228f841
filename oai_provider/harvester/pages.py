"""Pages asked for and read: an answer that is no page is asked for again, then told.

Nothing is silent: what was repaired is kept as it came, what was tried is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from oai_provider.harvester.exchange import Arguments, Exchange, Fetches
from oai_provider.harvester.listing import ListPage, PageError, PageFault

_TRIES: Final = 3
_PAUSE: Final = 2.0
# The others will not be otherwise a second time.
_PASSING: Final = frozenset(
    {PageFault.CUT, PageFault.EMPTY, PageFault.HTML, PageFault.NOT_XML}
)
ReadPage = Callable[[bytes, str], ListPage]


class Archive(Protocol):
    """What keeps every answer as it came."""

    def write(self, exchange: Exchange) -> None:
        """Keep it; it is on the disk after the next `commit`."""
        ...

    def commit(self) -> object:
        """Return when all that was written will survive a crash."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page, and the exchange it came in."""

    page: ListPage
    exchange: Exchange


@dataclass(slots=True, kw_only=True)
class Pages:
    """The pages of one endpoint."""

    fetches: Fetches
    read: ReadPage
    sleep: Callable[[float], object]
    archive: Archive | None = None
    retries: int = 0
    pages: int = 0
    told: list[str] = field(default_factory=list)
    """What was asked for again, and why."""

    def body(self, arguments: Arguments) -> Exchange:
        """Return an answer that need not be a list; raises `FetchError`."""
        exchange = self.fetches.exchange(arguments)
        self.retries += len(exchange.attempts)
        if self.archive:
            self.archive.write(exchange)
        return exchange

    def page(self, arguments: Arguments) -> Answer:
        """Return a page of a list; raises `FetchError`, `PageError`."""
        for tried in range(1, _TRIES + 1):
            exchange = self.body(arguments)
            try:
                page = self.read(exchange.body, exchange.header("Content-Type"))
            except PageError as error:
                if error.fault not in _PASSING or tried == _TRIES:
                    raise
                self.told.append(f"the same request again: {error}")
                self.retries += 1
                self.sleep(_PAUSE * tried)
            else:
                self.pages += 1
                return Answer(page=page, exchange=exchange)
        raise AssertionError  # The last try returns or raises.
