"""A mapping out of a file becomes an item, or every reason why not, each in place."""

from collections.abc import Callable, Iterator, Mapping

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import read_item
from oai_provider.sources.base import Place, Read, Sourced, Unreadable

Lines = Mapping[str, int]
"""The line each path of an item stands on: `creators[0].family`, and "" for all."""

TOO_DEEP = "is nested too deeply to be an item: take a level out"


def read_mapping(
    data: dict[str, object], place: Place, lines: Callable[[], Lines] = dict
) -> Iterator[Read]:
    """Yield the item that data describes, or an `Unreadable` for each fault.

    `lines` is asked only when there are faults, to put each in its place.
    """
    identifier = named(data)
    try:
        yield Sourced(place=place, item=read_item(data))
    except ItemError as error:
        table = lines()
        for fault in error.faults:
            line = line_of(fault.path, table) or place.line
            yield Unreadable(
                place=Place(place.file, line),
                field=fault.path,
                reason=fault.message,
                identifier=identifier,
            )
    except RecursionError:
        yield Unreadable(place=place, reason=TOO_DEEP, identifier=identifier)


def named(data: Mapping[str, object]) -> str | None:
    """Return what the item calls itself, if it does."""
    name = data.get("identifier") or data.get("id")
    return name if isinstance(name, str) else None


def line_of(path: str, lines: Lines) -> int:
    """Return the line of a path, else of the nearest thing around it, else 0."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path, 0)
