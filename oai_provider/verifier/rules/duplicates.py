"""What is said twice: within an item, and by two items.

Titles are compared within one year and one first author only, and there, where a great
many stand together, with their neighbours in order: never all with all.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rapidfuzz import fuzz

from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Alike, Breach
from oai_provider.verifier.subject import Subject
from oai_provider.verifier.trait import Trait

_NEAR: Final = 92
_SHORTEST: Final = 12
_NEIGHBOURS: Final = 20
_NUMBER: Final = re.compile(r"\d+|\b[ivxlc]+\b")


def _again(said: Iterable[tuple[str, object, str]]) -> Iterator[tuple[str, str]]:
    """Yield place and value of what was said before; each is a place, key and value."""
    seen: set[object] = set()
    for path, key, value in said:
        if key in seen:
            yield path, value
        seen.add(key)


@check("subject-repeated")
def repeated_subjects(subject: Subject) -> Iterator[Breach]:
    """Find terms that an item has twice in one language."""
    subjects = (
        (f"subjects[{n}]", (one.value.casefold(), one.lang, one.kind), one.value)
        for n, one in enumerate(subject.item.subjects)
    )
    for path, value in _again(subjects):
        yield Breach(message=f"{value!r} is there twice", field=path, value=value)


@check("creator-repeated")
def repeated_creators(subject: Subject) -> Iterator[Breach]:
    """Find creators that an item has twice."""
    creators = (
        (f"creators[{n}]", one.inverted.casefold(), one.inverted)
        for n, one in enumerate(subject.item.creators)
    )
    for path, value in _again(creators):
        yield Breach(message=f"{value!r} is there twice", field=path, value=value)


@check("abstract-is-title")
def abstract_is_title(subject: Subject) -> Iterator[Breach]:
    """Find abstracts that repeat a title."""
    titles = {title.value.casefold().rstrip(".") for title in subject.item.titles}
    for n, one in enumerate(subject.item.descriptions):
        if one.value.casefold().rstrip(".") in titles:
            field = f"descriptions[{n}]"
            yield Breach(message="is the title again", field=field, value=one.value)


@check("duplicate-identifier")
def same_identifier(traits: Sequence[Trait]) -> Iterator[Alike]:
    """Find items with a name that another one has."""
    first: dict[str, Trait] = {}
    for trait in traits:
        for name in dict.fromkeys(trait.names):
            other = first.setdefault(name, trait)
            if other is not trait:
                message = f"{name} belongs to {_told(other)}, too"
                found = Breach(message=message, field="identifiers", value=name)
                yield Alike(of=trait, breach=found)


@check("duplicate-title")
def near_title(traits: Sequence[Trait]) -> Iterator[Alike]:
    """Find items that are nearly called as another one of that year and author."""
    for block in _blocks(traits):
        block.sort(key=lambda trait: trait.title)
        for n, trait in enumerate(block):
            near = block[max(0, n - _NEIGHBOURS) : n]
            other = next((one for one in near if _is_near(one, trait)), None)
            if other is not None:
                message = f"is nearly called as {_told(other)}"
                found = Breach(message=message, field="titles", value=trait.title)
                yield Alike(of=trait, breach=found)


def _blocks(traits: Iterable[Trait]) -> Iterator[list[Trait]]:
    """Yield traits that may be of one thing, two at the least."""
    found: defaultdict[tuple[str, str, str], list[Trait]] = defaultdict(list)
    for trait in traits:
        if trait.year and trait.author and len(trait.title) >= _SHORTEST:
            found[trait.year, trait.author, trait.locator].append(trait)
    for block in found.values():
        if len(block) > 1:
            yield from _by_numbers(block)


def _by_numbers(traits: Iterable[Trait]) -> Iterator[list[Trait]]:
    # Parts of a work differ by a number only.
    found: defaultdict[tuple[str, ...], list[Trait]] = defaultdict(list)
    for trait in traits:
        found[tuple(_NUMBER.findall(trait.title))].append(trait)
    yield from found.values()


def _is_near(one: Trait, other: Trait) -> bool:
    return fuzz.ratio(one.title, other.title, score_cutoff=_NEAR) > 0


def _told(trait: Trait) -> str:
    return f"{trait.item} ({trait.place})" if trait.place else trait.item


CHECKS = (repeated_subjects, repeated_creators, abstract_is_title)
BATCH_CHECKS = (same_identifier, near_title)
