"""A process that claims and finishes work as fast as it can, and notes when."""

import time
from dataclasses import dataclass
from datetime import timedelta

from harvester.many.databases import real_clock

from oai_provider.harvester.many.work import Ended, Owner
from oai_provider.harvester.many.work_table import open_work_table
from oai_provider.harvester.order import Report, Verdict

_LEASE = timedelta(seconds=30)
_DONE = Ended(result=Report(verdict=Verdict.COMPLETE))


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that was held, from when until when on the clock of the machine."""

    host: str
    source: str
    fence: int
    began: float
    ended: float


def hold(url: str, lane: str, seconds: float) -> list[Held]:
    """Hold leases for some milliseconds each, and return them all."""
    table = open_work_table(url, clock=real_clock)
    owner = Owner(run="run", lane=lane)
    held = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        table.hasten()
        work = table.claim(owner, _LEASE)
        if work:
            began = time.monotonic()
            time.sleep(0.003)
            ended = time.monotonic()
            table.finish(work, _DONE)
            held.append(Held(work.host, work.source.name, work.fence, began, ended))
    table.close()
    return held
