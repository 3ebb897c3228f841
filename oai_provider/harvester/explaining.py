"""What a harvest remembers of an endpoint, in lines for people."""

from collections.abc import Iterator

from oai_provider.harvester.state import State


def explained(state: State, base_url: str) -> Iterator[tuple[str, str]]:
    """Yield names and values: what was learned, each list, what is in quarantine."""
    yield from state.facts(base_url).items()
    for key, watermark, verdict in state.lists():
        if key.base_url != base_url:
            continue
        name = " ".join(filter(None, (key.metadata_prefix, key.set_spec)))
        journal = state.journal(key)
        begun = "begun and not ended" if journal else ""
        told = (f"last {verdict}" if verdict else "", begun, f"from {watermark}")
        yield f"list {name}", ", ".join(filter(None, told[: 2 + bool(watermark)]))
        for identifier, reason in state.quarantined(key.metadata_prefix).items():
            yield f"quarantined {key.metadata_prefix} {identifier}", reason
