"""The workbench: stores and servers, made when first asked for, gone in the end."""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import TracebackType
from typing import Final, Self

from benchmarks.client import Client
from benchmarks.postgresql import postgresql
from benchmarks.servers import Server, bare_server, our_server
from benchmarks.stores import PEER_RECORDS, build_baseline, build_store
from benchmarks.templates import PREFIX, Records, made_templates
from benchmarks.wsgi import FILE

SMALL_STORE: Final = 100
POSTGRESQL_RECORDS: Final = 100_000
HARVESTED_RECORDS: Final = 10_000

PEERS: Final = {
    "oaipmh": "benchmarks.peer_oaipmh:Peer",
    "oai_repo": "benchmarks.peer_oai_repo:Peer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How much is measured."""

    items: int = 10_000
    rounds: int = 5
    seconds: float = 3.0
    """How long GetRecord is asked for at a time."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that is measured, and how many records it has."""

    server: Server
    count: int

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port


class Bench:
    """What measures work with."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._exits = ExitStack()
        name = self._exits.enter_context(TemporaryDirectory(prefix="oai-bench-"))
        self.folder = Path(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exits.__exit__(kind, error, trace)

    @cached_property
    def records(self) -> Records:
        """The records of all servers."""
        return Records(self.options.items, made_templates(self.options.items))

    @cached_property
    def store_file(self) -> Path:
        """The file of our store."""
        file = self.folder / "store.db"
        what = f"store of {self.records.count:,} items"
        told(what, lambda: build_store(f"sqlite:///{file}", self.records))
        return file

    @cached_property
    def baseline(self) -> Contender:
        """The baseline."""
        return self._bare("benchmarks.baseline:Baseline", self.records.count)

    @cached_property
    def ours(self) -> Contender:
        """The provider, on SQLite."""
        return self._ours(f"sqlite:///{self.store_file}", self.records.count)

    @cached_property
    def small(self) -> Contender:
        """The provider with few records."""
        records = Records(SMALL_STORE, self.records.templates)
        url = f"sqlite:///{self.folder}/small.db"
        build_store(url, records)
        return self._ours(url, records.count)

    @cached_property
    def on_postgresql(self) -> Contender | None:
        """The provider on PostgreSQL; None where there is none."""
        url = self._exits.enter_context(postgresql())
        if url is None:
            return None
        told("the same in PostgreSQL", lambda: build_store(url, self._fewer))
        return self._ours(url, self._fewer.count)

    @cached_property
    def beside_postgresql(self) -> Contender:
        """The provider on SQLite, with as many records as on PostgreSQL."""
        if self._fewer.count == self.records.count:
            return self.ours
        url = f"sqlite:///{self.folder}/fewer.db"
        told("as many in SQLite", lambda: build_store(url, self._fewer))
        return self._ours(url, self._fewer.count)

    @cached_property
    def harvested(self) -> Contender:
        """The provider with as many records as are harvested time and again."""
        if self.records.count <= HARVESTED_RECORDS:
            return self.ours
        records = Records(HARVESTED_RECORDS, self.records.templates)
        url = f"sqlite:///{self.folder}/harvested.db"
        build_store(url, records)
        return self._ours(url, records.count)

    @property
    def _fewer(self) -> Records:
        """The first records, no more than PostgreSQL is soon filled with."""
        count = min(self.records.count, POSTGRESQL_RECORDS)
        return Records(count, self.records.templates)

    @cached_property
    def peers(self) -> Mapping[str, Contender]:
        """The peers that are installed."""
        count = min(PEER_RECORDS, self.records.count)
        installed = {name: made for name, made in PEERS.items() if find_spec(name)}
        return {name: self._bare(made, count) for name, made in installed.items()}

    @cached_property
    def _baseline_file(self) -> Path:
        file = self.folder / "baseline.db"
        told("the baseline's file", lambda: build_baseline(file, self.records))
        return file

    def _ours(self, url: str, count: int) -> Contender:
        return self._started(our_server(self.folder, url), count)

    def _bare(self, factory: str, count: int) -> Contender:
        variables = {FILE: str(self._baseline_file)}
        return self._started(bare_server(self.folder, factory, variables), count)

    def _started(
        self, starting: AbstractContextManager[Server], count: int
    ) -> Contender:
        server = self._exits.enter_context(starting)
        server.wait()
        with Client(server.port) as client:
            # What is loaded at the first request is not measured.
            client.page(whole_list())
        return Contender(server, count)


def whole_list(verb: str = "ListRecords", prefix: str = PREFIX) -> dict[str, str]:
    """Return what asks for a whole list."""
    return {"verb": verb, "metadataPrefix": prefix}


def named(peer: str) -> str:
    """Return a peer's name and version."""
    return f"{peer} {version(peer)}"


def told(what: str, work: Callable[[], object]) -> float:
    """Do some work, tell that and how long it took, and return the seconds."""
    start = perf_counter()
    work()
    seconds = perf_counter() - start
    sys.stderr.write(f"{what}: {seconds:.1f} s\n")
    return seconds
