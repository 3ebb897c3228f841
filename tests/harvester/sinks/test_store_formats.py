"""Formats in a store: those that are installed, and those that are not."""

from dataclasses import replace

from harvester.sinks.kept import (
    MARC,
    MARC_NS,
    MODS_ORIGIN,
    ORIGIN,
    PROVENANCE,
    RIGHTS,
    alive,
    dead,
    marc,
    mods,
    served,
    write,
)
from spec.library import DC, Library

from oai_provider.harvester.sinks.store import StoreSink
from oai_provider.protocol.xml import parse
from oai_provider.provider.rebuild import Pace, Rebuild


def rebuilt(library: Library) -> Rebuild:
    """Return what makes all records of a repository anew."""
    maker = library.ingest.maker
    return Rebuild(
        store=library.store,
        maker=maker,
        prefixes=frozenset(maker.formats),
        pace=Pace(None, clock=lambda: 0.0, sleep=lambda _: None),
    )


def test_formats_of_an_item_come_one_after_the_other(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    write(sink, mods(1), origin=MODS_ORIGIN)
    ((dc,), (found,)) = served(library), served(library, "mods")
    assert dc.metadata
    assert dc.metadata.xml == alive(1).metadata
    assert found.metadata
    assert found.metadata.xml == mods(1).metadata


def test_of_a_harvested_record_no_other_format_is_made(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    answer = library.client.get("verb=ListMetadataFormats&identifier=oai:example.org:1")
    assert [f.metadata_prefix for f in answer.formats] == ["oai_dc"]


def test_dublin_core_is_made_since_every_item_has_it(
    library: Library, sink: StoreSink
) -> None:
    write(sink, mods(1), origin=MODS_ORIGIN)
    (record,) = served(library)
    assert record.metadata
    assert b">1</dc:title>" in record.metadata.xml


def test_a_format_that_is_served_already_is_kept_up(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    assert len([*rebuilt(library).items()]) == 1
    write(sink, alive(1, "new"), alive(2))
    said = [r.metadata.xml for r in served(library, "mods") if r.metadata]
    assert len(said) == 2
    assert any(b"<title>new</title>" in xml for xml in said)


def test_a_format_that_is_not_installed_is_served_as_it_came(
    library: Library, sink: StoreSink
) -> None:
    write(sink, marc(1), origin=MARC)
    described = library.client.get("verb=ListMetadataFormats").formats
    assert MARC_NS in {f.namespace for f in described if f.metadata_prefix == "marc21"}
    record = library.store.record("oai:example.org:1", "marc21")
    assert record is not None
    answer = library.client.http(
        "GET", "verb=GetRecord&identifier=oai:example.org:1&metadataPrefix=marc21"
    )
    (leader,) = parse(answer.data).iter(f"{{{MARC_NS}}}leader")
    assert leader.text == "1"


def test_a_format_that_is_not_installed_is_checked_if_its_schema_is_at_hand(
    library: Library, sink: StoreSink
) -> None:
    namespace = "http://www.openarchives.org/OAI/2.0/rights/"
    schema = "http://www.openarchives.org/OAI/2.0/rights.xsd"
    rights = replace(
        ORIGIN,
        metadata_prefix="rights",
        metadata_namespace=namespace,
        schema=schema,
    )
    good = alive(1)._replace(metadata=RIGHTS)
    bad = alive(2)._replace(metadata=RIGHTS.replace(b"rightsReference", b"wrong"))
    write(sink, good, bad, origin=rights)
    ((name, _),) = sink.refused()
    assert name == "oai:example.org:2"
    assert library.store.totals().items == 1


def test_a_format_without_a_schema_has_the_one_its_records_name(
    library: Library, sink: StoreSink
) -> None:
    named = alive(1)._replace(metadata=RIGHTS)
    unnamed = replace(
        ORIGIN, metadata_prefix="rights", metadata_namespace="", schema=""
    )
    write(sink, named, origin=unnamed)
    (schema,) = (
        f.schema for f in library.store.formats() if f.metadata_prefix == "rights"
    )
    assert schema == "http://www.openarchives.org/OAI/2.0/rights.xsd"


def test_what_is_made_anew_leaves_formats_alone_that_are_not_installed(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    write(sink, marc(1), origin=MARC)
    before = library.store.record("oai:example.org:1", "marc21")
    ((told),) = rebuilt(library).items()
    assert told.faults == ()
    assert library.store.record("oai:example.org:1", "marc21") == before


def test_a_format_that_is_not_installed_has_provenance_too(
    library: Library, sink: StoreSink
) -> None:
    write(sink, marc(1), origin=MARC)
    answer = library.client.http(
        "GET", "verb=GetRecord&identifier=oai:example.org:1&metadataPrefix=marc21"
    )
    (namespace,) = parse(answer.data).iter(f"{PROVENANCE}metadataNamespace")
    assert namespace.text == MARC_NS


def test_a_later_harvest_leaves_formats_alone_that_are_not_installed(
    library: Library, sink: StoreSink
) -> None:
    write(sink, marc(1), origin=MARC)
    again = StoreSink(library.ingest)
    write(again, alive(1))
    assert [*again.refused()] == []
    assert library.store.record("oai:example.org:1", "marc21") is not None
    assert library.client.get(f"verb=ListRecords&{DC}").records != ()


def test_a_tombstone_withdraws_its_own_format(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    write(sink, marc(1), origin=MARC)
    write(sink, dead(1), origin=MARC)
    (found,) = served(library)
    gone = library.store.record("oai:example.org:1", "marc21")
    assert gone is not None
    assert (found.header.deleted, gone.header.deleted) == (False, True)


def test_a_tombstone_of_a_format_that_cannot_be_told_deletes_the_item(
    library: Library, sink: StoreSink
) -> None:
    write(sink, mods(1), origin=MODS_ORIGIN)
    unknown = replace(ORIGIN, metadata_prefix="mods3", metadata_namespace="")
    write(sink, dead(1), origin=unknown)
    assert library.store.totals().deleted == 1


def test_a_tombstone_of_a_new_format_withdraws_no_other(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    write(sink, dead(1), origin=MARC)
    assert [r.header.deleted for r in served(library)] == [False]


def test_a_tombstone_in_every_format_deletes_the_item(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    write(sink, mods(1), origin=MODS_ORIGIN)
    write(sink, dead(1), origin=MODS_ORIGIN)
    write(sink, dead(1))
    assert [r.header.deleted for r in served(library, "mods")] == [True]
    assert library.store.totals().deleted == 1


def test_a_record_of_another_namespace_than_its_format_is_refused(
    library: Library, sink: StoreSink
) -> None:
    write(sink, marc(1))
    ((_, reason),) = sink.refused()
    assert "is not oai_dc" in reason
    assert library.store.totals().items == 0
