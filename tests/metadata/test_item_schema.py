"""The JSON Schema: published as it is made, and as wide as the reader."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from item_strategies import item_data, written_data
from jsonschema import Draft202012Validator
from metadata.test_short_forms import SHORT_FORMS

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import Item, item_json, read_item
from oai_provider.metadata.item_schema import item_schema

CHECKOUT = Path(__file__).parents[2]
PUBLISHED = CHECKOUT / "docs" / "reference" / "item.schema.json"
SMALLEST: dict[str, object] = {"id": "a", "resource_type": "book", "title": "A"}
WRITE = (
    "from pathlib import Path; import json; "
    "from oai_provider.metadata.item_schema import item_schema; "
    f"Path('docs/reference/{PUBLISHED.name}').write_text("
    "json.dumps(item_schema(), indent=1, ensure_ascii=False) + '\\n')"
)


def test_the_published_schema_is_the_one_made_from_the_model() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert published == item_schema(), f'write it anew: python -c "{WRITE}"'


def test_the_schema_knows_every_field_and_every_short_name() -> None:
    properties = item_schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {*Item.model_fields, *Item.shorts}


def test_every_definition_named_in_the_schema_is_there() -> None:
    schema = item_schema()
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    named = {
        line.split('"')[3].rpartition("/")[2]
        for line in json.dumps(schema, indent=1).splitlines()
        if '"$ref"' in line
    }
    assert named == set(definitions)


# As wide as the reader.

_VALIDATOR = Draft202012Validator(item_schema())


def complaints(data: object) -> list[str]:
    """Return what an editor underlines."""
    return [f"{e.json_path}: {e.message}" for e in _VALIDATOR.iter_errors(data)]


class _Editor(yaml.SafeLoader):
    """YAML as editors read it: numbers, true, false and null, but no dates."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as its base has it
        first: [(tag, form) for tag, form in forms if not tag.endswith("timestamp")]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def yaml_texts() -> list[str]:
    """Return the items that stand in files and in the documentation."""
    golden = (CHECKOUT / "tests" / "golden" / "metadata").glob("*.yaml")
    bundled = (CHECKOUT / "records").rglob("*.yaml")
    pages = [CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")]
    blocks = (
        re.findall(r"```yaml\n(.*?)```", p.read_text("utf-8"), re.DOTALL) for p in pages
    )
    files = [file.read_text("utf-8") for file in (*golden, *bundled)]
    return [*files, *(block for found in blocks for block in found)]


def test_schema_is_one() -> None:
    Draft202012Validator.check_schema(item_schema())


@given(item_data())
def test_items_in_long_form_pass(data: dict[str, object]) -> None:
    assert complaints(data) == []


@given(item_data())
def test_items_as_they_are_kept_pass(data: dict[str, object]) -> None:
    assert complaints(item_json(read_item(data))) == []


@given(written_data())
def test_whatever_is_read_passes(data: dict[str, object]) -> None:
    # Without a value, an unknown field is read, and underlined for all that.
    written = SMALLEST | without_null(data)
    try:
        read_item(written)
    except ItemError:
        return
    assert complaints(written) == []


def without_null(data: dict[str, object]) -> dict[str, object]:
    """Return a mapping without what has no value in it, at any depth."""
    return {key: _valued(value) for key, value in data.items() if value is not None}


def _valued(value: object) -> object:
    if isinstance(value, dict):
        return without_null(value)
    return [_valued(one) for one in value] if isinstance(value, list) else value


def test_every_field_that_is_not_required_may_be_without_a_value() -> None:
    schema = item_schema()
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    # What a short name implies is not said otherwise by saying nothing.
    plain = (node for name, node in definitions.items() if "_without_" not in name)
    for node in (schema, *plain):
        for name, field in node["properties"].items():
            alone = Draft202012Validator({**field, "$defs": definitions})
            assert alone.is_valid(None) != (name in node.get("required", ())), name


@pytest.mark.parametrize("written", [written for written, _, _ in SHORT_FORMS])
def test_every_short_form_passes(written: dict[str, object]) -> None:
    data = SMALLEST | written
    if "titles" in written:
        del data["title"]
    assert complaints(data) == []


@pytest.mark.parametrize("loader", [yaml.BaseLoader, _Editor])
@pytest.mark.parametrize("text", yaml_texts())
def test_items_in_files_and_documentation_pass(
    text: str, loader: type[yaml.SafeLoader]
) -> None:
    loaded = yaml.load(text, Loader=loader)
    for data in loaded if isinstance(loaded, list) else [loaded]:
        assert complaints(data) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"version": None},
        {"version": 1.0},
        {"creators": None},
        {"creators": []},
        {"deleted": "true"},
        {"deleted": "No"},
        {"creator": {"name": "A", "role": None}},
        {"file": {"url": "https://example.org/", "size": "12"}},
        {"creator": {"name": "A", "email": {"value": "a@x.org", "public": "yes"}}},
        {"places": {"point": {"latitude": "1.5", "longitude": 2}}},
        {"title": None, "deleted": True},
        {"native": None},
    ],
)
def test_what_the_reader_allows_besides_passes(fields: dict[str, object]) -> None:
    assert complaints(SMALLEST | fields) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"titel": "A"},
        {"deleted": "perhaps"},
        {"file": {"url": "https://example.org/", "size": "big"}},
        {"rights": {"access": "opne"}},
        {"creators": [{"nmae": "A"}]},
        {"edition": ""},
        {"id": None},
    ],
)
def test_what_is_plainly_wrong_is_underlined(fields: dict[str, object]) -> None:
    assert complaints(SMALLEST | fields)
