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


def stored_batches(items: Iterable[ItemWrite]) -> Iterator[Batch]:
    """Yield the batches in which items are stored."""
    return _batches((item.identifier, item) for item in items)


def deleted_batches(identifiers: Iterable[str]) -> Iterator[Batch]:
    """Yield the batches in which items are deleted."""
    return _batches((identifier, None) for identifier in identifiers)


def foreseen_batches(items: Iterable[ItemWrite | str]) -> Iterator[Batch]:
    """Yield the batches in which it is foreseen what would become of items."""
    return _batches(
        (item, None) if isinstance(item, str) else (item.identifier, item)
        for item in items
    )


def _batches(items: Iterable[tuple[str, ItemWrite | None]]) -> Iterator[Batch]:
    batch: Batch = {}
    size = 0
    for identifier, item in items:
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
