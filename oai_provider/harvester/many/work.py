"""The values that a work table gives and takes: work, how it ended, how things stand.

A lease is a lane of a host: whoever has it may harvest one source there, until it
runs out. Each lease has a number that is never given again; who comes with an older
one was thought dead, and others have gone on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.many.source import Source
from oai_provider.harvester.order import Report

FAILED = "failed"
"""The verdict on a harvest that ended without a report."""


class LeaseLost(OaiProviderError):
    """Work is not, or no longer, that of who does it; nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who works: the run, which is one call of a command, and the lane within it."""

    run: str
    lane: str

    def __str__(self) -> str:
        return f"{self.run}/{self.lane}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A source that is to be harvested now, by who claimed it."""

    source: Source
    host: str
    fence: int
    """The number of the lease."""
    began: datetime
    until: datetime
    """When the lease ran out, had it not been renewed since."""
    failures: int = 0
    """Harvests that failed in a row before this one."""
    records_in_all: int = 0
    """Kept by the harvests before."""
    losses: int = 0
    """Leases in a row before this one that ran out: workers that were killed."""
    spacing: timedelta = timedelta(0)
    """How long the host is left alone between two requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A harvest that ended without a report."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How work ended, and the size of the target after it, in bytes, if known."""

    result: Report | Failure
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlisted:
    """What became of sources that were put into a work table, by name."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """No longer among them: not harvested any more, though not forgotten."""
    busy: tuple[str, ...] = ()
    """Being harvested now at their former host: to be changed later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a source stands."""

    name: str
    base_url: str
    to: str
    enabled: bool
    due: datetime | None
    """When it is harvested next; None for one that is not any more."""
    verdict: str | None = None
    reasons: tuple[str, ...] = ()
    watermark: datetime | None = None
    lag: timedelta | None = None
    """How old the watermark is."""
    started: datetime | None = None
    """When the last harvest that ended was begun."""
    ended: datetime | None = None
    records: int = 0
    """In the last harvest."""
    records_in_all: int = 0
    pages: int = 0
    failures: int = 0
    """In a row."""
    size: int | None = None
    running_since: datetime | None = None
    running_by: str | None = None
