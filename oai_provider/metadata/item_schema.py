"""The JSON Schema of an item, for editors: long form and short forms alike.

pydantic describes the long form; what `short_forms` accepts besides is added from
the same declarations, so that no editor underlines what `read_item` reads, or what
YAML reads as text that JSON has as numbers. But for one thing: a field that is not
known is underlined before it has a value. The schema is a help while writing; the
model alone decides.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from oai_provider.metadata.item import Item
from oai_provider.metadata.short_forms import Nested, shape_of
from oai_provider.metadata.text import Part, Short, Text

_Json = dict[str, Any]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_WITHOUT_METADATA: Final = ("deleted", "native")


def item_schema() -> dict[str, object]:
    """Return a JSON Schema (2020-12) of what `read_item` accepts."""
    long = Item.model_json_schema(by_alias=True)
    definitions: _Json = {"Item": long, **long.pop("$defs")}
    written = {
        name: node
        for model in _models(Item, {})
        for name, node in _written(model, definitions)
    }
    item = written.pop("Item")
    return {
        "$schema": _DRAFT,
        **item,
        "title": "Item of an OAI-PMH repository",
        "allOf": [_one_of(Item, field) for field in ("titles", "resource_type")],
        "$defs": dict(sorted(written.items())),
    }


def _models(
    model: type[Part], found: dict[type[Part], None]
) -> Mapping[type[Part], None]:
    """Return a model and every model within, once each."""
    if model not in found:
        found[model] = None
        for nested in shape_of(model).nested.values():
            if nested.model is not None:
                _models(nested.model, found)
    return found


def _written(model: type[Part], definitions: _Json) -> Iterator[tuple[str, _Json]]:
    """Yield a part's definition, and one for each short name that implies a field."""
    node = _with_short_forms(model, definitions)
    yield model.__name__, node
    for short in model.shorts.values():
        nested = shape_of(model).nested[short.stands_for]
        if short.implies and nested.model:
            implied = _with_short_forms(nested.model, definitions)
            needed = [n for n in implied.get("required", ()) if n not in short.implies]
            yield _name(nested.model, short), {**implied, "required": needed}


def _name(model: type[Part], short: Short) -> str:
    """Name the definition of a part some of whose fields a short name implies."""
    return "_".join((model.__name__, "without", *sorted(short.implies)))


def _with_short_forms(model: type[Part], definitions: _Json) -> _Json:
    node: _Json = dict(definitions[model.__name__])
    shape = shape_of(model)
    long: _Json = node["properties"]
    properties: _Json = {
        name: _field(schema, shape.nested.get(name), definitions)
        for name, schema in long.items()
    }
    for name, short in model.shorts.items():
        nested = shape.nested[short.stands_for]
        properties[name] = _short_field(nested, short, definitions)
    if model.plural_field:
        properties[model.plural_field] = _many(_scalar(model, definitions))
        node = _needs(node, "value", model.plural_field)
    elif shape.named_by_text:
        properties |= {n: _plain(s) for n, s in _text_fields(definitions).items()}
        node = _needs(node, model.scalar_field, "value")
    required = node.get("required", ())
    node["properties"] = {
        name: field if name in required else _or_null(field)
        for name, field in properties.items()
    }
    return node


def _or_null(one: _Json) -> _Json:
    """Let a field be there without a value, which is as if it were not there."""
    if one.get("anyOf") and one.keys() <= {"anyOf", "description"}:
        return {**one, "anyOf": [*one["anyOf"], _NULL]}
    if isinstance(one.get("type"), str | list) and "enum" not in one:
        types = [one["type"]] if isinstance(one["type"], str) else one["type"]
        return {**one, "type": [*types, "null"]}
    return {"anyOf": [one, _NULL]}


def _text_fields(definitions: _Json) -> _Json:
    fields: _Json = definitions[Text.__name__]["properties"]
    return fields


def _needs(node: _Json, field: str, instead: str) -> _Json:
    """Let another field stand where one is required."""
    required = [name for name in node.get("required", ()) if name != field]
    if len(required) == len(node.get("required", ())):
        return node
    either = [{"required": [field]}, {"required": [instead]}]
    return {**node, "required": required, "anyOf": either}


def _field(schema: _Json, nested: Nested | None, definitions: _Json) -> _Json:
    if nested is None or nested.model is None:
        return _many(_plain(schema["items"])) if nested else _plain(schema)
    part = _part(nested.model, nested.model.__name__, definitions)
    kept = {key: schema[key] for key in ("description",) if key in schema}
    return {**kept, **(_many(part) if nested.many else part)}


def _short_field(nested: Nested, short: Short, definitions: _Json) -> _Json:
    model = nested.model
    if model is None:
        return _many({"type": "string"})
    name = _name(model, short) if short.implies else model.__name__
    part = _part(model, name, definitions)
    return _many(part) if nested.many else part


def _part(model: type[Part], name: str, definitions: _Json) -> _Json:
    """Return the schema of a part: its fields, or the scalar that stands for it."""
    reference = {"$ref": f"#/$defs/{name}"}
    if not model.scalar_field:
        return reference
    return {"anyOf": [_scalar(model, definitions), reference]}


def _scalar(model: type[Part], definitions: _Json) -> _Json:
    """Return the schema of the scalar that stands for a part."""
    nested = shape_of(model).nested.get(model.scalar_field)
    if nested is not None and nested.model is not None:
        return _scalar(nested.model, definitions)
    schema: _Json = definitions[model.__name__]["properties"][model.scalar_field]
    return _plain(schema)


def _many(one: _Json) -> _Json:
    alternatives = one.get("anyOf", [one])
    return {"anyOf": [*alternatives, {"type": "array", "items": one}]}


def _plain(schema: _Json) -> _Json:
    """Return a schema without null, and without what repeats the field's name."""
    kept = {key: value for key, value in schema.items() if key not in _REPEATED}
    if str(kept.get("type")) in _IN_TEXT:
        return {"anyOf": [kept, _IN_TEXT[kept["type"]]]}
    if "anyOf" not in kept:
        return kept
    others = [one for one in kept.pop("anyOf") if one != _NULL]
    return {**kept, **(_plain(others[0]) if len(others) == 1 else {"anyOf": others})}


_REPEATED: Final = frozenset(("title", "default"))
_NULL: Final[_Json] = {"type": "null"}
_WORDS: Final = "true|false|yes|no|on|off|t|f|y|n"
# What is no text may be written as one, which all scalars of YAML are read as.
_IN_TEXT: Final[Mapping[str, _Json]] = {
    "integer": {"type": "string", "pattern": "[0-9]"},
    "boolean": {
        "type": ["string", "integer"],
        "pattern": f"^({_WORDS}|{_WORDS.title()}|{_WORDS.upper()}|0|1)$",
        "minimum": 0,
        "maximum": 1,
    },
}


def _one_of(model: type[Part], field: str) -> _Json:
    """Return the schema that asks for a field under any name, or for none."""
    shorts = (name for name, s in model.shorts.items() if s.stands_for == field)
    names = (field, *shorts, *_WITHOUT_METADATA)
    return {"anyOf": [{"required": [name]} for name in names]}
