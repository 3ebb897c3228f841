"""What a harvest adds up to, as it goes."""

from dataclasses import dataclass, field
from datetime import datetime

from oai_provider.harvester.keeper import Count
from oai_provider.harvester.order import Report, Verdict
from oai_provider.harvester.outcome import Outcome
from oai_provider.harvester.pages import Pages
from oai_provider.harvester.verdict import worst


@dataclass(slots=True)
class Tally:
    """Counts, verdicts and what was learned, of all lists of a harvest."""

    kept: int = 0
    deleted: int = 0
    unchanged: int = 0
    quarantined: int = 0
    repairs: int = 0
    stopped: bool = False
    watermark: datetime | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    healed: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    """What the endpoint says of itself."""
    quirks: dict[str, str] = field(default_factory=dict)
    """What is odd about it."""

    def count(self, count: Count) -> None:
        """Add the records of a page."""
        self.kept += count.kept
        self.deleted += count.deleted
        self.unchanged += count.unchanged
        self.repairs += count.repairs
        self.quarantined += len(count.refused)

    def judge(
        self, verdict: Verdict, reasons: tuple[str, ...], outcome: Outcome
    ) -> None:
        """Add a list."""
        self.verdicts.append(verdict)
        self.reasons.extend(reasons)
        self.quarantined += outcome.quarantined.count
        self.healed.extend(outcome.healed)
        self.stopped = self.stopped or outcome.stopped

    def failed(self, reason: str) -> None:
        """Add what kept a list from being harvested."""
        self.verdicts.append(Verdict.INCOMPLETE)
        self.reasons.append(reason)

    def warn(self, told: str, *, stops: bool) -> None:
        """Add a warning, which may keep the harvest from being complete."""
        if stops:
            self.failed(told)
        else:
            self.healed.append(told)

    def reach(self, watermark: datetime) -> None:
        """Add the watermark of a list; the earliest is the harvest's."""
        self.watermark = min(self.watermark or watermark, watermark)

    def report(self, pages: Pages, seconds: float) -> Report:
        """Return how the harvest went."""
        return Report(
            verdict=worst(self.verdicts),
            reasons=tuple(dict.fromkeys(self.reasons)),
            records=self.kept,
            deleted=self.deleted,
            unchanged=self.unchanged,
            pages=pages.pages,
            repairs=self.repairs,
            quarantined=self.quarantined,
            retries=pages.retries,
            seconds=seconds,
            watermark=self.watermark,
            stopped=self.stopped,
            healed=(*pages.told, *self.healed),
            quirks=tuple(f"{name}: {said}" for name, said in self.quirks.items()),
        )
