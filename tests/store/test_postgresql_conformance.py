"""The SQL store on PostgreSQL is a Store."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from postgresql import Postgresql, empty
from store.test_model import StoreAgainstModel

from oai_provider.store.base import Store
from oai_provider.store.engines import Server, open_store
from oai_provider.store.sql_store import SqlStore
from oai_provider.testing import StandingClock, StoreConformance

pytest_plugins = ["postgresql"]

# One connection is enough for a thread: none is asked for while it has one.
SERVER = Server(gives_time=False, pool_size=1)


@pytest.fixture(scope="module")
def clocks() -> list[StandingClock]:
    """The clocks of all tests, of which the last one counts."""
    return []


@pytest.fixture(scope="module")
def opened(clocks: list[StandingClock], migrated: str) -> Iterator[SqlStore]:
    """One store for all tests, which takes a twentieth of a second to open."""
    store = open_store(migrated, clock=lambda: clocks[-1](), server=SERVER)
    yield store
    store.close()


@pytest.mark.usefixtures("database")
class TestPostgresql(StoreConformance):
    @pytest.fixture
    def store(
        self,
        clock: StandingClock,
        clocks: list[StandingClock],
        opened: SqlStore,
    ) -> Store:
        clocks.append(clock)
        return opened


def test_store_is_that_of_the_model(
    postgresql: Postgresql, clocks: list[StandingClock], opened: SqlStore
) -> None:
    class OnPostgresql(StoreAgainstModel):
        def opened(self) -> SqlStore:
            empty(postgresql)
            clocks.append(self.clock)
            return opened

    few = settings(max_examples=15, stateful_step_count=10)
    run_state_machine_as_test(OnPostgresql, settings=few)
