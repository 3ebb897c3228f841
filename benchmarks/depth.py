"""Pages deep in lists against the first ones, and big stores against small ones."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from benchmarks import corpus
from benchmarks.bench import SMALL_STORE, Bench, whole_list
from benchmarks.client import Client, resumed
from benchmarks.goals import DEPTH, SIZE
from benchmarks.table import Goal, Row
from benchmarks.templates import OTHER_PREFIX, PREFIX
from benchmarks.wsgi import PAGE
from oai_provider.protocol.datestamp import Granularity, format_datestamp

_TIMES: Final = 50
_DEEP: Final = 0.9


def depth(bench: Bench) -> Iterator[Row]:
    """Compare the page at 90 % with the first, in lists of every kind."""
    selections: dict[str, dict[str, str]] = {
        "whole list": {},
        f"whole list in {OTHER_PREFIX}": {"metadataPrefix": OTHER_PREFIX},
        "large set": {"set": corpus.LARGE_SET},
        "small set": {"set": corpus.SMALL_SET},
        "window in the middle": _window(bench.records.count),
    }
    with Client(bench.ours.port) as client:
        for name, selection in selections.items():
            yield _deep(client, name, whole_list(prefix=PREFIX) | selection)


def size(bench: Bench) -> Iterator[Row]:
    """Compare Identify and a first page with those of a store of 100 records."""
    requests = {"Identify": {"verb": "Identify"}, "first page": whole_list()}
    with Client(bench.ours.port) as big, Client(bench.small.port) as small:
        for name, request in requests.items():
            pair = [(small, request), (big, request)]
            what = f"{name}, to that of {SMALL_STORE} records"
            yield _ratio(what, SIZE, pair)


def _deep(client: Client, name: str, first: dict[str, str]) -> Row:
    what = f"page at 90 % of the {name}, to the first"
    tokens = [page.token for page in client.pages(first) if page.records == PAGE]
    # The token of a page leads to the next, the last full one at most.
    place = min(int(_DEEP * len(tokens)), len(tokens) - 1) - 1
    token = tokens[place] if place >= 0 else None
    if token is None:
        return Row(what=what, said="the list has less than two full pages", goal=DEPTH)
    return _ratio(what, DEPTH, [(client, first), (client, resumed(first, token))])


def _ratio(
    what: str, goal: Goal, pair: Sequence[tuple[Client, Mapping[str, str]]]
) -> Row:
    """Return the second request's time by the first's, each the median of 50."""
    seconds: list[list[float]] = [[], []]
    for _ in range(_TIMES):
        for times, (client, request) in zip(seconds, pair, strict=True):
            times.append(client.get(request)[2])
    before, after = map(median, seconds)
    value = after / before
    said = f"{value:.2f} ({after * 1000:.2f} ms to {before * 1000:.2f} ms)"
    return Row(what=what, said=said, value=value, goal=goal)


def _window(count: int) -> dict[str, str]:
    moments = corpus.datestamp(count * 2 // 5), corpus.datestamp(count * 3 // 5)
    from_, until = (format_datestamp(m, Granularity.SECOND) for m in moments)
    return {"from": from_, "until": until}
