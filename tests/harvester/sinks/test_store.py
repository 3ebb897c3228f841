"""A store is served at once: what came, under its names, with where it came from."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from harvester.sinks.kept import ORIGIN, RIGHTS, alive, dead, dublin_core, write
from spec.library import BASE_URL, DC, Library

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks import store
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.sinks.store import StoreSink
from oai_provider.metadata.mods import MODS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.model import Record
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import parse, payload
from oai_provider.provider.rebuild import Pace, Rebuild
from oai_provider.store.base import Quarantined

PROVENANCE = f"{{{OAI_NS}provenance}}"
MARC_NS = "http://www.loc.gov/MARC21/slim"
MARC = replace(
    ORIGIN,
    metadata_prefix="marc21",
    metadata_namespace=MARC_NS,
    schema="http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
)
MODS_ORIGIN = replace(
    ORIGIN,
    metadata_prefix="mods3",
    metadata_namespace=MODS.namespace,
    schema=MODS.schema,
)


@pytest.fixture(name="library")
def _library(tmp_path: Path) -> Library:
    return Library(tmp_path, repository={"sets": []})


@pytest.fixture(name="sink")
def _sink(library: Library) -> Iterator[StoreSink]:
    sink = StoreSink(library.ingest)
    sink.resume(0)
    yield sink
    sink.close()


def served(library: Library, prefix: str = "oai_dc") -> list[Record]:
    pages = library.client.walk("ListRecords", f"metadataPrefix={prefix}")
    return [record for page in pages for record in page.records]


def marc(name: object) -> HarvestedRecord:
    xml = f'<record xmlns="{MARC_NS}"><leader>{name}</leader></record>'
    return alive(name)._replace(metadata=payload(parse(xml.encode())).xml)


def mods(name: object) -> HarvestedRecord:
    xml = (
        f'<mods xmlns="{MODS.namespace}" version="3.8"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{MODS.namespace} {MODS.schema}">'
        f"<titleInfo><title>{name}</title></titleInfo></mods>"
    )
    return alive(name)._replace(metadata=payload(parse(xml.encode())).xml)


def quarantined(library: Library) -> list[Quarantined]:
    return [*library.store.quarantined()]


def test_a_record_is_served_byte_for_byte_under_its_identifier(
    library: Library, sink: StoreSink
) -> None:
    record = alive("a/1", sets=("a:b",))
    write(sink, record)
    (found,) = served(library)
    assert found.header.identifier == record.identifier
    assert found.header.set_specs == ("a:b",)
    assert found.metadata
    assert found.metadata.xml == record.metadata


def test_the_datestamp_of_a_copy_is_that_of_its_coming(
    library: Library, sink: StoreSink
) -> None:
    library.clock.move(1000)
    write(sink, alive(1))
    (found,) = served(library)
    assert found.header.datestamp == library.clock.now


def test_provenance_tells_where_and_when_a_record_was_harvested(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    (found,) = served(library)
    (about,) = found.about
    (origin,) = parse(about.xml)
    assert dict(origin.attrib) == {
        "harvestDate": "2024-05-06T07:08:09Z",
        "altered": "false",
    }
    assert [(str(e.tag).removeprefix(PROVENANCE), e.text) for e in origin] == [
        ("baseURL", "http://example.org/oai"),
        ("identifier", "oai:example.org:1"),
        ("datestamp", "2024-01-02T03:04:05Z"),
        ("metadataNamespace", OAI_DC.namespace),
    ]


def test_containers_stand_beside_provenance(library: Library, sink: StoreSink) -> None:
    write(sink, alive(1, about=(RIGHTS,)))
    (found,) = served(library)
    rights, provenance = found.about
    assert rights.xml == RIGHTS
    assert parse(provenance.xml).tag == f"{PROVENANCE}provenance"


def test_the_copy_of_a_copy_tells_both_ways(
    library: Library, sink: StoreSink, tmp_path: Path
) -> None:
    write(sink, alive(1))
    (copy,) = served(library)
    assert copy.metadata
    (tmp_path / "second").mkdir()
    second = Library(
        tmp_path / "second",
        repository={"base_url": "https://second.example.org/oai"},
    )
    again = HarvestedRecord(
        identifier=copy.header.identifier,
        datestamp="2024-02-28T23:59:58Z",
        metadata=copy.metadata.xml,
        about=tuple(about.xml for about in copy.about),
    )
    write(StoreSink(second.ingest), again, origin=replace(ORIGIN, base_url=BASE_URL))
    (found,) = served(second)
    assert found.metadata == copy.metadata
    (about,) = found.about
    named = [e.text for e in parse(about.xml).iter(f"{PROVENANCE}baseURL")]
    assert named == [BASE_URL, "http://example.org/oai"]


def test_an_unchanged_record_that_comes_again_does_not_move(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    before = served(library)
    library.clock.move(1000)
    later = replace(ORIGIN, response_date=library.clock.now)
    write(sink, alive(1), origin=later)
    assert served(library) == before


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
    pace = Pace(None, clock=lambda: 0.0, sleep=lambda _: None)
    maker = library.ingest.maker
    rebuild = Rebuild(
        store=library.store,
        maker=maker,
        prefixes=frozenset(maker.formats),
        pace=pace,
    )
    ((told),) = rebuild.items()
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


def test_a_deleted_record_with_metadata_is_deleted(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    write(sink, dead(1)._replace(metadata=dublin_core("Left")))
    (found,) = served(library)
    assert found.header.deleted


def test_what_fails_its_schema_is_refused_and_keeps_nothing_out(
    library: Library, sink: StoreSink
) -> None:
    bad = alive(2)._replace(metadata=dublin_core(inside="<dc:colour>red</dc:colour>"))
    write(sink, alive(1), bad, alive(3))
    assert len(served(library)) == 2
    ((identifier, reason),) = sink.refused()
    assert identifier == "oai:example.org:2"
    assert "colour" in reason
    assert [*sink.refused()] == []


def test_a_record_is_refused_once_whatever_is_wrong_with_it(
    library: Library, sink: StoreSink
) -> None:
    inside = "<dc:colour>red</dc:colour><dc:smell/>"
    bad = alive("b")._replace(set_specs=("a b", "c d"), metadata=dublin_core("x"))
    worse = alive("w")._replace(metadata=dublin_core(inside=inside))
    write(sink, bad, worse)
    assert [name for name, _ in sink.refused()] == [
        "oai:example.org:b",
        "oai:example.org:w",
    ]
    assert library.store.totals().items == 0


def test_what_is_refused_is_in_quarantine_with_its_address(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    write(sink, alive(2)._replace(metadata=None))
    (entry,) = quarantined(library)
    assert entry.identifier == "oai:example.org:2"
    assert entry.file == "http://example.org/oai oai_dc 1"
    assert "instead of one" in entry.reason


def test_what_is_mended_leaves_the_quarantine(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1)._replace(metadata=None))
    write(sink, alive(2)._replace(metadata=None))
    write(sink, alive(1))
    assert [entry.identifier for entry in quarantined(library)] == ["oai:example.org:2"]


def test_a_record_of_another_namespace_than_its_format_is_refused(
    library: Library, sink: StoreSink
) -> None:
    write(sink, marc(1))
    ((_, reason),) = sink.refused()
    assert "is not oai_dc" in reason
    assert library.store.totals().items == 0


def test_a_record_is_kept_though_others_cannot_be_made_of_it(
    library: Library, sink: StoreSink
) -> None:
    # MODS has titles; a record without one is valid Dublin Core all the same.
    untitled = alive(1)._replace(metadata=dublin_core(inside="<dc:type>x</dc:type>"))
    write(sink, untitled)
    assert [*sink.refused()] == []
    assert len(served(library)) == 1


def test_a_page_larger_than_a_batch_is_stored_whole(
    library: Library, sink: StoreSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_BATCH", 3)
    write(sink, *(alive(n) for n in range(7)))
    assert library.store.totals().items == 7


def test_positions_only_grow(library: Library, sink: StoreSink) -> None:
    write(sink, alive(1), alive(2))
    first = sink.commit()
    again = StoreSink(library.ingest)
    again.resume(first)
    write(again, alive(3))
    assert 0 < first < again.commit()


def test_written_again_after_a_crash_is_as_if_written_once(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1))
    position = sink.commit()
    write(sink, alive(2))
    before = served(library)
    again = StoreSink(library.ingest)
    again.resume(position)
    library.clock.move(10)
    write(again, alive(2))
    again.commit()
    assert served(library) == before


def test_places_do_not_change(sink: StoreSink) -> None:
    places = write(sink, alive(1))
    assert sink.finish(places) is None  # type: ignore[func-returns-value]  # the contract


def test_a_store_that_is_away_is_told(library: Library, tmp_path: Path) -> None:
    sink = StoreSink(library.ingest)
    library.store.close()
    for file in tmp_path.glob("library.db*"):
        file.unlink()
    (tmp_path / "library.db").write_bytes(b"no database" * 1000)
    with pytest.raises(SinkError, match=r"library\.db"):
        write(sink, alive(1))
