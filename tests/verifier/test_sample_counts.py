"""The page of counts says what is found in real records, and leaves nothing out."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest
from verifier.sampled import judged_sample, sample

_PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "sample-counts.md"
_ROW: Final = re.compile(r"\| \[([a-z0-9-]+)\]\([^)]*\) \| (\d+) \| ([\d.]+) % \|")


def told(prefix: str) -> dict[str, tuple[int, str]]:
    """Return how many records and what share the page tells of each rule."""
    sections = _PAGE.read_text("utf-8").split("\n## ")
    (section,) = (one for one in sections if one.startswith(f"{prefix}\n"))
    return {rule: (int(count), share) for rule, count, share in _ROW.findall(section)}


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
def test_page_tells_how_many_real_records_break_each_rule(
    shared: Path, prefix: str
) -> None:
    records: dict[str, set[str]] = defaultdict(set)
    for found in judged_sample(shared, prefix).findings:
        records[found.rule].add(found.item)
    of = len(sample(shared, prefix))
    counted = {
        rule: (len(items), f"{len(items) / of * 100:.1f}")
        for rule, items in records.items()
    }
    assert told(prefix) == counted
