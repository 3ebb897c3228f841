"""A repository that harvests go into; its schemas are compiled once for all tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from spec.library import Library

from oai_provider.harvester.sinks.store import StoreSink
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas


@pytest.fixture(name="schemas", scope="session")
def _schemas() -> Schemas:
    return Schemas(schemas_folder())


@pytest.fixture(name="library")
def _library(tmp_path: Path, schemas: Schemas) -> Library:
    library = Library(tmp_path, repository={"sets": []})
    maker = replace(library.ingest.maker, schemas=schemas)
    library.ingest = replace(library.ingest, maker=maker)
    return library


@pytest.fixture(name="sink")
def _sink(library: Library) -> Iterator[StoreSink]:
    """Return the way of a harvest into the repository."""
    sink = StoreSink(library.ingest)
    sink.resume(0)
    yield sink
    sink.close()
