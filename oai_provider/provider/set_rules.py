"""Virtual sets: an item is in one because a rule holds for it.

A rule is a table of conditions, written as items are: field and short names, paths
with dots, values in short form. Its names and values are checked against the model
when it is read, and it is compiled once, since every item that comes in is asked. All
conditions must hold; of several values, one. Where a field holds many parts, one of
them is enough, and a table in its place must hold for one of them as a whole.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from operator import attrgetter
from typing import Final, cast, get_args, get_origin

from pydantic import ValidationError, create_model

from oai_provider.metadata.edtf import Edtf, EdtfDate, year_of
from oai_provider.metadata.item import Item
from oai_provider.metadata.short_forms import Nested, shape_of
from oai_provider.metadata.text import Part, Short
from oai_provider.protocol.names import without_implied

_NOT: Final = "not"
_HAS: Final = "has"
_YEAR: Final = re.compile(r"-?\d{4,}", re.ASCII)
_MOST_DATES: Final = 50_000
_EXAMPLE: Final = 'write conditions, such as {languages = "ru"}'

Table = Mapping[str, object]
"""Conditions, by the field they are of."""
_Test = Callable[[object], bool]
"""Tells whether a condition holds for a part of an item, or a value in one."""


@dataclass(frozen=True, slots=True)
class SetRule:
    """A rule as it is written, and whether it holds for an item."""

    table: Table
    holds: Callable[[Item], bool] = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[Callable[[object], "SetRule"], tuple[Table]]:
        """Go to another process as it is written."""
        return set_rule, (self.table,)


@dataclass(frozen=True, slots=True)
class SetRules:
    """The rules of all virtual sets, by setSpec."""

    rules: Mapping[str, SetRule] = field(default_factory=dict)

    def sets_of(self, item: Item) -> tuple[str, ...]:
        """Return the sets an item is in: its own, and those whose rules hold."""
        by_rule = (spec for spec, rule in self.rules.items() if rule.holds(item))
        return without_implied((*item.sets, *by_rule))


def set_rule(table: object) -> SetRule:
    """Return the rule that a table is; a ValueError tells all that is wrong with it."""
    compiler = _Compiler()
    holds = compiler.table(Item, table, "")
    if compiler.problems:
        raise ValueError("; ".join(compiler.problems))
    return SetRule(cast("Table", table), holds)


@dataclass(frozen=True, slots=True)
class _Field:
    """What a name stands for in a part: a field, and what is said of its parts."""

    path: str
    owner: type[Part]
    attribute: str
    nested: Nested
    implies: Mapping[str, str]


class _Years(dict[str, bool]):
    """Whether dates lie in a span of years: there are few, and many items of each."""

    __slots__ = ("_end", "_start")

    def __init__(self, start: int | None, end: int | None) -> None:
        self._start = start
        self._end = end

    def __missing__(self, date: str) -> bool:
        year = year_of(date)
        is_in = (
            year is not None
            and (self._start is None or self._start <= int(year))
            and (self._end is None or int(year) <= self._end)
        )
        if len(self) < _MOST_DATES:
            self[date] = is_in
        return is_in


class _Compiler:
    """Makes tests of conditions, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def table(self, model: type[Part], table: object, at: str) -> _Test:
        """Return the test that all conditions of a table hold for a part."""
        if not isinstance(table, dict) or not table:
            return self._wrong(at.removesuffix(".") or "the rule", _EXAMPLE)
        tests = [self._condition(model, key, table[key], at) for key in table]
        return tests[0] if len(tests) == 1 else lambda part: all(t(part) for t in tests)

    def _condition(self, model: type[Part], key: str, value: object, at: str) -> _Test:
        values = value if isinstance(value, list) else [value]
        if not values:
            return self._wrong(f"{at}{key}", "the list is empty: write a value")
        if key == _NOT:
            holds = _any([self.table(model, one, f"{at}{key}.") for one in values])
            return lambda part: not holds(part)
        if key == _HAS:
            return _any([self._has(model, str(name), at) for name in values])
        name, dot, rest = key.partition(".")
        found = self._field(model, name, at)
        if found is None:
            return _never
        return _some(found, self._values(found, [{rest: values}] if dot else values))

    def _has(self, model: type[Part], path: str, at: str) -> _Test:
        """Return the test that a field is there, or an identifier of a scheme."""
        name, dot, rest = path.partition(".")
        if dot:
            return self._condition(model, name, {_HAS: rest}, at)
        found = self._field(model, name, at)
        if found is None:
            return _never
        if found.nested.model is None or not found.implies:
            return _some(found, _is_said)
        return _some(found, self.table(found.nested.model, {**found.implies}, ""))

    def _field(self, model: type[Part], name: str, at: str) -> _Field | None:
        attributes = {
            field.alias or attribute: attribute
            for attribute, field in model.model_fields.items()
        }
        short = model.shorts.get(name, Short(name))
        if short.stands_for not in attributes:
            near = get_close_matches(name, [*attributes, *model.shorts], n=1)
            there = f"there is {', '.join(attributes)}"
            hint = f"did you mean {at}{near[0]}?" if near else there
            self._wrong(f"{at}{name}", f"there is no such field; {hint}")
            return None
        return _Field(
            path=f"{at}{name}",
            owner=model,
            attribute=attributes[short.stands_for],
            nested=shape_of(model).nested.get(short.stands_for, Nested(None, False)),
            implies=short.implies,
        )

    def _values(self, found: _Field, values: Sequence[object]) -> _Test:
        """Return the test that a part, or a value, is one of those written."""
        model = found.nested.model
        if model is None:
            return self._scalars(found, values)
        tables = _merged([self._table_of(found, model, value) for value in values])
        at = f"{found.path}."
        return _any([self.table(model, table, at) for table in tables if table])

    def _table_of(self, found: _Field, model: type[Part], value: object) -> Table:
        """Return what is written of a part as conditions, as `short_forms` does."""
        if isinstance(value, dict):
            if not value:
                self._wrong(found.path, _EXAMPLE)
            return {**found.implies, **value}
        text = _text(value)
        if isinstance(text, str) and model.scalar_field:
            return {**model.from_scalar(text), **found.implies}
        names = ", ".join(model.model_fields)
        self._wrong(found.path, f"{value!r} says nothing: write one of its {names}")
        return {}

    def _scalars(self, found: _Field, values: Sequence[object]) -> _Test:
        annotation = found.owner.model_fields[found.attribute].annotation
        if any(isinstance(value, dict) for value in values):
            return self._wrong(found.path, "there are no fields in it")
        if get_origin(annotation) is dict:
            hint = f'it can only be asked for: write has = "{found.path}"'
            return self._wrong(found.path, hint)
        if {Edtf, EdtfDate}.intersection(get_args(annotation)):
            return _any([self._years(found, str(value)) for value in values])
        wanted = {_folded(self._checked(found, value)) for value in values}
        return lambda value: _folded(value) in wanted

    def _years(self, found: _Field, value: str) -> _Test:
        first, dots, last = value.partition("..")
        written = [year for year in (first, last) if year]
        if not written or not all(map(_YEAR.fullmatch, written)):
            hint = "write a year, 2014, or years, 2010..2019, 2020.. or ..1999"
            return self._wrong(found.path, f"{value!r} is no year: {hint}")
        start = int(first) if first else None
        end = int(last) if last else None if dots else start
        if start is not None and end is not None and start > end:
            return self._wrong(found.path, f"{value!r} ends before it starts")
        years = _Years(start, end)
        return lambda date: years[cast("str", date)]

    def _checked(self, found: _Field, value: object) -> object:
        """Return a value as the field would hold it."""
        info = found.owner.model_fields[found.attribute]
        annotation = cast("type[object]", info.annotation)
        kind = create_model("Kind", value=(annotation, info))
        given = [_text(value)] if found.nested.many else _text(value)
        try:
            checked = kind.model_validate({info.alias or "value": given})
        except ValidationError as error:
            message = error.errors()[0]["msg"].removeprefix("Value error, ")
            return self._wrong(found.path, f"{value!r}: {message}")
        held = attrgetter("value")(checked)
        return held[0] if found.nested.many else held

    def _wrong(self, path: str, problem: str) -> _Test:
        self.problems.append(f"{path}: {problem}")
        return _never


