"""What the items say that are judged, in numbers, counted while they pass."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from oai_provider.metadata.item import Item
from oai_provider.verifier.reading import Judged, Refused

FIELDS: Final[Mapping[str, Callable[[Item], object]]] = {
    "Title": lambda item: item.titles,
    "Creator": lambda item: item.creators,
    "Abstract": lambda item: item.descriptions,
    "Subject": lambda item: item.subjects or item.classification,
    "Publication date": lambda item: item.issued,
    "Publisher": lambda item: item.publisher or (item.host and item.host.publisher),
    "Language": lambda item: item.languages,
    "Type": lambda item: item.resource_type,
    "Identifier": lambda item: item.identifiers,
    "Landing page": lambda item: item.landing_page,
    "File": lambda item: item.files,
    "Journal or book": lambda item: item.host,
    "Access level": lambda item: item.rights and item.rights.access,
    "Licence": lambda item: item.rights and item.rights.licenses,
    "Funding": lambda item: item.funding,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was counted."""

    items: int
    fields: Mapping[str, int]
    """How many items say something in each."""
    types: Mapping[str, int]
    languages: Mapping[str, int]
    years: Mapping[int, int]


class Counting:
    """Counts items on their way to those who judge them."""

    def __init__(self) -> None:
        self._items = 0
        self._fields: Counter[str] = Counter(dict.fromkeys(FIELDS, 0))
        self._types: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()
        self._years: Counter[int] = Counter()

    def passing(self, judged: Iterable[Judged]) -> Iterator[Judged]:
        """Yield what came; what is no item is not counted."""
        for one in judged:
            if not isinstance(one, Refused):
                self._count(one.item)
            yield one

    def _count(self, item: Item) -> None:
        self._items += 1
        self._fields.update(name for name, of in FIELDS.items() if of(item))
        if item.resource_type:
            self._types[item.resource_type.id] += 1
        self._languages.update({*item.languages})
        year = (item.issued or "")[:4]
        if year.isascii() and year.isdigit():
            self._years[int(year)] += 1

    @property
    def survey(self) -> Survey:
        """What was counted until now."""
        return Survey(
            items=self._items,
            fields=dict(self._fields),
            types=dict(self._types),
            languages=dict(self._languages),
            years=dict(sorted(self._years.items())),
        )
