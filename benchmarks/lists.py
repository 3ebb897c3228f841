"""Whole lists: records a second of every server, in turn, round after round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.bench import PEERS, Bench, Contender, named, whole_list
from benchmarks.client import Client
from benchmarks.goals import FLAT, GZIP, IDENTIFIERS, MEMORY, PEER, RECORDS
from benchmarks.table import Goal, Row, compared

_PEER_PAGES: Final = 20
"""Pages that peers are asked for; each costs them the same."""
_CANNOT: Final = {
    "oaipmh": "no gzip; no completeListSize; no <about>",
    "oai_repo": "no gzip; no tombstones: ListRecords leaves them out, ListIdentifiers"
    " tells them as alive, GetRecord answers nothing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """A list of a server that is harvested, or its first pages."""

    contender: Contender
    verb: str
    pages: int | None = None
    gzip: bool = False

    def rate(self) -> float:
        """Harvest it; return records a second."""
        records, seconds = 0, 0.0
        with Client(self.contender.port) as client:
            pages = client.pages(whole_list(self.verb), gzip=self.gzip)
            for number, page in enumerate(pages, start=1):
                records += page.records
                seconds += page.seconds
                if number == self.pages:
                    break
        if self.pages is None and records != self.contender.count:
            raise RuntimeError(f"{records} of {self.contender.count} records came")
        return records / seconds


def rates(rounds: int, harvests: Mapping[str, Harvest]) -> dict[str, list[float]]:
    """Return the rates of all, measured in turn."""
    found: dict[str, list[float]] = {name: [] for name in harvests}
    for _ in range(rounds):
        for name, harvest in harvests.items():
            found[name].append(harvest.rate())
    return found


def records(bench: Bench) -> Iterator[Row]:
    """Compare ListRecords, plain and gzip, with the baseline and the peers."""
    ours = Harvest(contender=bench.ours, verb="ListRecords")
    gzip = Harvest(contender=bench.ours, verb="ListRecords", gzip=True)
    found = rates(bench.options.rounds, _harvests(bench, ours) | {"gzip": gzip})
    bare = found["baseline"]
    yield _row("ListRecords, whole list, pages of 100", RECORDS, found, "ours")
    yield _row("ListRecords with gzip", GZIP, found, "gzip")
    yield _better_peer(bench, found)
    for name in bench.peers:
        yield compared(f"{named(name)}: ListRecords", None, found[name], bare)
        yield Row(what=f"{named(name)} cannot", said=_CANNOT[name])
    for name in PEERS.keys() - bench.peers.keys():
        yield Row(what=name, said="not installed")


def identifiers(bench: Bench) -> Iterator[Row]:
    """Compare ListIdentifiers with the baseline and the peers."""
    ours = Harvest(contender=bench.ours, verb="ListIdentifiers")
    found = rates(bench.options.rounds, _harvests(bench, ours))
    yield _row("ListIdentifiers, whole list", IDENTIFIERS, found, "ours")
    for name in bench.peers:
        what = f"{named(name)}: ListIdentifiers"
        yield compared(what, None, found[name], found["baseline"])


def memory(bench: Bench) -> Iterator[Row]:
    """Tell what the worker holds before and after a whole harvest."""
    before = bench.ours.server.memory
    Harvest(contender=bench.ours, verb="ListRecords").rate()
    after = bench.ours.server.memory
    said = f"{after / 1e6:.0f} MB"
    yield Row(what="memory of a worker", said=said, value=after / 1e6, goal=MEMORY)
    said = f"{after / before:.2f} ({before / 1e6:.0f} MB before)"
    what = "memory of a worker after a whole harvest, to before"
    yield Row(what=what, said=said, value=after / before, goal=FLAT)


def _harvests(bench: Bench, ours: Harvest) -> dict[str, Harvest]:
    verb = ours.verb
    peers = {
        name: Harvest(
            contender=peer, verb=verb, pages=min(_PEER_PAGES, peer.count // 100)
        )
        for name, peer in bench.peers.items()
    }
    bare = Harvest(contender=bench.baseline, verb=verb)
    return {"baseline": bare, "ours": ours, **peers}


def _row(what: str, goal: Goal, found: Mapping[str, list[float]], name: str) -> Row:
    ours, bare = found[name], found["baseline"]
    note = f"; {median(ours):,.0f} records a second to {median(bare):,.0f}"
    return compared(what, goal, ours, bare, note)


def _better_peer(bench: Bench, found: Mapping[str, list[float]]) -> Row:
    what = "ListRecords, to the better peer"
    if not bench.peers:
        return Row(what=what, said="no peer is installed", goal=PEER)
    best = max(bench.peers, key=lambda name: median(found[name]))
    return compared(what, PEER, found["ours"], found[best], f"; {named(best)}")