def _text(value: object) -> object:
    """Return what TOML has a type for as it is written in an item."""
    is_text = isinstance(value, (bool, list)) or value is None
    return value if is_text else str(value)


def _merged(tables: Sequence[Table]) -> Sequence[Table]:
    """Return tables in which alternatives for one and the same field are a list."""
    lists: defaultdict[str, list[object]] = defaultdict(list)
    others = []
    for table in tables:
        (key, value), *more = table.items() or (("", None),)
        if more or isinstance(value, list) or key in {"", _NOT}:
            others.append(table)
        else:
            lists[key].append(value)
    return [*others, *({key: values} for key, values in lists.items())]


def _folded(value: object) -> object:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def _never(_: object) -> bool:
    return False


def _is_said(value: object) -> bool:
    return value is not False and value != {}


def _any(tests: Sequence[_Test]) -> _Test:
    return tests[0] if len(tests) == 1 else lambda part: any(t(part) for t in tests)


def _some(found: _Field, test: _Test) -> _Test:
    """Return the test that holds for a part of which a field holds such a value."""
    value_of: Callable[[object], object] = attrgetter(found.attribute)
    if found.nested.many:
        return lambda part: any(map(test, cast("Iterable[object]", value_of(part))))
    return lambda part: (value := value_of(part)) is not None and test(value)
