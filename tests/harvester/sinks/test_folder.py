"""A file a record: whole, safe, and taken back by `load`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from harvester.sinks.kept import ORIGIN, RIGHTS, alive, dead, write
from spec.client import faults_of
from spec.library import Library

from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.sinks.folder import Folder
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import parse, payload
from oai_provider.sources.base import Sourced
from oai_provider.sources.paths import files_of, read_path

METADATA = f".//{{{OAI_NS}}}metadata"


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture(name="sink")
def _sink(path: Path) -> Iterator[Folder]:
    sink = Folder(path)
    sink.resume(0)
    yield sink
    sink.close()


def files(path: Path) -> dict[str, bytes]:
    """Return all that there is by name, whatever shelf it is on."""
    found = [f for f in path.rglob("*.xml") if f.is_file()]
    return {f"{f.parent.parent.name}/{f.name}": f.read_bytes() for f in found}


def test_a_record_has_a_file_below_its_format(path: Path, sink: Folder) -> None:
    write(sink, alive("A/1"))
    write(sink, alive("A/1"), origin=replace(ORIGIN, metadata_prefix="marc21"))
    sink.commit()
    name = "oai+example.org+~a=1.xml"
    assert sorted(files(path)) == [f"marc21/{name}", f"oai_dc/{name}"]


def test_a_file_is_a_valid_response(path: Path, sink: Folder) -> None:
    write(sink, alive("a&<b", sets=("a", "a:b"), about=(RIGHTS,)), dead(2))
    sink.commit()
    found = [parse(data) for data in files(path).values()]
    assert [faults_of(root) for root in found] == [[], []]


def test_metadata_stands_in_its_file_byte_for_byte(path: Path, sink: Folder) -> None:
    record = alive(1)
    write(sink, record)
    sink.commit()
    (data,) = files(path).values()
    assert record.metadata is not None
    assert b"<metadata>" + record.metadata + b"</metadata>" in data
    (root,) = parse(data).findall(METADATA)
    assert payload(root[0]).xml == record.metadata


def test_a_file_is_read_as_what_was_harvested(path: Path, sink: Folder) -> None:
    write(sink, alive(1, sets=("a",), about=(RIGHTS,)))
    sink.commit()
    (file,) = path.rglob("*.xml")
    (read,) = read_path(file)
    assert isinstance(read, Sourced)
    item = read.item
    assert item.provenance is not None
    (origin,) = item.provenance.origin_descriptions
    assert (item.identifier, item.sets) == ("oai:example.org:1", ("a",))
    assert item.record_about == {"oai_dc": (RIGHTS.decode(),)}
    assert (origin.base_url, origin.harvested) == (
        "http://example.org/oai",
        "2024-05-06T07:08:09Z",
    )


def test_a_deleted_record_keeps_a_file_that_says_so(path: Path, sink: Folder) -> None:
    write(sink, alive(1))
    sink.commit()
    write(sink, dead(1))
    sink.commit()
    (file,) = path.rglob("*.xml")
    (read,) = read_path(file)
    assert isinstance(read, Sourced)
    assert read.deleted


def test_load_takes_a_folder_back(path: Path, sink: Folder, tmp_path: Path) -> None:
    write(sink, *(alive(n) for n in range(5)), dead(5))
    sink.commit()
    sink.close()
    (tmp_path / "library").mkdir()
    library = Library(tmp_path / "library", repository={"sets": []})
    reads = (read for file in files_of([path]) for read in read_path(file))
    assert len([*library.ingest.load(reads)]) == 6
    assert library.store.totals().items == 5


def test_only_shelves_are_left_in_the_folder(path: Path, sink: Folder) -> None:
    write(sink, alive(1))
    sink.commit()
    sink.close()
    assert [file.name for file in path.iterdir()] == ["oai_dc"]


def test_a_record_alive_without_metadata_is_written_so(
    path: Path, sink: Folder
) -> None:
    write(sink, alive(1)._replace(metadata=None))
    sink.commit()
    (data,) = files(path).values()
    assert b"<metadata/>" in data


def test_nothing_takes_its_place_before_it_is_committed(
    path: Path, sink: Folder
) -> None:
    write(sink, alive(1, "old"))
    sink.commit()
    before = files(path)
    write(sink, alive(1, "new"), alive(2))
    assert files(path) == before


def test_what_was_not_committed_is_forgotten(path: Path, sink: Folder) -> None:
    write(sink, alive(1, "old"))
    position = sink.commit()
    before = files(path)
    write(sink, alive(1, "new"), alive(2))
    # A crash: nobody tidies up, and the lock ends with the process.
    sink._lock.release()  # noqa: SLF001 - a crash has no public name
    again = Folder(path)
    again.resume(position)
    assert files(path) == before
    assert [*(path / ".incoming").iterdir()] == []
    again.close()


def test_of_a_record_written_twice_the_later_one_stays(
    path: Path, sink: Folder
) -> None:
    write(sink, alive(1, "old"))
    write(sink, alive(1, "new"))
    sink.commit()
    (data,) = files(path).values()
    assert b">new<" in data


def test_written_again_is_written_once(path: Path, sink: Folder) -> None:
    write(sink, alive(1), alive(2))
    sink.commit()
    before = files(path)
    write(sink, alive(1), alive(2))
    sink.commit()
    assert files(path) == before


def test_positions_only_grow(path: Path, sink: Folder) -> None:
    first = sink.commit()
    second = sink.commit()
    sink.close()
    again = Folder(path)
    again.resume(second)
    assert first < second < again.commit()
    again.close()


def test_places_do_not_change(sink: Folder) -> None:
    places = write(sink, alive(1))
    assert sink.finish(places) is None  # type: ignore[func-returns-value]  # the contract


def test_a_folder_is_written_by_one_harvest_at_a_time(path: Path, sink: Folder) -> None:
    with pytest.raises(SinkError, match="another harvest is writing"):
        Folder(path)
    sink.close()
    Folder(path).close()
