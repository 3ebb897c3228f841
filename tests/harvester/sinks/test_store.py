"""A store is served at once: what came, under its names, with where it came from."""

from dataclasses import replace
from pathlib import Path

import pytest
from harvester.sinks.kept import (
    ORIGIN,
    PROVENANCE,
    RIGHTS,
    alive,
    dead,
    dublin_core,
    served,
    write,
)
from spec.library import BASE_URL, Library

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks import store
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.sinks.store import StoreSink
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.xml import parse
from oai_provider.store.base import Quarantined


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
    assert "<metadata> is empty" in entry.reason


def test_what_is_mended_leaves_the_quarantine(
    library: Library, sink: StoreSink
) -> None:
    write(sink, alive(1)._replace(metadata=None))
    write(sink, alive(2)._replace(metadata=None))
    write(sink, alive(1))
    assert [entry.identifier for entry in quarantined(library)] == ["oai:example.org:2"]


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
