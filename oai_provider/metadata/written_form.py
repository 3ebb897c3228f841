"""Where in the written form of an item a place in its long form came from.

The inverse of `short_forms`, needed only to tell people where their faults are.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from oai_provider.metadata.short_forms import shape_of, spread
from oai_provider.metadata.text import Part

# A value of a plural field is where it is; what it shares is beside the plural.
_PLURAL: Final = re.compile(r"(\.values\[\d+\])\.value$|\.values\[\d+\](?=\.(?!value))")


@dataclass(frozen=True, slots=True)
class Written:
    """A place in what was written: its path, what stands there, what surrounds it."""

    path: str
    value: object
    model: type[Part] | None
    owner: type[Part] = Part
    beside: Mapping[str, object] = field(default_factory=dict)


def as_written(model: type[Part], data: object, place: Sequence[str | int]) -> Written:
    """Return where a place in the long form was written.

    What a short form only implies was written where the short form is.
    """
    here = Written("", data, model)
    parts = deque(place)
    while parts:
        name = str(parts.popleft())
        index = 0
        if parts and isinstance(parts[0], int):
            index = int(parts.popleft())
        here = _step(here, name, index)
    return replace(here, path=_PLURAL.sub(r"\1", here.path.removeprefix(".")))


def _step(here: Written, field: str, index: int) -> Written:
    nested = shape_of(here.model).nested.get(field) if here.model else None
    model = nested.model if nested else None
    if not isinstance(here.value, Mapping):
        return Written(here.path, here.value, model)
    found = islice(_sources(here.model, here.value, field), index, None)
    path, value = next(found, (f".{field}", None))
    if value is None and here.model and _names_itself(here.model, field, here.value):
        path, value = "", here.value
    return Written(here.path + path, value, model, here.model or Part, here.value)


def _names_itself(model: type[Part], field: str, data: Mapping[str, object]) -> bool:
    """Tell whether {value, lang} stands for the field that names the part."""
    named = field == model.scalar_field and shape_of(model).named_by_text
    return named and "value" in data


def _sources(
    model: type[Part] | None, data: Mapping[str, object], field: str
) -> Iterator[tuple[str, object]]:
    """Yield what was written for a field of the long form, short names included."""
    shorts = model.shorts if model and field not in data else {}
    nested = shape_of(model).nested.get(field) if model else None
    for key, value in data.items():
        target = shorts[key].stands_for if key in shorts else key
        if target == field and nested and nested.many:
            yield from ((f".{key}{path}", v) for path, v in spread(nested.model, value))
        elif target == field:
            yield f".{key}", value
