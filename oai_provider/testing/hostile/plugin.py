"""The fixture that the plugin gives to tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Protocol

import pytest

from oai_provider.assembly import utc_now
from oai_provider.testing.hostile.endpoint import HostileEndpoint
from oai_provider.testing.hostile.fault import Fault


class OpensEndpoints(Protocol):
    """Opens hostile endpoints, as many as a test needs."""

    def __call__(
        self,
        fault: str | Fault | None = None,
        *,
        records: int = 20,
        page: int = 5,
        latency: float = 0.0,
        clock: Callable[[], datetime] = utc_now,
    ) -> HostileEndpoint:
        """Return an open endpoint."""
        ...


@pytest.fixture
def hostile() -> Iterator[OpensEndpoints]:
    """Yield what opens hostile endpoints, and close them all in the end."""
    with ExitStack() as stack:

        def opened(
            fault: str | Fault | None = None,
            *,
            records: int = 20,
            page: int = 5,
            latency: float = 0.0,
            clock: Callable[[], datetime] = utc_now,
        ) -> HostileEndpoint:
            endpoint = HostileEndpoint(
                fault, records=records, page=page, latency=latency, clock=clock
            )
            return stack.enter_context(endpoint)

        yield opened
