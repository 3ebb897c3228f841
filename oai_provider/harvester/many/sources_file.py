"""Reading `sources.toml`: `[defaults]`, and a `[[source]]` for each endpoint.

What is wrong is told all at once, each fault with its line. A table in `[defaults]`
is for all sources; what a source says itself wins, key by key.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.many.places import Place, line_of, lines_of
from oai_provider.harvester.many.source import Source
from oai_provider.metadata.faults import worded

Table = Mapping[str, object]
Problem = tuple[Place, str]
Part = TypeVar("Part", bound=BaseModel)

_TOP: Final = ("defaults", "source")
# What every source has of its own.
_OWN: Final = ("name", "base_url")
# Stands for a source where defaults are looked at by themselves.
_ANY: Final = {"name": "any", "base_url": "https://any.example.org/oai", "to": "any/"}
_SPARE: Final = "{name}"


class SourcesError(OaiProviderError):
    """A file of sources cannot be used; the message lists every problem in it."""


def load_sources(file: Path) -> tuple[Source, ...]:
    """Return the sources of a file, in order, paths in it taken from its folder.

    Raises `SourcesError` with every problem.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SourcesError(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourcesError(f"{file} is not in UTF-8: {error}") from error
    return read_sources(text, file)


def read_sources(text: str, file: Path) -> tuple[Source, ...]:
    """Return the sources that a text says, as `load_sources` does."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourcesError(f"{file} is not TOML: {error}") from error
    reading = _Reading(data)
    sources = reading.sources()
    problems = [*reading.problems, *_clashes(sources)]
    if problems:
        lines = lines_of(text)
        told = sorted((line_of(place, lines), said) for place, said in problems)
        raise SourcesError(
            "\n".join(f"{file}:{line}: {said}" for line, said in dict.fromkeys(told))
        )
    return tuple(_placed(source, file.absolute().parent) for _, source in sources)


class _Reading:
    """Reads the tables of a file, and gathers what is wrong with them."""

    def __init__(self, data: Table) -> None:
        self.problems: list[Problem] = []
        self._defaults = self._table_of_defaults(data)
        self._tables = self._tables_of_sources(data)
        self.problems += _namesakes(self._tables)
        self.problems += [
            ((key,), f"{key}: there is no such table{_meant(key, _TOP)}")
            for key in data
            if key not in _TOP
        ]

    def sources(self) -> list[tuple[int, Source]]:
        """Return the sources that can be read, each with its number."""
        read = ((n, self._source(n, table)) for n, table in enumerate(self._tables))
        return [(n, source) for n, source in read if source is not None]

    def _table_of_defaults(self, data: Table) -> Table:
        table = data.get("defaults", {})
        if not isinstance(table, Mapping):
            self.problems.append((("defaults",), "defaults: write it as [defaults]"))
            return {}
        for key in table.keys() & {*_OWN}:
            said = f"defaults.{key}: each source has its own: move it there"
            self.problems.append((("defaults", key), said))
        usable = {key: value for key, value in table.items() if key not in _OWN}
        try:
            Source.model_validate(_ANY | usable)
        except ValidationError as error:
            self.problems += _faults(error, "defaults", ("defaults",))
        return usable

    def _tables_of_sources(self, data: Table) -> Sequence[Table]:
        tables = data.get("source")
        if isinstance(tables, list) and all(isinstance(t, Mapping) for t in tables):
            return tables
        said = "there is no source: write [[source]], and its name and base_url below"
        self.problems.append((("source",), said))
        return ()

    def _source(self, number: int, table: Table) -> Source | None:
        try:
            return Source.model_validate(_merged(self._defaults, table))
        except ValidationError as error:
            name = table.get("name")
            called = f"source {name if isinstance(name, str) else number + 1}"
            faults = _faults(error, called, ("source", number))
            self.problems += [f for f in faults if not self._is_inherited(f[0], table)]
            return None

    def _is_inherited(self, place: Place, table: Table) -> bool:
        """Tell whether a fault is one of the defaults, which is told there."""
        here: object = table
        above: object = self._defaults
        for key in place[2:]:
            if not isinstance(here, Mapping) or key not in here:
                return isinstance(above, Mapping) and key in above
            here = here[key]
            above = above.get(key) if isinstance(above, Mapping) else None
        return False


def _merged(defaults: Table, table: Table) -> Table:
    both = defaults.keys() & table.keys()
    inner = {
        key: _merged(above, here)
        for key in both
        if isinstance(above := defaults[key], Mapping)
        and isinstance(here := table[key], Mapping)
    }
    return {**defaults, **table, **inner}


def _placed(source: Source, folder: Path) -> Source:
    """Return a source whose paths do not depend on where it is harvested."""
    to = source.to
    if "://" not in to:
        to = f"{folder / to}/" if to.endswith("/") else str(folder / to)
    auth = _with_paths(source.auth, folder)
    connection = _with_paths(source.connection, folder)
    inner = {"to": to, "auth": auth, "connection": connection}
    return _with_paths(source, folder).model_copy(update=inner)


def _with_paths(part: Part, folder: Path) -> Part:
    paths = {name: folder / value for name, value in part if isinstance(value, Path)}
    return part.model_copy(update=paths)


# What is wrong.


def _clashes(sources: Sequence[tuple[int, Source]]) -> Iterator[Problem]:
    """Yield files that two would write; a store may be of many."""
    places = Counter(source.place for _, source in sources)
    for number, source in sources:
        if places[source.place] > 1 and "://" not in source.to:
            said = f"to: {source.place} is of another source, too: write {_SPARE} in it"
            yield ("source", number, "to"), f"source {source.name}: {said}"


def _namesakes(tables: Sequence[Table]) -> Iterator[Problem]:
    """Yield names that stand there twice; files may not tell capitals apart."""
    names = Counter(str(table.get("name")).casefold() for table in tables)
    for number, table in enumerate(tables):
        name = table.get("name")
        if isinstance(name, str) and names[name.casefold()] > 1:
            said = f"source {name}: name: there are two of this name: rename one"
            yield ("source", number, "name"), said


def _faults(error: ValidationError, called: str, above: Place) -> Iterator[Problem]:
    for fault in error.errors(include_url=False):
        loc = fault["loc"]
        keys = ".".join(map(str, loc))
        yield (*above, *loc), f"{called}: {keys}{': ' if keys else ''}{_said(fault)}"


def _said(fault: ErrorDetails) -> str:
    if fault["type"] == "extra_forbidden":
        return f"there is no such key{_nearest(fault['loc'])}"
    if fault["type"] == "missing":
        return "is missing: a value is needed here"
    return worded(fault)


def _nearest(loc: Place) -> str:
    """Return a question for the key that was meant, there or in another table."""
    *above, key = map(str, loc)
    beside = [k for k in _KEYS if k.split(".")[:-1] == above]
    found = _near(key, beside) or _near(key, _KEYS)
    return found or f": known here are {', '.join(beside)}"


def _near(key: str, keys: Sequence[str]) -> str:
    by_last = {known.split(".")[-1]: known for known in reversed(keys)}
    near = get_close_matches(key, by_last, n=1)
    return f"; did you mean {by_last[near[0]]}?" if near else ""


def _meant(key: str, keys: Sequence[str]) -> str:
    near = get_close_matches(key, keys, n=1)
    return f"; did you mean {near[0]}?" if near else f": known are {', '.join(keys)}"


def _known(model: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield above + (field.alias or name)
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _known(inner, f"{above}{field.alias or name}.")


_KEYS: Final = [*_known(Source)]
