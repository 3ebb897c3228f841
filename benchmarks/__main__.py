"""`python -m benchmarks [ITEMS]`: ratios against a baseline in the same run.

Everything is measured in one process, without HTTP: what a request costs before a
server adds its own. Machines are noisy, so each figure is the best of several rounds.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.baseline import Baseline
from benchmarks.corpus import articles
from oai_provider.assembly import open_ingest, utc_now
from oai_provider.config import Config
from oai_provider.protocol.datestamp import to_seconds
from oai_provider.protocol.model import Headers, Records
from oai_provider.protocol.request import Selection
from oai_provider.protocol.write import write
from oai_provider.provider.answer import Provider
from oai_provider.provider.ingest import Ingest

_ROUNDS = 5
_PAGE = 100


def main(count: int) -> None:
    """Print the table."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        store = {"store": {"url": f"sqlite:///{folder}/records.db"}}
        ingest = open_ingest(Config.model_validate(store), utc_now)
        rate = count / _seconds(lambda: _load(ingest, count))
        provider = Provider(ingest.maker.repository, ingest.store)
        baseline = Baseline(folder / "baseline.db", _finished(provider))
        bare = _best(lambda: sum(1 for _ in baseline.walk(_PAGE)))
        records = _best(lambda: sum(1 for _ in _walk(provider, "ListRecords")))
        headers = _best(lambda: sum(1 for _ in _walk(provider, "ListIdentifiers")))
        first, deep = _pages(provider, count)
        ingest.store.close()
    print(f"| {count} items, pages of {_PAGE} | |\n|---|---|")
    print(f"| ingest into two formats, validated | {rate:,.0f} items a second |")
    print(f"| whole ListRecords, against the baseline | {bare / records:.2f} |")
    print(f"| whole ListIdentifiers, against the baseline | {bare / headers:.2f} |")
    print(f"| page at 90 % depth against the first | {deep / first:.2f} |")


def _load(ingest: Ingest, count: int) -> None:
    for _ in ingest.load(articles(count)):
        pass


def _finished(provider: Provider) -> Iterator[tuple[int, int, bytes]]:
    for number, body in enumerate(_walk(provider, "ListRecords")):
        assert isinstance(body, Records)
        for place, record in enumerate(body.records):
            xml = record.metadata.xml if record.metadata else b""
            yield to_seconds(record.header.datestamp), number * _PAGE + place, xml


def _walk(provider: Provider, verb: str) -> Iterator[Headers | Records]:
    pairs = [("verb", verb), ("metadataPrefix", "mods")]
    while True:
        response = provider.answer(pairs, utc_now())
        b"".join(write(response))
        body = response.body
        assert isinstance(body, Headers | Records)
        yield body
        token = body.resumption_token
        if token is None or not token.value:
            return
        pairs = [("verb", verb), ("resumptionToken", token.value)]


def _pages(provider: Provider, count: int) -> tuple[float, float]:
    """Return the seconds of the second page and of the one at 90 % depth."""
    store, selection = provider.store, Selection(metadata_prefix="mods")
    after = store.headers(selection, after=None, limit=_PAGE).after
    deep = store.headers(selection, after=None, limit=count * 9 // 10).after
    return (
        _best(lambda: store.records(selection, after=after, limit=_PAGE), 50),
        _best(lambda: store.records(selection, after=deep, limit=_PAGE), 50),
    )


def _best(work: Callable[[], object], rounds: int = _ROUNDS) -> float:
    return min(_seconds(work) for _ in range(rounds))


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
