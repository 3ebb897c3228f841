"""What a client takes from the world besides the network: time, and chance."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def machine_time() -> datetime:
    """Return the time, of this machine."""
    return datetime.fromtimestamp(time.time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The clock, a steady one, a way to wait, and a number from 0 to 1."""

    clock: Callable[[], datetime] = machine_time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    random: Callable[[], float] = random.random
