"""The fixtures of the conformance tests."""

from collections.abc import Iterator

import pytest

from oai_provider.store.base import Store
from oai_provider.testing.values import (
    MODS,
    OAI_DC,
    StandingClock,
    delete,
    put,
    write_of,
)


class StoreFixtures:
    """A clock, the store under test, and the same store with items in it."""

    @pytest.fixture
    def clock(self) -> StandingClock:
        """Return the clock that the store reads."""
        return StandingClock()

    @pytest.fixture
    def store(self, clock: StandingClock) -> Iterator[Store]:
        """Yield a new, empty store that reads the clock."""
        pytest.fail(f"give the class a fixture `store` that reads {clock}")

    @pytest.fixture
    def ready(self, store: Store) -> Store:
        """Return the store with its formats declared."""
        store.declare_formats([OAI_DC, MODS])
        return store

    @pytest.fixture
    def filled(self, ready: Store, clock: StandingClock) -> Store:
        """Return the store with items a to e, a second apart, of which d is deleted.

        Item b is in x, c in x:y, d in x:y:z and in w; e is in oai_dc only.
        """
        sets = {"b": ["x"], "c": ["x:y"], "d": ["x:y:z", "w"]}
        for local in "abcd":
            put(ready, write_of(local, sets=sets.get(local, ())))
            clock.move()
        put(ready, write_of("e", formats=["oai_dc"]))
        clock.move()
        delete(ready, "d")
        clock.move()
        return ready
