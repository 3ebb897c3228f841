"""Items stored while the repository had another identifier, and nobody told it so.

Harvesters know items by the identifiers they had, so nothing changes these by itself.
An item that brings an identifier of its own is no stranger, wherever it is from.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from typing import Final

from oai_provider.provider.repository import Repository
from oai_provider.store.base import Store, StoredItem

# Enough to tell of them, and few enough to be looked at each time.
_LOOKED_AT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """How many items there are whose identifiers begin with this, or at least are."""

    beginning: str
    items: int

    def __str__(self) -> str:
        """Say what is wrong, and what to do."""
        more = " or more" if self.items >= _LOOKED_AT else ""
        have = "item has an identifier" if self.items == 1 else "items have identifiers"
        return (
            f"{self.items}{more} {have} of another repository ({self.beginning}…):"
            " load the files again under the new identifier, and delete the old items"
        )


def strangers(store: Store, repository: Repository) -> Strangers | None:
    """Return the items of another repository, if there are any.

    The items are not gone through: those before and after all of ours are looked at.
    """
    ours = repository.identifier("")
    # A colon ends the beginning of ours, and a semicolon comes after colons.
    behind = f"{ours[:-1]};"
    before = takewhile(lambda item: item.header.identifier < ours, store.items())
    looked_at = chain(
        islice(before, _LOOKED_AT), islice(store.items(after=behind), _LOOKED_AT)
    )
    beginnings = [*_beginnings(looked_at)]
    if not beginnings:
        return None
    return Strangers(beginning=beginnings[0], items=beginnings.count(beginnings[0]))


def _beginnings(items: Iterator[StoredItem]) -> Iterator[str]:
    """Yield how the identifiers begin that repositories gave, item by item."""
    for item in items:
        source = json.loads(item.source)
        if not item.header.deleted and "identifier" not in source:
            yield item.header.identifier.removesuffix(source.get("id", ""))
