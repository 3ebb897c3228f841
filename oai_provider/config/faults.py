"""What is wrong with settings, in words: the setting, its value, what to write.

No value of a secret is ever told: fields that are left out of a section's `repr`
are secret.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from difflib import get_close_matches
from typing import Annotated, Final, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from oai_provider.config.model import Config, settings
from oai_provider.metadata.faults import worded

_UNKNOWN: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument"})


class _Hidden:
    """Stands in messages where a secret would."""

    def __repr__(self) -> str:
        return "what is given"


def problems_of(error: ValidationError) -> Iterator[str]:
    """Yield every fault on one line, each by the dotted name of its setting."""
    faults = error.errors(include_url=False)
    for fault in faults:
        loc = fault["loc"]
        inner = (other["loc"] for other in faults if other is not fault)
        if fault["type"] == "too_short" and any(i[: len(loc)] == loc for i in inner):
            continue  # What is wrong with its entries is told.
        yield f"{'.'.join(map(str, loc))}: {_message(fault)}"


def _message(fault: ErrorDetails) -> str:
    loc = fault["loc"]
    if fault["type"] in _UNKNOWN:
        return f"there is no such setting{_nearest(loc)}"
    if fault["type"] == "missing":
        return "is missing: a value is needed here"
    if ".".join(map(str, loc[:2])) in _SECRETS:
        fault["input"] = _Hidden()
    return worded(fault)


_SECRETS: Final = frozenset(name for name, field in settings() if not field.repr)


def _nearest(loc: Sequence[str | int]) -> str:
    """Return a question for the setting that was meant, if one is near."""
    *above, name = map(str, loc)
    near = get_close_matches(name, _fields(_held(Config, loc[:-1])), n=1)
    meant = [".".join([*above, *near])] if near else _elsewhere(name)
    return f"; did you mean {meant[0]}?" if meant else ""


def _elsewhere(name: str) -> list[str]:
    """Return the settings of this name in whatever section."""
    return [setting for setting, _ in settings() if setting.endswith(f".{name}")]


def _held(annotation: object, loc: Sequence[str | int]) -> object:
    """Return what is held at a place within a section, as it is annotated."""
    for part in loc:
        within = _section(annotation)
        annotation = within if isinstance(part, int) else _fields(within).get(part)
    return _section(annotation)


def _section(annotation: object) -> object:
    """Return the section that an annotation is about: of one, of many, or of none."""
    if get_origin(annotation) is None:
        return annotation
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        arguments = arguments[:1]
    sections = (_section(argument) for argument in arguments)
    return next((section for section in sections if _fields(section)), None)


def _fields(section: object) -> Mapping[str, object]:
    if isinstance(section, type) and issubclass(section, BaseModel):
        return {n: field.annotation for n, field in section.model_fields.items()}
    if isinstance(section, type) and is_dataclass(section):
        hints = get_type_hints(section)
        return {name: hints[name] for name in section.__dataclass_fields__}
    return {}
