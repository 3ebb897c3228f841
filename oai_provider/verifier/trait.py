"""What is kept of each item until all were seen: little, since there may be many."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """By what an item may turn out to be another one again."""

    item: str
    place: str
    title: str
    """Without case and punctuation."""
    year: str
    author: str
    """The family name of the first author, without case."""
    locator: str
    """What tells parts of one work from each other: volume, issue, pages."""
    names: tuple[str, ...]
    """Its identifiers and its page, as addresses."""
