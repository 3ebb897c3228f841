"""The SQL store on SQLite is a Store, in a file and in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oai_provider.store.base import Store
from oai_provider.store.engines import open_store
from oai_provider.testing import StandingClock, StoreConformance


class TestFile(StoreConformance):
    @pytest.fixture
    def store(self, clock: StandingClock, tmp_path: Path) -> Iterator[Store]:
        store = open_store(f"sqlite:///{tmp_path}/store.db", clock=clock)
        yield store
        store.close()


# Tracing would add half again, and the lines are those of the file.
@pytest.mark.no_cover
class TestMemory(StoreConformance):
    @pytest.fixture
    def store(self, clock: StandingClock) -> Iterator[Store]:
        store = open_store("sqlite://", clock=clock)
        yield store
        store.close()
