"""One harvest in a thread of its own, and the turns it takes."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.many.sizes import size_of
from oai_provider.harvester.many.work import Ended, Failure, Work
from oai_provider.harvester.many.work_table import WorkTable
from oai_provider.harvester.order import Order, Report
from oai_provider.store.base import StoreAway

Turn = Callable[[], None]
"""Returns when the host may be asked once more; raises `LaneClosed`."""
Harvest = Callable[[Order, Turn], Report]
"""Harvests an order, taking a turn before each request."""

_LONGEST_REASON: Final = 2000


class LaneClosed(BaseException):
    """A harvest is to end where it is: no fault, so nothing may heal it."""


class Harvesting:
    """A harvest that goes on in a thread of its own."""

    def __init__(
        self, table: WorkTable, work: Work, environ: Mapping[str, str]
    ) -> None:
        self.work = work
        self.ended: Ended | None = None
        """None as long as it goes on, and if it was closed."""
        self._table = table
        self._environ = environ
        self._is_over = threading.Event()
        self._is_closed = threading.Event()

    def start(self, harvest: Harvest) -> None:
        """Begin; the thread does not keep the process alive."""
        name = f"harvest of {self.work.source.name}"
        arguments = (harvest,)
        threading.Thread(
            target=self._run, args=arguments, name=name, daemon=True
        ).start()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; tell whether it has come."""
        return self._is_over.wait(seconds)

    def close(self, grace: timedelta) -> bool:
        """Have it end at its next turn; tell whether it did in time."""
        self._is_closed.set()
        return self._is_over.wait(grace.total_seconds())

    def turn(self) -> None:
        """Return when the host may be asked once more; raises `LaneClosed`."""
        wait = 0.0
        if self.work.spacing and not self._is_closed.is_set():
            try:
                wait = self._table.slot(self.work.host)
            except StoreAway:
                # Nobody else has a lane there.
                wait = self.work.spacing.total_seconds()
        if self._is_closed.wait(wait):
            raise LaneClosed

    def _run(self, harvest: Harvest) -> None:
        try:
            result = self._result(harvest)
            if result:
                size = size_of(self.work.source.place)
                self.ended = Ended(result=result, size=size)
        finally:
            self._is_over.set()

    def _result(self, harvest: Harvest) -> Report | Failure | None:
        try:
            return harvest(self.work.source.order(self._environ), self.turn)
        except LaneClosed:
            return None
        except OaiProviderError as error:
            return Failure(reason=str(error)[:_LONGEST_REASON])
        except BaseException as error:  # noqa: BLE001 - a bad source stops no other
            reason = f"{type(error).__name__}: {error}"
            return Failure(reason=reason[:_LONGEST_REASON])
