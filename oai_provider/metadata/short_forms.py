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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Final, get_args, get_origin

from oai_provider.metadata.text import Part, Short, Text

_TEXT: Final = frozenset({str})


@dataclass(frozen=True, slots=True)
class Nested:
    """What a field holds: parts of a model, or scalars (None); many, or one."""

    model: type[Part] | None
    many: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What the fields of a part hold, and how it may be written."""

    nested: Mapping[str, Nested]
    # The names that may have to be read as something else than is written.
    read: frozenset[str]
    # Whether the field a scalar fills is a Text, so that {value, lang} may fill it.
    named_by_text: bool
    # By each short name the others that say the same.
    rivals: Mapping[str, frozenset[str]]


@cache
def shape_of(model: type[Part]) -> Shape:
    """Return the shape of a part, worked out once."""
    nested = {
        field.alias or name: Nested(*held)
        for name, field in model.model_fields.items()
        if (held := _held(field.annotation)) != (None, False)
    }
    named = nested.get(model.scalar_field)
    named_by_text = named is not None and named.model is Text
    value = {"value"} if named_by_text else set()
    return Shape(
        nested=nested,
        read=frozenset(nested.keys() | model.shorts.keys() | value),
        named_by_text=named_by_text,
        rivals={
            name: frozenset(_rivals(name, model.shorts, nested))
            for name in model.shorts
        },
    )


def _rivals(
    name: str, shorts: Mapping[str, Short], nested: Mapping[str, Nested]
) -> Iterator[str]:
    short = shorts[name]
    many = nested[short.stands_for].many
    for other in shorts.keys() - {name}:
        if _says_same(short, shorts[other], many=many):
            yield other


def _says_same(short: Short, other: Short, *, many: bool) -> bool:
    if other.stands_for != short.stands_for:
        return False
    # doi and isbn both give identifiers, but different ones.
    told_apart = any(other.implies.get(k, v) != v for k, v in short.implies.items())
    return not (many and told_apart)


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


def long_form(model: type[Part], data: Mapping[str, object]) -> Mapping[str, object]:
    """Return the long form of a part that is written in long or short form."""
    shape = shape_of(model)
    if shape.read.isdisjoint(data) and _TEXT.issuperset(map(type, data.values())):
        return data
    if shape.named_by_text and "value" in data and model.scalar_field not in data:
        data = _with_named_text(model.scalar_field, data)
    long: dict[str, object] = {}
    for key, value in data.items():
        if value is None:
            continue
        nested = shape.nested.get(key)
        if nested is not None:
            long[key] = _nested(nested, value)
        elif key in model.shorts:
            _lengthen(model, key, data, long)
        else:
            long[key] = str(value) if type(value) is int else value
    return long


def _nested(nested: Nested, value: object) -> object:
    if not nested.many:
        return _part(nested.model, value)
    return [_part(nested.model, one) for one in _listed(nested.model, value)]


def _part(model: type[Part] | None, value: object) -> object:
    if type(value) is int:
        value = str(value)
    if model is None:
        return value
    if isinstance(value, dict):
        return long_form(model, value)
    if model.scalar_field and not isinstance(value, (list, tuple, Part)):
        return long_form(model, model.from_scalar(value))
    return value


def _listed(model: type[Part] | None, value: object) -> Sequence[object]:
    values = value if isinstance(value, (list, tuple)) else [value]
    plural = model.plural_field if model else ""
    if plural and any(isinstance(one, dict) and plural in one for one in values):
        return [one for _, one in spread(model, value)]
    return values


def spread(model: type[Part] | None, value: object) -> Iterator[tuple[str, object]]:
    """Yield each value of a list, with the path to it as it is written."""
    if not isinstance(value, (list, tuple)):
        yield from _values("", model, value)
        return
    for n, one in enumerate(value):
        yield from _values(f"[{n}]", model, one)


def _values(
    path: str, model: type[Part] | None, one: object
) -> Iterator[tuple[str, object]]:
    plural = model.plural_field if model else ""
    if plural and isinstance(one, dict) and plural in one and "value" not in one:
        shared = {key: value for key, value in one.items() if key != plural}
        for n, (_, value) in enumerate(spread(None, one[plural])):
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
    if rival(model, key, data):
        long[key] = data[key]
        return
    short = model.shorts[key]
    nested = shape_of(model).nested[short.stands_for]
    if nested.many:
        values = _listed(nested.model, data[key])
        written = [_implied(nested, short, value) for value in values]
        before = long.get(short.stands_for)
        long[short.stands_for] = (
            [*before, *written] if isinstance(before, list) else written
        )
    else:
        long[short.stands_for] = _implied(nested, short, data[key])


def _implied(nested: Nested, short: Short, value: object) -> object:
    model = nested.model
    if model is None or not short.implies or isinstance(value, (list, tuple)):
        return _part(model, value)
    part = value if isinstance(value, dict) else {model.scalar_field: value}
    return long_form(model, {**short.implies, **part})


def rival(model: type[Part], key: str, data: Mapping[str, object]) -> str | None:
    """Return the name before or beside a short one that says the same thing."""
    short = model.shorts[key]
    if data.get(short.stands_for) is not None:
        return short.stands_for
    rivals = shape_of(model).rivals[key]
    if rivals.isdisjoint(data):
        return None
    before = takewhile(lambda other: other != key, data)
    return next((o for o in before if o in rivals and data[o] is not None), None)
