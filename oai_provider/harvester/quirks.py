"""What was learned of an endpoint, in words, for `harvest --explain`."""

from collections.abc import Iterator
from typing import Final

from oai_provider.harvester.beginning import GRANULARITY
from oai_provider.harvester.endpoint import Endpoint
from oai_provider.harvester.outcome import Outcome
from oai_provider.protocol.datestamp import Granularity

_LENGTHS: Final = {
    Granularity.DAY: len("YYYY-MM-DD"),
    Granularity.SECOND: len("YYYY-MM-DDThh:mm:ssZ"),
}


def quirks(endpoint: Endpoint, outcome: Outcome) -> dict[str, str]:
    """Return what is odd about an endpoint, by name."""
    return dict(_quirks(endpoint, outcome))


def _quirks(endpoint: Endpoint, outcome: Outcome) -> Iterator[tuple[str, str]]:
    for anomaly in outcome.anomalies:
        yield str(anomaly.odd), anomaly.detail
    declared = _LENGTHS.get(endpoint.granularity or Granularity.DAY)
    if endpoint.granularity and outcome.granularities - {declared}:
        served = next(
            (str(g) for g, n in _LENGTHS.items() if n in outcome.granularities),
            "others",
        )
        yield (
            GRANULARITY,
            f"declares {endpoint.granularity}, serves {served}",
        )
