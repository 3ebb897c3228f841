"""Nothing is lost: whatever is written and harvested, the mirrors are the store.

And what is said here is no luck: with the mechanism switched off updates are lost.
The runs are longer in `.ci/long`, which says so by the environment.
"""

from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.mirrors.harvester import Chain, Figures, all_of
from store.mirrors.mirror import SELECTIONS
from store.mirrors.proof import Plan, carried_out, run
from store.mirrors.repository import InProcess
from store.mirrors.simulation import Simulation
from store.mirrors.world import (
    before_each_commit,
    identifier_of,
    into_the_next_second,
    opened,
    write_of,
)
from store.mirrors.writer import leave_no_mark

from oai_provider.store import writer
from oai_provider.store.sql_store import SqlStore

pytest_plugins = ["postgresql", "store.mirrors.databases"]

_numbers = count()


# Several processes, real sockets, real time.


def test_mirrors_end_equal_to_the_store_whatever_was_written_meanwhile(
    store_url: str,
) -> None:
    figures = carried_out(store_url)
    assert (figures.lost, figures.ghosts, figures.faults) == (0, 0, [])
    # Whether a commit is late is up to the machine; that one is confirmed is certain
    # in the tests below.
    assert figures.commits
    assert figures.increments
    assert figures.walks


def test_updates_are_lost_where_commits_are_not_confirmed(store_url: str) -> None:
    figures = run(Plan(url=store_url, seconds=2.5, slow=1, is_confirming=False))
    assert figures.lost


# One harvest in one commit.


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    store = opened(store_url)
    yield store
    store.close()


def increments_around_a_late_commit(
    store: SqlStore, url: str, *, after: int = 1
) -> Chain:
    """Return the harvests of a list: one within a late commit, and some after it."""

    def harvest_late() -> None:
        if not figures.increments:
            into_the_next_second()
            all_of(chain.harvest())

    other, figures = opened(url), Figures()
    chain = Chain(InProcess(other), SELECTIONS[0], figures)
    with before_each_commit(harvest_late):
        list(store.put([write_of(1, "text")]))
    for _ in range(after):
        all_of(chain.harvest())
    other.close()
    return chain


def test_item_that_was_not_yet_seen_when_its_second_had_passed_comes_next(
    store: SqlStore, store_url: str
) -> None:
    chain = increments_around_a_late_commit(store, store_url)
    assert chain.mirror.entries.keys() == {identifier_of(1)}


def test_unconfirmed_it_never_comes(
    store: SqlStore, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "leave_mark", leave_no_mark)
    chain = increments_around_a_late_commit(store, store_url, after=2)
    assert chain.mirror.entries == {}


# Any order of events.


@cache
def empty_file(folder: Path) -> Path:
    """Return a file with the tables of a store and nothing in them."""
    opened(f"sqlite:///{folder}/empty.db").close()
    return folder / "empty.db"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simulated")


@given(data=st.data(), steps=st.integers(1, 12))
def test_no_order_of_events_loses_an_update(
    folder: Path, data: st.DataObject, steps: int
) -> None:
    file = folder / f"{next(_numbers)}.db"
    copyfile(empty_file(folder), file)
    simulation = Simulation(f"sqlite:///{file}", data)
    with simulation.hooks():
        for _ in range(steps):
            simulation.step()
    assert (simulation.lost(), simulation.figures.faults) == (set(), [])
    simulation.close()
