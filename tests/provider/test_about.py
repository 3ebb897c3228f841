"""What stands in <about>: what is given, then the repository's rights, then origins."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import Item, read_item
from oai_provider.protocol.xml import XmlError
from oai_provider.provider.about import about_payloads
from oai_provider.provider.containers import Rights, container

ZERO = container(Rights(reference="https://creativecommons.org/publicdomain/zero/1.0/"))
OWN = container(Rights(reference="https://example.org/rights"))
OTHER = "<x:note xmlns:x='urn:example:note'/>"


def _item(**fields: object) -> Item:
    item = {"id": "a", "resource_type": "article", "title": "A"}
    return read_item(item | fields)


def test_without_rights_and_origin_there_is_nothing() -> None:
    assert about_payloads(_item(), None) == ()


def test_the_repository_s_rights_stand_with_every_record() -> None:
    assert about_payloads(_item(), ZERO) == (ZERO,)


def test_an_item_s_own_rights_stand_instead() -> None:
    item = _item(about=[OWN.xml.decode()])
    assert about_payloads(item, ZERO) == (OWN,)


def test_what_is_given_comes_first() -> None:
    first, second = about_payloads(_item(about=[OTHER]), ZERO)
    assert first.xml.startswith(b"<x:note")
    assert second == ZERO


def test_the_licence_of_the_item_is_not_that_of_its_metadata() -> None:
    item = _item(rights={"license": "https://creativecommons.org/licenses/by/4.0/"})
    assert about_payloads(item, None) == ()


ORIGIN: Final = {
    "base_url": "https://example.org/oai",
    "identifier": "oai:example.org:a",
    "datestamp": "2014-05-01",
    "metadata_namespace": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "harvested": "2015-05-01T10:00:00Z",
    "altered": False,
}


def test_an_origin_is_told_as_provenance() -> None:
    (provenance,) = about_payloads(
        _item(provenance={"origin_descriptions": [ORIGIN]}), None
    )
    assert b"<baseURL>https://example.org/oai</baseURL>" in provenance.xml


_NEAR: Final = st.text("a:/?#[]@!%4-. \t\u00a0я\ufffe\ufdd0", max_size=6)
_DATES: Final = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", " ", "\u2003"]),
    st.dates(),
    _NEAR | st.just(""),
)


@given(
    base_url=st.builds("{}{}".format, st.sampled_from(["http://", "HTTP://a"]), _NEAR),
    identifier=_NEAR.map("urn:".__add__),
    namespace=_NEAR | _NEAR.map("x:".__add__),
    date=_DATES,
)
def test_every_origin_an_item_may_have_makes_a_container(
    base_url: str, identifier: str, namespace: str, date: str
) -> None:
    names = {"identifier": identifier, "metadata_namespace": namespace}
    changes = ({"base_url": base_url}, names, {"datestamp": date, "harvested": date})
    for change in changes:
        try:
            item = _item(provenance={"origin_descriptions": [ORIGIN | change]})
        except ItemError:
            continue
        assert len(about_payloads(item, None)) == 1


@pytest.mark.parametrize("path", ["", "/a[1]", "/100%", "/#a#b", "/a|b"])
@pytest.mark.parametrize("host", ["http://", "http://a:b", "http://a"])
def test_an_origin_s_base_url_is_accepted_exactly_if_it_can_be_told(
    host: str, path: str
) -> None:
    is_told = host == "http://a" and not path
    try:
        item = _item(
            provenance={"origin_descriptions": [ORIGIN | {"base_url": host + path}]}
        )
    except ItemError:
        assert not is_told
    else:
        assert is_told
        assert len(about_payloads(item, None)) == 1


def test_what_is_no_xml_is_an_error() -> None:
    with pytest.raises(XmlError):
        about_payloads(_item(about=["<a>"]), None)
