"""Items and the records they become, as files to be read by eye.

`pytest tests/metadata/test_golden_records.py --golden` writes the records anew; a new
pair of cases is one file `<name>.yaml`. Each record is also a valid one.
"""

from pathlib import Path

import pytest
import yaml
from lxml import etree

from oai_provider.metadata.format import Context, Format
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.mods import MODS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.xml import parse, payload
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

GOLDEN = Path(__file__).parent.parent / "golden" / "metadata"
DATESTAMP = "2026-11-22"
CONTEXT = Context(
    identifier="oai:repository.example.org:000_ce5b2683a573652e",
    repository_name="[repositoryName from the configuration]",
)


def item_of(name: str) -> Item:
    text = (GOLDEN / f"{name}.yaml").read_text(encoding="utf-8")
    return read_item(yaml.load(text, Loader=yaml.BaseLoader))


def record(format_: Format, name: str) -> etree._Element:
    element = format_.write(item_of(name), CONTEXT)
    assert element is not None
    return parse(payload(element).stamped(DATESTAMP).xml)


def canonical(element: etree._Element) -> str:
    """Return an element without white space between elements, for comparison."""
    compact = parse(etree.tostring(element))
    for one in compact.iter():
        if len(one) and not (one.text or "").strip():
            one.text = None
        if not (one.tail or "").strip():
            one.tail = None
    etree.cleanup_namespaces(compact)
    etree.indent(compact)
    return etree.tostring(compact, method="c14n").decode()


@pytest.mark.parametrize("format_", [OAI_DC, MODS], ids=lambda f: f.metadata_prefix)
@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.yaml")))
def test_an_item_becomes_the_record_beside_it(
    name: str, format_: Format, request: pytest.FixtureRequest
) -> None:
    element = record(format_, name)
    file = GOLDEN / f"{name}.{format_.metadata_prefix}.xml"
    if request.config.getoption("--golden"):
        etree.indent(element)
        file.write_bytes(etree.tostring(element, encoding="utf-8") + b"\n")
    assert canonical(element) == canonical(parse(file.read_bytes()))
    assert Schemas(schemas_folder()).faults(element, format_.schema) == ()


@pytest.mark.parametrize("format_", [OAI_DC, MODS], ids=lambda f: f.metadata_prefix)
def test_the_article_becomes_the_record_it_should(
    format_: Format, shared: Path
) -> None:
    ideal = shared / "article" / "ideal" / f"{format_.metadata_prefix}.xml"
    expected = canonical(parse(ideal.read_bytes()))
    assert canonical(record(format_, "article")) == expected
