"""Which repair answers which finding, by the rule that found it.

A proposal may be wrong: what comes of it is judged before it is kept.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from oai_provider.metadata.item import Item, item_json, read_item
from oai_provider.metadata.written_form import as_written
from oai_provider.verifier.fixing import texts, values
from oai_provider.verifier.fixing.acts import (
    Act,
    Change,
    Data,
    Drop,
    Mend,
    Put,
    Split,
    Steps,
    at,
    steps_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule finds in an item: where, and what stands there."""

    rule: str
    field: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An item as it is written, and something found in it."""

    data: Data
    found: Found
    long: Data
    """The item in its long form."""

    def written(self, steps: Steps) -> Steps:
        """Return where a place in the long form was written."""
        return steps_of(as_written(Item, self.data, steps).path)


Proposes = Callable[[Place], Iterator[tuple[Act, ...]]]

_ENTITY: Final = re.compile(r"&#?\w{1,8};")
_INVERTED: Final = re.compile(r"[^,;]+, [^,;]+")
_PLAIN_SUBJECT: Final = frozenset(("value", "lang", "scheme", "kind"))
_PLAIN_CREATOR: Final = frozenset(("name", "type"))


def _text(change: Change) -> Proposes:
    """Propose to change the text in which something was found."""
    return lambda place: _changed(place, change)


def _changed(place: Place, change: Change) -> Iterator[tuple[Act, ...]]:
    steps = steps_of(place.found.field)
    for name in ("name", "value"):
        # A text with its language is a mapping, and so is who has such a name.
        if isinstance(at(place.long, steps), Mapping):
            steps = (*steps, name) if name in at(place.long, steps) else steps
    written = place.written(steps)
    if _differs(place.data, written, change):
        yield (Put(steps=written, change=change),)


def _differs(data: Data, steps: Steps, change: Change) -> bool:
    value = at(data, steps)
    return isinstance(value, str) and change(value) != value


def _cut_word(place: Place) -> Iterator[tuple[Act, ...]]:
    return _changed(place, partial(texts.joined, cut=place.found.value))


def _label(place: Place) -> Iterator[tuple[Act, ...]]:
    one = at(place.long, steps_of(place.found.field))
    if isinstance(one, Mapping) and one.get("type", "abstract") == "abstract":
        yield from _changed(place, texts.without_label)


def _unread_doi(place: Place) -> Iterator[tuple[Act, ...]]:
    """Propose to write a DOI bare; where its scheme is said, that changes with it."""
    value = steps_of(place.found.field)
    written, scheme = place.written(value), place.written((*value[:-1], "scheme"))
    if not _differs(place.data, written, values.doi):
        return
    bare = Put(steps=written, change=values.doi)
    if scheme == written:
        yield (bare,)
    elif isinstance(at(place.data, scheme), str):
        yield bare, Put(steps=scheme, change=lambda _: "doi")


def _several(name: str, known: frozenset[str], part: re.Pattern[str]) -> Proposes:
    """Propose an entry for each of several texts that semicolons part."""

    def proposes(place: Place) -> Iterator[tuple[Act, ...]]:
        entry = steps_of(place.found.field)[:2]
        one = at(place.long, entry)
        if not isinstance(one, Mapping) or one.keys() - known:
            return
        parts = _parts(str(one.get(name)))
        written, leaf = place.written(entry), place.written((*entry, name))
        is_told = isinstance(at(place.data, leaf), str)
        inner = leaf[len(written) :]
        if not (is_told and leaf == (*written, *inner) and len(parts) > 1):
            return
        others = [other for other in at(place.long, entry[:1]) if other != one]
        new = tuple(p for p in parts if {**one, name: p} not in others)
        if new and all(map(part.fullmatch, parts)):
            yield (Split(steps=written, inner=inner, parts=new),)

    return proposes


def _parts(text: str) -> tuple[str, ...]:
    """Return what semicolons part, each once; nothing where one may end an entity."""
    if _ENTITY.search(text):
        return ()
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(";")))))


def _repeated(place: Place) -> Iterator[tuple[Act, ...]]:
    """Propose to leave out what is there before in all it says."""
    steps = steps_of(place.found.field)
    number = steps[-1]
    assert isinstance(number, int)  # noqa: S101 - an entry of a list
    entries = at(place.long, steps[:-1])
    if entries[number] in entries[:number]:
        written = place.written(steps)
        if at(place.data, written) is not None and isinstance(written[-1], int):
            yield (Drop(steps=written),)


def _refused(place: Place) -> Iterator[tuple[Act, ...]]:
    """Propose what the field may have wanted, or that a blank goes."""
    steps = steps_of(place.found.field)
    value = at(place.data, steps)
    if not isinstance(value, str):
        return
    if not value.strip():
        while isinstance(steps[-1], int) and len(at(place.data, steps[:-1])) == 1:
            steps = steps[:-1]
        yield (Drop(steps=steps),)
        return
    for change in _WANTED:
        if change(value) != value:
            yield (Put(steps=steps, change=change),)


_WANTED: Final = (
    texts.without_controls,
    values.language,
    values.date,
    values.digits,
    values.doi,
)
PROPOSALS: Final[Mapping[str, Proposes]] = {
    "item-refused": _refused,
    "identifier-doi": _text(values.doi),
    "identifier-doi-unread": _unread_doi,
    "identifier-isbn": _text(values.digits),
    "identifier-isni": _text(values.digits),
    "licence-unknown": _text(values.licence),
    "subject-repeated": _repeated,
    "subject-several": _several("value", _PLAIN_SUBJECT, re.compile(r"[^|]+")),
    "name-several": _several("name", _PLAIN_CREATOR, _INVERTED),
    "text-control": _text(texts.without_controls),
    "text-invisible": _text(texts.without_invisible),
    "text-not-nfc": _text(texts.composed),
    "text-double-escaped": _text(texts.unescaped),
    "text-cut-word": _cut_word,
    "text-label": _label,
}
"""By the code of a rule, what is proposed to mend what it finds."""


def proposed(data: Data, found: Found) -> Iterator[Mend]:
    """Yield what may mend what was found, the likeliest first."""
    proposes = PROPOSALS.get(found.rule)
    if proposes is None or not found.field:
        return
    long = {} if found.rule == "item-refused" else item_json(read_item(data))
    for acts in proposes(Place(data=data, found=found, long=long)):
        yield Mend(rule=found.rule, field=found.field, acts=acts)
