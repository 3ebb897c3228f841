"""How fast a host is asked: never faster than allowed, and slower when it suffers.

One `Pacing` is shared by all clients of a process and knows each host once. What a
host bears is a `Lane`, a value; its functions know no clock.

- `per_second` keeps the begins of two requests apart.
- When answers take twice as long as they did at best, the host is left in peace for
  as long as an answer takes, before the next request.
- 429 and 503 double a pause that every good answer then shortens by a tenth.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

# Of a new answer in the smoothed latency: the last six or so count.
_WEIGHT: Final = 0.3
# The best latency is forgotten slowly: an endpoint may have become slower for good.
_FORGETTING: Final = 1.02
_SUFFERS: Final = 2.0
# Seconds that latency must have risen by: below, it is the network's own noise.
_NOISE: Final = 0.1
_LONGEST_PAUSE: Final = 60.0
_RECOVERY: Final = 0.9
_PUSHED_BACK: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How soon answers of one kind begin, in seconds: at best, and lately."""

    best: float
    lately: float

    def after(self, seconds: float) -> "Latency":
        """Return it with another answer taken in."""
        return Latency(
            best=min(seconds, self.best * _FORGETTING),
            lately=self.lately + _WEIGHT * (seconds - self.lately),
        )

    @property
    def pause(self) -> float:
        """Seconds to leave the host in peace."""
        if self.lately < max(self.best * _SUFFERS, self.best + _NOISE):
            return 0.0
        return min(self.lately, _LONGEST_PAUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What is known of a host; times are seconds of any steady clock."""

    free_at: float = 0.0
    """When it may be asked again."""
    penalty: float = 0.0
    """Seconds of pause, since it said that it is asked too often."""
    latencies: Mapping[str, Latency] = field(default_factory=dict)
    """By kind of request: a list takes longer than an Identify."""

    def taken(self, now: float, interval: float) -> tuple["Lane", float]:
        """Return the lane with one more request in it, and when that may begin."""
        begin = max(now, self.free_at)
        return replace(self, free_at=begin + interval), begin

    def answered(self, now: float, kind: str, seconds: float) -> "Lane":
        """Return the lane after an answer that began after so many seconds."""
        known = self.latencies.get(kind)
        latency = (
            known.after(seconds) if known else Latency(best=seconds, lately=seconds)
        )
        penalty = self.penalty * _RECOVERY if self.penalty > _NOISE else 0.0
        return replace(
            self,
            latencies={**self.latencies, kind: latency},
            penalty=penalty,
            free_at=max(self.free_at, now + max(latency.pause, penalty)),
        )

    def pushed_back(self, now: float) -> "Lane":
        """Return the lane after an answer that there were too many requests."""
        penalty = min(max(1.0, 2 * self.penalty), _LONGEST_PAUSE)
        return replace(self, penalty=penalty, free_at=max(self.free_at, now + penalty))


class Pacing:
    """The lanes of all hosts, for any number of threads."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = Lock()
        self._lanes: dict[str, Lane] = {}

    def wait(self, host: str, per_second: float | None) -> None:
        """Return when the host may be asked; it counts as asked then."""
        interval = 1 / per_second if per_second else 0.0
        with self._lock:
            now = self._monotonic()
            lane = self._lanes.get(host, Lane())
            self._lanes[host], begin = lane.taken(now, interval)
        if begin > now:
            self._sleep(begin - now)

    def answered(self, host: str, kind: str, seconds: float, status: int) -> None:
        """Take note of an answer: of its HTTP status, and after how long it began."""
        with self._lock:
            now = self._monotonic()
            lane = self._lanes.get(host, Lane())
            if status in _PUSHED_BACK:
                self._lanes[host] = lane.pushed_back(now)
            else:
                self._lanes[host] = lane.answered(now, kind, seconds)
