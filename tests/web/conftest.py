"""A repository of a few items, and the site it is served by."""

from collections.abc import Iterator

import pytest
from web.samples import ARTICLE, HARVESTED, NOW, PLAIN, Site, fill

from oai_provider.store.base import Store
from oai_provider.store.engines import open_store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of three items and a withdrawn one, only to be read."""
    file = tmp_path_factory.mktemp("web") / "items.db"
    opened = open_store(f"sqlite:///{file}", clock=lambda: NOW)
    fill(opened, [ARTICLE, PLAIN, HARVESTED])
    yield opened
    opened.close()


@pytest.fixture
def site(store: Store) -> Site:
    """The application over that store, at the address it announces."""
    return Site(store)


@pytest.fixture(scope="session")
def every_site(store: Store) -> Site:
    """The same, for tests that do not look at its log."""
    return Site(store)
