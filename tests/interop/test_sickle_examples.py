"""What sickle's documentation shows, run with our client against our own provider."""

from collections.abc import Iterator
from typing import Any

import pytest
from interop.conftest import ITEMS, Served
from sickle import oaiexceptions
from sickle.app import DEFAULT_CLASS_MAP
from sickle.iterator import OAIResponseIterator
from sickle.models import Record

from oai_provider.harvester.client import HarvestClient as Sickle


@pytest.fixture(name="sickle")
def _sickle(served: Served) -> Iterator[Sickle]:
    with Sickle(served.base_url) as sickle:
        yield sickle


def test_records_are_listed(sickle: Sickle, served: Served) -> None:
    records = sickle.ListRecords(metadataPrefix="oai_dc")
    first = records.next()
    assert repr(first) == f"<Record {first.header.identifier}>" or first.deleted
    identifiers = [first.header.identifier, *(r.header.identifier for r in records)]
    assert identifiers == list(served.records["oai_dc"])


def test_arguments_that_are_words_of_python_are_given_in_a_dictionary(
    sickle: Sickle,
) -> None:
    records = sickle.ListRecords(
        **{"metadataPrefix": "oai_dc", "from": "2012-12-12", "set": "odd"}
    )
    assert sum(1 for _ in records) == ITEMS // 2


def test_deleted_records_are_left_out(sickle: Sickle) -> None:
    records = sickle.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True)
    assert not any(record.header.deleted for record in records)


def test_a_record_is_got_and_read(sickle: Sickle, served: Served) -> None:
    identifier = next(
        i for i, r in served.records["oai_dc"].items() if not r.header.deleted
    )
    record = sickle.GetRecord(identifier=identifier, metadataPrefix="oai_dc")
    assert record.header.identifier == identifier
    assert record.header.setSpecs
    assert "title" in record.metadata
    assert dict(record) == record.metadata
    assert record.raw.startswith("<record")


def test_headers_are_listed(sickle: Sickle, served: Served) -> None:
    headers = sickle.ListIdentifiers(metadataPrefix="oai_dc")
    assert [h.identifier for h in headers] == list(served.records["oai_dc"])


def test_sets_and_formats_are_listed(sickle: Sickle) -> None:
    assert next(sickle.ListSets()).setSpec == "even"
    formats = [f.metadataPrefix for f in sickle.ListMetadataFormats()]
    assert sorted(formats) == ["mods", "oai_dc"]


def test_identify_tells_of_the_repository(sickle: Sickle) -> None:
    identify = sickle.Identify()
    assert identify.granularity == "YYYY-MM-DDThh:mm:ssZ"
    assert dict(identify)["protocolVersion"] == ["2.0"]


def test_responses_are_iterated(served: Served) -> None:
    with Sickle(served.base_url, iterator=OAIResponseIterator) as sickle:
        responses = sickle.ListRecords(metadataPrefix="oai_dc")
        assert responses.next().raw.rstrip().endswith("</OAI-PMH>")
        assert sum(1 for _ in responses) == 4


def test_errors_are_raised(sickle: Sickle) -> None:
    with pytest.raises(oaiexceptions.IdDoesNotExist):
        sickle.GetRecord(identifier="oai:nowhere:1", metadataPrefix="oai_dc")
    with pytest.raises(oaiexceptions.CannotDisseminateFormat):
        sickle.ListRecords(metadataPrefix="marcxml")


def test_a_class_of_ones_own_reads_the_records(served: Served) -> None:
    class MyRecord(Record):  # type: ignore[misc]  # sickle has no types
        def get_metadata(self) -> Any:
            path = f".//{self._oai_namespace}metadata"
            return len(self.xml.find(path).getchildren())

    mapping = {**DEFAULT_CLASS_MAP, "ListRecords": MyRecord}
    with Sickle(served.base_url, class_mapping=mapping) as sickle:
        records = sickle.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True)
        assert {record.metadata for record in records} == {1}


def test_requests_are_sent_by_post(served: Served) -> None:
    with Sickle(served.base_url, http_method="POST", timeout=20) as sickle:
        headers = sickle.ListIdentifiers(metadataPrefix="oai_dc")
        assert sum(1 for _ in headers) == ITEMS
