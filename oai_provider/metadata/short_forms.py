"""Short forms: what people may write instead of the long form of an item.

The parts say themselves what is short for them (`Part.shorts`, `from_scalar`,
`plural_field`); this module obeys, before anything is validated. A short name beside
the long one it stands for is left alone, and then refused as an unknown field.

    written                         read as
    one value where a list belongs  a list of one
    5 where text belongs            "5"
    null                            the field left out
    a scalar where a part belongs   the part's `from_scalar`: {value: …}, {name: …}
    {value, lang} for a named part  {name: {value, lang}}
    {lang: ru, values: [a, b]}      [{lang: ru, value: a}, {lang: ru, value: b}]
    a name out of `shorts`          the field it stands for, with what it implies
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Final, get_args, get_origin

from oai_provider.metadata.text import Part, Short, Text

# A value of a plural field is where it is; what it shares is beside the plural.
_PLURAL: Final = re.compile(r"(\.values\[\d+\])\.value$|\.values\[\d+\](?=\.(?!value))")


@dataclass(frozen=True, slots=True)
class _Nested:
    """What a field holds: parts of a model, or scalars; many of them, or one."""

    model: type[Part] | None
    many: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    nested: Mapping[str, _Nested]
    # Whether the field a scalar fills is a Text, so that {value, lang} may fill it.
    named_by_text: bool


@lru_cache(maxsize=None)
def shape_of(model: type[Part]) -> _Shape:
    """Return what the fields of a part hold."""
    nested = {
        field.alias or name: _Nested(*held)
        for name, field in model.model_fields.items()
        if (held := _held(field.annotation)) != (None, False)
    }
    named = nested.get(model.scalar_field)
    return _Shape(nested, named is not None and named.model is Text)


def _held(annotation: object) -> tuple[type[Part] | None, bool]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation, False
    arguments = get_args(annotation)
    if get_origin(annotation) is tuple:
        return _held(arguments[0])[0], True
    if get_origin(annotation) is dict:
        return None, False
    parts = (_held(argument) for argument in arguments)
    return next((part for part in parts if part != (None, False)), (None, False))


def long_form(model: type[Part], data: Mapping[str, object]) -> dict[str, object]:
    """Return the long form of a part that is written in long or short form."""
    shape = shape_of(model)
    if shape.named_by_text and "value" in data and model.scalar_field not in data:
        data = _with_named_text(model.scalar_field, data)
    long: dict[str, object] = {}
    for key, value in data.items():
        if key in shape.nested:
            if value is not None:
                long[key] = _nested(shape.nested[key], value)
        elif type(value) is int:
            long[key] = str(value)
        elif key in model.shorts:
            _lengthen(model, key, data, long)
        elif value is not None:
            long[key] = value
    return long


def _nested(nested: _Nested, value: object) -> object:
    if not nested.many:
        return _part(nested.model, value)
    return [_part(nested.model, one) for _, one in _spread(nested.model, value)]


def _part(model: type[Part] | None, value: object) -> object:
    if type(value) is int:
        value = str(value)
    if model is None:
        return value
    if isinstance(value, Mapping):
        return long_form(model, value)
    if model.scalar_field and isinstance(value, str | bool | float):
        return long_form(model, model.from_scalar(value))
    return value


def _spread(model: type[Part] | None, value: object) -> Iterator[tuple[str, object]]:
    """Yield each value of a list, with the path to it as it is written."""
    if not isinstance(value, list | tuple):
        yield from _values("", model, value)
        return
    for n, one in enumerate(value):
        yield from _values(f"[{n}]", model, one)


def _values(
    path: str, model: type[Part] | None, one: object
) -> Iterator[tuple[str, object]]:
    plural = model.plural_field if model else ""
    if plural and isinstance(one, Mapping) and plural in one and "value" not in one:
        shared = {key: value for key, value in one.items() if key != plural}
        for n, (_, value) in enumerate(_spread(None, one[plural])):
            yield f"{path}.{plural}[{n}]", {**shared, "value": value}
    else:
        yield path, one


def _with_named_text(name: str, data: Mapping[str, object]) -> Mapping[str, object]:
    text = {key: value for key, value in data.items() if key in Text.model_fields}
    rest = {key: value for key, value in data.items() if key not in text}
    return {name: text, **rest}


def _lengthen(
    model: type[Part], key: str, data: Mapping[str, object], long: dict[str, object]
) -> None:
    """Put what a short name says where it belongs, unless something else says it."""
    if data[key] is None:
        return
    if rival(model, key, data):
        long[key] = data[key]
        return
    short = model.shorts[key]
    nested = shape_of(model).nested[short.field]
    written = [_implied(nested, short, value) for value in _listed(nested, data[key])]
    if nested.many:
        before = long.get(short.field)
        long[short.field] = [*before, *written] if isinstance(before, list) else written
    else:
        long[short.field] = written[0]


def _listed(nested: _Nested, value: object) -> list[object]:
    return [one for _, one in _spread(nested.model, value)] if nested.many else [value]


def _implied(nested: _Nested, short: Short, value: object) -> object:
    part = _part(nested.model, value)
    if not short.implies or not isinstance(part, dict):
        return part
    if isinstance(value, Mapping):
        return {**short.implies, **part}
    return {**part, **short.implies}


def rival(model: type[Part], key: str, data: Mapping[str, object]) -> str | None:
    """Return the name before or beside a short one that says the same thing."""
    short = model.shorts[key]
    if data.get(short.field) is not None:
        return short.field
    many = shape_of(model).nested[short.field].many
    for other in data:
        if other == key:
            return None
        if _says_same(short, model.shorts.get(other), many=many):
            return other
    return None


def _says_same(short: Short, other: Short | None, *, many: bool) -> bool:
    if other is None or other.field != short.field:
        return False
    # doi and isbn both give identifiers, but different ones.
    told_apart = any(other.implies.get(k, v) != v for k, v in short.implies.items())
    return not (many and told_apart)


@dataclass(frozen=True, slots=True)
class Written:
    """A place in what was written: its path, what stands there, what surrounds it."""

    path: str
    value: object
    model: type[Part] | None
    owner: type[Part] | None = None
    beside: Mapping[str, object] = field(default_factory=dict)


def as_written(model: type[Part], data: object, place: Sequence[str | int]) -> Written:
    """Return where a place in the long form was written.

    What a short form only implies was written where the short form is.
    """
    here = Written("", data, model)
    parts = deque(place)
    while parts:
        name = str(parts.popleft())
        index = parts.popleft() if parts and isinstance(parts[0], int) else 0
        here = _step(here, name, index)
    return replace(here, path=_PLURAL.sub(r"\1", here.path.removeprefix(".")))


def _step(here: Written, field: str, index: int) -> Written:
    nested = shape_of(here.model).nested.get(field) if here.model else None
    model = nested.model if nested else None
    if not isinstance(here.value, Mapping):
        return Written(here.path, here.value, model)
    found = islice(_sources(here, field, nested), index, None)
    path, value = next(found, (f".{field}", None))
    if value is None and here.model and _names_itself(here.model, field, here.value):
        path, value = "", here.value
    return Written(here.path + path, value, model, here.model, here.value)


def _names_itself(model: type[Part], field: str, data: Mapping[str, object]) -> bool:
    """Tell whether {value, lang} stands for the field that names the part."""
    named = field == model.scalar_field and shape_of(model).named_by_text
    return named and "value" in data


def _sources(
    here: Written, field: str, nested: _Nested | None
) -> Iterator[tuple[str, object]]:
    """Yield what was written for a field of the long form, short names included."""
    written = here.value
    assert isinstance(written, Mapping)
    shorts = here.model.shorts if here.model else {}
    for key, value in written.items():
        target = shorts[key].field if key in shorts and field not in written else key
        if target != field:
            continue
        if nested and nested.many:
            yield from ((f".{key}{p}", v) for p, v in _spread(nested.model, value))
        else:
            yield f".{key}", value
