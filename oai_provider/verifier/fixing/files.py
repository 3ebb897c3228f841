"""Files with items in them, as they are and as they would be after repairs.

A file that was mended is read again and must say what was meant, and nothing else must
have changed: else it stays as it is, and that is told. Only forms that people write
items in are written: YAML, JSON, and JSON Lines.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from oai_provider.sources.base import Place, Sourced
from oai_provider.sources.encoding import EncodingError, utf8
from oai_provider.sources.json_items import JsonReader
from oai_provider.sources.mapping import read_mapping
from oai_provider.sources.paths import JSON_LINES
from oai_provider.sources.structure import Written
from oai_provider.sources.yaml_items import yaml_items
from oai_provider.verifier.fixing.acts import KINDS, Act, Data, Mend, done
from oai_provider.verifier.fixing.edits import Edit, Unplaced, Writing, edited
from oai_provider.verifier.fixing.items import Judging, mended
from oai_provider.verifier.fixing.places import Spots, json_spots, yaml_spots
from oai_provider.verifier.fixing.writing import digest

WRITTEN: Final = frozenset((".json", ".yaml", ".yml", *JSON_LINES))
"""The suffixes of files that repairs are written into."""
_MARK: Final = "\ufeff".encode()
_ROUNDS: Final = 4
_NAMES: Final = frozenset(("identifier", "id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A repair, and the item it is in."""

    line: int
    item: str
    mend: Mend
    reason: str = ""
    """Why it is not made, empty where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A file before and after its repairs."""

    file: Path
    before: bytes
    after: bytes
    dones: tuple[Done, ...]

    @property
    def digest(self) -> bytes:
        """By what is told whether a file is still what was read."""
        return digest(self.before)

    @property
    def made(self) -> tuple[Done, ...]:
        """The repairs that are in it."""
        return tuple(one for one in self.dones if not one.reason)


def mended_file(file: Path, wanted: Collection[int], judging: Judging) -> Mended:
    """Return a file with its items mended, if anything is found on `wanted` lines.

    These are the first lines of items; those that cannot be read are looked at, too.
    """
    before = file.read_bytes()
    mark = _MARK if before.startswith(_MARK) else b""
    try:
        text = utf8(before)
    except EncodingError:
        return Mended(file=file, before=before, after=before, dones=())
    mending = _Mending(wanted=wanted, judging=judging)
    if file.suffix.lower() in JSON_LINES:
        new, dones = mending.lines(text)
    else:
        new, dones = mending.whole(text, is_json=file.suffix.lower() == ".json")
    after = mark + new.encode() if new != text else before
    return Mended(file=file, before=before, after=after, dones=tuple(dones))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An item as a text has it."""

    number: int
    line: int
    data: Data
    spots: Spots


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mending:
    wanted: Collection[int]
    judging: Judging

    def lines(self, text: str) -> tuple[str, list[Done]]:
        """Mend texts of an item each."""
        lines, dones = text.split("\n"), list[Done]()
        reader = JsonReader()
        for n, line in enumerate(lines):
            if line.strip() and self._is_wanted(reader.item(line, n + 1)):
                lines[n], found = self.whole(line, is_json=True, first=n + 1)
                dones += found
        return "\n".join(lines), dones

    def whole(
        self, text: str, *, is_json: bool, first: int = 1
    ) -> tuple[str, list[Done]]:
        """Mend all items of a text, whose first line has a number."""
        written = [*_written(text, is_json=is_json)]
        numbers = {
            n for n, one in enumerate(written) if self._is_wanted(one, first - 1)
        }
        dones: list[Done] = []
        lines = [one.line + first - 1 for one in written]
        for _ in range(_ROUNDS):
            before = text
            for kind in KINDS:
                text, found = self._of_kind(text, kind, numbers, is_json=is_json)
                dones += (_placed(one, lines) for one in found)
            if text == before:
                break
        return text, list(dict.fromkeys(dones))

    def _is_wanted(self, one: Written, before: int = 0) -> bool:
        if one.faults or not isinstance(one.value, dict):
            return False
        if not (_NAMES & one.value.keys() and "resource_type" in one.value):
            # What calls itself no item is a file of something else.
            return False
        if one.line + before in self.wanted:
            return True
        reads = read_mapping(one.value, Place(Path("item"), 1))
        return not all(isinstance(read, Sourced) for read in reads)

    def _of_kind(
        self, text: str, kind: type[Act], numbers: Collection[int], *, is_json: bool
    ) -> tuple[str, list[Done]]:
        """Do all acts of a kind at once."""
        written = [*_written(text, is_json=is_json)]
        if any(one.faults for one in written):
            # What cannot be read to its end has no places.
            return text, []
        expected = [one.value for one in written]
        edits: list[Edit] = []
        dones: list[Done] = []
        items = _items(text, written, is_json=is_json)
        for item in items:
            if item.number not in numbers:
                continue
            writing = Writing(text=text, spots=item.spots, data=item.data)
            new, acts = item.data, list[Act]()
            for mend in mended(item.data, kind, self.judging)[1]:
                reason = _unplaced(writing, (*acts, *mend.acts))
                dones.append(_done(item, mend, reason))
                if not reason:
                    acts += mend.acts
                    new = done(new, mend.acts)
            edits += writing.edits(acts)
            expected[item.number] = new
        after = edited(text, edits)
        if not _says(after, expected, is_json=is_json):
            reason = "the file would say something else besides"
            return text, [_done_again(one, reason) for one in dones]
        return after, dones


def _written(text: str, *, is_json: bool) -> Iterator[Written]:
    return JsonReader().items(text) if is_json else yaml_items(text)


def _items(text: str, written: Sequence[Written], *, is_json: bool) -> Iterator[_Item]:
    spots = json_spots(text) if is_json else yaml_spots(text)
    if len(spots) != len(written):
        return
    for n, (one, places) in enumerate(zip(written, spots, strict=True)):
        if isinstance(one.value, dict):
            yield _Item(number=n, line=one.line, data=one.value, spots=places)


def _unplaced(writing: Writing, acts: Iterable[Act]) -> str:
    """Return why acts cannot be done in a text, empty if they can."""
    try:
        _ = [*writing.edits(acts)]
    except Unplaced as error:
        return str(error)
    return ""


def _done(item: _Item, mend: Mend, reason: str) -> Done:
    name = item.data.get("identifier") or item.data.get("id")
    return Done(line=item.number, item=str(name or ""), mend=mend, reason=reason)


def _done_again(one: Done, reason: str) -> Done:
    return replace(one, reason=one.reason or reason)


def _placed(one: Done, lines: Sequence[int]) -> Done:
    return replace(one, line=lines[one.line])


def _says(text: str, expected: Sequence[object], *, is_json: bool) -> bool:
    read = [*_written(text, is_json=is_json)]
    return not any(one.faults for one in read) and [
        _full(one.value) for one in read
    ] == [*map(_full, expected)]


def _full(value: object) -> object:
    """Return a value without the fields in it that hold nothing."""
    if isinstance(value, dict):
        return {k: _full(v) for k, v in value.items() if v is not None and v != []}
    return [*map(_full, value)] if isinstance(value, list) else value
