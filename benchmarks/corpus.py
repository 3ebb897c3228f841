"""Synthetic articles, the same at every run: about 3.4 kB a record."""

from collections.abc import Iterator
from pathlib import Path

from oai_provider.metadata.item import read_item
from oai_provider.sources.base import Place, Sourced

_WORDS = (
    *("national", "policy", "republic", "indigenization", "culture", "settlement"),
    *("reform", "Казахстан", "политика", "межэтнические", "政策", "文化"),
    *("history", "archive", "question", "conflict"),
)
_PLACE = Place(Path("synthetic"))


def articles(count: int) -> Iterator[Sourced]:
    """Yield items whose text depends on their number only."""
    for number in range(count):
        yield Sourced(place=_PLACE, item=read_item(_article(number)))


def _article(number: int) -> dict[str, object]:
    return {
        "id": f"article-{number:07}",
        "resource_type": "article",
        "title": {"value": f"{_text(number, 8)} {number}", "lang": "en"},
        "creators": [f"Family{number % 977}, Given"],
        "abstract": {"value": _text(number, 280), "lang": "en"},
        "subjects": [_text(number + n, 2) for n in range(6)],
        "issued": str(1950 + number % 75),
        "host": {"title": "Journal of Benchmarks", "issue": str(number % 6 + 1)},
        "sets": [f"year:{1950 + number % 75}"],
    }


def _text(seed: int, words: int) -> str:
    return " ".join(_WORDS[(seed + n * n) % len(_WORDS)] for n in range(words))
