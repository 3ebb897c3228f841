"""The SQL store on PostgreSQL is a Store."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from postgresql import Postgresql, empty
from store.test_model import StoreAgainstModel

from oai_provider.store.base import Store
from oai_provider.store.engines import Server, open_store
from oai_provider.store.reading import Reader
from oai_provider.store.sql_store import SqlStore
from oai_provider.testing import StandingClock, StoreConformance

pytest_plugins = ["postgresql"]


@pytest.fixture(scope="module")
def read(migrated: str) -> Iterator[Reader]:
    """What all stores here read with, since it takes a tenth of a second to make.

    One connection is enough for a thread: none is asked for while it has one.
    """
    server = Server(gives_time=False, pool_size=1)
    store = open_store(migrated, clock=StandingClock(), server=server)
    yield store._read  # noqa: SLF001 - to be shared
    store.close()


def store_of(read: Reader, clock: StandingClock) -> SqlStore:
    """Return a store that reads a clock; closed, it may be used again."""
    return SqlStore(read, read_list=read, now=lambda _: clock())


@pytest.mark.usefixtures("database")
class TestPostgresql(StoreConformance):
    @pytest.fixture
    def store(self, clock: StandingClock, read: Reader) -> Store:
        return store_of(read, clock)


def test_store_is_that_of_the_model(postgresql: Postgresql, read: Reader) -> None:
    class OnPostgresql(StoreAgainstModel):
        def opened(self) -> SqlStore:
            empty(postgresql)
            return store_of(read, self.clock)

    few = settings(max_examples=15, stateful_step_count=10)
    run_state_machine_as_test(OnPostgresql, settings=few)
