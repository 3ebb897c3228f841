"""Answers of single requests, clause by clause of OAI-PMH sections 3 and 4."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest
from provider.world import (
    ALL,
    FORMATS,
    GET,
    REPOSITORY,
    SECOND,
    START,
    World,
    dublin_core,
    identifier,
)

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import (
    DeletedRecord,
    Errors,
    Header,
    Identity,
    MetadataFormats,
    Record,
)
from oai_provider.protocol.read import read
from oai_provider.protocol.write import write
from oai_provider.provider.answer import Provider
from oai_provider.store.base import ItemWrite, Store

# The envelope: 3.2.


def test_the_response_date_is_the_time_of_the_request_in_whole_seconds(
    world: World,
) -> None:
    world.now = START.replace(microsecond=999_999)
    assert world.ask("verb=Identify").response_date == START


def test_the_base_url_is_the_configured_one(world: World) -> None:
    assert world.ask("verb=Identify").base_url == "http://example.org/oai"


def test_the_arguments_of_an_answered_request_are_echoed(seven: World) -> None:
    response = seven.ask("metadataPrefix=oai_dc&verb=ListRecords&from=2014-05-01")
    assert response.arguments == (
        ("verb", "ListRecords"),
        ("metadataPrefix", "oai_dc"),
        ("from", "2014-05-01"),
    )


@pytest.mark.parametrize("query", ["verb=junk", "verb=Identify&junk=1", "junk=1"])
def test_bad_verb_and_bad_argument_echo_nothing(world: World, query: str) -> None:
    assert world.ask(query).arguments == ()


@pytest.mark.parametrize(
    "query",
    [
        "verb=GetRecord&identifier=oai:example.org:9&metadataPrefix=oai_dc",
        "verb=GetRecord&identifier=oai:example.org:1&metadataPrefix=junk",
        "verb=ListRecords&metadataPrefix=junk",
        "verb=ListRecords&metadataPrefix=oai_dc&until=2001-01-01",
        "verb=ListRecords&metadataPrefix=oai_dc&set=a",
        "verb=ListRecords&resumptionToken=junk",
        "verb=ListSets",
    ],
)
def test_any_other_error_echoes_the_arguments(seven: World, query: str) -> None:
    response = seven.ask(query)
    assert isinstance(response.body, Errors)
    assert dict(response.arguments) == dict(p.split("=") for p in query.split("&"))


@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize(
    "query",
    [
        "verb=Identify",
        "verb=ListMetadataFormats",
        "verb=ListSets",
        "verb=GetRecord&identifier=oai:example.org:1&metadataPrefix=oai_dc",
        "verb=ListIdentifiers&metadataPrefix=oai_dc",
        "verb=ListRecords&metadataPrefix=oai_dc",
        "verb=junk",
    ],
)
def test_an_answer_read_by_a_harvester_is_the_answer_given(
    query: str, granularity: Granularity
) -> None:
    # Days: the store's datestamps are cut to their day when they are written.
    midnight = datetime(2014, 5, 1, tzinfo=UTC)
    world = World(replace(REPOSITORY, granularity=granularity), midnight)
    world.put(1, sets="a")
    response = world.ask(query)
    assert read(b"".join(write(response))) == response


# Identify: 4.2.


def test_identify_says_what_the_repository_is(seven: World) -> None:
    assert seven.ask("verb=Identify").body == Identity(
        repository_name="A repository",
        base_url="http://example.org/oai",
        admin_emails=("a@example.org", "b@example.org"),
        earliest_datestamp=START,
        deleted_record=DeletedRecord.PERSISTENT,
        granularity=Granularity.SECOND,
        compressions=("gzip",),
        descriptions=REPOSITORY.descriptions,
    )


def test_the_earliest_datestamp_of_an_empty_repository_is_now(world: World) -> None:
    world.now = START.replace(microsecond=1)
    body = world.ask("verb=Identify").body
    assert isinstance(body, Identity)
    assert body.earliest_datestamp == START


# ListMetadataFormats: 4.4.


def test_all_formats_are_listed(world: World) -> None:
    assert world.ask("verb=ListMetadataFormats").body == MetadataFormats(FORMATS[::-1])


def test_the_formats_of_an_item_are_listed(seven: World) -> None:
    query = "verb=ListMetadataFormats&identifier=oai:example.org:1"
    assert seven.ask(query).body == MetadataFormats(FORMATS[:1])


def test_a_deleted_item_has_no_formats(seven: World) -> None:
    seven.delete(1)
    query = "verb=ListMetadataFormats&identifier=oai:example.org:1"
    ((code, _message),) = seven.errors(query)
    assert code == "noMetadataFormats"


def test_the_formats_of_an_unknown_item_do_not_exist(seven: World) -> None:
    query = "verb=ListMetadataFormats&identifier=oai:example.org:9"
    ((code, message),) = seven.errors(query)
    assert code == "idDoesNotExist"
    assert message.startswith("there is no item 'oai:example.org:9'; ListIdentifiers")


def test_an_item_in_no_format_has_none(world: World) -> None:
    write = ItemWrite(identifier=identifier(1), source="{}", payloads={})
    list(world.store.put([write]))
    query = "verb=ListMetadataFormats&identifier=oai:example.org:1"
    assert world.errors(query) == [
        (
            "noMetadataFormats",
            "'oai:example.org:1' is not available in any metadata format",
        )
    ]


# GetRecord: 4.1.


def test_a_record_is_got(seven: World) -> None:
    assert seven.ask(f"{GET}2&metadataPrefix=oai_dc").body == Record(
        Header("oai:example.org:2", START + SECOND),
        dublin_core("2"),
    )


def test_a_deleted_record_is_got_without_metadata(seven: World) -> None:
    stamp = seven.now
    seven.delete(2)
    assert seven.ask(f"{GET}2&metadataPrefix=oai_dc").body == Record(
        Header("oai:example.org:2", stamp, deleted=True)
    )


def test_an_unknown_item_does_not_exist(seven: World) -> None:
    ((code, _),) = seven.errors(f"{GET}9&metadataPrefix=oai_dc")
    assert code == "idDoesNotExist"


def test_a_record_in_a_format_the_item_lacks_cannot_be_disseminated(
    seven: World,
) -> None:
    assert seven.errors(f"{GET}1&metadataPrefix=mods") == [
        (
            "cannotDisseminateFormat",
            "'oai:example.org:1' is available in oai_dc, not in 'mods'",
        )
    ]


def test_an_unknown_item_in_an_unknown_format_is_two_errors(seven: World) -> None:
    errors = seven.errors(f"{GET}9&metadataPrefix=junk")
    assert errors[1:] == [
        (
            "cannotDisseminateFormat",
            "there is no format 'junk' here; there is mods, oai_dc",
        )
    ]
    assert errors[0][0] == "idDoesNotExist"


def test_messages_about_long_identifiers_are_short(seven: World) -> None:
    long = "x" * 10_000
    for query in (
        f"{GET}{long}&metadataPrefix={long}",
        f"{GET}1&metadataPrefix={long}",
    ):
        assert all(len(message) < 400 for _, message in seven.errors(query))


# Errors of lists: 3.6.


def test_an_unknown_format_cannot_be_listed(seven: World) -> None:
    assert seven.errors("verb=ListRecords&metadataPrefix=junk") == [
        (
            "cannotDisseminateFormat",
            "there is no format 'junk' here; there is mods, oai_dc",
        )
    ]


def test_an_unknown_format_and_a_set_where_there_are_none_are_two_errors(
    seven: World,
) -> None:
    errors = seven.errors("verb=ListRecords&metadataPrefix=junk&set=a")
    assert [code for code, _ in errors] == [
        "cannotDisseminateFormat",
        "noSetHierarchy",
    ]


def test_an_empty_list_says_what_was_asked_for(seven: World) -> None:
    seven.put(8, sets="a")
    query = f"verb=ListRecords&{ALL}&set=b&from=2014-05-02&until=2014-05-02"
    assert seven.errors(query) == [
        (
            "noRecordsMatch",
            (
                "no record in 'oai_dc' in the set 'b' from 2014-05-02T00:00:00Z"
                " until 2014-05-02T23:59:59Z"
            ),
        )
    ]


def test_a_known_format_without_records_is_an_empty_list(seven: World) -> None:
    assert seven.errors("verb=ListIdentifiers&metadataPrefix=mods") == [
        ("noRecordsMatch", "no record in 'mods'")
    ]


# People's names for items.


@pytest.mark.parametrize("name", ["1", identifier(1)])
def test_a_local_id_and_an_identifier_name_the_same_item(
    seven: World, name: str
) -> None:
    assert named(seven, name) == identifier(1)


def test_an_identifier_that_exists_comes_before_a_local_id(seven: World) -> None:
    inner, outer = identifier(1), f"oai:example.org:{identifier(1)}"
    write = ItemWrite(identifier=outer, source="{}", payloads={})
    list(seven.store.put([write]))
    assert named(seven, inner) == inner
    seven.delete(1)
    assert named(seven, inner) == inner
    assert named(seven, outer) == outer


def test_what_is_no_identifier_names_a_local_id(seven: World) -> None:
    outer = "oai:example.org:oai:elsewhere:9"
    write = ItemWrite(identifier=outer, source="{}", payloads={})
    list(seven.store.put([write]))
    assert named(seven, "oai:elsewhere:9") == outer


@pytest.mark.parametrize("name", ["", "8", identifier(8), "a b", "\0", "\udcff"])
def test_what_names_no_item_finds_none(seven: World, name: str) -> None:
    assert named(seven, name) is None


@pytest.mark.parametrize("name", ["a b", "\0", "\udcff", "x" * 9 + "\0"])
def test_stores_are_not_asked_for_what_can_be_no_identifier(name: str) -> None:
    store = cast("Store", object())
    assert Provider(REPOSITORY, store).item(name) is None


def named(world: World, name: str) -> str | None:
    found = Provider(world.repository, world.store).item(name)
    return found.header.identifier if found else None
