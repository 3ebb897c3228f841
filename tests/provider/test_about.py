"""What stands in <about>: what is given, then the repository's rights, then origins."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.metadata.faults import ItemError
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.mods import MODS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.xml import Payload, XmlError
from oai_provider.provider.about import about_payloads
from oai_provider.provider.containers import Rights, container
from oai_provider.provider.repository import Repository

ZERO = container(Rights(reference="https://creativecommons.org/publicdomain/zero/1.0/"))
OWN = container(Rights(reference="https://example.org/rights"))
OTHER = "<x:note xmlns:x='urn:example:note'/>"


def _item(**fields: object) -> Item:
    item = {"id": "a", "resource_type": "article", "title": "A"}
    return read_item(item | fields)


def _about(item: Item, rights: Payload | None = None) -> tuple[Payload, ...]:
    return about_payloads(item, OAI_DC, _repository(rights))


def _repository(rights: Payload | None = None) -> Repository:
    return Repository(
        name="A repository",
        base_url="https://own.example.org/oai",
        admin_emails=("a@example.org",),
        repository_identifier="own.example.org",
        record_rights=rights,
        token_keys=(b"k" * 32,),
    )


def test_without_rights_and_origin_there_is_nothing() -> None:
    assert _about(_item()) == ()


def test_the_repository_s_rights_stand_with_every_record() -> None:
    assert _about(_item(), ZERO) == (ZERO,)


def test_an_item_s_own_rights_stand_instead() -> None:
    item = _item(about=[OWN.xml.decode()])
    assert _about(item, ZERO) == (OWN,)


def test_what_is_given_comes_first() -> None:
    first, second = _about(_item(about=[OTHER]), ZERO)
    assert first.xml.startswith(b"<x:note")
    assert second == ZERO


def test_the_licence_of_the_item_is_not_that_of_its_metadata() -> None:
    item = _item(rights={"license": "https://creativecommons.org/licenses/by/4.0/"})
    assert _about(item) == ()


ORIGIN: Final = {
    "base_url": "https://example.org/oai",
    "identifier": "oai:example.org:a",
    "datestamp": "2014-05-01",
    "metadata_namespace": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "harvested": "2015-05-01T10:00:00Z",
    "altered": False,
}


def test_an_origin_is_told_as_provenance() -> None:
    (provenance,) = _about(_item(provenance={"origin_descriptions": [ORIGIN]}))
    assert b"<baseURL>https://example.org/oai</baseURL>" in provenance.xml


def _harvested(*origins: object, native: str = "oai_dc") -> Item:
    described = {"origin_descriptions": [*origins]}
    return _item(native={native: "<a/>"}, provenance=described)


def test_a_record_that_is_served_as_it_came_is_not_altered() -> None:
    (provenance,) = _about(_harvested(ORIGIN))
    assert b'altered="false"' in provenance.xml


def test_a_record_made_here_out_of_another_is_altered() -> None:
    item = _harvested(ORIGIN)
    (provenance,) = about_payloads(item, MODS, _repository())
    assert b'altered="true"' in provenance.xml
    assert provenance.xml.count(b"<metadataNamespace>") == 1
    assert b"/oai_dc/</metadataNamespace>" in provenance.xml


def test_the_origin_s_own_origin_keeps_its_word_of_being_altered() -> None:
    item = _harvested(ORIGIN | {"origin": ORIGIN})
    (provenance,) = about_payloads(item, MODS, _repository())
    assert [w in provenance.xml for w in (b'"true"', b'"false"')] == [True, True]


def test_each_format_tells_the_origin_of_its_own_record() -> None:
    other = ORIGIN | {"metadata_namespace": MODS.namespace}
    (provenance,) = _about(_harvested(other, ORIGIN))
    assert provenance == _about(_harvested(ORIGIN))[0]


def test_what_was_moved_in_from_this_repository_has_no_origin() -> None:
    own = ORIGIN | {"base_url": "https://own.example.org/oai"}
    assert _about(_harvested(own)) == ()


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
        assert len(_about(item)) == 1


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
        assert len(_about(item)) == 1


def test_what_is_no_xml_is_an_error() -> None:
    with pytest.raises(XmlError):
        _about(_item(about=["<a>"]))
