"""A shared cache before an application, and a harvester that asks through it."""

import gzip
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider.world import ALL, SECOND, START, World
from web.samples import Reply, Site

from oai_provider.config import Config, RepositorySettings
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.model import Errors, Record, Records
from oai_provider.protocol.read import read
from oai_provider.provider.answer import Provider
from oai_provider.web import create_app
from oai_provider.web.log import request_logger

OPEN = f"verb=ListRecords&{ALL}"


def seven() -> World:
    """Return items 1 to 7, stamped from 23:59:58 to 00:00:04; it is 00:00:05."""
    world = World()
    world.put(1, 2, 3, 4, 5, 6, 7)
    return world


def site_of(world: World) -> Site:
    """Return the application over a world, with pages as small as its are."""
    base_url = world.repository.base_url
    site = Site(world.store, base_url=base_url)
    site.app = create_app(
        Config(repository=RepositorySettings(base_url=base_url)),
        provider=Provider(world.repository, world.store),
        log=request_logger(io.StringIO()),
    )
    return site


@dataclass
class Cache:
    """A proxy that keeps all it may, as long as it may, and asks again when it must.

    `patience` is for how many seconds it serves without asking what it was to ask about
    at each use.
    """

    site: Site
    world: World
    patience: int = 0
    spared: int = 0
    _held: dict[tuple[str, str], tuple[datetime, Reply]] = field(default_factory=dict)

    def get(self, query: str, coding: str = "") -> Reply:
        """Return the answer to a request, kept or new."""
        found = self._held.get((query, coding))
        known: Mapping[str, object] = {}
        if found:
            stored, kept = found
            if self.world.now < stored + self._lifetime(kept):
                return kept
            known = {"HTTP_IF_NONE_MATCH": kept.headers.get("ETag")}
        reply = self.site.oai(query, HTTP_ACCEPT_ENCODING=coding, **known)
        if found and reply.status == 304:
            self.spared += 1
            return found[1]
        if "no-store" not in self._directives(reply):
            self._held[query, coding] = self.world.now, reply
        return reply

    def _lifetime(self, reply: Reply) -> timedelta:
        """Return for how long a reply is fresh: a day, if nobody says."""
        directives = self._directives(reply)
        seconds = 0 if "no-cache" in directives else directives.get("max-age", 86_400)
        return timedelta(seconds=max(seconds, self.patience))

    def _directives(self, reply: Reply) -> dict[str, int]:
        control = reply.headers.get("Cache-Control", "")
        parts = (part.strip().partition("=") for part in control.split(",") if part)
        return {name: int(value or 0) for name, _, value in parts}


@dataclass
class Mirror:
    """A harvester that believes what it is told last, and asks by `responseDate`s."""

    cache: Cache
    between: Callable[[], None] = lambda: None
    coding: str = ""
    since: datetime = START + 6 * SECOND
    records: dict[str, Record] = field(default_factory=dict)

    def increment(self) -> None:
        """Harvest what is new since the last increment began."""
        self.since = self.list(f"from={at(self.since)}")

    def backfill(self, *, newest_first: bool) -> None:
        """Harvest the three windows before the first increment."""
        starts = [START + seconds * SECOND for seconds in (0, 2, 4)]
        for start in sorted(starts, reverse=newest_first):
            self.list(f"from={at(start)}&until={at(start + SECOND)}")

    def list(self, window: str) -> datetime:
        """Harvest a list, and return the responseDate of its first page."""
        first, *_ = self._pages(f"{OPEN}&{window}")
        return first

    def _pages(self, query: str) -> Iterator[datetime]:
        while query:
            self.between()
            reply = self.cache.get(query, self.coding)
            zipped = reply.headers.get("Content-Encoding") == "gzip"
            response = read(gzip.decompress(reply.body) if zipped else reply.body)
            yield response.response_date
            if isinstance(response.body, Errors):
                assert [error.code for error in response.body.errors] == [
                    "noRecordsMatch"
                ]
                return
            assert isinstance(response.body, Records)
            self.records |= {r.header.identifier: r for r in response.body.records}
            token = response.body.resumption_token
            more = token is not None and token.value
            query = f"verb=ListRecords&resumptionToken={more}" if more else ""


def at(moment: datetime) -> str:
    return format_datestamp(moment, Granularity.SECOND)


def stored(world: World) -> dict[str, Record]:
    """Return all records by identifier, asked for without a cache between."""
    mirror = Mirror(Cache(site_of(world), world), since=START)
    mirror.increment()
    return mirror.records
