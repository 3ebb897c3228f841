"""A harvest that is killed at any moment goes on: nothing is lost, nothing doubled.

OAI_PROVIDER_KILLS says how many are killed in all; whatever was harvested to its end
is compared, then the endpoint changes, and the killing goes on.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from oai_provider.harvesting import means_of_harvest
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.model import Record
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.request import Selection
from oai_provider.protocol.xml import parse
from oai_provider.testing.hostile import HostileEndpoint

KILLS: Final = int(os.environ.get("OAI_PROVIDER_KILLS", "12"))
KILLED: Final = -9
RECORDS: Final = 300
NOT_TOLD: Final = "not told"
"""What a store says of the datestamp of a deletion elsewhere."""
PROVENANCE_NS: Final = "http://www.openarchives.org/OAI/2.0/provenance"
CHANGED: Final = "2025"
"""Before that an endpoint began; what changes in the test is later."""
NURSERY: Final = Path(__file__).with_name("nursery.py")

Kept = tuple[str, str, bool]


class Life(NamedTuple):
    """How a process ended, and how long it lived."""

    code: int
    seconds: float


class Nursery:
    """Where processes begin that are to be killed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def live(self, *arguments: str, life: float | None = None) -> Life:
        """Return how the command ended, killed after a while if it is told."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"arguments": arguments, "life": life}
        began = time.monotonic()
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Life(int(self._process.stdout.readline()), time.monotonic() - began)


@contextmanager
def opened_nursery() -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, str(NURSERY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        yield Nursery(process)


def lines(folder: Path) -> list[Kept]:
    kept = map(json.loads, (folder / "kept.jsonl").read_text("utf-8").splitlines())
    return [(one["identifier"], one["datestamp"], one["deleted"]) for one in kept]


def files(folder: Path) -> list[Kept]:
    headers = (
        next(parse(file.read_bytes()).iter(f"{{{OAI_NS}}}header"))
        for file in (folder / "kept").rglob("*.xml")
    )
    return [
        (
            header.findtext(f"{{{OAI_NS}}}identifier") or "",
            header.findtext(f"{{{OAI_NS}}}datestamp") or "",
            header.get("status") == "deleted",
        )
        for header in headers
    ]


def stored(folder: Path) -> list[Kept]:
    ingest = means_of_harvest(None).open_ingest(f"sqlite:///{folder}/kept.db")
    with closing(ingest.store) as store:
        everything = Selection(metadata_prefix="oai_dc")
        found = store.records(everything, after=None, limit=10 * RECORDS)
        return [
            (one.header.identifier, _datestamp(one), one.header.deleted)
            for one in found.records
        ]


def _datestamp(record: Record) -> str:
    """Return the datestamp of the original, of which a copy has another."""
    for about in record.about:
        told = parse(about.xml).iter(f"{{{PROVENANCE_NS}}}datestamp")
        return next(told).text or ""
    return NOT_TOLD


TARGETS: Final[dict[str, tuple[str, Callable[[Path], list[Kept]]]]] = {
    "lines": ("{}/kept.jsonl", lines),
    "folder": ("{}/kept/", files),
    "store": ("sqlite:///{}/kept.db", stored),
}
SHARES: Final = {"lines": 2, "folder": 1, "store": 1}
"""How many of the kills are whose: files of lines are written anew in the end."""


def held(endpoint: HostileEndpoint) -> list[Kept]:
    return sorted(
        (name, format_datestamp(stamp, Granularity.SECOND), deleted)
        for name, stamp, deleted in endpoint.records
    )


def unequal(kept: list[Kept], right: list[Kept]) -> list[Kept]:
    """Return what is here and not there, or twice, or there and not here."""
    stamps = {name: stamp for name, stamp, _ in right}
    told = [
        (name, stamps.get(name, stamp) if stamp == NOT_TOLD else stamp, deleted)
        for name, stamp, deleted in kept
    ]
    here, there = Counter(told), Counter(right)
    never_held = Counter(one for one in right if one[1] < CHANGED and one[2])
    if not here & never_held:
        # A store has no tombstone of what it never held: all of them or none.
        there -= never_held
    return [*((here - there) + (there - here))]


def alter(endpoint: HostileEndpoint, chance: random.Random) -> None:
    """Change, delete and add some."""
    names = [name for name, _, deleted in endpoint.records if not deleted]
    chosen = chance.sample(names, 15)
    endpoint.change(*chosen[:10])
    endpoint.delete(*chosen[10:])
    endpoint.add(3)


@pytest.mark.parametrize("target", TARGETS)
def test_killed_harvest_loses_and_doubles_nothing(target: str, tmp_path: Path) -> None:
    to, read = TARGETS[target]
    kills = max(1, KILLS * SHARES[target] // sum(SHARES.values()))
    chance = random.Random(target)
    longest, killed, ended = 0.6, 0, []
    with (
        HostileEndpoint(records=RECORDS, latency=0.002) as endpoint,
        opened_nursery() as nursery,
    ):
        command = ("harvest", endpoint.url, "--to", to.format(tmp_path))
        while killed < kills:
            life = nursery.live(*command, life=chance.uniform(0.01, longest))
            killed += life.code == KILLED
            if life.code != KILLED:
                ended.append((life.code, unequal(read(tmp_path), held(endpoint))))
                # What comes now is short: most are killed near its end.
                longest = 1.2 * life.seconds
                alter(endpoint, chance)
        last = nursery.live(*command)
        assert last.code == 0
        assert unequal(read(tmp_path), held(endpoint)) == []
    assert [end for end in ended if end != (0, [])] == []
