"""Items with every field filled, each leaf with a mark of its own.

Made from the model itself, so that a new field is seen at once. A field that holds
one of few terms stands once with each of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import NoneType
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

from pydantic import AfterValidator

from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.text import Part

# Fields that have to go so that what they stand before is said instead of them.
ALTERNATIVES: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset(
        (
            "creators.family",
            "contributors.family",
            "creators.names_in_other_scripts.family",
            "contributors.names_in_other_scripts.family",
            "dates.date",
            "host.citation_text",
            "host.pages.first",
            "places.name",
            "related.identifier",
            "rights.licenses.uri",
        )
    ),
    frozenset(("host.citation_text",)),
    frozenset(("host.titles",)),
)
# What a type checked by a function of this name may hold, around a mark; a pair of
# terms where no mark can stand.
_FORMS: Mapping[str, str | tuple[str, str]] = {
    "_uri": "urn:x:{word}",
    "web_address": "https://example.org/{word}",
    "_base_url": "https://example.org/{word}",
    "_local_id": "{word}",
    "_set_spec": "{word}",
    "_metadata_prefix": "{word}",
    "_utc_datestamp": "{year}-01-01",
    "_whole_second": "{year}-01-01T00:00:00Z",
    "edtf": "{year}",
    "edtf_date": "{year}",
    "lower": "{word}",
    "role_term": "{word}",
    "language_tag": ("en", "ru"),
    "resource_type_id": ("article", "book"),
    "_relation": ("IsPartOf", "IsSupplementTo"),
    "_scheme": ("ror", "isni"),
}


@dataclass
class Marked:
    """An item in long form, and the marks in it by the path of their field.

    `other` is the path of a field without marks that holds its second term.
    """

    without: frozenset[str] = frozenset()
    other: str = ""
    marks: dict[str, list[str]] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def item(self) -> Item:
        return read_item(self.part(Item, ""))

    def part(self, model: type[Part], path: str) -> dict[str, object]:
        hints = get_type_hints(model, include_extras=True)
        data: dict[str, object] = {}
        for name, described in model.model_fields.items():
            below = f"{path}.{name}".removeprefix(".")
            if below not in self.without and name != "origin":
                data[described.alias or name] = self.value(hints[name], below)
        return data

    def value(self, annotation: object, path: str) -> object:
        arguments = get_args(annotation)
        if isinstance(annotation, type) and issubclass(annotation, Part):
            return self.part(annotation, path)
        if annotation is bool:
            return self.term(path, (False, True))
        match get_origin(annotation):
            case origin if origin is tuple:
                made: object = self.several(arguments[0], path)
            case origin if origin is dict:
                word = self.mark(path, "{word}")
                made = {"x": [word] if get_origin(arguments[1]) is tuple else word}
            case origin if origin is Literal:
                made = self.term(path, arguments)
            case origin if origin is Annotated:
                made = self.leaf(annotation, path)
            case _:
                one = next(a for a in arguments if a is not NoneType)
                made = self.value(one, path)
        return made

    def several(self, one: object, path: str) -> list[object]:
        """Return one part for each term of the part's first field of terms."""
        if not (isinstance(one, type) and issubclass(one, Part)):
            return [self.value(one, path)]
        hints = get_type_hints(one, include_extras=True)
        kind = next((n for n in ("type", "kind") if n in hints), None)
        if kind is None or get_origin(hints[kind]) is not Literal:
            return [self.part(one, path)]
        terms = get_args(hints[kind])
        turned = terms[1:] + terms[:1] if self.other == f"{path}.{kind}" else terms
        self.terms.add(f"{path}.{kind}")
        return [self.part(one, path) | {kind: term} for term in turned]

    def leaf(self, annotation: object, path: str) -> object:
        names = [
            extra.func.__name__
            for extra in getattr(annotation, "__metadata__", ())
            if isinstance(extra, AfterValidator)
        ]
        base = get_args(annotation)[0]
        if get_origin(base) is tuple:
            return self.value(base, path)
        if not names and base is not str:
            return self.mark(path, "10.{year}" if base is not int else "{year}")
        form = _FORMS[names[-1]] if names else "{word}"
        if path.endswith("email.value"):
            form = "{word}@example.org"
        if isinstance(form, tuple):
            return self.term(path, form)
        return self.mark(path, form)

    def term(self, path: str, terms: tuple[object, ...]) -> object:
        self.terms.add(path)
        return terms[1] if path == self.other else terms[0]

    def mark(self, path: str, form: str) -> str:
        number = next(self._numbers)
        word = "zq" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")
        mark = word if "{word}" in form else f"{1000 + number}"
        self.marks.setdefault(path, []).append(mark)
        return form.format(word=word, year=f"{1000 + number}")
