"""What a harvest remembers of an endpoint, in lines for people."""

from collections.abc import Iterator
from datetime import datetime

from oai_provider.harvester.state import ListKey, State
from oai_provider.protocol.datestamp import Granularity, format_datestamp


def explained(state: State, base_url: str) -> Iterator[tuple[str, str]]:
    """Yield names and values: what was learned, each list, what is in quarantine."""
    yield from state.facts(base_url).items()
    ours = [entry for entry in state.lists() if entry[0].base_url == base_url]
    for key, watermark, verdict in ours:
        yield f"list {_name(key)}", ", ".join(_told(state, key, watermark, verdict))
    for prefix in dict.fromkeys(key.metadata_prefix for key, _, _ in ours):
        for identifier, reason in state.quarantined(prefix):
            yield f"quarantined {prefix} {identifier}", reason


def _name(key: ListKey) -> str:
    return " ".join(filter(None, (key.metadata_prefix, key.set_spec, key.dates)))


def _told(
    state: State, key: ListKey, watermark: datetime | None, verdict: str | None
) -> Iterator[str]:
    """Yield how a list stands."""
    yield f"last {verdict}" if verdict else "never ended"
    if state.journal(key):
        yield "begun, and goes on where it was"
    if watermark:
        said = format_datestamp(watermark, Granularity.SECOND)
        yield f"the next harvest begins at {said}"
