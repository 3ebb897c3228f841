"""Acts become changes of a text, at the exact place and no larger than they must be.

A value keeps its quotes and its lines where it can. Each change is read again before it
is believed; what cannot be said in place is an `Unplaced`, and is not done.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from oai_provider.errors import OaiProviderError
from oai_provider.sources.yaml_items import yaml_items
from oai_provider.verifier.fixing.acts import Act, Drop, Put, Split, Steps, at
from oai_provider.verifier.fixing.places import Spot, Spots, as_json

_DASH: Final = re.compile(r"[ ]*(?:-[ ]+)*(?P<dash>-[ ]+)")
_AROUND: Final = 12
_REMARK: Final = re.compile(r"(?:^|\s)#")
# Text here, and something else to most programs that read YAML: Norwegian is `no`.
_NO_TEXT: Final = frozenset(
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"]
)


class Unplaced(OaiProviderError):
    """What is to be changed stands where no change of it alone can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What stands in a text from one place to another, and what shall."""

    start: int
    end: int
    new: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text after edits; what lies within a larger one is lost in it."""
    pieces: list[str] = []
    end = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start >= end:
            pieces += text[end : edit.start], edit.new
            end = edit.end
    return "".join((*pieces, text[end:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A text with an item in it, and where in the text the item's values stand."""

    text: str
    spots: Spots
    data: object

    def edits(self, acts: Iterable[Act]) -> Iterator[Edit]:
        """Yield the edits that do acts; raises `Unplaced`."""
        puts: dict[Steps, list[Put]] = {}
        for act in acts:
            if isinstance(act, Put):
                puts.setdefault(act.steps, []).append(act)
            elif isinstance(act, Split):
                yield self._split(act)
            else:
                yield self._dropped(act)
        for steps, several in puts.items():
            spot = self._spot(steps)
            new = self._put(spot, at(self.data, steps), several)
            yield Edit(start=spot.start, end=spot.end, new=new)

    def _spot(self, steps: Steps) -> Spot:
        if steps not in self.spots:
            raise Unplaced("it stands in several places, or under a tag")
        return self.spots[steps]

    def _raw(self, spot: Spot) -> str:
        return self.text[spot.start : spot.end]

    def _put(self, spot: Spot, before: str, puts: Iterable[Put]) -> str:
        raw, after = self._raw(spot), before
        for put in puts:
            raw, after = put.change(raw), put.change(after)
        return self._written(spot, before, after, raw)

    def _written(self, spot: Spot, before: str, after: str, changed: str) -> str:
        """Return a text as it can stand in the place of another."""
        candidates = _candidates(self._raw(spot), spot, (before, after), changed)
        for written in candidates:
            if _reads_as(written, after, spot):
                return written
        raise Unplaced("it cannot be written in its place")

    def _split(self, split: Split) -> Edit:
        spot, leaf = self._spot(split.steps), self._spot((*split.steps, *split.inner))
        before = at(self.data, (*split.steps, *split.inner))
        is_listed = isinstance(split.steps[-1], int)
        if not is_listed and not spot.is_flow:
            if split.inner and not leaf.is_flow:
                raise Unplaced("it would have to become a list of several lines")
            # It comes to stand in brackets.
            leaf = replace(leaf, is_flow=True)
        head = self.text[spot.start : leaf.start]
        tail = self.text[leaf.end : spot.end]
        raw = self._raw(leaf)
        written = (
            self._written(leaf, before, part, raw.replace(before, part))
            for part in split.parts
        )
        entries = [f"{head}{one}{tail}" for one in written]
        listed = f"[{', '.join(entries)}]"
        new = self._between(spot).join(entries) if is_listed else listed
        return Edit(start=spot.start, end=spot.end, new=new)

    def _between(self, spot: Spot) -> str:
        """Return what parts an entry of a list from the next one."""
        before = self.text[self._line(spot.outer) : spot.outer]
        newline = "\r\n" if "\r\n" in self.text else "\n"
        if spot.is_flow:
            return ", " if before.strip() else f",{newline}{before}"
        found = _DASH.fullmatch(before)
        if found is None:
            raise Unplaced("its list is written in an unusual way")
        return f"{newline}{' ' * found.start('dash')}{found['dash']}"

    def _line(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def _dropped(self, drop: Drop) -> Edit:
        spot = self._spot(drop.steps)
        start, end = self._span(drop.steps, spot) if spot.is_flow else self._lines(spot)
        if not spot.is_json and _REMARK.search(self.text[start:end]):
            raise Unplaced("a comment stands beside it")
        return Edit(start=start, end=end, new="")

    def _span(self, steps: Steps, spot: Spot) -> tuple[int, int]:
        """Return from where to where an entry goes with one comma."""
        siblings = sorted(
            (one for way, one in self.spots.items() if _are_siblings(way, steps)),
            key=lambda one: one.start,
        )
        after = next((one for one in siblings if one.start > spot.start), None)
        before = [one for one in siblings if one.start < spot.start]
        if after:
            return spot.outer, after.outer
        return (before[-1].end if before else spot.outer), spot.end

    def _lines(self, spot: Spot) -> tuple[int, int]:
        """Return the lines on which an entry stands alone."""
        start = self._line(spot.outer)
        before = self.text[start : spot.outer]
        end = self.text.find("\n", spot.end)
        end = len(self.text) if end < 0 else end + 1
        is_first = not before.strip() or re.fullmatch(r"[ ]*-[ ]+", before)
        is_entry = "-" in before
        if not is_first or (is_entry and spot.outer != spot.start):
            raise Unplaced("something else stands on its line")
        return start, end


def _are_siblings(one: Steps, other: Steps) -> bool:
    return len(one) == len(other) and one[:-1] == other[:-1]


def _candidates(
    raw: str, spot: Spot, texts: tuple[str, str], changed: str
) -> Iterator[str]:
    """Yield ways to write a text where another stands, those that change least first.

    `changed` is what its change makes of the raw text.
    """
    before, after = texts
    yield changed
    yield from _narrow(raw, before, after)
    if spot.style in {"|", ">"} and "#" in raw.partition("\n")[0]:
        # A comment stands beside the sign, and nowhere in quotes.
        return
    if spot.is_json:
        yield as_json(after, is_ascii="\\u" in raw and raw.isascii())
        return
    if "\n" not in after:
        if spot.style != '"':
            yield from (after,) * (spot.style == "")
            yield "'" + after.replace("'", "''") + "'"
        yield as_json(after)
    elif spot.style == '"':
        yield as_json(after)


def _narrow(raw: str, before: str, after: str) -> Iterator[str]:
    """Yield the raw text with what differs changed, if that is there once."""
    start, end = _common(before, after), _common(before[::-1], after[::-1])
    end = min(end, len(before) - start, len(after) - start)
    first, last = max(start - _AROUND, 0), max(end - _AROUND, 0)
    old, new = before[first : len(before) - last], after[first : len(after) - last]
    if old and raw.count(old) == 1:
        yield raw.replace(old, new)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    shortest = min(len(one), len(other))
    return next((n for n, (a, b) in enumerate(pairs) if a != b), shortest)


def _reads_as(written: str, text: str, spot: Spot) -> bool:
    """Tell whether what is written there is read as a text."""
    if spot.is_json:
        try:
            return bool(json.loads(written) == text)
        except ValueError:
            return False
    if written.lower() in _NO_TEXT:
        return False
    whole = f"x: [{written}]\n" if spot.is_flow else f"x: {written}\n"
    wanted = {"x": [text] if spot.is_flow else text}
    return [(one.value, one.faults) for one in yaml_items(whole)] == [(wanted, ())]
