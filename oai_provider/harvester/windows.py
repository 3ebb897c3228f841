"""Dates cut in halves, by the granularity of an endpoint, down to what fails."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from oai_provider.protocol.datestamp import Granularity, format_datestamp

_STEPS: Final = {
    Granularity.DAY: timedelta(days=1),
    Granularity.SECOND: timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of datestamps, both ends inclusive (OAI-PMH 2.7.1)."""

    from_: datetime
    until: datetime
    granularity: Granularity

    @property
    def arguments(self) -> tuple[str, str]:
        """`from` and `until` as they are sent."""
        return (
            format_datestamp(self.from_, self.granularity),
            format_datestamp(self.until, self.granularity),
        )

    def halves(self) -> "tuple[Window, Window] | None":
        """Return both halves, the earlier first; None for what cannot be cut."""
        step = _STEPS[self.granularity]
        steps = (self.until - self.from_) // step
        if steps < 1:
            return None
        middle = self.from_ + (steps // 2) * step
        early = Window(from_=self.from_, until=middle, granularity=self.granularity)
        late = Window(
            from_=middle + step, until=self.until, granularity=self.granularity
        )
        return early, late


def window(from_: datetime, until: datetime, granularity: Granularity) -> Window:
    """Return a window that begins and ends with a whole step of the granularity."""
    if granularity is Granularity.DAY:
        midnight = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
        from_, until = from_.replace(**midnight), until.replace(**midnight)  # type: ignore[arg-type]  # the names are those of a time
    return Window(from_=from_, until=max(from_, until), granularity=granularity)


def halved(
    from_: str,
    until: str,
    *,
    earliest: datetime | None,
    latest: datetime,
    granularity: Granularity,
) -> tuple[tuple[str, str], ...]:
    """Return both halves of some dates as they are sent, none if they cannot be cut.

    What an endpoint says of its earliest and latest dates may be wrong: an end that
    is empty, and so open, stays open.
    """
    start = _moment(from_) if from_ else earliest or _LONG_AGO
    end = _moment(until) if until else latest
    halves = window(start, end, granularity).halves()
    if halves is None:
        return ()
    early, late = halves
    return (from_, early.arguments[1]), (late.arguments[0], until)


_LONG_AGO: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=_LONG_AGO.tzinfo)
