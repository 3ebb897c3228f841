"""The repository under test, over a real SQLite file."""

from pathlib import Path

import pytest
from spec.client import Client
from spec.library import Library, fill


@pytest.fixture(name="library", scope="session")
def _library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The example repository, for tests that change nothing."""
    library = Library(tmp_path_factory.mktemp("library"))
    fill(library)
    return library


@pytest.fixture(name="client")
def _client(library: Library) -> Client:
    """A harvester of the example repository."""
    return library.client


@pytest.fixture(name="fresh")
def _fresh(tmp_path: Path) -> Library:
    """An empty repository, for tests that write."""
    return Library(tmp_path, repository={"sets": []})
