"""A client whose waits are noted and not slept, and which leaves no socket open."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from harvester.scripted_server import Reply, ScriptedServer

from oai_provider.harvester.client import HarvestClient
from oai_provider.harvester.order import Connecting
from oai_provider.harvester.timing import Timing

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


@dataclass
class Waits:
    """Seconds that a client waited for between tries."""

    seconds: list[float] = field(default_factory=list)

    @property
    def timing(self) -> Timing:
        return Timing(clock=lambda: NOW, sleep=self.seconds.append, random=lambda: 1.0)


Serve = Callable[..., ScriptedServer]
MakeClient = Callable[..., HarvestClient]


@pytest.fixture(name="waits")
def _waits() -> Waits:
    return Waits()


@pytest.fixture(name="stack")
def _stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """What is closed in the end; the environment names no proxy until then."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with ExitStack() as stack:
        yield stack


@pytest.fixture(name="serve")
def _serve(stack: ExitStack) -> Serve:
    """Start a server that answers what it is told, in order."""

    def serve(*replies: Reply, **named: Any) -> ScriptedServer:
        return stack.enter_context(ScriptedServer(replies, **named))

    return serve


@pytest.fixture(name="client")
def _client(stack: ExitStack, waits: Waits) -> MakeClient:
    """Make a client of a URL, with the fields of `Connecting` by name."""

    def client(url: str, **connecting: Any) -> HarvestClient:
        made = HarvestClient(
            url, connecting=Connecting(**connecting), timing=waits.timing
        )
        return stack.enter_context(made)

    return client
