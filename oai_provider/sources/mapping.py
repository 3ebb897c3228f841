"""A mapping out of a file becomes an item, or every reason why not, each in place."""

from collections.abc import Callable, Iterator, Mapping

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import Item, read_item
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.sources.structure import TOO_DEEP, Lines, line_of


def read_mapping(
    data: dict[str, object],
    place: Place,
    lines: Callable[[], Lines] = dict,
    read: Callable[[Mapping[str, object]], Item] = read_item,
) -> Iterator[Read]:
    """Yield the item that data describes, or an `Unreadable` for each fault.

    `lines` is asked only when there are faults, to put each in its place. Where the
    data is known to be in long form, `read` may be quicker.
    """
    identifier = named(data)
    try:
        yield Sourced(place=place, item=read(data))
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
