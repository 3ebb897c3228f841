"""GetRecord over few and many connections."""

from collections.abc import Iterator
from statistics import median
from typing import Final

from benchmarks.bench import Bench, Contender, named
from benchmarks.goals import GET_RECORD, TAIL
from benchmarks.load import Load, get_records, is_by_wrk
from benchmarks.table import Row, compared

_CONNECTIONS: Final = (1, 8, 64)


def getrecord(bench: Bench) -> Iterator[Row]:
    """Compare requests a second with the baseline's."""
    by = "" if is_by_wrk(bench.options.seconds) else "; by Python's threads, not by wrk"
    for connections in _CONNECTIONS:
        contenders = {"baseline": bench.baseline, "ours": bench.ours}
        # Peers at one number of connections only, to be done sooner.
        peers = bench.peers if connections == _CONNECTIONS[1] else {}
        loads = loaded(bench, contenders | {**peers}, connections)
        found = {name: [load.rate for load in each] for name, each in loads.items()}
        ours, bare = found["ours"], found["baseline"]
        note = f"; {median(ours):,.0f} a second to {median(bare):,.0f}{by}"
        what = f"GetRecord, connections: {connections}"
        yield compared(what, GET_RECORD, ours, bare, note)
        for name in peers:
            what = f"{named(name)}: GetRecord, connections: {connections}"
            yield compared(what, None, found[name], bare)
    yield _tail(loads["ours"])


def loaded(
    bench: Bench, contenders: dict[str, Contender], connections: int
) -> dict[str, list[Load]]:
    """Return what servers did under load, in turn."""
    found: dict[str, list[Load]] = {name: [] for name in contenders}
    for _ in range(bench.options.rounds):
        for name, contender in contenders.items():
            load = get_records(
                contender.port,
                count=contender.count,
                connections=connections,
                seconds=bench.options.seconds,
            )
            found[name].append(load)
    return found


def _tail(loads: list[Load]) -> Row:
    middle = sorted(loads, key=lambda load: load.p99 / load.p50)[len(loads) // 2]
    value = middle.p99 / middle.p50
    said = f"{value:.2f} ({middle.p50 * 1000:.1f} ms, {middle.p99 * 1000:.1f} ms)"
    what = f"GetRecord, p99 to p50, connections: {_CONNECTIONS[-1]}"
    return Row(what=what, said=said, value=value, goal=TAIL)
