"""Harvesters from PyPI list a served repository completely, in both formats."""

import urllib.request
from collections.abc import Callable, Iterable

import pytest
from interop.conftest import PREFIXES, Served
from lxml import etree
from oaipmh.client import Client
from oaipmh.metadata import MetadataRegistry
from oaipmh_scythe import Scythe
from oaipmh_scythe.models import Record as ScytheRecord
from sickle import Sickle
from spec.client import faults_of

from oai_provider.protocol.xml import parse, payload

# What a harvester got: identifier, deleted, the XML of the metadata or None.
Harvest = Iterable[tuple[str, bool, etree._Element | None]]  # noqa: SLF001 - lxml's type


def _sickle(base_url: str, prefix: str) -> Harvest:
    for record in Sickle(base_url).ListRecords(metadataPrefix=prefix):
        metadata = record.xml.find("{*}metadata/*")
        yield record.header.identifier, record.deleted, metadata


def _scythe(base_url: str, prefix: str) -> Harvest:
    with Scythe(base_url) as scythe:
        for record in scythe.list_records(metadata_prefix=prefix):
            assert isinstance(record, ScytheRecord)
            metadata = record.xml.find("{*}metadata/*")
            yield str(record.header.identifier), bool(record.header.deleted), metadata


def _oaipmh(base_url: str, prefix: str) -> Harvest:
    """It POSTs, and looks Identify up before dates are used."""
    registry = MetadataRegistry()
    registry.registerReader(prefix, lambda element: element)
    client = Client(base_url, registry)
    for header, metadata, _about in client.listRecords(metadataPrefix=prefix):
        element = None if metadata is None else metadata[0]
        yield header.identifier(), header.isDeleted(), element


HARVESTERS: dict[str, Callable[[str, str], Harvest]] = {
    "sickle": _sickle,
    "scythe": _scythe,
    "oaipmh": _oaipmh,
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("harvester", HARVESTERS)
def test_everything_is_harvested_as_it_is_stored(
    served: Served, harvester: str, prefix: str
) -> None:
    stored = served.records[prefix]
    harvested = list(HARVESTERS[harvester](served.base_url, prefix))
    assert [identifier for identifier, _, _ in harvested] == list(stored)
    for identifier, deleted, metadata in harvested:
        record = stored[identifier]
        assert deleted == record.header.deleted
        if record.metadata is None:
            assert metadata is None
        else:
            assert metadata is not None
            assert payload(_detached(metadata)) == record.metadata


def _detached(element: etree._Element) -> etree._Element:
    return parse(etree.tostring(element, with_tail=False))


@pytest.mark.parametrize("set_spec", ["odd", "even", "even:2"])
def test_sickle_harvests_a_set_and_what_is_below_it(
    served: Served, set_spec: str
) -> None:
    stored = {
        identifier
        for identifier, record in served.records["oai_dc"].items()
        for spec in record.header.set_specs
        if spec == set_spec or spec.startswith(f"{set_spec}:")
    }
    headers = Sickle(served.base_url).ListIdentifiers(
        metadataPrefix="oai_dc", set=set_spec
    )
    assert {header.identifier for header in headers} == stored


def test_sickle_lists_the_sets(served: Served) -> None:
    specs = [found.setSpec for found in Sickle(served.base_url).ListSets()]
    assert specs == ["even", "even:0", "even:2", "odd"]


def test_sickle_can_leave_deleted_records_out(served: Served) -> None:
    records = Sickle(served.base_url).ListRecords(
        metadataPrefix="oai_dc", ignore_deleted=True
    )
    alive = [r for r in served.records["oai_dc"].values() if not r.header.deleted]
    assert sum(1 for _ in records) == len(alive)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_every_page_served_is_valid(served: Served, verb: str, prefix: str) -> None:
    query, pages = f"verb={verb}&metadataPrefix={prefix}", 0
    while query:
        with urllib.request.urlopen(f"{served.base_url}?{query}", timeout=30) as reply:
            root = parse(reply.read())
        assert faults_of(root) == []
        pages += 1
        token = root.findtext(".//{*}resumptionToken")
        query = f"verb={verb}&resumptionToken={token}" if token else ""
    assert pages == 5
