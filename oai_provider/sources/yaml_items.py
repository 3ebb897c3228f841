"""YAML read into plain mappings, lists and texts, with the line of every key.

Every scalar is text: `issue: 05`, `no` and `2014-05` stay what was written; a value
left empty is no value. Built from parser events and not by a loader, so that lines
are known, keys given twice are refused, and aliases cannot swell a small file into
a large one: it may hold no more values than it has characters.
"""

import re
from collections.abc import Iterator
from typing import Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from oai_provider.sources.structure import (
    TOO_DEEP,
    StructureFault,
    Written,
    given_twice,
)

# YAML 1.1, production 1 (c-printable), turned round.
_NOT_YAML: Final = re.compile(
    "[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_DEEPEST: Final = 50
_TAG: Final = "tag:yaml.org,2002:"
_PLAIN_TAGS: Final = {"!", f"{_TAG}str", f"{_TAG}seq", f"{_TAG}map"}
_LOADER: Final = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader


def yaml_items(text: str) -> Iterator[Written]:
    """Yield each item of a YAML text; a list at the top holds one item an entry.

    What is not YAML is a fault of its own, and the last thing yielded.
    """
    unfit = _NOT_YAML.search(text)
    if unfit:
        line = text.count("\n", 0, unfit.start()) + 1
        reason = f"holds U+{ord(unfit[0]):04X}, which YAML cannot carry: remove it"
        yield Written(line=line, faults=(StructureFault(line=line, reason=reason),))
        return
    builder = _Builder(text)
    try:
        yield from builder.items()
    # The two others come from escapes and directives with numbers out of all bounds.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problem = getattr(error, "problem", None) or error
        reason = f"is not YAML: {problem}"
        yield Written(line=line, faults=(StructureFault(line=line, reason=reason),))


class _Builder:
    """Values out of events; what is wrong is noted and the reading goes on."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Event] = yaml.parse(text, Loader=_LOADER)
        self._left = len(text)
        self._anchored: dict[str, tuple[object, int]] = {}
        self._lines: dict[str, int] = {}
        self._faults: list[StructureFault] = []

    def items(self) -> Iterator[Written]:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                self._anchored = {}
                yield from self._document(next(self._events))

    def _document(self, root: Event) -> Iterator[Written]:
        if not isinstance(root, SequenceStartEvent):
            item = self._item(root)
            if item.value is not None or item.faults:
                yield item
            return
        for event in self._children():
            yield self._item(event)

    def _item(self, event: Event) -> Written:
        self._lines, self._faults = {}, []
        value = self._value(event, "", 0)
        lines = self._lines
        return Written(
            line=_line(event),
            value=value,
            lines=lambda: lines,
            faults=tuple(self._faults),
        )

    def _value(self, event: Event, path: str, depth: int) -> object:
        self._lines.setdefault(path, _line(event))
        before = self._left
        self._left -= 1
        if depth > _DEEPEST:
            self._fault(event, path, TOO_DEEP)
            self._skip(event)
            return None
        self._check_tag(event, path)
        value = self._built(event, path, depth)
        anchor = getattr(event, "anchor", None)
        if anchor and not isinstance(event, AliasEvent):
            self._anchored[anchor] = value, before - self._left
        return value

    def _check_tag(self, event: Event, path: str) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _PLAIN_TAGS:
            short = str(tag).replace(_TAG, "!!")
            self._fault(event, path, f"has the tag {short}: remove it, all is text")

    def _built(self, event: Event, path: str, depth: int) -> object:
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path, depth + 1)
        if isinstance(event, SequenceStartEvent):
            return [
                self._value(child, f"{path}[{n}]", depth + 1)
                for n, child in enumerate(self._children())
            ]
        # The one event left; a plain scalar of no characters is no value.
        assert isinstance(event, ScalarEvent)  # noqa: S101 - the parser's grammar
        return None if event.value == "" and event.implicit[0] else event.value

    def _mapping(self, path: str, depth: int) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key in self._children():
            if not isinstance(key, ScalarEvent):
                self._fault(key, path, "has a key that is no text: write name: value")
                self._skip(key)
                self._skip(next(self._events))
                continue
            name = f"{path}.{key.value}" if path else key.value
            line = _line(key)
            if key.value in mapping:
                self._faults.append(given_twice(name, self._lines[name], line))
            self._lines.setdefault(name, line)
            mapping[key.value] = self._value(next(self._events), name, depth)
        return mapping

    def _children(self) -> Iterator[Event]:
        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                return
            yield event

    def _alias(self, event: AliasEvent, path: str) -> object:
        if event.anchor not in self._anchored:
            self._fault(event, path, f"*{event.anchor} stands for nothing above it")
            return None
        value, size = self._anchored[event.anchor]
        if size > self._left:
            reason = f"*{event.anchor} swells the file: write out what it stands for"
            self._fault(event, path, reason)
            return None
        self._left -= size
        return value

    def _skip(self, event: Event) -> None:
        """Pass over a node and all that is in it."""
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            event = next(self._events)
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)

    def _fault(self, event: Event, path: str, reason: str) -> None:
        fault = StructureFault(line=_line(event), path=path, reason=reason)
        self._faults.append(fault)


def _line(event: Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 0
