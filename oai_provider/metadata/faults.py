"""What is wrong with an item's data, in the words of the person who wrote it.

Every fault has the path to its field as it was written, short forms included, the
value, and what to write instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from re import findall
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from oai_provider.errors import OaiProviderError
from oai_provider.metadata.short_forms import rival
from oai_provider.metadata.text import Part
from oai_provider.metadata.written_form import Written, as_written
from oai_provider.protocol.xml import DATESTAMP_MARK, not_xml


@dataclass(frozen=True, slots=True)
class ItemFault:
    """One fault: where it is, `creators[0].affiliations[1]`, and how to mend it."""

    path: str
    message: str

    def __str__(self) -> str:
        """Write path and message on one line."""
        return f"{self.path}: {self.message}"


class ItemError(OaiProviderError):
    """An item's data is not an item; `faults` holds everything wrong with it."""

    def __init__(self, faults: tuple[ItemFault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def faults_of(
    error: ValidationError, model: type[Part], data: Mapping[str, object]
) -> tuple[ItemFault, ...]:
    """Return the faults pydantic found, each at the place where it was written."""
    faults = []
    for fault in error.errors(include_url=False):
        place = _place(fault, model, data)
        faults.append(ItemFault(place.path, _message(fault, place)))
    return tuple(dict.fromkeys(faults))


def _place(
    fault: ErrorDetails, model: type[Part], data: Mapping[str, object]
) -> Written:
    place = tuple(part for part in fault["loc"] if part != "[key]")
    return as_written(model, data, place)


def _message(fault: ErrorDetails, place: Written) -> str:
    field = str(fault["loc"][-1])
    if fault["type"] == "extra_forbidden":
        return _unknown(field, place)
    if fault["type"] == "missing":
        named = place.path.rpartition(".")[2] == field
        return f"{'' if named else f'{field} '}is missing: a value is needed here"
    return worded(fault)


def worded(fault: ErrorDetails) -> str:
    """Return what is wrong with a value, wherever it stands: value and remedy."""
    words = _WORDS.get(fault["type"])
    return words(fault) if words else f"{_shown(fault['input'])}: {fault['msg']}"


def _unknown(field: str, place: Written) -> str:
    owner = place.owner
    if field in owner.shorts:
        other = rival(owner, field, place.beside)
        return f"says the same as {other}, which is there too: keep one of them"
    known = sorted(
        {f.alias or n for n, f in owner.model_fields.items()} | {*owner.shorts}
    )
    near = get_close_matches(field, known, n=1)
    if near:
        return f"unknown field: did you mean {near[0]}?"
    return f"unknown field: known here are {', '.join(known)}"


def _not_text(fault: ErrorDetails) -> str:
    match fault["input"]:
        case bool() | float():
            value = _shown(fault["input"])
            return f'{value} is not text: write it in quotes, "{value}"'
        case Mapping() | list() | tuple():
            return f"{_shown(fault['input'])} stands where one text belongs: keep one"
        case _:
            return f"{_shown(fault['input'])} is not text: write it in quotes"


def _not_carried(fault: ErrorDetails) -> str:
    value = str(fault["input"])
    character = not_xml(value) or DATESTAMP_MARK
    return (
        f"holds U+{ord(character):04X} at character {value.index(character) + 1}, "
        "which XML cannot carry: remove it"
    )


def _no_choice(fault: ErrorDetails) -> str:
    expected = str(fault["ctx"]["expected"])
    near = get_close_matches(str(fault["input"]), findall(r"'([^']+)'", expected), n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"{_shown(fault['input'])} is not known here: write {expected}{meant}"


def _wants(wanted: str, remedy: str) -> Callable[[ErrorDetails], str]:
    return lambda fault: f"{_shown(fault['input'])} is not {wanted}: write {remedy}"


def _too_short(fault: ErrorDetails) -> str:
    least = fault["ctx"]["min_length"]
    if least > 1:
        return f"is too short: write {least} characters or more"
    return "is blank: fill it in or leave the field out"


def _too_small(fault: ErrorDetails) -> str:
    return f"{_shown(fault['input'])} is too small: write {fault['ctx']['ge']} or more"


def _too_large(fault: ErrorDetails) -> str:
    return f"{_shown(fault['input'])} is too large: write {fault['ctx']['le']} or less"


def _reason(fault: ErrorDetails) -> str:
    return str(fault["ctx"]["error"])


_FIELDS: Final = _wants("a mapping of fields to values", "its fields by name")
_LIST: Final = _wants("a list", "its values in brackets, [a, b]")
_WHOLE_NUMBER: Final = _wants("a whole number", "it in digits, such as 100")
_BOOLEAN: Final = _wants("true or false", "one of the two")
_NUMBER: Final = _wants("a number", "it in digits, such as 51.77")

_WORDS: Final[Mapping[str, Callable[[ErrorDetails], str]]] = {
    "string_too_short": _too_short,
    "too_short": lambda _: "is empty: a value is needed here",
    "string_type": _not_text,
    "path_type": _not_text,
    "string_unicode": _not_carried,
    "string_pattern_mismatch": _not_carried,
    "literal_error": _no_choice,
    "value_error": _reason,
    "model_type": _FIELDS,
    "dataclass_type": _FIELDS,
    "dict_type": _FIELDS,
    "tuple_type": _LIST,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_type": _WHOLE_NUMBER,
    "finite_number": _WHOLE_NUMBER,
    "bool_parsing": _BOOLEAN,
    "bool_type": _BOOLEAN,
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_large,
}


_SHOWN: Final = 60


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, date):
        return str(value)
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]} …"
