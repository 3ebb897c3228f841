"""Tests that a record passes or not, by the names of `profiles.toml`."""

from collections.abc import Callable, Mapping
from typing import Final

from lxml import etree

from oai_provider.metadata.vocabularies import EU_REPO, access_for
from oai_provider.validator.profiles.record import Record
from oai_provider.validator.profiles.sample import Sample, first_address

_PLACEHOLDER: Final = "123456789/"
_PROVENANCE: Final = "{http://www.openarchives.org/OAI/2.0/provenance}provenance"


def _has_own_address(record: Record, sample: Sample) -> bool:
    address = first_address(record)
    return not address or sample.addresses[address] == 1


def _has_no_placeholder(record: Record, _: Sample) -> bool:
    found = record.says("dc:identifier")
    return not any(
        value.startswith((_PLACEHOLDER, f"hdl:{_PLACEHOLDER}"))
        or f"/{_PLACEHOLDER}" in value
        for value in found
    )


def _begins_with_type(record: Record, _: Sample) -> bool:
    types = record.says("dc:type")
    return bool(types) and types[0].startswith(EU_REPO) and not access_for(types[0])


def _has_provenance(record: Record, _: Sample) -> bool:
    return any(etree.QName(e).text == _PROVENANCE for e in record.about)


OF_RECORDS: Final[Mapping[str, Callable[[Record, Sample], bool]]] = {
    "has_own_address": _has_own_address,
    "has_no_placeholder": _has_no_placeholder,
    "begins_with_type": _begins_with_type,
    "has_provenance": _has_provenance,
}
