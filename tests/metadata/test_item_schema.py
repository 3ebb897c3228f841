"""The JSON Schema: published as it is made, and as wide as the reader."""

import json
from pathlib import Path

from oai_provider.metadata.item import Item
from oai_provider.metadata.item_schema import item_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "item.schema.json"
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
