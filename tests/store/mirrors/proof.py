"""The proof: processes write and harvest, and in the end nothing is lost.

A server, writers and harvesters run for some seconds, each in a process of its own,
and may be killed and started again meanwhile. Then writing stops, and when all of it is
confirmed every harvester takes one more increment, and its mirrors are compared with
the store.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, func, select
from store.mirrors.mirror import (
    SELECTIONS,
    Entries,
    Entry,
    difference,
    entry_of,
)
from store.mirrors.world import opened

from oai_provider.protocol.names import with_ancestors
from oai_provider.protocol.request import Selection
from oai_provider.store.base import Store
from oai_provider.store.tables import unconfirmed
from oai_provider.testing import walk

_TESTS: Final = Path(__file__).parents[2]
_ENDS_WITHIN: Final = 120
_KILLS_EVERY: Final = (0.1, 1.0)
_SERVER_IN_KILLS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to happen."""

    url: str
    seconds: float
    writers: int = 2
    harvesters: int = 2
    slow: float = 0.1
    """The chance of a transaction to be held up."""
    is_confirming: bool = True
    kills: bool = False
    """Whether writers are killed and started again, and the server too."""


@dataclass(kw_only=True)
class Figures:
    """What happened, over all processes."""

    commits: int = 0
    confirmed_again: int = 0
    killed: int = 0
    increments: int = 0
    walks: int = 0
    records: int = 0
    items: int = 0
    lost: int = 0
    ghosts: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, figures: dict[str, int | list[str]]) -> None:
        """Add what one process did."""
        for name, figure in figures.items():
            setattr(self, name, getattr(self, name) + figure)


class Child:
    """A module of the proof run as a process, which ends with its standard input."""

    def __init__(self, name: str, *arguments: object) -> None:
        path = os.pathsep.join((str(_TESTS.parent), str(_TESTS)))
        self._command = [
            sys.executable,
            "-m",
            f"store.mirrors.{name}",
            *map(str, arguments),
        ]
        self.process = subprocess.Popen(
            self._command,
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def said(self) -> str:
        """Return the line it prints when it is ready."""
        assert self.process.stdout
        return self.process.stdout.readline()

    def ended(self) -> str:
        """Let it end by itself, and return what it printed."""
        printed, _ = self.process.communicate(timeout=_ENDS_WITHIN)
        if self.process.returncode:
            raise subprocess.CalledProcessError(
                self.process.returncode, self._command, printed
            )
        return printed

    def kill(self) -> None:
        """End it in the midst of whatever it does."""
        self.process.kill()
        self.process.communicate()


class Scene:
    """All the processes of one run."""

    def __init__(self, plan: Plan, stack: ExitStack) -> None:
        self._plan = plan
        self._stack = stack
        self._chance = random.Random(plan.url)
        self.figures = Figures()
        self._server, self._port = self._started_server(0)
        self._harvesters = [
            self._started("harvester", self._port, n) for n in range(plan.harvesters)
        ]
        self._writers = [self._started_writer() for _ in range(plan.writers)]

    def play(self) -> list[Entries]:
        """Let everything happen, and return the mirrors there are in the end."""
        for child in (*self._harvesters, *self._writers):
            child.said()
        self._let_write()
        for writer in self._writers:
            if self._plan.kills:
                self._kill(writer)
            else:
                self.figures.add(json.loads(writer.ended()))
        self._await_confirmation()
        return [mirror for child in self._harvesters for mirror in self._told(child)]

    def _await_confirmation(self) -> None:
        """Wait while harvesters ask: what writers left is put in order by that."""
        engine = create_engine(self._plan.url)
        end = time.monotonic() + _ENDS_WITHIN
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            while connection.scalar(select(func.count()).select_from(unconfirmed)):
                assert time.monotonic() < end, "commits are never confirmed"
                time.sleep(0.2)
        engine.dispose()

    def _let_write(self) -> None:
        end = time.monotonic() + self._plan.seconds
        while (left := end - time.monotonic()) > 0:
            pause = self._chance.uniform(*_KILLS_EVERY) if self._plan.kills else left
            time.sleep(min(pause, left))
            if self._plan.kills:
                self._kill_one()

    def _kill_one(self) -> None:
        if self._chance.random() < _SERVER_IN_KILLS:
            self._kill(self._server)
            self._server, _ = self._started_server(self._port)
            return
        index = self._chance.randrange(len(self._writers))
        self._kill(self._writers[index])
        self._writers[index] = self._started_writer()
        self._writers[index].said()

    def _kill(self, child: Child) -> None:
        child.kill()
        self.figures.killed += 1

    def _told(self, harvester: Child) -> list[Entries]:
        told = json.loads(harvester.ended())
        self.figures.add(told["figures"])
        return [
            {identifier: tuple(entry) for identifier, entry in mirror.items()}
            for mirror in told["mirrors"]
        ]

    def _started(self, name: str, *arguments: object) -> Child:
        child = Child(name, *arguments)
        self._stack.callback(child.kill)
        return child

    def _started_server(self, port: int) -> tuple[Child, int]:
        child = self._started("server", self._plan.url, port)
        return child, int(child.said())

    def _started_writer(self) -> Child:
        plan, seed = self._plan, self._chance.random()
        return self._started("writer", plan.url, seed, plan.slow, plan.is_confirming)


def carried_out(url: str, *, kills: bool = False) -> Figures:
    """Carry out what the environment says, print what came of it, and return that."""
    plan = Plan(
        url=url,
        seconds=float(os.environ.get("OAI_PROVIDER_PROOF_SECONDS", "3")),
        writers=int(os.environ.get("OAI_PROVIDER_PROOF_WRITERS", "2")),
        harvesters=int(os.environ.get("OAI_PROVIDER_PROOF_HARVESTERS", "2")),
        kills=kills,
    )
    figures = run(plan)
    counted = "  ".join(f"{name} {figure}" for name, figure in vars(figures).items())
    kind = "killed" if kills else "not killed"
    print(f"\n{url.partition(':')[0]}, {kind}: {counted}")  # noqa: T201 - for .ci/long
    return figures


def run(plan: Plan) -> Figures:
    """Carry out a plan, and return what came of it."""
    store = opened(plan.url)
    with ExitStack() as stack:
        scene = Scene(plan, stack)
        mirrors = scene.play()
    truth = [listed(store, selection) for selection in SELECTIONS]
    for n, mirror in enumerate(mirrors):
        found = difference(mirror, truth[n % len(truth)])
        scene.figures.lost += len(found.lost)
        scene.figures.ghosts += len(found.ghosts)
    scene.figures.items = len(truth[0])
    store.close()
    return scene.figures


def listed(store: Store, selection: Selection) -> Entries:
    """Return a list as the store has it, and as its single records say it is."""
    entries = {r.header.identifier: entry_of(r) for r in walk(store, selection)}
    alive = dict(_alive(store, selection))
    assert alive == {i: entry for i, entry in entries.items() if not entry[1]}
    return entries


def _alive(store: Store, selection: Selection) -> Iterator[tuple[str, Entry]]:
    for item in store.items():
        held = {
            above for spec in item.header.set_specs for above in with_ancestors(spec)
        }
        found = store.record(item.header.identifier, selection.metadata_prefix)
        is_in = selection.set_spec is None or selection.set_spec in held
        if found and not found.header.deleted and is_in:
            yield item.header.identifier, entry_of(found)
