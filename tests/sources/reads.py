"""What a reader yielded, taken apart for assertions."""

from collections.abc import Iterable
from pathlib import Path

from oai_provider.metadata.item import Item
from oai_provider.sources.base import Read, Sourced, Unreadable


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(data)
    return path


def the_item(reads: Iterable[Read]) -> Item:
    """Return the item, where one and nothing else was read."""
    (read,) = reads
    assert isinstance(read, Sourced), read
    return read.item


def the_refusal(reads: Iterable[Read]) -> Unreadable:
    """Return the refusal, where nothing else was yielded."""
    (read,) = reads
    assert isinstance(read, Unreadable), read
    return read


def ids_and_lines(reads: Iterable[Read]) -> list[tuple[str, int]]:
    """Return the id of each item, and the reason of each refusal, with its line."""
    return [
        (r.item.id if isinstance(r, Sourced) else r.reason, r.place.line) for r in reads
    ]
