"""The guidelines beside OAI-PMH 2.0: for repositories, aggregators, containers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from pydantic import ValidationError
from spec.client import Client
from spec.library import (
    BASE_URL,
    DC,
    DC_ONLY,
    KAZIEV,
    MODS,
    RIGHTS,
    START,
    ZERO,
    Library,
    item,
)

from oai_provider.config import Config
from oai_provider.metadata.faults import ItemError
from oai_provider.protocol.xml import SCHEMA_LOCATION, parse
from oai_provider.provider.preparing import Refusal
from oai_provider.sources.base import Sourced
from oai_provider.sources.paths import read_path

OAI = "http://www.openarchives.org/OAI/2.0/"


def description(client: Client, name: str) -> etree._Element:
    """Return a description container of Identify."""
    found = client.get("verb=Identify").root.find(f".//{{*}}description/{{*}}{name}")
    assert found is not None
    return found


def texts(element: etree._Element) -> Iterator[tuple[str, str | None]]:
    """Yield the names and texts of the leaves below an element."""
    for child in element.iter():
        if not len(child):
            yield etree.QName(child).localname, child.text


def about(
    library: Library, local: str, name: str, prefix: str = DC
) -> list[etree._Element]:
    """Return the about containers of one name of a record."""
    identifier = library.identifier(local)
    reply = library.client.get(f"verb=GetRecord&{prefix}&identifier={identifier}")
    return reply.root.findall(f".//{{*}}about/{{*}}{name}")


# Repositories, 3: datestamps and responseDate.


def test_record_can_be_had_in_the_second_of_its_datestamp(fresh: Library) -> None:
    fresh.load(item("one"))
    reply = fresh.client.get(f"verb=ListRecords&{DC}&from=2024-02-28T23:59:58Z")
    assert reply.response.response_date == reply.datestamps[0] == START


def test_next_harvest_from_the_response_date_misses_nothing(fresh: Library) -> None:
    fresh.load(item("one"))
    seen = fresh.client.get(f"verb=ListRecords&{DC}")
    # In the same second, after the response.
    fresh.load(item("two"))
    since = f"{seen.response.response_date:%Y-%m-%dT%H:%M:%SZ}"
    again = fresh.client.get(f"verb=ListRecords&{DC}&from={since}")
    assert again.locals == ["one", "two"]


# Repositories, 5: tokens.


def test_token_that_lives_for_less_than_a_minute_cannot_be_configured() -> None:
    with pytest.raises(ValidationError, match="token_lifetime"):
        Config.model_validate({"lists": {"token_lifetime": 59}})


# oai-identifier.


def test_identify_describes_the_identifiers(client: Client) -> None:
    assert list(texts(description(client, "oai-identifier"))) == [
        ("scheme", "oai"),
        ("repositoryIdentifier", "library.example.org"),
        ("delimiter", ":"),
        ("sampleIdentifier", "oai:library.example.org:sample"),
    ]


def test_identifiers_are_as_described(client: Client) -> None:
    described = dict(texts(description(client, "oai-identifier")))
    scheme = f"oai:{described['repositoryIdentifier']}:"
    for page in client.walk("ListIdentifiers", DC):
        assert all(h.identifier.startswith(scheme) for h in page.list_headers)


@pytest.mark.parametrize("name", ["example", "example..org", "9.org", "ex_ample.org"])
def test_repository_identifier_that_is_no_domain_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="domain name"):
        Config.model_validate({"repository": {"identifier": name}})


@pytest.mark.parametrize("local", ["a b", "a#b", "a<b", "a%b", "ä", "a[b]"])
def test_local_identifier_with_an_unescaped_character_is_refused(
    fresh: Library, local: str
) -> None:
    with pytest.raises(ItemError, match="cannot stand in an identifier"):
        fresh.load(item(local))


@pytest.mark.parametrize("local", ["a%3cb", "a%41b"])
def test_escape_that_is_not_the_one_spelling_is_refused(
    fresh: Library, local: str
) -> None:
    with pytest.raises(ItemError):
        fresh.load(item(local))


def test_identifiers_that_differ_in_case_are_different(fresh: Library) -> None:
    fresh.load(item("some"), item("Some"))
    assert fresh.client.get(f"verb=ListIdentifiers&{DC}").locals == ["some", "Some"]


def test_escaped_identifier_is_never_unescaped(fresh: Library) -> None:
    fresh.load(item("ab%3Ccd"))
    ask = f"verb=GetRecord&{DC}&identifier=oai%3Alibrary.example.org%3A"
    reply = fresh.client.get(f"{ask}ab%253Ccd")
    assert reply.record.header.identifier == "oai:library.example.org:ab%3Ccd"
    assert fresh.client.get(f"{ask}ab%3Ccd").codes == ["badArgument"]


# Friends, branding, eprints.


def test_friends_are_listed(client: Client) -> None:
    found = list(texts(description(client, "friends")))
    assert found == [("baseURL", "https://archive.example.org/oai")]


def test_branding_has_an_icon_and_style_sheets(client: Client) -> None:
    branding = description(client, "branding")
    assert list(texts(branding)) == [
        ("url", "https://library.example.org/icon.png"),
        ("width", "88"),
        ("metadataRendering", "https://library.example.org/dc.xsl"),
    ]


def test_style_sheet_names_its_format_and_its_kind(client: Client) -> None:
    (rendering,) = description(client, "branding").findall("{*}metadataRendering")
    assert rendering.get("metadataNamespace") == f"{OAI}oai_dc/"
    assert rendering.get("mimeType") == "text/xsl"


def test_eprints_has_the_policies(client: Client) -> None:
    eprints = description(client, "eprints")
    assert [etree.QName(child).localname for child in eprints] == [
        "content",
        "metadataPolicy",
        "dataPolicy",
    ]


@pytest.mark.parametrize("policy", ["metadata_policy", "data_policy"])
def test_eprints_without_a_required_policy_is_refused(policy: str) -> None:
    policies = {"metadata_policy", "data_policy"} - {policy}
    eprints = {name: {"texts": ["Free"]} for name in policies}
    with pytest.raises(ValidationError, match=policy):
        Config.model_validate({"repository": {"eprints": eprints}})


# Rights.


def test_rights_manifest_applies_to_the_metadata(client: Client) -> None:
    manifest = description(client, "rightsManifest")
    assert manifest.get("appliesTo") == f"{OAI}entity#metadata"


def test_rights_manifest_has_one_expression_in_each_rights(client: Client) -> None:
    manifest = description(client, "rightsManifest")
    assert [len(rights) for rights in manifest] == [1]


def test_rights_stand_in_a_container_of_each_record(library: Library) -> None:
    (rights,) = about(library, "kaziev", "rights")
    (reference,) = rights
    assert reference.get("ref") == ZERO


def test_licence_of_the_item_is_not_given_for_its_metadata(fresh: Library) -> None:
    licence = "https://creativecommons.org/licenses/by-nc-nd/4.0/"
    fresh.load(item("one", rights={"license": licence}))
    assert about(fresh, "one", "rights") == []


def test_rights_in_xml_are_in_a_namespace_of_their_own() -> None:
    inline = f'<x xmlns="{OAI}rights/"/>'
    manifest = {"rights": [{"inline": inline}]}
    with pytest.raises(ValidationError, match="use another"):
        Config.model_validate({"repository": {"rights_manifest": manifest}})


def test_rights_are_either_in_line_or_a_reference() -> None:
    both = {"reference": "https://example.org/", "inline": DC_ONLY}
    for rights in (both, {}):
        manifest = {"rights": [rights]}
        with pytest.raises(ValidationError, match="either a reference or inline"):
            Config.model_validate({"repository": {"rights_manifest": manifest}})


def test_record_has_one_rights_package_at_most(fresh: Library) -> None:
    licenses = [f"https://creativecommons.org/licenses/{n}/4.0/" for n in ("by", "nc")]
    fresh.load(item("one", rights={"licenses": licenses}))
    assert len(about(fresh, "one", "rights")) <= 1


def test_rights_that_are_given_are_not_joined_by_others(fresh: Library) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    fresh.load(item("one", about=RIGHTS, rights={"license": licence}))
    (rights,) = about(fresh, "one", "rights")
    assert rights[0].get("ref") == ZERO


# Provenance and aggregators.


def test_provenance_tells_the_whole_chain(library: Library) -> None:
    (provenance,) = about(library, "harvested", "provenance")
    (last,) = provenance
    assert dict(texts(last)) == {
        "baseURL": "https://first.example.com/oai",
        "identifier": "oai:first.example.com:1",
        "datestamp": "2000-01-01",
        "metadataNamespace": f"{OAI}oai_dc/",
    }
    assert last.findtext("{*}baseURL") == "https://second.example.net/oai"


def test_provenance_tells_when_it_was_harvested_and_whether_it_was_altered(
    library: Library,
) -> None:
    (provenance,) = about(library, "harvested", "provenance")
    told = [dict(origin.attrib) for origin in provenance.iter("{*}originDescription")]
    assert told == [
        {"harvestDate": "2023-04-05T06:07:08Z", "altered": "true"},
        {"harvestDate": "2001-03-04T00:00:00Z", "altered": "false"},
    ]


def test_provenance_keeps_the_granularity_of_others(library: Library) -> None:
    (provenance,) = about(library, "harvested", "provenance")
    found = [e.text for e in provenance.iter("{*}datestamp")]
    assert found == ["2001-02-03", "2000-01-01"]


@pytest.fixture(name="aggregator")
def _aggregator(library: Library, tmp_path: Path) -> Library:
    """Return a repository that has harvested the library in oai_dc."""
    folder = tmp_path / "aggregator"
    folder.mkdir()
    second = Library(folder, repository={"base_url": "https://a.example.net/oai"})
    for page in library.client.walk("ListRecords", DC):
        harvest = folder / "harvest.xml"
        harvest.write_bytes(page.document)
        items = [read.item for read in read_path(harvest) if isinstance(read, Sourced)]
        alive = [item for item in items if not item.deleted]
        assert not [r for r in second.take(alive) if isinstance(r, Refusal)]
    return second


def test_what_was_harvested_says_where_it_is_from(
    aggregator: Library, library: Library
) -> None:
    (provenance,) = about(aggregator, "kaziev", "provenance")
    (origin,) = provenance
    reply = library.client.get(f"verb=GetRecord&{KAZIEV}&{DC}")
    assert {etree.QName(e).localname: e.text for e in origin} == {
        "baseURL": BASE_URL,
        "identifier": reply.record.header.identifier,
        "datestamp": reply.root.findtext(".//{*}datestamp"),
        "metadataNamespace": f"{OAI}oai_dc/",
    }
    assert origin.get("harvestDate") == reply.root.findtext("{*}responseDate")


def test_what_was_harvested_as_it_is_served_is_not_altered(
    aggregator: Library,
) -> None:
    ((served,),) = about(aggregator, "kaziev", "provenance")
    ((made,),) = about(aggregator, "kaziev", "provenance", MODS)
    assert (served.get("altered"), made.get("altered")) == ("false", "true")


def test_what_was_harvested_twice_keeps_its_first_origin_within(
    aggregator: Library,
) -> None:
    (provenance,) = about(aggregator, "harvested", "provenance")
    urls = [e.text for e in provenance.iter("{*}baseURL")]
    others = ["https://second.example.net/oai", "https://first.example.com/oai"]
    assert urls == [BASE_URL, *others]


def test_records_harvested_elsewhere_get_datestamps_of_their_own(
    fresh: Library, library: Library, tmp_path: Path
) -> None:
    harvest = tmp_path / "harvest.xml"
    reply = library.client.get(f"verb=ListRecords&{DC}")
    harvest.write_bytes(reply.document)
    fresh.clock.move(1_000_000)
    items = [read.item for read in read_path(harvest) if isinstance(read, Sourced)]
    assert len(items) == len(reply.records)
    fresh.take(items)
    own = fresh.client.get(f"verb=ListRecords&{DC}").datestamps
    assert set(own) == {fresh.clock.now}


def test_containers_name_the_addresses_of_the_published_schemas(
    client: Client, library: Library
) -> None:
    identify = client.get("verb=Identify").root
    containers = [
        *identify.iterfind(".//{*}description/*[@xsi:schemaLocation]", _XSI),
        *about(library, "kaziev", "rights"),
        *about(library, "harvested", "provenance"),
    ]
    assert {c.get(SCHEMA_LOCATION, "").split()[1] for c in containers} == {
        *(f"{OAI}{name}.xsd" for name in ("oai-identifier", "friends", "branding")),
        *(f"{OAI}{name}.xsd" for name in ("rightsManifest", "rights", "provenance")),
        "http://www.openarchives.org/OAI/1.1/eprints.xsd",
    }


_XSI = {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}


def test_set_description_in_words_is_dublin_core(client: Client) -> None:
    entries = {entry.spec: entry for entry in client.get("verb=ListSets").sets}
    (described,) = entries["history"].descriptions
    root = parse(described.xml)
    assert root.tag == f"{{{OAI}oai_dc/}}dc"
    assert list(texts(root)) == [("description", "Of all the world")]


def test_mirror_announces_the_base_url_of_the_whole(client: Client) -> None:
    reply = client.get("verb=Identify", {"Host": "mirror.example.net:8443"})
    assert reply.identity.base_url == reply.response.base_url == BASE_URL
