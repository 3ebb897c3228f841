"""What is told of a harvest, bounded: the first of many, and how many there were."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """Sentences, each once as far as they are kept."""

    first: tuple[str, ...] = ()
    count: int = 0

    def and_told(self, sentence: str) -> "Told":
        """Return it with one more."""
        if sentence in self.first:
            return self
        if len(self.first) < MOST:
            return Told((*self.first, sentence), self.count + 1)
        return Told(self.first, self.count + 1)

    def and_more(self, count: int) -> "Told":
        """Return it with so many more, of which no more is known."""
        return Told(self.first, self.count + count)

    def without(self, is_meant: Callable[[str], bool]) -> "Told":
        """Return it without those that are meant."""
        left = tuple(s for s in self.first if not is_meant(s))
        return Told(left, self.count - len(self.first) + len(left))

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return self.count > 0

    def __iter__(self) -> Iterator[str]:
        """Yield those that are kept, and how many more there were."""
        yield from self.first
        if self.count > len(self.first):
            yield f"and {self.count - len(self.first)} more"


NOTHING: Final = Told()
