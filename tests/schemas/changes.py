"""Every single change of a document, of the kinds that show what a schema allows.

Chance (`schemas.mutation`) finds surprises; this leaves no gap: each element is
taken away, doubled, emptied, given every type, every attribute, every graft; each
text and each attribute is given every telling value and, where the document is
short enough to allow it, cut and changed at every character.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from lxml import etree
from schemas.mutation import (
    BUILT_IN_TYPES,
    VALUES_EVERYWHERE,
    Vocabulary,
    set_type,
    with_prefixes,
)

# SLF001: lxml has no public name for the type of an element.
Change = Callable[[etree._Element], None]  # noqa: SLF001

# Changes of one character are made in documents of at most so many elements.
SHORT = 25
CHARACTERS = "aZ0 .:-_/@("


def every_change(
    root: etree._Element,
    *,
    vocabulary: Vocabulary,
    grafts: Sequence[etree._Element],
    places: str = "*",
) -> Iterator[etree._Element]:
    """Yield a copy of the document for each place and each change of that place.

    Grafts are elements that a wildcard may or may not let in; `places` is the tag, as
    `iter` takes it, of the elements to change.
    """
    model = with_prefixes(root, vocabulary.types)
    short = len(list(model.iter("*"))) <= SHORT
    for number, place in enumerate(list(model.iter(places))):
        changes = _changes(place, vocabulary, grafts)
        edits = _edits(place) if short else ()
        for change in (*changes, *edits):
            changed = copy.deepcopy(model)
            change(list(changed.iter(places))[number])
            yield changed


def _changes(
    place: etree._Element, words: Vocabulary, grafts: Sequence[etree._Element]
) -> Iterator[Change]:
    values = (*VALUES_EVERYWHERE, *words.values)
    if place.getparent() is not None:
        yield from (_remove, _remove_every, _double)
    if place.getnext() is not None:
        yield _swap
    if len(place):
        yield partial(_fill, text="x")
    yield from (partial(_fill, text=value) for value in values if not len(place))
    for name in map(str, place.attrib):
        yield partial(_remove_attribute, name=name)
        yield from (partial(_set, name=name, value=value) for value in values)
    missing = set(words.attributes) - set(map(str, place.attrib))
    yield from (partial(_set, name=name, value="1") for name in sorted(missing))
    for name in (*BUILT_IN_TYPES, *words.types):
        yield partial(set_type, name=name)
    for graft in grafts:
        yield partial(_fill, graft=graft)


def _edits(place: etree._Element) -> Iterator[Change]:
    if not len(place):
        for text in _edited(place.text or ""):
            yield partial(_fill, text=text)
    for name, value in place.attrib.items():
        for text in _edited(str(value)):
            yield partial(_set, name=str(name), value=text)


def _edited(text: str) -> Iterator[str]:
    for at in range(len(text)):
        yield from (text[:at], text[at + 1 :], text[:at] + text[at + 1 :])
        for new in CHARACTERS:
            yield text[:at] + new + text[at:]
            yield text[:at] + new + text[at + 1 :]


def _remove(place: etree._Element) -> None:
    parent = place.getparent()
    assert parent is not None
    parent.remove(place)


def _remove_every(place: etree._Element) -> None:
    """Remove the element and its siblings of that name: there may have to be one."""
    parent = place.getparent()
    assert parent is not None
    for same in parent.findall(str(place.tag)):
        parent.remove(same)


def _double(place: etree._Element) -> None:
    place.addnext(copy.deepcopy(place))


def _swap(place: etree._Element) -> None:
    later = place.getnext()
    assert later is not None
    later.addnext(place)


def _fill(
    place: etree._Element, *, text: str = "", graft: etree._Element | None = None
) -> None:
    for child in list(place):
        place.remove(child)
    place.text = text
    if graft is not None:
        place.append(copy.deepcopy(graft))


def _remove_attribute(place: etree._Element, *, name: str) -> None:
    del place.attrib[name]


def _set(place: etree._Element, *, name: str, value: str) -> None:
    place.set(name, value)
