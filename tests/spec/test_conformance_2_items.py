"""OAI-PMH 2.0, sections 2.2 to 2.6: items, identifiers, records, deletions, sets."""

import re

import pytest
from lxml import etree
from spec.client import Client, locals_of, specs_of
from spec.library import DC, KAZIEV, MODS, RIGHTS, Library, item

from oai_provider.metadata.faults import ItemError
from oai_provider.protocol.names import is_identifier
from oai_provider.protocol.verbs import Verb
from oai_provider.protocol.xml import SCHEMA_LOCATION, XSI, parse

TIE_3 = "identifier=oai:library.example.org:tie-3"
REQUESTS = {
    Verb.GET_RECORD: f"{KAZIEV}&{DC}",
    Verb.IDENTIFY: "",
    Verb.LIST_IDENTIFIERS: DC,
    Verb.LIST_METADATA_FORMATS: "",
    Verb.LIST_RECORDS: DC,
    Verb.LIST_SETS: "",
}


# 2.2, 2.3, 2.4.


@pytest.mark.parametrize("verb", Verb)
def test_each_of_the_six_requests_is_answered(client: Client, verb: Verb) -> None:
    reply = client.get(f"verb={verb}&{REQUESTS[verb]}")
    assert reply.codes == []
    assert reply.root[2].tag == f"{{{reply.root.nsmap[None]}}}{verb}"


def test_no_identifier_occurs_twice_in_a_list(client: Client) -> None:
    found = locals_of(client.walk("ListIdentifiers", DC))
    assert len(found) == len(set(found))


def test_identifiers_are_uris(client: Client) -> None:
    pages = client.walk("ListIdentifiers", DC)
    assert all(is_identifier(h.identifier) for page in pages for h in page.list_headers)


def test_identifier_that_is_no_uri_is_refused(fresh: Library) -> None:
    with pytest.raises(ItemError, match="not a URI"):
        fresh.load(item("one", identifier="no uri"))


def test_identifiers_made_here_have_the_scheme_oai(client: Client) -> None:
    for header in client.get(f"verb=ListIdentifiers&{DC}").list_headers:
        assert header.identifier.startswith("oai:library.example.org:")


def test_records_of_an_item_in_all_formats_share_its_identifier(client: Client) -> None:
    records = [
        client.get(f"verb=GetRecord&{KAZIEV}&metadataPrefix={prefix}").record
        for prefix in ("oai_dc", "mods")
    ]
    assert len({record.header.identifier for record in records}) == 1


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
def test_every_listed_identifier_can_be_asked_for(client: Client, prefix: str) -> None:
    argument = f"metadataPrefix={prefix}"
    for page in client.walk("ListRecords", argument):
        for listed in page.records:
            query = f"verb=GetRecord&identifier={listed.header.identifier}&{argument}"
            assert client.get(query).record == listed


def test_dublin_core_links_to_the_resource_by_dc_identifier(client: Client) -> None:
    record = client.get(f"verb=GetRecord&{KAZIEV}&{DC}").record
    assert record.metadata is not None
    assert b">https://library.example.org/items/kaziev<" in record.metadata.xml
    assert b">https://doi.org/10.5555/12345678<" in record.metadata.xml


# 2.5 Record.


def test_header_has_identifier_datestamp_and_sets(client: Client) -> None:
    header = client.get(f"verb=GetRecord&{KAZIEV}&{DC}").root.find(".//{*}header")
    assert header is not None
    texts = [(etree.QName(child).localname, child.text) for child in header]
    assert texts == [
        ("identifier", "oai:library.example.org:kaziev"),
        ("datestamp", "2024-02-28T23:59:58Z"),
        ("setSpec", "history:asia"),
    ]


def test_record_of_a_living_item_has_one_metadata_part(client: Client) -> None:
    for record in client.get(f"verb=ListRecords&{DC}").root.iterfind(".//{*}record"):
        assert len(record.findall("{*}metadata")) == 1


_METADATA = re.compile(rb"<metadata>(.*?)</metadata>", re.DOTALL)


