"""What a worker needs, wherever it is: plain values, and functions it can import."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from os import getpid

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.many.harvesting import Harvest
from oai_provider.harvester.many.lane import Lane, Pass, Stops
from oai_provider.harvester.many.work_table import WorkTable, open_work_table


class EngineError(OaiProviderError):
    """Workers cannot be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The work of a run, as workers are given it: it goes to them pickled."""

    url: str
    """Of the work table, by which workers reach it."""
    harvest: Harvest
    clock: Callable[[], datetime]
    given: Pass
    lanes: int | None = None
    """How many sources are harvested at once; None for what the engine has room for."""

    def open_table(self) -> WorkTable:
        """Return the work table."""
        return open_work_table(self.url, clock=self.clock)

    def run_lane(self, is_stopped: Callable[[], bool]) -> Stops:
        """Be one lane until its end."""
        table = self.open_table()
        name = f"{socket.gethostname()}:{getpid()}:{threading.get_native_id()}"
        try:
            return Lane(table, self.harvest, self.given).run(name, is_stopped)
        finally:
            table.close()


Engine = Callable[[Job, threading.Event], None]
"""Runs lanes until each has come to its end, or the event asks them to stop."""
