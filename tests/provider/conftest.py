"""Repositories that tests of answers begin with."""

import pytest
from provider.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def seven() -> World:
    """Items 1 to 7, stamped in this order from 23:59:58 on, over midnight."""
    world = World()
    world.put(1, 2, 3, 4, 5, 6, 7)
    return world
