"""Leases under real processes and real time, on both databases."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

import pytest
from harvester.many.claiming import Held, hold
from harvester.many.databases import real_clock

from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.work_table import open_work_table

pytest_plugins = ["postgresql", "harvester.many.databases"]

_PROCESSES = 4
_SECONDS = 1.5


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Four processes."""
    context = get_context("forkserver")
    context.set_forkserver_preload([hold.__module__])
    with ProcessPoolExecutor(_PROCESSES, mp_context=context) as pool:
        yield pool


@pytest.fixture
def held(work_url: str, pool: ProcessPoolExecutor) -> list[Held]:
    """The leases that four processes held, which wanted the same all the time."""
    table = open_work_table(work_url, clock=real_clock)
    table.enlist([_source(host, number) for host in "abc" for number in range(3)])
    table.close()
    names = [f"lane {n}" for n in range(_PROCESSES)]
    lanes = [pool.submit(hold, work_url, name, _SECONDS) for name in names]
    return [lease for lane in lanes for lease in lane.result()]


def _source(host: str, number: int) -> Source:
    base_url = f"https://{host}.example.org/{number}"
    name = f"{host}{number}"
    return Source.model_validate({"name": name, "base_url": base_url, "to": "x/"})


def overlapping(held: Iterable[Held]) -> list[tuple[Held, Held]]:
    """Return leases of one host that were held at once."""
    by_host = sorted(held, key=lambda lease: (lease.host, lease.began))
    return [
        (one, next_)
        for one, next_ in pairwise(by_host)
        if one.host == next_.host and next_.began < one.ended
    ]


def test_no_host_and_so_no_source_is_ever_held_by_two(held: list[Held]) -> None:
    assert overlapping(held) == []
    assert {lease.source for lease in held} == {f"{h}{n}" for h in "abc" for n in "012"}
    # Numbers of leases are in the order in which they were given.
    by_number = sorted(held, key=lambda lease: (lease.host, lease.fence))
    assert by_number == sorted(held, key=lambda lease: (lease.host, lease.began))


def test_two_that_hold_a_host_at_once_would_be_noticed() -> None:
    leases = [Held("a", "a0", 1, 0.0, 1.0), Held("a", "a1", 2, 0.9, 2.0)]
    assert overlapping(leases) == [(leases[0], leases[1])]
