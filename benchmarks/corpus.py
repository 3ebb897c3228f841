"""Synthetic articles, the same at every run; one has 3.4 kB in Dublin Core.

What an article says depends on its number alone: every fifth is in Cyrillic or
Chinese, some 3 % are deleted, and hundreds share each second.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

LARGE_SET: Final = "language:en"
"""Four items of five are in it."""
SMALL_SET: Final = "collection:maps"
"""One item of forty is in it."""

_FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
_TIES: Final = 250
_WORDS: Final = 4_000
_ALPHABETS: Final = {
    "en": ("bcdfghklmnprstvw", "aeiou", 366),
    "ru": ("бвгджзклмнпрстхч", "аеиоуыя", 200),
    "zh": ("政策文化国家民族历史研究社会发展经济", "的在中与和", 228),
}


def local_id(number: int) -> str:
    """Return what tells an article from all others, in as many bytes as any other."""
    return f"article-{number:07}"


def identifier(number: int) -> str:
    """Return the OAI identifier of an article."""
    return f"oai:repository.example.org:{local_id(number)}"


def is_deleted(number: int) -> bool:
    """Tell whether an article is a tombstone."""
    return number % 33 == 7


def datestamp(number: int) -> datetime:
    """Return the second an article shares with the others of its batch."""
    return _FIRST + timedelta(seconds=number // _TIES * 60)


def set_specs(number: int) -> tuple[str, ...]:
    """Return the sets an article is in."""
    specs = (f"language:{_language(number)}", f"year:{_year(number)}")
    return (*specs, SMALL_SET) if number % 40 == 0 else specs


def article(number: int) -> dict[str, object]:
    """Return an article as an item is written."""
    random, lang = Random(number), _language(number)
    length = _ALPHABETS[lang][2]
    first_page = random.randrange(1, 300)
    return {
        "id": local_id(number),
        "resource_type": "article",
        "title": {"value": _text(random, lang, 9), "lang": lang},
        "creators": [_name(random) for _ in range(2 + number % 2)],
        "abstract": {"value": _text(random, lang, length), "lang": lang},
        "subjects": [_text(random, lang, 2) for _ in range(6)],
        "issued": str(_year(number)),
        "language": lang,
        "publisher": "University of Synthesis Press",
        "identifiers": [{"scheme": "doi", "value": f"10.5555/{local_id(number)}"}],
        "host": {
            "title": "Journal of Synthetic Studies",
            "issn": "2049-3630",
            "volume": str(1 + number % 40),
            "issue": str(1 + number % 6),
            "pages": f"{first_page}-{first_page + 14}",
        },
        "sets": [*set_specs(number)],
    }


def write_items(file: Path, count: int) -> None:
    """Write articles as JSON Lines, the deleted ones as such."""
    with file.open("w", encoding="utf-8") as lines:
        for number in range(count):
            item = article(number) | ({"deleted": True} if is_deleted(number) else {})
            lines.write(json.dumps(item, ensure_ascii=False) + "\n")


def _language(number: int) -> str:
    return {3: "ru", 8: "zh"}.get(number % 10, "en")


def _year(number: int) -> int:
    return 1950 + number % 75


def _name(random: Random) -> dict[str, str]:
    family, given = _text(random, "en", 2).title().split()
    return {"family": family, "given": given}


def _text(random: Random, lang: str, words: int) -> str:
    # Few words are frequent and most are rare, so that gzip finds what it would find.
    chosen = (int(_WORDS ** random.random()) - 1 for _ in range(words))
    return " ".join(map(_vocabulary(lang).__getitem__, chosen))


@cache
def _vocabulary(lang: str) -> tuple[str, ...]:
    return tuple(_words(lang))


def _words(lang: str) -> Iterator[str]:
    random, (consonants, vowels, _) = Random(lang), _ALPHABETS[lang]
    most = 2 if lang == "zh" else 4
    for _ in range(_WORDS):
        syllables = random.randint(1, most)
        yield "".join(
            random.choice(consonants) + random.choice(vowels) for _ in range(syllables)
        )
