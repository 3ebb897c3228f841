"""Work tables in both databases, for tests that say what is true of either.

PYTEST_DONT_REWRITE, as nothing is asserted here: it is imported before it is a plugin.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from postgresql import Postgresql

from oai_provider.harvester.many.work_table import WorkTable, open_work_table
from oai_provider.harvester.many.work_table.tables import metadata

BEGIN = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = BEGIN

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def real_clock() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)  # noqa: TID251 - the clock of processes that tests begin


@pytest.fixture(scope="session")
def work_database(postgresql: Postgresql) -> str:
    """The name of a database of PostgreSQL for tables of work."""
    postgresql.execute("CREATE DATABASE work")
    return "work"


@pytest.fixture(params=["sqlite", "postgresql"])
def work_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/work.db"
    server: Postgresql = request.getfixturevalue("postgresql")
    name: str = request.getfixturevalue("work_database")
    server.execute(f"DROP TABLE IF EXISTS {', '.join(metadata.tables)}", name)
    return server.url(name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(work_url: str, clock: Clock) -> Iterator[WorkTable]:
    """An empty work table, which goes by the clock of the test."""
    opened = open_work_table(work_url, clock=clock, gives_time=False)
    yield opened
    opened.close()


@pytest.fixture
def other(work_url: str, clock: Clock) -> Iterator[WorkTable]:
    """The same table, opened once more."""
    opened = open_work_table(work_url, clock=clock, gives_time=False)
    yield opened
    opened.close()
