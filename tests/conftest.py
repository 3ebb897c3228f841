"""Fixtures every test may use: few, named for what they are."""

import os
import sqlite3
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from sqlalchemy import Connection, inspect

from oai_provider.store import upgrade

pytest.register_assert_rewrite("oai_provider.testing")
pytest_plugins = ["oai_provider.testing.hostile"]

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

ROOT = Path(__file__).parent.parent
# For `benchmarks`, which is not installed; last, so that the package that is stays
# the one that is tested.
sys.path.append(str(ROOT))


_LONGEST = frozenset(
    {"test_benchmarks.py", "test_docs.py", "test_no_lost_update.py", "test_in_git.py"}
)


_AGAIN = frozenset(
    {
        *("test_crosswalk.py", "test_quarantine.py", "test_dumps.py"),
        *("test_reexport.py", "test_specification.py", "test_bounds.py"),
        *("test_faults.py", "test_hostile_faults.py", "test_example_report.py"),
    }
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", action="store_true", help="write the golden files anew"
    )


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let properties count as coverage for the protocol alone, all of which is run.

    Tracing makes them take twice as long, and elsewhere examples run the same lines; so
    they do of tests that run much of the program again.
    """
    is_property = isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)
    is_again = item.path.name in _AGAIN or item.path.parent == ROOT / "tests/schemas"
    is_of_protocol = ROOT / "tests" / "protocol" in item.path.parents
    if is_again or (is_property and not is_of_protocol):
        item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Trace nothing of what is not to be covered.

    A worker of xdist has two tracers, of which pytest-cov stops one for the marker.
    """
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    mine, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(mine)
        threading.settrace(of_threads)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest come first: begun last, it would be waited for alone."""
    items.sort(key=lambda item: item.path.name not in _LONGEST)


@pytest.fixture(autouse=True, scope="module")
def _migrated_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a new database be a copy of the first one that the migrations made.

    They take 50 ms, which most of what is opened in tests would spend on them. What is
    about opening and upgrading has the migrations themselves.
    """
    with pytest.MonkeyPatch.context() as patch:
        if request.path.name not in {"test_opening.py", "test_upgrading.py"}:
            patch.setattr(upgrade, "run_migrations", _copied)
        yield


_migrate = upgrade.run_migrations
_MIGRATED: list[str] = []
"""The statements that make what the migrations made."""


def _copied(connection: Connection) -> None:
    is_new = not inspect(connection).get_table_names()
    if connection.dialect.name != "sqlite" or not is_new:
        _migrate(connection)
        return
    if _MIGRATED:
        for statement in _MIGRATED:
            connection.exec_driver_sql(statement)
        return
    _migrate(connection)
    database = connection.connection.driver_connection
    assert isinstance(database, sqlite3.Connection)
    # Its first and last statement begin and end a transaction, and one is open.
    _MIGRATED.extend([*database.iterdump()][1:-1])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Let a skip be a failure where everything a test may need is there."""
    report = yield
    if report.skipped and os.environ.get("OAI_PROVIDER_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published schemas and real records beside the checkout."""
    folder = Path(os.environ.get("OAI_PROVIDER_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"needs ../shared (published schemas, real records): {folder}")
    return folder
