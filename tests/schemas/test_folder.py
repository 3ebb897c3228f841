"""The folder `schemas/`: whole, compiled, catalogued, and accepting what it should."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

FOLDER = schemas_folder()
FILES = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.xsd")}
SEEDS = Path(__file__).parent / "seeds"
RESPONSES = sorted(file.stem for file in SEEDS.glob("response-*.xml"))
PAYLOADS = sorted({file.stem for file in SEEDS.glob("*.xml")} - set(RESPONSES))
OAI = "http://www.openarchives.org/OAI/2.0/"
MODS = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(FOLDER)


def seed(name: str) -> etree._Element:
    return parse((SEEDS / f"{name}.xml").read_bytes())


def entries(kind: str, *, name: str) -> list[tuple[str | None, str | None]]:
    """Return address and file of each catalogue entry of a kind."""
    catalogue = parse((FOLDER / "catalog.xml").read_bytes())
    return [(e.get(name), e.get("uri")) for e in catalogue.iter(f"{{*}}{kind}")]


def sources() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = tomllib.loads((FOLDER / "SOURCES.toml").read_text())[
        "schema"
    ]
    return loaded


@pytest.mark.parametrize("url", Schemas(FOLDER).urls())
def test_every_address_leads_to_a_schema_that_compiles(
    schemas: Schemas, url: str
) -> None:
    unknown = etree.Element(f"{{{schemas.namespace(url)}}}unknown")

    assert "No matching global" in schemas.faults(unknown, url)[0].message


@pytest.mark.parametrize("name", PAYLOADS)
def test_each_payload_seed_is_valid(schemas: Schemas, name: str) -> None:
    url = MODS if name.startswith("mods-") else f"{OAI}{name}.xsd"

    assert schemas.faults(seed(name), url) == ()


@pytest.mark.parametrize("name", RESPONSES)
def test_each_response_seed_is_valid(schemas: Schemas, name: str) -> None:
    assert schemas.response_faults(seed(name), (f"{OAI}oai_dc.xsd", MODS)) == ()


def test_the_catalogue_has_every_schema_file_and_no_other() -> None:
    assert {file for _, file in entries("uri", name="name")} == FILES


def test_the_catalogue_has_each_address_once_as_uri_and_as_system() -> None:
    uris = entries("uri", name="name")

    assert uris == entries("system", name="systemId")
    assert len(uris) == len({address for address, _ in uris})


def test_the_sources_have_every_schema_file_under_an_address_of_the_catalogue() -> None:
    assert {source["file"] for source in sources()} == FILES
    addresses = set(entries("uri", name="name"))
    assert {(source["url"], source["file"]) for source in sources()} <= addresses


def test_the_sources_describe_the_published_files(shared: Path) -> None:
    for source in sources():
        path = source["url"].removeprefix("http://")
        data = (shared / "schemas" / path).read_bytes()
        assert source["bytes"] == len(data)
        assert source["sha256"] == hashlib.sha256(data).hexdigest()
