"""What is written in one transaction: some hundreds of items, some megabytes.

An item comes once in a batch, so that a second mention of it finds the first stored.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from oai_provider.store.base import ItemWrite

MOST_ITEMS: Final = 500
MOST_BYTES: Final = 8_000_000

Batch = dict[str, ItemWrite | None]
"""Items to be stored, by identifier; None for those to be deleted."""


def batches(items: Iterable[ItemWrite | str]) -> Iterator[Batch]:
    """Yield the batches in which items are stored, and deleted if only named."""
    batch: Batch = {}
    size = 0
    for given in items:
        item = None if isinstance(given, str) else given
        identifier = item.identifier if item else str(given)
        if identifier in batch or len(batch) >= MOST_ITEMS or size >= MOST_BYTES:
            yield batch
            batch, size = {}, 0
        batch[identifier] = item
        size += _bytes(item) if item else 0
    if batch:
        yield batch


def _bytes(item: ItemWrite) -> int:
    payloads = sum(len(payload.xml) for payload in item.payloads.values())
    return payloads + len(item.source)
