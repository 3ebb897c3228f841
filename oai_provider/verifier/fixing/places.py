"""Where in a text each value of an item stands, in JSON and in YAML.

The text is known to be readable. What has an anchor or a tag of YAML, or stands there
by an alias, has no place: what is changed there changes elsewhere.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # has no stub
from typing import Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from oai_provider.verifier.fixing.acts import Steps

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_BARE: Final = re.compile(r'[^\s{}\[\],:"]+')
_LOADER: Final = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
JSON: Final = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a value begins and ends, and how it is written there."""

    start: int
    end: int
    outer: int
    """Where its key begins, if it has one."""
    style: str | None
    """The quotes or the sign of a text in YAML, "" for none; None for no text."""
    is_flow: bool
    """Whether commas and brackets part it from others, not lines."""
    is_json: bool = False


Spots = dict[Steps, Spot]


def json_spots(text: str) -> list[Spots]:
    """Return the places in the item of a text, or in each of the list it is."""
    start = _past_space(text, 0)
    whole: Spots = {}
    _Json(text, whole).value((), start, start)
    if not text.startswith("[", start):
        return [whole]
    items: dict[int, Spots] = {}
    for steps, spot in whole.items():
        if steps:
            number = steps[0]
            assert isinstance(number, int)  # noqa: S101 - entries of a list
            items.setdefault(number, {})[steps[1:]] = spot
    return [*items.values()]


class _Json:
    def __init__(self, text: str, spots: Spots) -> None:
        self._text = text
        self._spots = spots

    def value(self, steps: Steps, outer: int, start: int) -> int:
        """Note the place of a value and of all within; return where it ends."""
        sign, style = self._text[start], None
        if sign == "{":
            end = self._entries(steps, start + 1, "}")
        elif sign == "[":
            end = self._entries(steps, start + 1, "]")
        elif sign == '"':
            end, style = scanstring(self._text, start + 1)[1], JSON
        else:
            found = _BARE.match(self._text, start)
            end = found.end() if found else start
        self._spots[steps] = Spot(
            start=start, end=end, outer=outer, style=style, is_flow=True, is_json=True
        )
        return end

    def _entries(self, steps: Steps, start: int, last: str) -> int:
        number, here = 0, _past_space(self._text, start)
        while self._text[here] != last:
            step: str | int = number
            outer = here
            if last == "}":
                step, here = scanstring(self._text, here + 1)
                here = _past_space(self._text, _past_space(self._text, here) + 1)
            end = self.value((*steps, step), outer, here)
            here = _past_space(self._text, end)
            if self._text[here] == ",":
                here = _past_space(self._text, here + 1)
            number += 1
        return here + 1


def _past_space(text: str, start: int) -> int:
    space = _SPACE.match(text, start)
    return space.end() if space else start


def yaml_spots(text: str) -> list[Spots]:
    """Return the places in each item of a text, in their order."""
    return [*_Yaml(text).items()]


class _Yaml:
    def __init__(self, text: str) -> None:
        self._text = text
        self._events: Iterator[Event] = yaml.parse(text, Loader=_LOADER)

    def items(self) -> Iterator[Spots]:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                yield from self._document(next(self._events))

    def _document(self, root: Event) -> Iterator[Spots]:
        if isinstance(root, SequenceStartEvent):
            for child in self._children():
                yield self._item(child, is_flow=bool(root.flow_style))
        else:
            spots = self._item(root, is_flow=False)
            is_nothing = isinstance(root, ScalarEvent) and root.value == ""
            if not is_nothing:
                yield spots

    def _item(self, root: Event, *, is_flow: bool) -> Spots:
        spots: Spots = {}
        self._value(root, (), spots, _start(root), is_flow=is_flow)
        return spots

    def _value(
        self, event: Event, steps: Steps, spots: Spots, outer: int, *, is_flow: bool
    ) -> int:
        """Note the place of a value and of all within; return where it ends."""
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            spots = {}
        style = None
        if isinstance(event, AliasEvent):
            return _end(event)
        if isinstance(event, ScalarEvent):
            text = self._text[_start(event) : _end(event)]
            end, style = _start(event) + len(text.rstrip()), event.style or ""
        else:
            end = self._entries(event, steps, spots, is_flow=is_flow)
        spots[steps] = Spot(
            start=_start(event), end=end, outer=outer, style=style, is_flow=is_flow
        )
        return end

    def _entries(
        self, event: Event, steps: Steps, spots: Spots, *, is_flow: bool
    ) -> int:
        is_flow = is_flow or bool(getattr(event, "flow_style", False))
        end = _start(event)
        for number, child in enumerate(self._children()):
            step: str | int = number
            outer, value = _start(child), child
            if isinstance(event, MappingStartEvent):
                assert isinstance(child, ScalarEvent)  # noqa: S101 - it was read before
                step, value = child.value, next(self._events)
            end = self._value(value, (*steps, step), spots, outer, is_flow=is_flow)
        return self._closed if is_flow else end

    def _children(self) -> Iterator[Event]:
        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                self._closed = _end(event)
                return
            yield event

    _closed = 0


def _start(event: Event) -> int:
    return event.start_mark.index if event.start_mark else 0


def _end(event: Event) -> int:
    return event.end_mark.index if event.end_mark else 0


def as_json(text: str, *, is_ascii: bool = False) -> str:
    """Return a text in the quotes of JSON, which YAML reads as well."""
    return json.dumps(text, ensure_ascii=is_ascii)
