"""Whether a request that failed is tried again, and after how long.

Pure: the clock's time and the random number are arguments. What the endpoint asks
for (Retry-After) is done, or nothing: who cannot wait so long gives up at once and
says until when the endpoint wants to be left alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.failing import Failure

RETRIED_STATUSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_RETRIED_FAULTS: Final = frozenset(
    {FetchFault.AWAY, FetchFault.TIMEOUT, FetchFault.RESET, FetchFault.CODING}
)
# Beyond ten centuries it is no time any more.
_NEVER: Final = 1_000 * 365 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """How often, and how long, a request is tried."""

    most_tries: int = 6
    longest_wait: float = 900.0
    """Seconds to wait in all, for one request."""
    first_wait: float = 1.0
    """Seconds at the most before the second try, doubled for each that follows."""
    highest_wait: float = 120.0
    """Seconds at the most before any try, if the endpoint asks for no more."""
    unasked_wait: float | None = None
    """Seconds before any try, instead, where the endpoint says nothing."""
    statuses: frozenset[int] = RETRIED_STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Try again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Do not try again; why, empty where no try could help."""

    reason: str = ""
    is_to_wait: bool = False
    """Whether the endpoint asks to be left alone longer than is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was done for a request until now."""

    tries: int
    """Those that failed, the last among them."""
    waited: float
    """Seconds, between them."""
    now: datetime


def decide(
    policy: Retrying, failure: Failure, tried: Tried, random: Callable[[], float]
) -> Wait | GiveUp:
    """Return whether to try again; `random` gives a number from 0 to 1."""
    if not _may_help(policy, failure):
        return GiveUp()
    left = policy.longest_wait - tried.waited
    asked = asked_wait(failure, tried.now)
    if asked is not None and asked > left:
        reason = _left_alone(tried.now, asked, left)
        return GiveUp(reason=reason, is_to_wait=True)
    if tried.tries >= policy.most_tries:
        return GiveUp(reason="No further try is allowed (most_tries)")
    if left <= 0:
        return GiveUp(reason="No further wait is allowed (longest_wait)")
    seconds = max(asked or 0.0, _back_off(policy, tried.tries, asked, random))
    return Wait(seconds=min(seconds, left))


def _may_help(policy: Retrying, failure: Failure) -> bool:
    if failure.is_final:
        return False
    if failure.fault is FetchFault.STATUS:
        return failure.status in policy.statuses
    return failure.fault in _RETRIED_FAULTS


def _back_off(
    policy: Retrying, tries: int, asked: float | None, random: Callable[[], float]
) -> float:
    """Return a random part of what doubles with each try.

    The whole range is drawn from, so that harvesters that failed together do not
    come back together.
    """
    if policy.unasked_wait is not None:
        return policy.unasked_wait if asked is None else 0.0
    # No power of two that is out of all measure.
    doubled = policy.first_wait * 2.0 ** min(tries - 1, 32)
    return random() * min(doubled, policy.highest_wait)


def asked_wait(failure: Failure, now: datetime) -> float | None:
    """Return how many seconds the endpoint asks to wait, if it does.

    A date is measured against the answer's own Date, so that the endpoint's clock
    may be wrong. What cannot be read, or is negative, asks for nothing.
    """
    value = (failure.header("Retry-After") or "").strip()
    try:
        seconds = float(value)
    except ValueError:
        until = _date(value)
        if until is None:
            return None
        here = _date(failure.header("Date") or "") or now
        return max(0.0, (until - here).total_seconds())
    # Neither NaN, nor what is below nought.
    return min(seconds, _NEVER) if seconds >= 0 else None


def _date(value: str) -> datetime | None:
    """Return an HTTP-date (RFC 9110, 5.6.7), if it is one."""
    try:
        date = parsedate_to_datetime(value)
        # Without a zone it is meant as GMT, like all of them.
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _left_alone(now: datetime, asked: float, left: float) -> str:
    try:
        until = f"until {now + timedelta(seconds=asked):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        until = "for ever"
    return (
        f"It asks to be left alone {until}, "
        f"longer than the {left:.0f} seconds still allowed (longest_wait)"
    )
