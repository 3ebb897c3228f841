"""A clock that commands go by, and one processor that they find."""

import os
import sys

import pytest

import oai_provider.cli  # noqa: F401 - its commands are patched
from oai_provider.testing import StandingClock

_COMMANDS = "oai_provider.cli."


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StandingClock:
    """The clock of all commands: two of them are in one second only if it stands."""
    standing = StandingClock()
    modules = (m for name, m in sys.modules.items() if name.startswith(_COMMANDS))
    for module in modules:
        if hasattr(module, "utc_now"):
            monkeypatch.setattr(module, "utc_now", standing)
    return standing


@pytest.fixture(autouse=True)
def _one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a load begin no processes unless it is told to: they take a second each."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
