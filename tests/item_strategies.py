"""Hypothesis strategies for items, made from the model itself so that none is missed.

`item_data` gives items in long form, `written_data` anything people might write.
"""

from functools import cache
from types import NoneType
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from pydantic import AfterValidator

from oai_provider.metadata.agents import Email
from oai_provider.metadata.identifiers import Identifier, SerialIdentifier
from oai_provider.metadata.item import Item
from oai_provider.metadata.provenance import ProfileFill
from oai_provider.metadata.short_forms import shape_of
from oai_provider.metadata.text import OneOf, Part
from oai_provider.metadata.vocabularies import RELATION_TYPES, RESOURCE_TYPES

_CHARACTERS = st.characters(
    codec="utf-8",
    exclude_categories=["Cc"],
    exclude_characters="\ufdd0\ufffe\uffff",
)
TEXTS = st.text(_CHARACTERS, min_size=1, max_size=20).filter(str.strip)
_DATES = st.sampled_from(
    ["2014", "2014-05", "2014-05-31", "201X", "2014~", "2014-21", "Y17000"]
)
_BY_VALIDATOR: dict[str, st.SearchStrategy[object]] = {
    "language_tag": st.sampled_from(["en", "ru", "zh-Hant", "und", "kk"]),
    "_uri": st.sampled_from(["urn:x:1", "https://example.org/a?b=c"]),
    "web_address": st.sampled_from(["https://example.org/a", "http://пример.рф/я"]),
    "_base_url": st.sampled_from(["https://example.org/oai", "http://пример.рф:80/я"]),
    "edtf": _DATES | st.sampled_from(["2013/2014", "../2014"]),
    "edtf_date": _DATES,
    "_utc_datestamp": st.sampled_from(["2014-05-31", "2014-05-31T01:02:03Z"]),
    "_whole_second": st.sampled_from(["2014-05-31T01:02:03Z"]),
    "_local_id": st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9/_-]{0,19}", fullmatch=True),
    "_set_spec": st.sampled_from(["a", "a:b", "history:asia"]),
    "_relation": st.sampled_from(sorted(RELATION_TYPES.values())),
    "resource_type_id": st.sampled_from(sorted(RESOURCE_TYPES)),
    "role_term": st.sampled_from(["aut", "edt", "ContactPerson", "bell ringer"]),
    "lower": st.sampled_from(["udc", "grnti"]),
}
_IDENTIFIERS: st.SearchStrategy[dict[str, object]] = st.sampled_from(
    [
        {"scheme": "doi", "value": "10.1/X"},
        {"scheme": "issn", "value": "1234-567X"},
        {"scheme": "handle", "value": "123/4"},
        {"scheme": "local", "value": "№ 5"},
        {"scheme": "url", "value": "https://example.org/"},
    ]
)
_BY_MODEL: dict[type[Part], st.SearchStrategy[dict[str, object]]] = {
    Email: st.just({"value": "name@example.org", "public": True}),
    Identifier: _IDENTIFIERS,
    SerialIdentifier: _IDENTIFIERS,
    ProfileFill: st.just({"journal": "history", "fields": ["publisher"]}),
}


def _leaf(annotation: object) -> st.SearchStrategy[object]:
    validators = [
        extra.func.__name__
        for extra in getattr(annotation, "__metadata__", ())
        if isinstance(extra, AfterValidator)
    ]
    if validators:
        return _BY_VALIDATOR[validators[-1]]
    base = get_args(annotation)[0]
    if get_origin(base) is tuple:
        return values(base)
    return TEXTS if base is str else st.integers(0, 90)


def values(annotation: object) -> st.SearchStrategy[object]:
    """Return values of one field's type."""
    arguments = get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return parts(annotation)
    if annotation is bool:
        return st.booleans()
    match get_origin(annotation):
        case origin if origin is Literal:
            found: st.SearchStrategy[object] = st.sampled_from(arguments)
        case origin if origin is tuple:
            found = st.lists(values(arguments[0]), max_size=2)
        case origin if origin is dict:
            several = get_origin(arguments[1]) is tuple
            found = st.just({"mods": ["<mods/>"] if several else "<mods/>"})
        case origin if origin is Annotated:
            found = _leaf(annotation)
        case _:
            found = values(next(one for one in arguments if one is not NoneType))
    return found


def _deferred(annotation: object) -> st.SearchStrategy[object]:
    return st.deferred(lambda: values(annotation))


@cache
def parts(model: type[Part]) -> st.SearchStrategy[dict[str, object]]:
    """Return the long forms of a part."""
    if model in _BY_MODEL:
        return _BY_MODEL[model]
    hints = get_type_hints(model, include_extras=True)
    groups: dict[bool, dict[str, st.SearchStrategy[object]]] = {True: {}, False: {}}
    for name, field in model.model_fields.items():
        group = groups[field.is_required()]
        group[field.alias or name] = _deferred(hints[name])
    whole = st.fixed_dictionaries(groups[True], optional=groups[False])
    if not issubclass(model, OneOf):
        return whole
    needed = model.one_of or tuple(hints)
    return whole.filter(lambda data: any(data.get(name) for name in needed))


def _with_what_is_needed(data: dict[str, object]) -> dict[str, object]:
    """Give an item what no field says it needs: title and type, one date of issue."""
    dates = data.pop("dates", [])
    assert isinstance(dates, list)
    issued = [date for date in dates if date["type"] == "issued"]
    others = [date for date in dates if date["type"] != "issued"]
    needed = {"titles": [{"value": "A"}], "resource_type": {"id": "article"}}
    data = {**needed, **{key: value for key, value in data.items() if value}}
    return {**data, "dates": issued[:1] + others}


def item_data() -> st.SearchStrategy[dict[str, object]]:
    """Return items in long form, with any of their fields."""
    return parts(Item).map(_with_what_is_needed)


def _names() -> list[str]:
    models: list[type[Part]] = [Item, *_within(Item)]
    names = {name for model in models for name in (*model.model_fields, *model.shorts)}
    return sorted(names)


def _within(model: type[Part]) -> list[type[Part]]:
    nested = [n.model for n in shape_of(model).nested.values() if n.model]
    return [*nested, *(m for n in nested if n is not model for m in _within(n))]


def written_data() -> st.SearchStrategy[dict[str, object]]:
    """Return what people might write: known names, and any values below them."""
    names = st.sampled_from(_names())
    scalars = (
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    )
    nodes = st.recursive(
        scalars,
        lambda below: (
            st.lists(below, max_size=3)
            | st.dictionaries(names | st.text(max_size=3), below, max_size=4)
        ),
        max_leaves=12,
    )
    return st.dictionaries(names, nodes, max_size=6)