def parts_as_sent(client: Client) -> list[bytes]:
    """Return the metadata of all records as their bytes stand in the responses."""
    pages = [p for dc in (DC, MODS) for p in client.walk("ListRecords", dc)]
    return [part for page in pages for part in _METADATA.findall(page.document)]


def test_metadata_declares_all_the_namespaces_it_uses(client: Client) -> None:
    parts = parts_as_sent(client)
    assert parts
    for part in parts:
        # Alone, without the envelope's declarations, it would not be XML.
        assert parse(part).prefix in {"oai_dc", None}


def test_metadata_declares_the_namespace_of_xml_schema_instances(
    client: Client,
) -> None:
    for part in parts_as_sent(client):
        start = part.partition(b">")[0]
        assert f'xmlns:xsi="{XSI}"'.encode() in start


def test_about_containers_hold_one_valid_element_each(client: Client) -> None:
    pages = client.walk("ListRecords", DC)
    abouts = [a for page in pages for a in page.root.iterfind(".//{*}about")]
    assert len(abouts) == 2
    assert [len(about) for about in abouts] == [1, 1]


def test_about_containers_name_their_schemas(client: Client) -> None:
    pages = client.walk("ListRecords", DC)
    abouts = [a for page in pages for a in page.root.iterfind(".//{*}about/*")]
    for about in abouts:
        namespace, schema = about.get(SCHEMA_LOCATION, "").split()
        assert namespace == etree.QName(about).namespace
        assert schema.startswith("http://www.openarchives.org/OAI/2.0/")


# 2.5.1 Deleted records.


def test_identify_declares_deletions_persistent(client: Client) -> None:
    assert client.get("verb=Identify").identity.deleted_record == "persistent"


def test_deletion_is_still_told_after_years_and_a_restart(fresh: Library) -> None:
    fresh.load(item("gone"))
    fresh.delete("gone")
    told = fresh.client.get(f"verb=ListRecords&{DC}").records
    fresh.clock.move(10 * 365 * 86_400)
    again = Client(fresh.app()).get(f"verb=ListRecords&{DC}").records
    assert again == told
    assert again[0].header.deleted


def test_deleted_record_has_the_datestamp_of_its_deletion(fresh: Library) -> None:
    fresh.load(item("gone"))
    deletion = fresh.clock.move(3600)
    fresh.delete("gone")
    fresh.clock.move(60)
    assert fresh.client.get(f"verb=ListRecords&{DC}").datestamps == [deletion]


def test_deleting_again_does_not_move_the_tombstone(fresh: Library) -> None:
    fresh.load(item("gone"))
    fresh.delete("gone")
    before = fresh.client.get(f"verb=ListRecords&{DC}").datestamps
    fresh.clock.move(60)
    list(fresh.store.delete([fresh.identifier("gone")]))
    assert fresh.client.get(f"verb=ListRecords&{DC}").datestamps == before


def test_get_record_of_a_deleted_record_has_a_deleted_header(client: Client) -> None:
    reply = client.get(f"verb=GetRecord&{TIE_3}&{DC}")
    header = reply.root.find(".//{*}header")
    assert header is not None
    assert header.get("status") == "deleted"


def test_deleted_record_has_neither_metadata_nor_about(fresh: Library) -> None:
    fresh.load(item("gone", about=RIGHTS))
    fresh.delete("gone")
    record = fresh.client.get(f"verb=ListRecords&{DC}").root.find(".//{*}record")
    assert record is not None
    assert [etree.QName(child).localname for child in record] == ["header"]


def test_selective_harvests_hold_headers_of_deleted_records(client: Client) -> None:
    window = "from=2024-02-29T01:00:01Z&until=2024-02-29T01:00:01Z"
    for verb in ("ListRecords", "ListIdentifiers"):
        reply = client.get(f"verb={verb}&{DC}&set=history&{window}")
        assert [h.deleted for h in reply.list_headers] == [True]
        assert reply.locals == ["tie-3"]


def test_withdrawal_from_one_format_leaves_the_others(client: Client) -> None:
    narrowed = "verb=GetRecord&identifier=oai:library.example.org:narrowed"
    assert client.get(f"{narrowed}&metadataPrefix=mods").record.header.deleted
    assert not client.get(f"{narrowed}&{DC}").record.header.deleted


