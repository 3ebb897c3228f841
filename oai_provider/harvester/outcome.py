"""What a list came to: the evidence for its verdict."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from oai_provider.harvester.told import NOTHING, Told
from oai_provider.harvester.walk import Anomaly


class Step(NamedTuple):
    """How a harvest stands, for whoever watches it."""

    records: int
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a list came to."""

    distinct: int = 0
    pages: int = 0
    size: int | None = None
    proper: bool = False
    """Whether its end was told as OAI-PMH 3.5 has it."""
    holes: Told = NOTHING
    """What was not received, and why."""
    quarantined: Told = NOTHING
    """The records that cannot be kept, and why."""
    healed: Told = NOTHING
    anomalies: tuple[Anomaly, ...] = ()
    swept: bool = False
    """Whether ListIdentifiers was walked to its end, and names nothing more."""
    gap: str = ""
    """What tells that records are missing from the list, if anything does."""
    first_response: datetime | None = None
    granularities: frozenset[int] = frozenset()
    """The lengths of datestamps that came."""
    stopped: bool = False
    """Whether as many records were kept as were asked for, and there may be more."""

    @property
    def is_short(self) -> bool:
        """Whether fewer records came than the list was said to have."""
        came = self.distinct + self.quarantined.count
        return self.size is not None and came < self.size

    @property
    def missing(self) -> str:
        """What tells that records are missing, if anything does."""
        if self.is_short:
            return f"{self.distinct} of {self.size} records came"
        return self.gap
