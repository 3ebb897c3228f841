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