def test_revived_record_is_no_longer_deleted(fresh: Library) -> None:
    fresh.load(item("phoenix"))
    fresh.delete("phoenix")
    revival = fresh.clock.move(60)
    assert fresh.load(item("phoenix")) == ["revived"]
    (record,) = fresh.client.get(f"verb=ListRecords&{DC}").records
    assert not record.header.deleted
    assert record.header.datestamp == revival


# 2.6 Set.


def test_headers_name_the_sets_of_their_items_in_all_three_verbs(
    client: Client,
) -> None:
    identifier = "identifier=oai:library.example.org:tie-2"
    window = "from=2024-02-29T00:00:00Z&until=2024-02-29T00:00:00Z&set=law"
    headers = [
        client.get(f"verb=GetRecord&{identifier}&{DC}").record.header,
        *client.get(f"verb=ListIdentifiers&{DC}&{window}").list_headers,
        *client.get(f"verb=ListRecords&{DC}&{window}").list_headers,
    ]
    assert [header.set_specs for header in headers] == [("history:europe", "law")] * 3


def test_set_spec_with_a_character_it_cannot_have_is_refused(fresh: Library) -> None:
    with pytest.raises(ItemError, match="setSpec"):
        fresh.load(item("one", "history/asia"))


def test_set_specs_are_unique(client: Client) -> None:
    specs = specs_of(client.walk("ListSets"))
    assert len(specs) == len(set(specs))


def test_every_set_has_a_spec_and_a_name(client: Client) -> None:
    for page in client.walk("ListSets"):
        assert all(entry.spec and entry.name for entry in page.sets)


def test_every_set_above_a_set_is_listed(client: Client) -> None:
    specs = specs_of(client.walk("ListSets"))
    assert {"music", "music:opera", "music:opera:buffa"} <= set(specs)


def test_set_description_is_listed_with_its_set(client: Client) -> None:
    entries = {
        entry.spec: entry for page in client.walk("ListSets") for entry in page.sets
    }
    (description,) = entries["history"].descriptions
    assert b"<dc:description>Of all the world</dc:description>" in description.xml


def test_header_leaves_out_sets_that_a_set_below_implies(fresh: Library) -> None:
    fresh.load(item("one", "history", "history:asia"))
    (header,) = fresh.client.get(f"verb=ListIdentifiers&{DC}").list_headers
    assert header.set_specs == ("history:asia",)


def test_item_in_two_sets_is_found_in_both(client: Client) -> None:
    for spec in ("history:europe", "law"):
        pages = client.walk("ListRecords", f"{DC}&set={spec}")
        assert "tie-2" in locals_of(pages)


def test_item_in_no_set_is_found_without_a_set(client: Client) -> None:
    assert "tie-4" in locals_of(client.walk("ListRecords", DC))


def test_set_holds_its_items_and_those_of_all_sets_below(client: Client) -> None:
    found = locals_of(client.walk("ListRecords", f"{DC}&set=history"))
    assert sorted(found) == ["dc-only", "kaziev", "revised", "tie-1", "tie-2", "tie-3"]
    assert locals_of(client.walk("ListRecords", f"{DC}&set=music")) == ["latest"]


def test_set_does_not_hold_items_of_sets_above_or_beside(client: Client) -> None:
    found = locals_of(client.walk("ListRecords", f"{DC}&set=history:asia"))
    assert sorted(found) == ["kaziev", "tie-1", "tie-3"]


def test_set_is_no_prefix_of_characters(fresh: Library) -> None:
    fresh.load(item("one", "history"), item("two", "history2"))
    found = fresh.client.get(f"verb=ListIdentifiers&{DC}&set=history").locals
    assert found == ["one"]


def test_empty_set_is_listed_and_holds_nothing(client: Client) -> None:
    assert client.get("verb=ListSets").sets[0].spec == "empty"
    reply = client.get(f"verb=ListRecords&{DC}&set=empty")
    assert reply.codes == ["noRecordsMatch"]
