"""Items that people write: YAML, JSON, and JSON Lines with an item a line.

YAML and JSON hold one item or a list of items, YAML as many documents as it likes.
JSON Lines is read as a stream, and a bad line keeps no other line out.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from oai_provider.sources.base import Place, Read, Unreadable
from oai_provider.sources.encoding import EncodingError, utf8
from oai_provider.sources.json_items import JsonReader
from oai_provider.sources.mapping import named, read_mapping
from oai_provider.sources.structure import Written
from oai_provider.sources.yaml_items import yaml_items


def read_yaml(path: Path) -> Iterator[Read]:
    """Yield the items of a YAML file."""
    return _read_whole(path, yaml_items)


def read_json(path: Path) -> Iterator[Read]:
    """Yield the item of a JSON file, or the items of the list it holds."""
    return _read_whole(path, JsonReader().items)


def read_json_lines(path: Path) -> Iterator[Read]:
    """Yield the item of each line that is not blank."""
    with path.open("rb") as file:
        yield from read_lines(path, file)


def read_lines(path: Path, lines: Iterable[bytes], first: int = 1) -> Iterator[Read]:
    """Yield the item of each of some lines, the first of which has a number."""
    reader = JsonReader()
    for number, line in enumerate(lines, first):
        try:
            text = utf8(line, first_line=number)
        except EncodingError as error:
            yield Unreadable(place=Place(path, error.line), reason=error.reason)
            continue
        if text.strip():
            yield from _read(reader.item(text, number), path)


def _read_whole(
    path: Path, items: Callable[[str], Iterable[Written]]
) -> Iterator[Read]:
    try:
        text = utf8(path.read_bytes())
    except EncodingError as error:
        yield Unreadable(place=Place(path, error.line), reason=error.reason)
        return
    if not text.strip():
        yield Unreadable(place=Place(path), reason="is empty: write an item into it")
    else:
        for written in items(text):
            yield from _read(written, path)


def _read(written: Written, path: Path) -> Iterator[Read]:
    place = Place(path, written.line)
    value = written.value
    identifier = named(value) if isinstance(value, dict) else None
    for fault in written.faults:
        yield Unreadable(
            place=Place(path, fault.line),
            field=fault.path,
            reason=fault.reason,
            identifier=identifier,
        )
    if written.faults:
        return
    if isinstance(value, dict):
        yield from read_mapping(value, place, written.lines)
    else:
        what = "a list" if isinstance(value, list) else "a value alone"
        reason = f"is {what}: an item is a mapping, of fields such as id and titles"
        yield Unreadable(place=place, reason=reason)
