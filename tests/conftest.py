"""Fixtures every test may use: few, named for what they are."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

pytest.register_assert_rewrite("oai_provider.testing")
pytest_plugins = ["oai_provider.testing.hostile"]

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

ROOT = Path(__file__).parent.parent
# For `benchmarks`, which is not installed; last, so that the package that is stays
# the one that is tested.
sys.path.append(str(ROOT))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", action="store_true", help="write the golden files anew"
    )


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let properties count as coverage for the protocol alone, all of which is run.

    Tracing makes them take twice as long, and elsewhere examples run the same lines.
    """
    is_property = isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)
    if is_property and ROOT / "tests" / "protocol" not in item.path.parents:
        item.add_marker("no_cover")


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
